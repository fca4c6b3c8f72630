"""The printed handbook is what the records say: checked by other people's tools and by reading it.

The project's own volumes, and the full sample on the other paper: four languages, two papers.
"""

from __future__ import annotations

import re
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import zxingcpp

from generator.books.registers import sections
from generator.markup import to_plain
from generator.model import Command, Step
from generator.pdf.booklet import imposed
from generator.pdf.syllables import drawn_letters
from generator.shapes import parts
from generator.views import record_view
from tests.handbook.books import Volume, destination, tool

pytestmark = pytest.mark.engine

OWN = ("own/ordos-mine/zh", "own/lamphun-plant/th", "own/hamburg-warehouse/de")
OWN_ENGLISH = "own/hamburg-warehouse/en/A5"
OTHERS = ("full/mill/zh/A4", "full/mill/th/A5", "full/quay/de/A5", "full/mill/en/A4")
NAMES = (*OWN, OWN_ENGLISH, *OTHERS)
FAMILIES = ("NotoSans-", "NotoSansThai-", "NotoSansCJKsc-", "JetBrainsMono-")
Bound = Callable[[str], Volume]


@pytest.mark.parametrize("name", NAMES)
def test_made_without_a_finding(name: str, volume: Bound) -> None:
    """Nothing is missing in the fonts, nothing failed."""
    assert volume(name).printed.findings == ()


@pytest.mark.parametrize("name", NAMES)
def test_the_file_is_whole(name: str, volume: Bound, tmp_path: Path) -> None:
    """qpdf reads the volume and its booklet without a complaint."""
    book = volume(name)
    (tmp_path / "booklet.pdf").write_bytes(imposed(book.pdf))
    for path in (book.path, tmp_path / "booklet.pdf"):
        with pikepdf.open(path) as pdf:
            assert pdf.check_pdf_syntax() == []
    for path in (book.path, tmp_path / "booklet.pdf"):
        said = subprocess.run([tool("qpdf"), "--check", str(path)], capture_output=True, text=True)
        assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.parametrize("name", (OWN[0], *OTHERS))
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_accessible(name: str, volume: Bound) -> None:
    """Two checkers of PDF/UA-1 find no error.

    What one of them warns of is meant: addresses in examples are no links.
    """
    outloud, pdfua = pytest.importorskip("outloud"), pytest.importorskip("pdfua")
    path = str(volume(name).path)
    heard = outloud.check(path)
    assert heard.error is None
    assert [str(each) for each in heard.findings if each.severity == "error"] == []
    report = pdfua.validate(path)
    assert [f"{each.rule_id} {each.message}" for each in report.findings] == []


@pytest.mark.parametrize("name", NAMES)
def test_what_the_file_says_of_itself(name: str, volume: Bound) -> None:
    """Title, language, bookmarks and page labels are there; every font is a subset of ours."""
    book = volume(name)
    with pikepdf.open(BytesIO(book.pdf)) as pdf:
        assert str(pdf.Root.Lang).startswith(book.handbook.language)
        assert str(pdf.docinfo["/Title"]) and bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert [page.label for page in pdf.pages] == [str(at + 1) for at in range(len(pdf.pages))]
        fonts = {
            str(font.BaseFont): font
            for page in pdf.pages
            for font in page.resources.get("/Font", pikepdf.Dictionary()).values()
        }
        for called, font in fonts.items():
            prefix, _, family = called.removeprefix("/").partition("+")
            assert re.fullmatch("[A-Z]{6}", prefix) and family.startswith(FAMILIES), called
            descriptor = font.DescendantFonts[0].FontDescriptor
            assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
    assert set(book.begins) == set(book.handbook.edition.ids)


def _as_drawn(text: str) -> str:
    """Return a text as the signs of a page say it: without white space and hyphens."""
    text = re.sub("[\u0e01-\u0e30]+[\u0e31-\u0e3a\u0e47-\u0e4e]*", _signs, text)
    return re.sub(r"[\s\u00ad\u200b\u2010-]+", "", unicodedata.normalize("NFC", text))


def _signs(match: re.Match[str]) -> str:
    return drawn_letters(match[0])


def _said(step: Step) -> Iterator[str]:
    """Yield the texts of a step in the order in which it is printed, without references."""
    command = step.command.run if isinstance(step.command, Command) else ""
    for text in (step.action, step.danger, command, step.expect, step.otherwise):
        if text is command:
            yield command
        else:
            yield from (to_plain(piece) for piece in re.split(r"\[\[[^\]]*\]\]", text or ""))


@pytest.mark.parametrize("name", NAMES)
def test_every_step_of_every_record_is_there_in_order(name: str, volume: Bound) -> None:
    """Action, danger, command, what to see and what else to do, of each step, one after another."""
    book = volume(name)
    text = _as_drawn("".join(book.pages))
    at = count = 0
    for rows in sections(book.handbook.edition).values():
        for record in (book.handbook.edition.entry(row.id).record for row in rows):
            if not hasattr(record, "issue"):
                continue
            for _, step in parts(record, Step):
                for said in map(_as_drawn, _said(step)):
                    found = text.find(said, at)
                    assert found >= 0, (record.id, said, text[at : at + 300])
                    at = found + len(said)
                    count += bool(said)
    assert count > 5


@pytest.mark.parametrize("name", NAMES)
def test_every_page_reference_names_its_page(name: str, volume: Bound) -> None:
    """What a link shows as a page is the label of the page that it leads to; a record's id stands
    in the running head of the page that is named beside it."""
    book = volume(name)
    word = "".join(book.handbook.say("page N").split())
    named = re.compile(re.escape(word).replace("N", r"(\d+)"))
    compared = 0
    with pikepdf.open(BytesIO(book.pdf)) as pdf:
        labels = {page.obj.objgen: page.label for page in pdf.pages}
        for number, page in enumerate(pdf.pages):
            for link in page.obj.get("/Annots", ()):
                if "/Dest" not in link and "/D" not in link.get("/A", pikepdf.Dictionary()):
                    continue
                words = _inside(book, number, page, link)
                leads = labels[destination(pdf, link).objgen]
                for shown in _pages_named(words, named):
                    assert shown == leads, (number + 1, words)
                    compared += 1
    assert compared > 20
    for id, shown in re.findall(rf"([A-Z]+-\d{{4}})[,，、]{named.pattern}", "".join(book.pages)):
        assert int(shown) == book.begins[id]
    for id, begin in book.begins.items():
        assert id in book.head(begin).split(), (id, begin, book.head(begin))


def _inside(book: Volume, number: int, page: Any, link: Any) -> list[str]:
    """Return the words of a link, which may have several lines."""
    height = float(page.mediabox[3])
    left, low, right, high = map(float, link.Rect)
    corners = [float(each) for each in link.get("/QuadPoints", (left, low, right, high))]
    size = 8 if "/QuadPoints" in link else 4
    boxes = [
        (min(quad[::2]), height - max(quad[1::2]), max(quad[::2]), height - min(quad[1::2]))
        for quad in (corners[at : at + size] for at in range(0, len(corners), size))
    ]
    return [
        word.text
        for word in book.words[number]
        if any(x0 - 1 <= word.x <= x1 + 1 and y0 <= word.y <= y1 for x0, y0, x1, y1 in boxes)
    ]


def _pages_named(words: list[str], named: re.Pattern[str]) -> list[str]:
    """Return the page that a link shows: in words, as a number alone, or where a line ends."""
    if in_words := named.findall("".join("".join(words).split())):
        return in_words
    is_line = len(words) == 1 or (words and re.fullmatch(r"[A-Z]+-\d{4}", words[0]))
    return [words[-1]] if is_line and re.fullmatch(r"\d+", words[-1]) else []


@pytest.mark.parametrize("name", [*OWN[:2], OWN_ENGLISH])
def test_codes_lead_to_the_pages_online(name: str, volume: Bound, tmp_path: Path) -> None:
    """Every record's QR code, read from a picture of 150 dpi, is the address of its page."""
    book = volume(name)
    base = book.handbook.edition.profile.base_url
    assert base is not None
    for id, page in book.begins.items():
        target = tmp_path / id
        command = [tool("pdftoppm"), "-gray", "-r", "150", "-f", str(page), "-l", str(page)]
        area = ["-x", "0", "-y", "0", "-W", "1240", "-H", "480", "-singlefile"]
        subprocess.run([*command, *area, str(book.path), str(target)], check=True, stderr=-3)
        _, size, _, pixels = target.with_suffix(".pgm").read_bytes().split(b"\n", 3)
        width, height = map(int, size.split())
        read = zxingcpp.read_barcodes(memoryview(pixels).cast("B", shape=[height, width]))
        path = record_view(book.handbook.edition, id).path
        assert [each.text for each in read] == [f"{base.rstrip('/')}/{path}.html"]
