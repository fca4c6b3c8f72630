"""Handbooks as files: which are made, which stay."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator.knowledge import KnowledgeBase
from generator.loading import load
from generator.printing import make_handbooks
from generator.settings import PACKAGE, Settings
from tests.conftest import FULL, SAMPLES, SMALL, TODAY

pytestmark = pytest.mark.engine
TEMPLATES = PACKAGE.parent / "templates"
FAR_MINE = SAMPLES / "producing/KB901-broken-picture/kb/sites/far-mine.yml"


def _load(root: Path) -> KnowledgeBase:
    knowledge = load(Settings(root, TODAY)).knowledge
    assert knowledge is not None
    return knowledge


def test_only_the_named_sites_are_made(tmp_path: Path) -> None:
    """Each language of a named site is a PDF, a booklet and an EPUB; what others have stays."""
    shutil.copytree(FULL, tmp_path, dirs_exist_ok=True)
    folder = tmp_path / "build/handbooks"
    made = list(make_handbooks(_load(tmp_path), ("mill",)))
    assert [each.name for each in made] == ["mill-th", "mill-en", "mill-zh"] * 2
    assert [each.changed for each in made] == [2, 2, 2, 1, 1, 1]
    assert not any(each.findings for each in made)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert sorted(before) == sorted(
        f"mill-{language}{kind}"
        for language in ("th", "en", "zh")
        for kind in (".pdf", "-booklet.pdf", ".epub")
    )
    path = tmp_path / "kb/sites/mill.yml"
    path.write_text(path.read_text("utf-8").replace("quantity: 3", "quantity: 4"), "utf-8")
    again = list(make_handbooks(_load(tmp_path), ("quay",)))
    assert [each.changed for each in again] == [2, 1, 1, 1, 1], "one book for all, e-books for each"
    kept = {name: (folder / name).read_bytes() for name in before}
    assert kept == before
    assert {each.changed for each in make_handbooks(_load(tmp_path))} == {0, 1, 2}
    assert (folder / "mill-zh.pdf").read_bytes() != before["mill-zh.pdf"]


def test_another_template_makes_the_e_books_again(tmp_path: Path) -> None:
    """What an e-book's pages look like is part of what it is made from; the PDF stays the same."""
    shutil.copytree(SMALL, tmp_path, dirs_exist_ok=True)
    shutil.copytree(TEMPLATES, tmp_path / "templates")
    (tmp_path / "kb/sites").mkdir(exist_ok=True)
    shutil.copy(FAR_MINE, tmp_path / "kb/sites")
    changes = [sum(each.changed for each in make_handbooks(_load(tmp_path)))]
    changes.append(sum(each.changed for each in make_handbooks(_load(tmp_path))))
    style = tmp_path / "templates/epub/book.css"
    style.write_text(style.read_text("utf-8") + "p { margin: 0 }\n", "utf-8")
    changes.append(sum(each.changed for each in make_handbooks(_load(tmp_path))))
    assert changes == [3, 0, 1]
