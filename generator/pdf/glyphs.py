"""Gives every glyph of a PDF a number of its own, whatever other glyphs are used.

In goes an open PDF whose fonts are subsets with glyphs numbered as they came, as Typst makes them;
afterwards one new character changes nothing but the place where it stands. That is what makes an
update of a handbook small.

A glyph that stands for one character takes that character's code point; every other one, such as a
ligature, a number that its outline gives. The font program has its glyphs at just these numbers,
with nothing between them.
"""

from __future__ import annotations

import re
import struct
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

import pikepdf

from generator.pdf.truetype import Program, read_program, written_program

_UNNAMED = range(0xE000, 0xF900)
"""Numbers of glyphs that stand for no single character: Unicode leaves them to private use."""
_SYLLABLES = range(0x0E00, 0x0E80)
"""Thai: its glyphs are said to stand for whichever syllable they came in first."""
_MAPPED = re.compile(rb"<([0-9A-Fa-f]{4})> ?<([0-9A-Fa-f]+)>")
_INNER = rb"(?:[^()\\]|\\[\s\S])"
for _ in range(4):
    _INNER = rb"(?:[^()\\]++|\\[\s\S]|\(" + _INNER + rb"*+\))"
_TEXT = rb"(?:\(" + _INNER + rb"*+\)|<[0-9A-Fa-f]*+>)"
_REST = rb"(?:(?<=\()" + _INNER + rb"*+\)|(?<=<)[0-9A-Fa-f]*+>)"
_SHOWN = re.compile(
    # one set of characters to begin with: the search skips to these
    rb"[/\[(<](?:"
    rb"(?<=/)([^\s/<>\[\]()]++) [-+.\d]++ Tf\b|"
    rb"((?<=\[)(?:" + _TEXT + rb"|[-+.\d\s]++)*+\] ?TJ|" + _REST + rb" ?Tj)|" + _REST + rb"|"
    rb"(?<=([(])))"
)
"""A font taken up; a text shown; any other text; a parenthesis that the expression cannot read."""
_RUN = re.compile(_TEXT)
_ESCAPED = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|[\s\S]))")
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_TO_ESCAPE = re.compile(rb"[()\\\r]")
_CMAP = """\
/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> def
/CMapName /Custom def
/CMapType 0 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{}endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


def number_glyphs(pdf: pikepdf.Pdf) -> None:
    """Number the glyphs of a PDF anew, in its fonts and wherever text is shown."""
    fonts: dict[tuple[int, int], _Font] = {}
    done: set[tuple[int, int]] = set()
    waiting: list[Any] = [page.obj for page in pdf.pages]
    for holder in waiting:
        resources = holder.get("/Resources", pikepdf.Dictionary())
        used = {}
        for name, font in resources.get("/Font", pikepdf.Dictionary()).items():
            if font.objgen not in fonts and _is_ours(font):
                fonts[font.objgen] = _Font(_renumbered(font), {})
            if font.objgen in fonts:
                used[name[1:].encode()] = fonts[font.objgen]
        stream = holder if isinstance(holder, pikepdf.Stream) else holder.Contents
        if used and stream.objgen not in done:
            stream.write(_shown(stream, used))
        done.add(stream.objgen)
        for kind in ("/XObject", "/Pattern"):
            for _, drawn in resources.get(kind, pikepdf.Dictionary()).items():
                if isinstance(drawn, pikepdf.Stream) and drawn.objgen not in done:
                    waiting.append(drawn)


@dataclass(frozen=True, slots=True)
class _Font:
    numbers: array[int]
    """The new number of each glyph by its old one."""
    known: dict[bytes, bytes]
    """Texts by what they were before."""

    def __call__(self, match: re.Match[bytes]) -> bytes:
        """Return a text operand in the new numbers."""
        text = match[0]
        if text not in self.known:
            self.known[text] = _written(text, self.numbers)
        return self.known[text]


def _is_ours(font: Any) -> bool:
    """Return whether it is a font as Typst writes them: TrueType, two bytes a glyph."""
    if font.get("/Subtype") != "/Type0" or font.get("/Encoding") != "/Identity-H":
        return False
    held = font.DescendantFonts[0]
    return (
        held.Subtype == "/CIDFontType2"
        and held.get("/CIDToGIDMap") == "/Identity"
        and "/FontFile2" in held.FontDescriptor
        and "/ToUnicode" in font
    )


def _shown(stream: pikepdf.Stream, fonts: Mapping[bytes, _Font]) -> bytes:
    """Return a content stream with its texts in the fonts' new numbers."""
    content = stream.read_bytes()
    try:
        return _translated(content, fonts)
    except _DeepError:
        # written anew by the library, every parenthesis in a text is escaped
        parsed = pikepdf.parse_content_stream(stream)
        return _translated(pikepdf.unparse_content_stream(parsed), fonts)


class _DeepError(Exception):
    """Parentheses in a text that are deeper than the expression reads."""


def _translated(content: bytes, fonts: Mapping[bytes, _Font]) -> bytes:
    font: _Font | None = None

    def token(match: re.Match[bytes]) -> bytes:
        nonlocal font
        if match[1]:
            font = fonts.get(match[1])
        elif match[3]:
            raise _DeepError
        elif match[2] and font is not None:
            return _RUN.sub(font, match[0])
        return match[0]

    return _SHOWN.sub(token, content)


def _written(text: bytes, numbers: array[int]) -> bytes:
    """Return a text operand with other numbers."""
    if text[:1] == b"<":
        codes = text[1:-1].decode()
        raw = bytes.fromhex(codes + "0" * (len(codes) % 2))
    else:
        raw = _ESCAPED.sub(_unescaped, text[1:-1])
    old = struct.unpack(f">{len(raw) // 2}H", raw)
    new = struct.pack(f">{len(old)}H", *(numbers[number] for number in old))
    return b"(" + _TO_ESCAPE.sub(_escape, new) + b")"


def _unescaped(match: re.Match[bytes]) -> bytes:
    if match[1]:
        return bytes((int(match[1], 8) & 0xFF,))
    letter = match[2]
    return b"" if letter in (b"\n", b"\r", b"\r\n") else _LETTERS.get(letter, letter)


def _escape(match: re.Match[bytes]) -> bytes:
    return b"\\r" if match[0] == b"\r" else b"\\" + match[0]


def _renumbered(font: Any) -> array[int]:
    """Number the glyphs of a font; return the new number of each old one."""
    held = font.DescendantFonts[0]
    descriptor = held.FontDescriptor
    program = read_program(descriptor.FontFile2.read_bytes())
    texts = {
        int(number, 16): text.upper().decode()
        for number, text in _MAPPED.findall(_characters(font.ToUnicode.read_bytes()))
    }
    numbers = _numbers(program, texts)
    descriptor.FontFile2.write(written_program(program, numbers))
    if "/CIDSet" in descriptor:
        del descriptor["/CIDSet"]
    listed = _widths(held)
    usual = Decimal(held.get("/DW", 1000))
    widths = {new: listed.get(old, usual) for old, new in enumerate(numbers)}
    held.DW = Counter(widths.values()).most_common(1)[0][0]
    held.W = pikepdf.Array(_listed({n: w for n, w in widths.items() if w != held.DW}))
    lines = sorted((numbers[old], text) for old, text in texts.items())
    font.ToUnicode.write(_CMAP.format("".join(_blocks(lines))).encode())
    return numbers


def _characters(table: bytes) -> bytes:
    """Return the part of a table of characters behind its range of codes."""
    return table.partition(b"endcodespacerange")[2]


def _blocks(lines: list[tuple[int, str]]) -> Iterator[str]:
    """Yield a table's lines; which block one is in does not depend on the others."""
    for _, group in groupby(lines, lambda line: line[0] >> 6):
        block = [f"<{number:04X}> <{text}>\n" for number, text in group]
        yield f"{len(block)} beginbfchar\n{''.join(block)}endbfchar\n"


def _widths(held: Any) -> dict[int, Decimal]:
    """Return the width of each glyph, in thousandths."""
    listed: list[Any] = list(held.get("/W", []))
    found: dict[int, Decimal] = {}
    while listed:
        first, then = int(listed.pop(0)), listed.pop(0)
        if isinstance(then, pikepdf.Array):
            found.update((first + step, Decimal(str(width))) for step, width in enumerate(then))
        else:
            width = Decimal(listed.pop(0))
            found.update((number, width) for number in range(first, int(then) + 1))
    return found


def _listed(widths: Mapping[int, Decimal]) -> Iterator[int | pikepdf.Array]:
    run: list[Decimal] = []
    for number in sorted(widths):
        run.append(widths[number])
        if number + 1 not in widths:
            yield number + 1 - len(run)
            yield pikepdf.Array(run)
            run = []


def _numbers(program: Program, texts: Mapping[int, str]) -> array[int]:
    """Return the new number of each glyph: .notdef keeps 0."""
    count = len(program.outlines)
    digests = [program.digest(glyph) for glyph in range(count)]
    taken = {0}
    numbers = array("H", bytes(2 * count))
    # in an order that does not depend on which glyphs there are
    for glyph in sorted(range(1, count), key=lambda each: (digests[each], texts.get(each, ""))):
        text = texts.get(glyph, "")
        number = int(text, 16) if len(text) == 4 else 0
        if not number or number in taken or number in _SYLLABLES or number in _UNNAMED:
            wanted = int.from_bytes(digests[glyph][:4])
            number = next(
                place
                for step in range(len(_UNNAMED))
                if (place := _UNNAMED[(wanted + step) % len(_UNNAMED)]) not in taken
            )
        taken.add(number)
        numbers[glyph] = number
    return numbers
