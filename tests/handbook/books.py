"""Volumes to look at: bound once, with their pages as text and as words that have places."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from xml.etree import ElementTree

import pikepdf
import pytest

from generator.books import fonts
from generator.engines.typst import Printed, compile_pdf
from generator.knowledge import KnowledgeBase
from generator.loading import load
from generator.model import Paper
from generator.outputs.handbook import Handbook
from generator.settings import Settings
from generator.texts import speaker
from tests.conftest import ROOT, TODAY
from tests.pdf import pages_of

TEMPLATES = ROOT / "templates"
_XHTML = "{http://www.w3.org/1999/xhtml}"


def tool(name: str) -> str:
    """Return a program's path; skips where it is missing."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def knowledge_of(kb: Path, root: Path) -> KnowledgeBase:
    """Return the knowledge base in a folder, copied to another."""
    shutil.copytree(kb, root / "kb")
    return knowledge_at(Settings(root, TODAY))


def knowledge_at(settings: Settings) -> KnowledgeBase:
    """Return a knowledge base that has warnings at most."""
    loaded = load(settings)
    assert loaded.knowledge is not None, loaded.findings
    return loaded.knowledge


@dataclass(frozen=True)
class Word:
    """A word on a page and the middle of its box, in points from the upper left."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Volume:
    """A handbook that is bound."""

    handbook: Handbook
    printed: Printed
    path: Path

    @cached_property
    def pages(self) -> list[str]:
        """What each page says, without white space and what stands on every page."""
        return pages_of(self.pdf)

    @property
    def pdf(self) -> bytes:
        """The PDF's bytes."""
        assert self.printed.pdf is not None
        return self.printed.pdf

    @cached_property
    def words(self) -> list[list[Word]]:
        """The words of each page with their places, as poppler reads them; skips without it."""
        command = [tool("pdftotext"), "-bbox", str(self.path), "-"]
        made = subprocess.run(command, capture_output=True, check=True).stdout.decode()
        tree = ElementTree.fromstring(re.sub("[\x00-\x08\x0b-\x1f]", "", made))
        return [list(_words(page)) for page in tree.iter(f"{_XHTML}page")]

    @cached_property
    def begins(self) -> dict[str, int]:
        """The page (from 1) that each record begins on, as the bookmarks say."""
        found: dict[str, int] = {}
        with pikepdf.open(self.path) as pdf, pdf.open_outline() as outline:
            pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages, start=1)}
            todo = list(outline.root)
            for item in todo:
                todo.extend(item.children)
                known = re.match(r"[A-Z]+-\d{4}\b", item.title)
                if known:
                    target = destination(pdf, item.to_dictionary_object(pdf))
                    found[known[0]] = pages[target.objgen]
        return found

    def head(self, page: int) -> str:
        """Return the running head of a page (from 1)."""
        return " ".join(word.text for word in self.words[page - 1] if word.y < 40)


def _words(page: ElementTree.Element) -> Iterator[Word]:
    for word in page.iter(f"{_XHTML}word"):
        left, top, right, bottom = (float(word.get(f"{a}{b}", "")) for b, a in _CORNERS)
        yield Word(word.text or "", (left + right) / 2, (top + bottom) / 2)


_CORNERS = (("Min", "x"), ("Min", "y"), ("Max", "x"), ("Max", "y"))


def destination(pdf: pikepdf.Pdf, item: pikepdf.Object) -> pikepdf.Object:
    """Return the page that a link or a bookmark leads to."""
    found = item.Dest if "/Dest" in item else item.A.D
    if not isinstance(found, pikepdf.Array):
        found = pikepdf.NameTree(pdf.Root.Names.Dests)[str(found)]
        found = found if isinstance(found, pikepdf.Array) else found.D
    return found[0]


def bound(
    knowledge: KnowledgeBase, site: str, language: str, folder: Path, paper: Paper | None = None
) -> Volume:
    """Return a site's volume in a language, on its own paper or another."""
    record = knowledge.sites[site].record
    record = record.model_copy(update={"paper": paper or record.paper})
    say = speaker(TEMPLATES / "locale", language)
    handbook = Handbook(knowledge, record, language, say, TEMPLATES / "handbook")
    manuscript, missing = fonts.mended(handbook.manuscript(), fonts.covered())
    made = compile_pdf(manuscript, fonts.folders(), folder / "typst")
    path = folder / f"{handbook.name}.pdf"
    path.write_bytes(made.pdf or b"")
    return Volume(handbook, Printed(made.pdf, (*missing, *made.findings)), path)
