"""Each remote site's bundle, unpacked and opened from a disk without network."""

from __future__ import annotations

import re
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from generator.build import make_bundles
from generator.editions import site_edition
from generator.knowledge import KnowledgeBase
from generator.loading import load
from generator.printing import make_handbooks
from generator.settings import Settings
from tests.browser.conftest import Watched, kinds_of_page
from tests.browser.test_site import search
from tests.conftest import ROOT, TODAY

pytestmark = pytest.mark.browser

SITES = tuple(
    sorted(path.stem for path in (ROOT / "kb/sites").glob("*.yml") if "." not in path.stem)
)
LANGUAGES = ("zh", "en", "de", "th")


@dataclass(frozen=True)
class Unpacked:
    """A bundle as a site has it."""

    site: str
    folder: Path
    knowledge: KnowledgeBase

    @property
    def start(self) -> str:
        """The address that a reader opens."""
        return (self.folder / "START-HERE.html").as_uri()

    def held(self, kind: str) -> list[Path]:
        """Return the site's pages of one kind in its first language."""
        language = self.knowledge.sites[self.site].record.languages[0]
        return sorted((self.folder / "site" / language / kind).glob("[A-Z]*-[0-9]*.html"))


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """Return our own knowledge base in a folder of its own."""
    root = tmp_path_factory.mktemp("bundles")
    for name in ("kb", "templates"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "mkdocs.yml", root)
    knowledge = load(Settings(root, TODAY)).knowledge
    assert knowledge is not None
    return knowledge


@pytest.fixture(scope="session", params=SITES)
def bundle(request: pytest.FixtureRequest, project: KnowledgeBase) -> Unpacked:
    """Return a site's bundle, unpacked by a plain zip tool."""
    assert not any(book.findings for book in make_handbooks(project, (request.param,)))
    (made,) = make_bundles(project, (request.param,))
    assert not made.findings
    folder = made.path.with_suffix("")
    with zipfile.ZipFile(made.path) as archive:
        archive.extractall(folder)
    return Unpacked(request.param, folder, project)


def test_it_begins_at_its_start_page(bundle: Unpacked, watched: Watched) -> None:
    """The page leads to search and to what counts in an emergency, in every language."""
    for language in LANGUAGES:
        page = watched.open(bundle.start)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        section = page.locator(f"section[lang={language}]")
        expect(section.get_by_role("heading", level=1)).to_be_visible()
        is_read = language in bundle.knowledge.sites[bundle.site].record.languages
        # search, emergency; where it is read: handbook, booklet, e-book
        expect(section.get_by_role("link")).to_have_count(5 if is_read else 2)
        section.get_by_role("link").nth(1).click()
        page.wait_for_url(f"**/{language}/sites/{bundle.site}.html")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.go_back()
        section.get_by_role("link").first.click()
        page.wait_for_url(f"**/site/{language}/index.html")
        assert page.locator("html").get_attribute("lang") == language
    watched.settle()


def test_callers_words_find_its_records(bundle: Unpacked, watched: Watched) -> None:
    """A record is found by what callers say of it, and the page opens."""
    language = bundle.knowledge.sites[bundle.site].record.languages[0]
    edition = site_edition(bundle.knowledge, bundle.knowledge.sites[bundle.site].record, language)
    asked = 0
    for page_file in bundle.held("cases")[::4]:
        said = edition.entry(page_file.stem).record.issue.asked_as
        page = watched.open(f"{(bundle.folder / 'site' / language / 'index.html').as_uri()}")
        page.get_by_role("combobox").first.fill(str(said[0]))
        expect(page.get_by_role("option").first).to_be_visible()
        hits = page.get_by_role("option").all_text_contents()
        assert any(page_file.stem in hit for hit in hits), said[0]
        asked += 1
    assert asked >= 3
    search(watched.page, bundle.held("cases")[0].stem)
    watched.page.wait_for_url(f"**/{bundle.held('cases')[0].name}*")
    watched.settle()


def test_a_guide_is_walked_and_languages_are_switched(bundle: Unpacked, watched: Watched) -> None:
    """A guide's questions are answered to an end; the switcher stays on the guide."""
    page = watched.open(bundle.held("guides")[0].as_uri())
    steps = 0
    while page.locator(".kb-node--question:visible").count():
        page.locator(".kb-node:visible .kb-answer").first.click()
        expect(page.locator(".kb-node:visible")).to_have_count(1)
        steps += 1
        assert steps < 12
    assert steps >= 1
    for language in LANGUAGES:
        page.locator(f".kb-languages a[lang={language}]").click()
        page.wait_for_url(f"**/{language}/guides/*.html*")
    watched.settle()


def test_no_page_reaches_over_the_edge(bundle: Unpacked, watched: Watched) -> None:
    """The largest page of each kind, in every language, fits its window and is silent."""
    for file in kinds_of_page(bundle.folder / "site"):
        page = watched.open(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, file
    watched.settle()


def test_every_link_leads_to_a_file(bundle: Unpacked) -> None:
    """Every address in every page is a file of the bundle, or an outer one."""
    linked = re.compile(r'(?:href|src)="([^"#?]+)')
    broken: list[str] = []
    for page in sorted(bundle.folder.rglob("*.html")):
        for target in set(linked.findall(page.read_text("utf-8"))):
            if target.startswith(("https:", "http:", "mailto:")):
                continue
            if not (page.parent / target).resolve().is_file():
                broken.append(f"{page.relative_to(bundle.folder)}: {target}")
    assert broken == []
