"""Writes a PDF so that what did not change stands as it stood, for the sake of small updates.

In goes a PDF, out comes the same document with nothing compressed inside, whose objects are
numbered by what they are and not by how many come before: one more paragraph does not rename all
others.

Objects are read in order and cut into groups where their content says so, as tools do that look for
equal parts of files. What stands before a cut also says which numbers the group has. A group's
small objects are one object stream, so that their places are counted from its own beginning.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from typing import Any

import pikepdf

_ROOM = 256
"""Numbers that a group has: the first is its object stream's."""
_USUAL = 96
"""Objects that a group has on average."""
_CUTTING = 4
"""Objects up to a place that decide whether to cut there."""
_CONTEXTS = (8, 32, 128, 512)
"""Objects before a group that name it: as few as can."""
_STREAMS_OF_FILE = ("/ObjStm", "/XRef")
_REFERENCE = re.compile(rb"\((?:[^()\\]++|\\[\s\S])*+\)|<[0-9a-fA-F]*+>|\b(\d++) 0 R\b")
_KEPT = ("/Root", "/Info", "/ID")


@dataclass(frozen=True, slots=True)
class _Object:
    number: int
    text: bytes
    """As a PDF writes it, with references to old numbers."""
    stream: bytes | None
    """What it holds where it is a stream."""
    digest: bytes
    """Of what it is beside its references and its stream."""


def unpacked(pdf: bytes) -> bytes:
    """Return a PDF with nothing compressed inside and steady numbers; same bytes for same bytes.

    One that needs a password stays as it is.
    """
    try:
        opened = pikepdf.open(BytesIO(pdf))
    except pikepdf.PasswordError:
        return pdf
    with opened:
        objects = _in_order(map(_read, _objects(opened)), opened.Root.objgen[0])
        groups = _placed(list(objects))
        trailer = {key: opened.trailer.get(key) for key in _KEPT}
        ends = b" ".join(
            key.encode() + b" " + _text(value)
            for key, value in trailer.items()
            if value is not None
        )
        return _written(groups, ends)


def _objects(pdf: pikepdf.Pdf) -> Iterator[Any]:
    for each in pdf.objects:
        is_stream = isinstance(each, pikepdf.Stream)
        if each is not None and not (is_stream and each.get("/Type") in _STREAMS_OF_FILE):
            yield each


def _text(value: Any) -> bytes:
    """Return a value as a PDF writes it; what is an object of its own is a reference."""
    if isinstance(value, pikepdf.Object):
        return value.unparse()
    return pikepdf.Array([value]).unparse()[1:-1].strip()


def _read(each: Any) -> _Object:
    number = each.objgen[0]
    if not isinstance(each, pikepdf.Stream):
        text = each.unparse(resolved=True)
        return _Object(number, text, None, _digest(text))
    said: Any = pikepdf.Dictionary(dict(each.stream_dict.items()))
    try:
        content = each.read_bytes()
        for key in ("/Filter", "/DecodeParms"):
            if key in said:
                del said[key]
    except pikepdf.PdfError:  # a picture that stays packed
        content = each.read_raw_bytes()
    if "/Length" in said:
        del said["/Length"]
    text = said.unparse()
    return _Object(number, text, content, _digest(text))


def _digest(text: bytes) -> bytes:
    return hashlib.sha256(_REFERENCE.sub(_nameless, text)).digest()


def _nameless(match: re.Match[bytes]) -> bytes:
    return b"R" if match[1] else match[0]


def _groups(objects: Sequence[_Object]) -> dict[int, int]:
    """Return where groups begin among objects, and where each one ends."""
    starts = [0]
    for end in range(1, len(objects) + 1):
        here = b"".join(each.digest for each in objects[max(0, end - _CUTTING) : end])
        if zlib.crc32(here) % _USUAL == 0 or end - starts[-1] == _ROOM - 1:
            starts.append(end)
    return {start: end for start, end in pairwise([*starts, len(objects)]) if start < end}


def _names(objects: Sequence[_Object], starts: Iterable[int]) -> dict[int, bytes]:
    """Return what stands before each group, as little of it as tells it from the others."""
    names: dict[int, bytes] = {}
    for size in _CONTEXTS:
        found = {
            start: b"".join(each.digest for each in objects[max(0, start - size) : start])
            for start in starts
            if start not in names
        }
        often = Counter(found.values())
        names |= {
            start: name
            for start, name in found.items()
            if often[name] == 1 or size == _CONTEXTS[-1]
        }
    return names


def _in_order(objects: Iterable[_Object], root: int) -> Iterator[_Object]:
    """Yield objects so that each is followed by what it refers to."""
    waiting = {each.number: each for each in objects}
    stack = [*reversed(waiting), root]
    while stack:
        each = waiting.pop(stack.pop(), None)
        if each is not None:
            yield each
            found = [int(number) for number in _REFERENCE.findall(each.text) if number]
            stack.extend(number for number in reversed(found) if number in waiting)


def _placed(objects: Sequence[_Object]) -> list[tuple[int, Sequence[_Object]]]:
    """Return the objects in groups, with the first of each group's numbers."""
    groups = _groups(objects)
    names = _names(objects, groups)
    # not more: readers take a number far beyond what a file can hold for damage
    places = 1 << (2 * len(groups) - 1).bit_length()
    taken: set[int] = set()
    placed = []
    for start, end in groups.items():
        place = int.from_bytes(hashlib.sha256(names[start]).digest()[:4]) % places
        while place in taken:
            place = (place + 1) % places
        taken.add(place)
        placed.append((place * _ROOM + 1, objects[start:end]))
    return placed


def _written(groups: Sequence[tuple[int, Sequence[_Object]]], trailer: bytes) -> bytes:
    numbers = {
        each.number: first + step
        for first, group in groups
        for step, each in enumerate(group, start=1)
    }

    def renamed(match: re.Match[bytes]) -> bytes:
        return b"%d 0 R" % numbers.get(int(match[1]), 0) if match[1] else match[0]

    made = bytearray(b"%PDF-1.7\n%\xbf\xf7\xa2\xfe\n")
    index: dict[int, bytes] = {}

    def add(number: int, said: bytes, content: bytes) -> None:
        index[number] = struct.pack(">BIB", 1, len(made), 0)
        head = b"%d 0 obj\n<< %s /Length %d >>\nstream\n" % (number, said, len(content))
        made.extend(head + content + b"\nendstream\nendobj\n")

    for first, group in groups:
        small: list[tuple[int, bytes]] = []
        for each in group:
            number, text = numbers[each.number], _REFERENCE.sub(renamed, each.text)
            if each.stream is None:
                index[number] = struct.pack(">BIB", 2, first, len(small))
                small.append((number, text))
            else:
                add(number, text[2:-2].strip(), each.stream)
        if small:
            add(first, *_object_stream(small))
    last = max(index) + 1
    start = len(made)
    index[last] = struct.pack(">BIB", 1, start, 0)
    said = b"/Type /XRef /W [ 1 4 1 ] /Size %d /Index [ %s ] %s" % (
        last + 1,
        b" ".join(b"%d %d" % run for run in _runs(sorted(index))),
        _REFERENCE.sub(renamed, trailer),
    )
    add(last, said, b"".join(index[number] for number in sorted(index)))
    made.extend(b"startxref\n%d\n%%%%EOF\n" % start)
    return bytes(made)


def _object_stream(objects: list[tuple[int, bytes]]) -> tuple[bytes, bytes]:
    """Return what an object stream says of itself and what it holds."""
    body, head = bytearray(), []
    for number, text in objects:
        head.append(b"%d %d" % (number, len(body)))
        body += text + b"\n"
    listed = b" ".join(head) + b"\n"
    return b"/Type /ObjStm /N %d /First %d" % (len(objects), len(listed)), listed + bytes(body)


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the first of numbers that follow each other, and how many they are."""
    start = 0
    for at in range(1, len(numbers) + 1):
        if at == len(numbers) or numbers[at] != numbers[at - 1] + 1:
            yield numbers[start], at - start
            start = at
