"""Every code of producing has a sample: a knowledge base that passes, and cannot be made as it is.

`samples/producing/<CODE>-<words>` lies over `samples/small`; `expected.txt` is what a build says.
What an engine says in its own words is cut there: they change with its version.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from generator.build import Made, make
from generator.findings import CODES
from generator.loading import load
from generator.settings import Settings
from tests.conftest import SAMPLES, SMALL, TODAY
from tests.pdf import text_of
from tests.test_broken import as_lines

pytestmark = pytest.mark.engine

PRODUCING = SAMPLES / "producing"
NAMES = sorted(folder.name for folder in PRODUCING.iterdir() if folder.is_dir())
_ENGINES_WORDS = re.compile(r"((?:Typst|MkDocs): ).*?(?=\n    hint|\Z)", re.DOTALL)


def make_all(name: str, root: Path) -> list[Made]:
    """Return everything that is made of a sample, which loads without a finding."""
    shutil.copytree(SMALL, root, dirs_exist_ok=True)
    shutil.copytree(PRODUCING / name, root, dirs_exist_ok=True)
    loaded = load(Settings(root=root, today=TODAY))
    assert loaded.knowledge is not None and loaded.findings == ()
    return list(make(loaded.knowledge))


@pytest.mark.parametrize("name", NAMES)
def test_sample(name: str, tmp_path: Path) -> None:
    """A build says exactly the findings written down beside the sample, and again the next time."""
    for _ in range(2):
        findings = tuple(found for one in make_all(name, tmp_path) for found in one.findings)
        told = _ENGINES_WORDS.sub(r"\1…", as_lines(findings))
        assert told == (PRODUCING / name / "expected.txt").read_text(encoding="utf-8")
        assert findings[0].code == name.split("-")[0]


def test_every_code_has_a_sample() -> None:
    """Every code of producing has a sample."""
    codes = {code for code in CODES if code >= "KB9"}
    assert codes == {name.split("-")[0] for name in NAMES}


def test_a_broken_picture_costs_only_itself(tmp_path: Path) -> None:
    """The handbook is made without the picture; its step is still there."""
    make_all("KB901-broken-picture", tmp_path)
    text = text_of((tmp_path / "build/handbooks/far-mine-zh.pdf").read_bytes())
    assert "看面板" in text and "改用有线网络" in text


def test_a_missing_character_costs_only_itself(tmp_path: Path) -> None:
    """The handbook is made with a box for the character, which the site shows as it is."""
    make_all("KB902-character-missing-in-the-fonts", tmp_path)
    text = text_of((tmp_path / "build/handbooks/far-mine-zh.pdf").read_bytes())
    assert "改用有线网络□。" in text
    page = tmp_path / "build/site/internal/zh/cases/PRN-0002.html"
    assert "改用有线网络 👍。" in page.read_text("utf-8")


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("KB903")])
def test_two_pages_of_one_path_leave_the_site_as_it_was(name: str, tmp_path: Path) -> None:
    """Where two pages would be one file, the site is not made with one of them missing."""
    shutil.copytree(SMALL, tmp_path, dirs_exist_ok=True)
    before = load(Settings(root=tmp_path, today=TODAY)).knowledge
    assert before is not None
    list(make(before, ("site",)))
    page = tmp_path / "build/site/internal/zh/products/index.html"
    shown = page.read_bytes()
    make_all(name, tmp_path)
    assert page.read_bytes() == shown


def test_every_link_of_the_smallest_site_leads_somewhere(tmp_path: Path) -> None:
    """A list that the menu names is there, also when nothing is in it yet."""
    shutil.copytree(SMALL, tmp_path, dirs_exist_ok=True)
    loaded = load(Settings(root=tmp_path, today=TODAY))
    assert loaded.knowledge is not None
    list(make(loaded.knowledge, ("site",)))
    linked = re.compile(r'(?:href|src)="([^"#?:]+)["#?]')
    pages = sorted((tmp_path / "build/site").rglob("*.html"))
    assert pages
    for page in pages:
        for target in linked.findall(page.read_text(encoding="utf-8")):
            assert (page.parent / target).resolve().is_file(), f"{page.name}: {target}"
