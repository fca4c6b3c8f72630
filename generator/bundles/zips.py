"""Zip archives in one way of writing only, so that no byte of them can be other than it was.

In go names and contents, out comes an archive that any tool opens; the reader takes only what the
writer here writes: entries one after the other from the first byte on, every header field as it is
made below, nothing between them, nothing behind them.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import BinaryIO

from generator.bundles.names import clashes, fault_of
from generator.bundles.refusals import RefusedError

STORED, DEFLATED = 0, 8
MOST_FILES = 65_000
LARGEST_ARCHIVE = 2**32 - 2**20
"""Bytes of an archive: beyond, zip changes its form."""
RATIO = 100
"""An archive that unpacks to more than so many times its size is a bomb."""
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_FLAGS = 0x0800  # names are UTF-8
_NEEDED = 20
_MADE_BY = 3 << 8 | 20
_MODE = 0o100644 << 16
_LINK, _KIND = 0o120000, 0o170000
_CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive."""

    name: str
    method: int
    moment: int
    """Date and time as zip holds them, the date in the upper half."""
    crc: int
    packed: int
    """Bytes in the archive."""
    size: int
    offset: int

    @property
    def start(self) -> int:
        """Where its content begins."""
        return self.offset + _LOCAL.size + len(self.name.encode())

    @property
    def end(self) -> int:
        """Where the next entry begins."""
        return self.start + self.packed


@dataclass(frozen=True, slots=True)
class Archive:
    """An open archive whose form was checked; what its files hold was not."""

    file: BinaryIO
    entries: tuple[Entry, ...]

    def chunks(self, entry: Entry) -> Iterator[bytes]:
        """Yield a file's content, never more than it says. Raises `RefusedError`."""
        crc = size = 0
        for chunk in self._unpacked(entry):
            crc, size = zlib.crc32(chunk, crc), size + len(chunk)
            yield chunk
        if size != entry.size or crc != entry.crc:
            raise RefusedError(f'"{entry.name}" is damaged')

    def read(self, entry: Entry) -> bytes:
        """Return a file's content. Raises `RefusedError`."""
        return b"".join(self.chunks(entry))

    def raw(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes of the archive itself."""
        self.file.seek(start)
        while start < end:
            chunk = self.file.read(min(_CHUNK, end - start))
            if not chunk:
                raise RefusedError("the file is cut short")
            start += len(chunk)
            yield chunk

    def _unpacked(self, entry: Entry) -> Iterator[bytes]:
        if entry.method == STORED:
            yield from self.raw(entry.start, entry.end)
            return
        reader = zlib.decompressobj(-15)
        left = entry.size
        try:
            for packed in self.raw(entry.start, entry.end):
                while packed and left >= 0:
                    chunk = reader.decompress(packed, min(_CHUNK, left + 1))
                    packed, left = reader.unconsumed_tail, left - len(chunk)
                    yield chunk
        except zlib.error as error:
            raise RefusedError(f'"{entry.name}" is damaged') from error
        if left or not reader.eof or reader.unused_data:
            raise RefusedError(f'"{entry.name}" is damaged')


def moment_of(seconds: int) -> int:
    """Return a time (Unix seconds) as zip holds it: two seconds exact, from 1980 on."""
    time = datetime.fromtimestamp(max(seconds, 315532800), UTC)
    day = (time.year - 1980) << 9 | time.month << 5 | time.day
    return day << 16 | time.hour << 11 | time.minute << 5 | time.second // 2


def packed(files: Iterable[tuple[str, bytes, int]], moment: int) -> bytes:
    """Return entries (name, content, method) one after the other, without a directory."""
    made: list[bytes] = []
    for name, content, method in files:
        body = content
        if method == DEFLATED:
            deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
            body = deflate.compress(content) + deflate.flush()
        entry = Entry(name, method, moment, zlib.crc32(content), len(body), len(content), 0)
        made += [_local(entry), body]
    return b"".join(made)


def closed(entries: bytes) -> bytes:
    """Return an archive of what `packed` gave: the same with its directory behind it."""
    found: list[Entry] = []
    at = 0
    while at < len(entries):
        head = _LOCAL.unpack_from(entries, at)
        name = entries[at + _LOCAL.size : at + _LOCAL.size + head[9]].decode()
        entry = Entry(name, head[3], head[5] << 16 | head[4], head[6], head[7], head[8], at)
        found.append(entry)
        at = entry.end
    directory = b"".join(map(_central, found))
    return entries + directory + _end(len(found), len(directory), len(entries))


def open_archive(file: BinaryIO) -> Archive:
    """Return the archive in a file. Raises `RefusedError` with everything wrong with its form."""
    size = file.seek(0, 2)
    if size > LARGEST_ARCHIVE:
        raise RefusedError("the file is larger than a bundle can be (4 GB)")
    file.seek(max(0, size - _END.size))
    tail = file.read()
    if len(tail) < _END.size or tail[:4] != b"PK\x05\x06":
        raise RefusedError("it is no bundle, or was cut short or added to: its end is missing")
    _, _, _, _, count, length, start, _ = _END.unpack(tail)
    if count > MOST_FILES:
        raise RefusedError(f"it holds more than {MOST_FILES} files")
    if start + length + _END.size != size or tail != _end(count, length, start):
        raise RefusedError("its end was altered, or something lies before or behind the archive")
    file.seek(start)
    described = tuple(_described(file.read(length), count))
    entries = tuple(entry for entry, _ in described)
    faults = [f'"{each.name}" {fault}' for each in entries if (fault := fault_of(each.name))]
    faults += clashes(each.name for each in entries)
    faults = faults or [f'"{entry.name}" {fault}' for entry, fault in described if fault]
    if faults:
        raise RefusedError(*faults)
    if sum(each.size for each in entries) > RATIO * size + 2**20:
        raise RefusedError(f"it would unpack to more than {RATIO} times its size: a zip bomb")
    _check_places(file, entries, start)
    return Archive(file, entries)


def in_memory(content: bytes) -> Archive:
    """Return the archive that bytes are. Raises `RefusedError`."""
    return open_archive(BytesIO(content))


def _described(directory: bytes, count: int) -> Iterator[tuple[Entry, str]]:
    """Yield each file of an archive's directory, and what is wrong with how it is described."""
    at = 0
    for number in range(1, count + 1):
        if at + _CENTRAL.size > len(directory):
            raise RefusedError("the archive's directory is cut short")
        head = _CENTRAL.unpack_from(directory, at)
        end = at + _CENTRAL.size + head[10]
        try:
            name = directory[at + _CENTRAL.size : end].decode()
        except UnicodeDecodeError as error:
            raise RefusedError(f"the name of file {number} is not in UTF-8") from error
        _, method, time, day, crc, packed_size, size = head[3:10]
        entry = Entry(name, method, day << 16 | time, crc, packed_size, size, head[16])
        yield entry, "" if directory[at:end] == _central(entry) else _oddity(head)
        at = end + head[11] + head[12]
    if at != len(directory):
        raise RefusedError("the archive's directory holds more than its files")


def _oddity(head: tuple[int, ...]) -> str:
    if head[15] >> 16 & _KIND == _LINK:
        return "is a link"
    if head[3] & 1:
        return "is encrypted: open the file with 7-Zip and its password, and take what is inside"
    return "is described in the archive's directory as no bundle does"


def _check_places(file: BinaryIO, entries: tuple[Entry, ...], end: int) -> None:
    at = 0
    for entry in entries:
        if entry.method not in (STORED, DEFLATED):
            raise RefusedError(f'"{entry.name}" is packed in a way that bundles do not use')
        if entry.offset != at or entry.end > end:
            raise RefusedError(f'"{entry.name}" does not lie where it should, or over another file')
        file.seek(at)
        made = _local(entry)
        if file.read(len(made)) != made:
            raise RefusedError(f'"{entry.name}": the archive\'s two descriptions of it differ')
        at = entry.end
    if at != end:
        raise RefusedError("something lies between the files and the archive's directory")


def _local(entry: Entry) -> bytes:
    name = entry.name.encode()
    sizes = entry.crc, entry.packed, entry.size, len(name), 0
    time = entry.moment & 0xFFFF, entry.moment >> 16
    return _LOCAL.pack(b"PK\x03\x04", _NEEDED, _FLAGS, entry.method, *time, *sizes) + name


def _central(entry: Entry) -> bytes:
    name = entry.name.encode()
    sizes = entry.crc, entry.packed, entry.size, len(name), 0, 0, 0, 0
    time = entry.moment & 0xFFFF, entry.moment >> 16
    head = b"PK\x01\x02", _MADE_BY, _NEEDED, _FLAGS, entry.method, *time
    return _CENTRAL.pack(*head, *sizes, _MODE, entry.offset) + name


def _end(count: int, length: int, start: int) -> bytes:
    return _END.pack(b"PK\x05\x06", 0, 0, count, count, length, start, 0)
