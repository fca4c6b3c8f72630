"""A PDF says each Thai syllable once: to who copies it, searches in it or has it read aloud.

In goes a PDF as Typst writes it, opened; what its pages show stays the same. Typst lets each sign
of a syllable mean the whole syllable, overrides that with `/ActualText`, and says it again for the
part that stands higher or lower. Here a sign comes to mean its own letter, and what belongs to a
syllable is drawn in one go.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import pikepdf

_AM, _AA, _NIKHAHIT = "\u0e33", "\u0e32", "\u0e4d"
_TONES = "\u0e48\u0e49\u0e4a\u0e4b"

_NUMBER = rb"-?[\d.]+"
_STRING = rb"(?:\((?:[^\\()]++|\\.)*+\)|<[0-9A-F]*>)"
_AT = re.compile(rb"1 0 0 -1 (%b) (%b) Tm" % (_NUMBER, _NUMBER))
_STEP = re.compile(
    rb"q (?P<matrix>(?:%b ){6})cm|" % _NUMBER
    + rb"(?P<span>/Span<</ActualText<FEFF(?P<said>(?:0E[0-7][0-9A-F])+)>>>BDC)?"
    + rb"(?P<drawn> 0 Tr/(?P<font>f\d+) %b Tf %b" % (_NUMBER, _AT.pattern)
    + rb"\[?(?P<strings>(?:%b|%b)*+)\]?T[Jj])(?(span)\s*EMC)" % (_STRING, _NUMBER),
    re.DOTALL,
)
"""Where something is drawn, or a run of signs: what it says instead of them, and what draws it."""
_CODES = re.compile(_STRING, re.DOTALL)
_LAST = re.compile(rb"((?:\\[0-7]{3}|\\.|[^\\]){2}\)|[0-9A-F]{4}>)(?=[^()<>]*\Z)", re.DOTALL)
"""The last code of a run, with the end of its string."""
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_NOTHING = re.compile(rb"q (?:%b ){6}cm[/\w. ]*\nBT\s*ET\nQ\n" % _NUMBER)
_ENTRY = re.compile(rb"<([0-9A-F]{4})> <((?:[0-9A-F]{4})+)>")
"""A line of the table in which a font says what its codes mean."""

_Sign = tuple[bytes, bytes]
"""A font's name on the page, and the code of a sign in it."""
_Meanings = Mapping[bytes, str]
"""What the codes of a font mean."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What a page draws of a syllable at one height."""

    start: int
    end: int
    origin: tuple[float, float] | None
    """The point that `drawn` counts from; None where letters lie on their side."""
    drawn: bytes
    signs: tuple[_Sign, ...]
    before: bytes = b""
    """What ends the run that the part was taken from the end of."""


@dataclass(frozen=True, slots=True)
class _Syllable:
    """A syllable whose signs can be told apart."""

    text: str
    parts: tuple[_Part, ...]

    @property
    def signs(self) -> tuple[_Sign, ...]:
        return tuple(sign for part in self.parts for sign in part.signs)


def say_once(pdf: pikepdf.Pdf) -> None:
    """Let each Thai syllable of a PDF say its letters once."""
    pages = []
    meanings: dict[tuple[int, int], dict[bytes, str]] = {}
    fonts: dict[tuple[int, int], pikepdf.Object] = {}
    whole: dict[tuple[int, int], _Meanings] = {}
    for page in pdf.pages:
        content = page.Contents.read_bytes()
        if b"/ActualText<FEFF0E" not in content:
            continue
        held = {name[1:].encode(): font for name, font in page.Resources.Font.items()}
        for font in held.values():
            if font.objgen not in fonts:
                fonts[font.objgen], whole[font.objgen] = font, _whole(font)
        here = {name: it for name, font in held.items() if (it := whole[font.objgen])}
        syllables = tuple(_syllables(content, here))
        pages.append((page, content, syllables, {name: it.objgen for name, it in held.items()}))
        for each in syllables:
            for (name, code), letter in zip(each.signs, drawn_letters(each.text), strict=True):
                meanings.setdefault(held[name].objgen, {}).setdefault(code, letter)
    told = {number: _tell(fonts[number], each) for number, each in meanings.items()}
    for page, content, syllables, numbers in pages:
        known = {name: told.get(number, {}) for name, number in numbers.items()}
        page.Contents.write(_rewritten(content, syllables, known))


def drawn_letters(text: str) -> str:
    """Return a syllable's letters in the order in which they are drawn.

    A sara am is drawn as a ring, before a tone mark, and as a sara aa behind.
    """
    ordered = unicodedata.normalize("NFD", text)
    if not ordered.endswith(_AM):
        return ordered
    base = ordered[:-1].rstrip(_TONES)
    return base + _NIKHAHIT + ordered[len(base) : -1] + _AA


def _syllables(content: bytes, whole: Mapping[bytes, _Meanings]) -> Iterator[_Syllable]:
    """Yield a page's syllables; `whole` are each font's signs that mean more than a letter."""
    held: list[_Part] = []
    last = ""
    for text, part in _parts(content, whole):
        if text != last or part.before:
            held, last = [], text
        held.append(part)
        count, letters = sum(len(each.signs) for each in held), len(drawn_letters(text))
        if count == letters:
            yield _Syllable(text, tuple(held))
        if count >= letters:
            last = ""


def _parts(content: bytes, whole: Mapping[bytes, _Meanings]) -> Iterator[tuple[str, _Part]]:
    """Yield the parts of syllables, each with the whole syllable's letters."""
    origin = None
    for match in _STEP.finditer(content):
        if match["matrix"]:
            *turn, x, y = match["matrix"].split()
            origin = (float(x), float(y)) if turn == [b"1", b"0", b"0", b"-1"] else None
            continue
        font, said, drawn = match["font"], match["said"], match["drawn"]
        if not said and font not in whole:
            continue
        signs = tuple((font, code) for code in _codes(match["strings"]))
        place = match.start(), match.end(), origin
        if said:
            yield _text(said), _Part(*place, drawn, signs)
        elif signs and (text := whole[font].get(signs[-1][1])):
            if len(signs) == 1:
                yield text, _Part(*place, drawn, signs)
            elif last := _LAST.search(drawn):
                at = match.start() + last.start()
                opened, closed = (b"[", b"]TJ") if drawn.endswith(b"TJ") else (b"", b"Tj")
                string = b"<" if last[1].endswith(b">") else b"("
                rest = opened + string + drawn[last.start() :]
                before = last[1][-1:] + closed
                yield text, _Part(at, match.end(), origin, rest, signs[-1:], before)


def _codes(strings: bytes) -> Iterator[bytes]:
    for string in _CODES.findall(strings):
        inside = string[1:-1]
        is_digits = string.startswith(b"<")
        run = bytes.fromhex(inside.decode()) if is_digits else _ESCAPE.sub(_plain, inside)
        for at in range(0, len(run), 2):
            yield run[at : at + 2]


def _plain(escape: re.Match[bytes]) -> bytes:
    code = escape[1]
    return bytes((int(code, 8),)) if len(code) == 3 else _ESCAPED.get(code, code)


def _whole(font: pikepdf.Object) -> _Meanings:
    """Return the signs of a font that mean more than one Thai letter."""
    entries = _ENTRY.findall(font.ToUnicode.read_bytes())
    pairs = ((bytes.fromhex(code.decode()), _text(said)) for code, said in entries)
    return {code: text for code, text in pairs if len(text) > 1 and "\u0e00" < text < "\u0e80"}


def _tell(font: pikepdf.Object, meanings: _Meanings) -> _Meanings:
    """Write into a font's table what its signs mean; return what these mean then.

    A sign that means one letter already is right.
    """
    found: dict[bytes, str] = {}

    def entry(match: re.Match[bytes]) -> bytes:
        code, said = bytes.fromhex(match[1].decode()), match[2]
        if code in meanings:
            if len(said) > 4:
                said = _digits(meanings[code])
            found[code] = _text(said)
        return b"<%b> <%b>" % (match[1], said)

    font.ToUnicode.write(_ENTRY.sub(entry, font.ToUnicode.read_bytes()))
    return found


@cache
def _text(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be")


def _digits(text: str) -> bytes:
    return text.encode("utf-16-be").hex().upper().encode()


def _rewritten(
    content: bytes, syllables: Iterable[_Syllable], known: Mapping[bytes, _Meanings]
) -> bytes:
    pieces: list[bytes] = []
    at, moved = 0, False
    for each in syllables:
        first, *others = each.parts
        if any(part.origin is None or not _AT.search(part.drawn) for part in others):
            continue
        drawn = first.drawn + b"".join(_seen_from(first, part) for part in others)
        is_plain = not others and [known[name].get(code, "") for name, code in each.signs] == [
            each.text
        ]
        if not is_plain:
            drawn = b"/Span<</ActualText<FEFF%b>>>BDC%b\nEMC" % (_digits(each.text), drawn)
        pieces += (content[at : first.start], first.before, drawn)
        at = first.end
        for part in others:
            pieces.append(content[at : part.start])
            at, moved = part.end, True
    made = b"".join((*pieces, content[at:]))
    return _NOTHING.sub(b"", made) if moved else made


def _seen_from(first: _Part, part: _Part) -> bytes:
    """Return what draws a part at its place from where the first is drawn."""
    assert first.origin is not None and part.origin is not None
    right, down = part.origin[0] - first.origin[0], first.origin[1] - part.origin[1]

    def moved(match: re.Match[bytes]) -> bytes:
        return b"1 0 0 -1 %.3f %.3f Tm" % (float(match[1]) + right, float(match[2]) + down)

    return _AT.sub(moved, part.drawn, count=1)
