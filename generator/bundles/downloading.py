"""Gets files over lines that break.

In go a line and what a file has to be, out comes that file whole, or why there is none. What came
before the line broke is kept, and gone on from: by HTTP ranges where the server has them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from generator.bundles.disk import Disk
from generator.bundles.installing import holds
from generator.bundles.manifests import Held
from generator.bundles.places import BrokenError, LineError, opened
from generator.bundles.refusals import RefusedError

TRIES = 8
LONGEST_PAUSE = 60
LONGEST_ASKED_PAUSE = 600
"""Seconds: the longest that a server's Retry-After is obeyed."""


@dataclass(frozen=True, slots=True)
class Line:
    """The way to a place where bundles are published."""

    place: str
    """An address (https, http, file) or a folder."""
    told: Callable[[str], None]
    """Is called with what a reader should know, in one line."""
    moved: Callable[[int, int], None]
    """Is called with how many bytes of how many are there."""
    tries: int = TRIES
    """How often in a row it may bring nothing."""
    timeout: float = 30
    """Seconds without a byte after which a line counts as broken."""
    pause: Callable[[float], None] = time.sleep


def size_text(size: int) -> str:
    """Return a number of bytes as people say it."""
    for unit, step in (("MB", 1_000_000), ("kB", 1000)):
        if size >= step:
            return f"{size / step:.1f} {unit}"
    return f"{size} bytes"


def read_small(line: Line, name: str, limit: int) -> bytes:
    """Return a small file. Raises `LineError`, and `RefusedError` where it is over `limit`."""

    def once() -> bytes:
        content = b""
        with closing(opened(line.place, name, 0, None, line.timeout)) as reply:
            while chunk := reply.read(limit + 1):
                content += chunk
                if len(content) > limit:
                    raise RefusedError(f"{name} is larger than it can be ({size_text(limit)})")
        if reply.end is not None and len(content) < reply.end:
            raise BrokenError("the line was cut")
        return content

    fruitless = 0
    while True:
        try:
            return once()
        except BrokenError as broken:
            fruitless += 1
            _wait(line, broken, fruitless)


def download(line: Line, name: str, wanted: Held, path: Path, disk: Disk) -> None:
    """Make `path` the file `name`, going on from what is there of it.

    Raises `LineError` where the line brings nothing more, then what came is kept; `RefusedError`
    where the place sends something else.
    """
    if path.is_symlink():
        disk.remove(path)
    is_ranged = True
    fruitless = wrong = 0
    while not holds(path, wanted):
        with closing(disk.grow(path)) as file:
            before = file.seek(0, 2)
            try:
                if before < wanted.size:
                    _go_on(line, name, wanted.size, is_ranged, file, disk)
                broken = None
            except BrokenError as error:
                broken = error
            finally:
                file.flush()
                disk.settle(file)
            after = file.seek(0, 2)
        if broken is None and not holds(path, wanted):
            wrong += 1
            disk.remove(path)
            if wrong > 1:
                raise RefusedError(f'"{name}" is not the file that the index names')
            line.told("what came is not what the index names: once more from the start")
        elif broken is not None:
            is_ranged = is_ranged and not broken.is_of_ranges
            fruitless = 0 if after > before else fruitless + 1
            here = f"{size_text(after)} of {size_text(wanted.size)} are here"
            _wait(line, broken, fruitless, here)


def _go_on(line: Line, name: str, size: int, is_ranged: bool, file: BinaryIO, disk: Disk) -> None:
    """Make a file that was begun whole, never larger than `size`. Raises `BrokenError`."""
    have = file.seek(0, 2)
    first = have if is_ranged else 0
    with closing(opened(line.place, name, first, size, line.timeout)) as reply:
        at, end = reply.first, size if reply.end is None else min(size, reply.end)
        if at < have:
            line.told("the server has no ranges: it begins again, and what is here is compared")
        while at < end:
            chunk = reply.read(end - at)
            if not chunk:
                raise BrokenError("the line was cut")
            _put(file, at, chunk, disk)
            at += len(chunk)
            line.moved(max(at, have), size)
    if at < size:
        raise BrokenError("the server sent less than the rest")


def _put(file: BinaryIO, at: int, chunk: bytes, disk: Disk) -> None:
    """Lay a chunk into a file: what is there and the same stays; from a difference on all goes."""
    file.seek(at)
    was = file.read(len(chunk))
    if was != chunk[: len(was)]:
        file.truncate(at)
        was = b""
    file.seek(at + len(was))
    disk.append(file, chunk[len(was) :])


def _wait(line: Line, broken: BrokenError, fruitless: int, here: str = "") -> None:
    """Wait before the next try, longer each time that nothing came. Raises `LineError`."""
    if fruitless >= line.tries:
        raise LineError(
            f"{broken} (try {fruitless} of {line.tries} that bring nothing)"
        ) from broken
    seconds = max(min(2**fruitless, LONGEST_PAUSE), min(broken.wait, LONGEST_ASKED_PAUSE))
    line.told("; ".join(filter(None, (str(broken), here, f"next try in {seconds} s"))))
    line.pause(seconds)
