"""TrueType font programs taken apart into glyphs, and put together with other numbers for them.

In goes the program of a subset, as a PDF holds it, out come its outlines and metrics; and back.
"""

from __future__ import annotations

import hashlib
import struct
import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise

from fontTools.ttLib.sfnt import SFNTReader, SFNTWriter

_WORDS, _MORE, _SCALES = 0x0001, 0x0020, {0x0008: 2, 0x0040: 4, 0x0080: 8}
"""Flags of a part of a composite glyph: wide arguments, further parts, bytes of its scale."""
_COUNT, _IS_LONG, _FULL = 4, 50, 34
"""Where `maxp` has the number of glyphs, `head` the kind of `loca`, `hhea` the full metrics."""

_SHELF, _ROUND = 256, 4096
"""So many numbers' outlines begin at a round place: one more does not move all behind it."""


@dataclass(frozen=True, slots=True)
class Program:
    """A TrueType font program, taken apart."""

    tables: Mapping[str, bytes]
    outlines: tuple[bytes, ...]
    metrics: tuple[bytes, ...]
    """Advance and bearing of each glyph, four bytes."""

    def parts(self, glyph: int) -> Iterator[int]:
        """Yield where in a glyph's outline the numbers of other glyphs stand."""
        outline = self.outlines[glyph]
        if not outline or outline[0] < 0x80:
            return
        at, flags = 10, _MORE
        while flags & _MORE:
            (flags,) = struct.unpack_from(">H", outline, at)
            yield at + 2
            at += 8 if flags & _WORDS else 6
            at += sum(size for flag, size in _SCALES.items() if flags & flag)

    def with_parts(self, glyph: int, numbers: Sequence[int]) -> bytes:
        """Return a glyph's outline with other numbers for its parts."""
        outline = bytearray(self.outlines[glyph])
        for at in self.parts(glyph):
            (part,) = struct.unpack_from(">H", outline, at)
            struct.pack_into(">H", outline, at, numbers[part])
        return bytes(outline)

    def digest(self, glyph: int) -> bytes:
        """Return what tells a glyph from others, however they are numbered."""
        made = hashlib.sha256(self.metrics[glyph])
        outline = bytearray(self.outlines[glyph])
        for at in self.parts(glyph):
            (part,) = struct.unpack_from(">H", outline, at)
            outline[at : at + 2] = bytes(2)
            made.update(self.digest(part))
        made.update(outline)
        return made.digest()


def read_program(content: bytes) -> Program:
    """Return a font program taken apart."""
    reader = SFNTReader(BytesIO(content))
    tables = {str(tag): reader[tag] for tag in reader.keys()}  # noqa: SIM118
    (count,) = struct.unpack_from(">H", tables["maxp"], _COUNT)
    (is_long,) = struct.unpack_from(">H", tables["head"], _IS_LONG)
    places = struct.unpack_from(f">{count + 1}{'I' if is_long else 'H'}", tables["loca"])
    scale = 1 if is_long else 2
    glyf = tables["glyf"]
    (full,) = struct.unpack_from(">H", tables["hhea"], _FULL)
    hmtx = tables["hmtx"]
    last = hmtx[4 * full - 4 : 4 * full - 2]
    metrics = [hmtx[4 * number : 4 * number + 4] for number in range(full)]
    metrics += [
        last + hmtx[4 * full + 2 * each : 4 * full + 2 * each + 2] for each in range(count - full)
    ]
    outlines = tuple(glyf[scale * start : scale * end] for start, end in pairwise(places))
    return Program(tables, outlines, tuple(metrics))


def written_program(program: Program, numbers: Sequence[int]) -> bytes:
    """Return a font program with each glyph at its new number and nothing between them."""
    held = {new: old for old, new in enumerate(numbers)}
    count = max(held) + 1
    places, metrics, glyf = array("I"), bytearray(4 * count), bytearray()
    for number in range(count):
        if number % _SHELF == 0:
            glyf += bytes(-len(glyf) % _ROUND)
        places.append(len(glyf))
        if number in held:
            glyf += program.with_parts(held[number], numbers)
            glyf += bytes(-len(glyf) % 4)
            metrics[4 * number : 4 * number + 4] = program.metrics[held[number]]
    places.append(len(glyf))
    if sys.byteorder == "little":
        places.byteswap()
    tables = dict(program.tables)
    tables |= {"glyf": bytes(glyf), "loca": places.tobytes(), "hmtx": bytes(metrics)}
    tables["maxp"] = _set(tables["maxp"], _COUNT, count)
    tables["hhea"] = _set(tables["hhea"], _FULL, count)
    tables["head"] = _set(tables["head"], _IS_LONG, 1)
    # names of glyphs by their old numbers are of no use to a reader
    tables["post"] = b"\0\3\0\0" + tables["post"][4:32]
    made = BytesIO()
    writer = SFNTWriter(made, len(tables))
    for tag, table in tables.items():
        writer[tag] = table
    writer.close()
    return made.getvalue()


def _set(table: bytes, at: int, value: int) -> bytes:
    return table[:at] + struct.pack(">H", value) + table[at + 2 :]
