"""One file cut into parts for mail, chat or a satellite, and joined again in any order.

In go a file's content and a size, out come parts that know their place; in go parts, out comes the
file, or which parts are missing or damaged. Each part is a line of JSON and its piece of the file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from generator.bundles.names import fault_of
from generator.bundles.refusals import RefusedError

SMALLEST_PART = 1024
"""Bytes: the first line alone may take 500."""
MOST_PARTS = 9999
_ROOM = 500
_MARK = b'{"tierbook_part": 1, '


@dataclass(frozen=True, slots=True)
class Place:
    """What a part says of itself."""

    name: str
    """The whole file's."""
    number: int
    """From 1."""
    count: int
    size: int
    """The whole file's, in bytes."""
    sha256: str
    """The whole file's."""
    part_sha256: str
    """The piece's."""


def split(name: str, content: bytes, size: int) -> Iterator[tuple[str, bytes]]:
    """Yield parts (name, content) of at most `size` bytes. Raises `RefusedError`."""
    if size < SMALLEST_PART:
        raise RefusedError(f"a part has at least {SMALLEST_PART} bytes")
    step = size - _ROOM
    count = max(1, -(-len(content) // step))
    if count > MOST_PARTS:
        raise RefusedError(f"that would be {count} parts; {MOST_PARTS} are the most")
    whole = hashlib.sha256(content).hexdigest()
    for number in range(1, count + 1):
        piece = content[(number - 1) * step : number * step]
        digest = hashlib.sha256(piece).hexdigest()
        place = Place(name, number, count, len(content), whole, digest)
        head = _MARK + json.dumps(asdict(place), ensure_ascii=False).encode()[1:] + b"\n"
        if len(head) > _ROOM:
            raise RefusedError("the file's name is too long")
        yield f"{name}.{number:04}-of-{count:04}.part", head + piece


def join(parts: Mapping[str, bytes]) -> tuple[str, bytes]:
    """Return name and content of the file whose parts these are, by what each is called here.

    Raises `RefusedError` with every part that is damaged or missing.
    """
    faults: list[str] = []
    pieces: dict[int, bytes] = {}
    first: Place | None = None
    for called, content in parts.items():
        head, _, piece = content.partition(b"\n")
        place = _place(head)
        if place is None:
            faults.append(f'"{called}" is no part, or its first line is damaged')
        elif hashlib.sha256(piece).hexdigest() != place.part_sha256:
            faults.append(f'"{called}" is damaged: ask for part {place.number} again')
        elif first is not None and _whole(place) != _whole(first):
            faults.append(f'"{called}" belongs to another file, {place.name}')
        else:
            first = first or place
            pieces[place.number] = piece
    if first is not None:
        missing = [str(n) for n in range(1, first.count + 1) if n not in pieces]
        if missing:
            faults.append(f"of {first.count} parts these are missing: {', '.join(missing)}")
    if faults or first is None:
        raise RefusedError(*(faults or ["there are no parts"]))
    content = b"".join(pieces[number] for number in range(1, first.count + 1))
    if len(content) != first.size or hashlib.sha256(content).hexdigest() != first.sha256:
        raise RefusedError("the parts are whole, but what they give is not the file they name")
    return first.name, content


def _whole(place: Place) -> tuple[str, int, int, str]:
    return place.name, place.count, place.size, place.sha256


def _place(head: bytes) -> Place | None:
    """Return what a part's first line says; None where it says nothing that can be used."""
    if not head.startswith(_MARK) or len(head) > _ROOM:
        return None
    try:
        place = Place(**json.loads(b"{" + head[len(_MARK) :]))
    except (ValueError, TypeError):
        return None
    numbers = place.number, place.count, place.size
    texts = place.name, place.sha256, place.part_sha256
    good = all(type(each) is int for each in numbers) and all(type(e) is str for e in texts)
    good = good and 1 <= place.number <= place.count <= MOST_PARTS
    return place if good and "/" not in place.name and not fault_of(place.name) else None
