"""What a PDF says of Thai, once Typst has written it and we have mended it."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from generator.books import fonts
from generator.books.typesetting import Manuscript, Passage, literal
from generator.engines.typst import compile_pdf
from generator.pdf.syllables import drawn_letters, say_once
from tests.pdf import text_of

STYLE = Path(__file__).parents[2] / "templates" / "handbook" / "style.typ"
WORDS = (
    "ผู้ใช้ที่เครื่องพิมพ์เริ่มที่นี่",
    "กรณีฉุกเฉินอะไรเสียจอฟ้าและเครื่องช้า",
    "น้ำต่ำกว่าลำพูนทำซ้ำ",
    "ญี่ปุ่นฐานปุ่มฝุ่นกู้ปู่",
    "ที่ที่ ต่างๆ ร้อนๆ",
)


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return a PDF that shows the words upright in two weights, and on their side."""
    shown = "\n".join(
        f"#text({literal(each)})\n\n#text(weight: 600,{literal(each)})\n" for each in WORDS
    )
    head = '#set document(title: "a")\n#set text(font: "Noto Sans Thai", lang: "th")\n'
    turned = f"#rotate(90deg, reflow: true, text({literal(WORDS[0])}))"
    passages = (Passage(head + shown + turned),)
    manuscript = Manuscript("kb/sites/a.yml", passages, {"style.typ": STYLE}, {}, 0)
    made = compile_pdf(manuscript, fonts.folders(), tmp_path_factory.mktemp("typst"))
    assert made.pdf is not None
    return made.pdf


def test_each_letter_is_said_once(pdf: bytes) -> None:
    """Read by what each sign means, every word is there as often as it is printed."""
    page, *_ = text_of(pdf).split("\n")
    for word in WORDS:
        wanted = "".join(map(drawn_letters, _syllables(word)))
        assert page.count(wanted) == (3 if word == WORDS[0] else 2), word


def test_what_overrides_signs_says_each_syllable_once(pdf: bytes) -> None:
    """No syllable is said again for its part that stands higher."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        content = opened.pages[0].Contents.read_bytes()
    told = [bytes.fromhex(it.decode()).decode("utf-16-be") for it in _overrides(content)]
    told = [it for it in told if len(it) > 1]
    wanted = [it for word in WORDS for _ in range(2) for it in _syllables(word) if len(it) > 1]
    assert told[: len(wanted)] == wanted


def _overrides(content: bytes) -> list[bytes]:
    return re.findall(rb"/ActualText<FEFF([0-9A-F]+)>", content)


def _syllables(word: str) -> list[str]:
    return re.findall("[\u0e01-\u0e30\u0e32\u0e40-\u0e46][\u0e31\u0e33-\u0e3a\u0e47-\u0e4e]*", word)


def test_what_was_mended_stays_as_it_is(pdf: bytes) -> None:
    """Doing it twice does nothing."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        before = [page.Contents.read_bytes() for page in opened.pages]
        say_once(opened)
        assert [page.Contents.read_bytes() for page in opened.pages] == before


def test_nothing_moves(tmp_path: Path) -> None:
    """A part that is drawn from elsewhere is drawn at its place."""
    table = b"\n".join((b"3 beginbfchar", b"<0001> <0E0A>", b"<0002> <0E0A0E49>", b"endbfchar"))
    content = (
        b"q 1 0 0 -1 10 100 cm BT/Span<</ActualText<FEFF0E0A0E49>>>BDC 0 Tr/f0 10 Tf"
        b" 1 0 0 -1 4 0 Tm(\\000\\001)Tj\nEMC\nET\nQ\n"
        b"q 1 0 0 -1 16 103 cm/c0 cs 0 scn\nBT/Span<</ActualText<FEFF0E0A0E49>>>BDC 0 Tr/f0 10 Tf"
        b" 1 0 0 -1 1 0 Tm(\\000\\002)Tj\nEMC\nET\nQ\n"
    )
    with pikepdf.new() as made:
        made.add_blank_page()
        font = made.make_indirect(pikepdf.Dictionary(ToUnicode=made.make_stream(table)))
        made.pages[0].obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(f0=font))
        made.pages[0].obj.Contents = made.make_stream(content)
        say_once(made)
        written = made.pages[0].Contents.read_bytes()
        assert b"<0002> <0E49>" in font.ToUnicode.read_bytes()
    assert written.count(b"ActualText") == 1
    assert b"1 0 0 -1 7.000 -3.000 Tm(\\000\\002)Tj" in written
    assert b"16 103 cm" not in written


@pytest.mark.parametrize(
    ("text", "drawn"),
    [("ที่", "ที่"), ("ทำ", "ทํา"), ("น้ำ", "น\u0e4d\u0e49า"), ("ก\u0e48\u0e38", "ก\u0e38\u0e48")],
)
def test_letters_as_they_are_drawn(text: str, drawn: str) -> None:
    """Sara am is two signs, and marks stand in one order however they were typed."""
    assert drawn_letters(text) == drawn
