"""Every glyph of a PDF has a number of its own, whatever other glyphs are used."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pikepdf
import pytest
import typst
from fontTools.ttLib import TTFont

from generator.books import fonts
from generator.pdf.glyphs import number_glyphs
from tests.pdf import text_of

pytestmark = pytest.mark.engine

STYLE = """\
#set document(title: "t")
#set text(font: ("Noto Sans", "Noto Sans Thai", "Noto Sans CJK SC"), lang: "de")
"""
TEXT = "Größe (in mm): ffi 打印机脱机,ผู้ใช้ที่ *fett* `a -> b != c`"
DEEP = "(" * 30 + "打" + ")" * 30


def made(text: str) -> bytes:
    """Return a text as Typst sets it."""
    found = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=list(fonts.folders()),
    )
    compiler = typst.Compiler(font_paths=found)
    pdf = compiler.compile(
        (STYLE + text).encode(), format="pdf", pdf_standards=["ua-1"], timestamp=0
    )
    assert isinstance(pdf, bytes)
    return pdf


def numbered(pdf: bytes) -> bytes:
    """Return a PDF with its glyphs numbered."""
    saved = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        number_glyphs(opened)
        opened.save(saved, deterministic_id=True)
    return saved.getvalue()


def held_fonts(pdf: pikepdf.Pdf) -> list[Any]:
    """Return the fonts of a PDF's first page."""
    return [font for _, font in pdf.pages[0].Resources.Font.items()]


def program(font: Any) -> TTFont:
    """Return a font's program."""
    return TTFont(BytesIO(font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()))


def widths(font: Any) -> dict[int, float]:
    """Return the widths that a numbered font says."""
    listed = list(font.DescendantFonts[0].W)
    return {
        int(first) + step: float(width)
        for first, run in zip(listed[::2], listed[1::2], strict=True)
        for step, width in enumerate(run)
    }


def drawn(pdf: bytes) -> list[bytes]:
    """Return the lines of a PDF's first page."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        return opened.pages[0].Contents.read_bytes().splitlines()


@pytest.mark.parametrize("text", [TEXT, DEEP, f"{TEXT}\n\n{DEEP} {TEXT}"])
def test_it_says_the_same(text: str) -> None:
    """Every text reads as before, at the same places, also between many parentheses."""
    before, after = made(text), numbered(made(text))
    assert text_of(after).splitlines()[0] == text_of(before).splitlines()[0]
    empty = re.compile(rb"\[.*?\] ?TJ|\((?:\\[\s\S]|[^\\)])*\) ?Tj|<[0-9A-F]+> ?Tj", re.DOTALL)
    if text == TEXT:
        joined = [b"\n".join(drawn(each)) for each in (before, after)]
        assert empty.sub(b"", joined[0]) == empty.sub(b"", joined[1])


def test_characters_are_their_own_numbers() -> None:
    """A glyph that stands for one character is found at its code point, with outline and width."""
    with pikepdf.open(BytesIO(numbered(made(TEXT)))) as pdf:
        held = held_fonts(pdf)
        sans = next(font for font in held if ord("G") in widths(font))
        tables = program(sans)
        assert tables["maxp"].numGlyphs == tables["hhea"].numberOfHMetrics <= 0x10000
        names = tables.getGlyphOrder()
        for letter in "Größeinm":
            assert tables["glyf"][names[ord(letter)]].numberOfContours != 0, letter
        assert tables["glyf"][names[ord("Z")]].numberOfContours == 0, "not used"
        scale = tables["head"].unitsPerEm / 1000
        for number, width in widths(sans).items():
            assert tables["hmtx"][names[number]][0] == pytest.approx(width * scale, abs=1)
        for font in held:
            descriptor = font.DescendantFonts[0].FontDescriptor
            assert "/CIDSet" not in descriptor, "what is present cannot be listed by hand"


def test_parts_of_a_glyph_move_along() -> None:
    """A letter that is drawn with another one's outline still is."""
    before, after = made("Ä ö ü é"), numbered(made("Ä ö ü é"))
    with pikepdf.open(BytesIO(before)) as old, pikepdf.open(BytesIO(after)) as new:
        (one,), (other,) = held_fonts(old), held_fonts(new)
        first, second = program(one), program(other)
        table = one.ToUnicode.read_bytes()
        for code, letter in re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]{4})>", table):
            glyphs = first["glyf"], second["glyf"]
            if letter == b"FFFF":
                continue  # the range of all codes
            was = glyphs[0][first.getGlyphOrder()[int(code, 16)]]
            now = glyphs[1][second.getGlyphOrder()[int(letter, 16)]]
            assert was.getCoordinates(glyphs[0])[0] == now.getCoordinates(glyphs[1])[0]


def test_a_new_character_changes_its_own_place_only() -> None:
    """Another line's new characters, ligature and syllable leave what else is drawn as it was."""
    one = drawn(numbered(made(f"alt\n\n{TEXT}")))
    other = drawn(numbered(made(f"ßÄ 新 ฟื้น => neu\n\n{TEXT}")))
    shown = [line for line in one if b"Tj" in line or b"TJ" in line]
    again = {line for line in other if b"Tj" in line or b"TJ" in line}
    assert len([line for line in shown if line not in again]) == 1


def test_the_same_bytes() -> None:
    """The same PDF gives the same PDF."""
    assert numbered(made(TEXT)) == numbered(made(TEXT))
