"""Texts that want to run, to hide or to break the page: the book is made, nothing is executed, and
what is odd is told with its record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from generator.books import fonts
from generator.engines.typst import compile_pdf
from generator.findings import Finding
from generator.history import NO_STAMP, History
from generator.knowledge import join
from generator.loading import load
from generator.outputs.handbook import Handbook
from generator.records import file_all
from generator.settings import Settings
from generator.sources import gather
from tests.conftest import KbFrom
from tests.handbook.books import TEMPLATES
from tests.handbook.hostile import IMAGES, ODD, ONLY_TEXT, PICTURES, SITE, case
from tests.pdf import text_of

pytestmark = pytest.mark.engine

ACTIVE = (
    *("/JavaScript", "/JS", "/Launch", "/OpenAction", "/AA", "/EmbeddedFile", "/EmbeddedFiles"),
    *("/Filespec", "/RichMedia", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/AcroForm"),
    *("/Movie", "/Sound", "/XFA"),
)
"""Names in a PDF that make a reader do something, or carry a file."""
NAMES = (*ONLY_TEXT, *ODD)
IDS = {name: f"PRN-{number:04}" for number, name in enumerate(NAMES, start=1)}


def _written(names: tuple[str, ...], kb_from: KbFrom) -> Settings:
    files: dict[str, str | bytes] = {}
    for name in names:
        text = ONLY_TEXT[name] if name in ONLY_TEXT else ODD[name][1]
        made = case(IDS[name], text, PICTURES.get(name))
        # JSON is YAML that spells every odd character with an escape
        files[f"kb/cases/printing/{IDS[name]}.yml"] = _spelled(made, text)
    files["kb/sites/far-mine.yml"] = json.dumps(SITE)
    return kb_from(files | {f"kb/images/{name}": held for name, held in IMAGES.items()})


def _spelled(made: object, text: str) -> str:
    """Return a record as YAML: escapes where characters could not stand in a file as they are."""
    is_plain = all(ord(each) < 0xD800 or ord(each) >= 0xE000 for each in text)
    hidden = any((ord(each) < 0x20 and each != "\n") or 0x7F <= ord(each) < 0xA0 for each in text)
    return json.dumps(made, ensure_ascii=hidden or not is_plain)


def _book(settings: Settings) -> Handbook:
    """Return the handbook of what could be read, whatever the checks say of it."""
    gathered = gather(settings.root)
    filing = file_all(gathered.sources, {}, gathered.unread)
    knowledge, _ = join(settings, filing, gathered.pictures, History({}, NO_STAMP))
    assert knowledge is not None
    return Handbook(
        knowledge, knowledge.sites["far-mine"].record, "zh", str, TEMPLATES / "handbook"
    )


def _printed(book: Handbook, scratch: Path) -> tuple[bytes, tuple[Finding, ...]]:
    manuscript, missing = fonts.mended(book.manuscript(), fonts.covered())
    made = compile_pdf(manuscript, fonts.folders(), scratch)
    assert made.pdf is not None, made.findings
    return made.pdf, (*missing, *made.findings)


def _keys(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Yield every key, and the kinds of actions, of all objects of a PDF."""
    # the tags' tree is large, and holds nothing that a reader does
    todo = [each for each in pdf.objects if not _is_tag(each)]
    while todo:
        each = todo.pop()
        if isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
            for key, held in each.items():
                yield key
                if key == "/S" and isinstance(held, pikepdf.Name):
                    yield str(held)
                if isinstance(held, pikepdf.Object) and not held.is_indirect:
                    todo.append(held)
        elif isinstance(each, pikepdf.Array):
            todo += [held for held in each if isinstance(held, pikepdf.Object)]


def _is_tag(each: pikepdf.Object) -> bool:
    return isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/StructElem"


def test_forty_at_least() -> None:
    """There are as many as promised."""
    assert len(NAMES) >= 40


def test_the_book_is_made_and_nothing_runs(kb_from: KbFrom, tmp_path: Path) -> None:
    """All of them in one book: it is a PDF without actions, and holds no file of the machine."""
    pdf, findings = _printed(_book(_written(NAMES, kb_from)), tmp_path / "scratch")
    failed = {each.location.path for each in findings if each.code != "KB902"}
    assert failed == {"kb/images/broken.png"}
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert opened.check_pdf_syntax() == []
        assert set(ACTIVE) & set(_keys(opened)) == set()
        addresses = {
            str(link.A.URI)
            for page in opened.pages
            for link in page.obj.get("/Annots", ())
            if "/URI" in link.get("/A", pikepdf.Dictionary())
        }
    assert all(each.startswith(("https://", "http://", "mailto:")) for each in addresses)
    text = text_of(pdf)
    assert "root:x:" not in text
    for name, said in (("typst read", '#read("/etc/passwd")'), ("pdf objects", "1 0 obj")):
        assert said.replace(" ", "") in text, name


def test_texts_that_are_only_text(kb_from: KbFrom) -> None:
    """Code of other languages in a text is a text: no finding but what any such case has."""
    told = load(_written(tuple(ONLY_TEXT), kb_from)).findings
    assert [each for each in told if not each.location.path.startswith("kb/images/")] == []


@pytest.mark.parametrize("name", [name for name, (code, _) in ODD.items() if code != "KB902"])
def test_what_is_odd_is_told(name: str, kb_from: KbFrom) -> None:
    """The finding stands at the record, or at the picture that it names."""
    told = load(_written((name,), kb_from)).findings
    code = ODD[name][0]
    found = [each for each in told if each.code.startswith(code)]
    assert found, [str(each) for each in told]
    assert {each.location.path for each in found} & {
        f"kb/cases/printing/{IDS[name]}.yml",
        *(f"kb/images/{image}" for image in IMAGES),
    }


def test_what_fonts_lack_is_told(kb_from: KbFrom, tmp_path: Path) -> None:
    """Each record with a character that no font has is named, with its line."""
    names = tuple(name for name, (code, _) in ODD.items() if code == "KB902")
    _, findings = _printed(_book(_written(names, kb_from)), tmp_path / "scratch")
    paths = {each.location.path for each in findings if each.code == "KB902"}
    assert paths == {f"kb/cases/printing/{IDS[name]}.yml" for name in names}
