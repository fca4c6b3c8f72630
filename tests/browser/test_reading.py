"""Reading comfort: the right language on every passage, narrow screens, dark pages, paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser

SCRIPTS = {"zh": re.compile("[\u3400-\u9fff]"), "th": re.compile("[\u0e00-\u0e7f]")}
VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
UNMARKED = frozenset({"code", "pre", "kbd", "samp", "script", "style", "title"})
"""Read letter by letter, or (a window's title) one text that nothing can be marked in."""
SAID = ("alt", "aria-label", "title", "placeholder")


class Passages(HTMLParser):
    """Notes (language, text) of every passage of a page that a browser or its reader says."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element, and note the words of its attributes."""
        told = dict(attrs)
        language = told.get("lang") or (self.open[-1][1] if self.open else "")
        self.found += [(language, told[name] or "") for name in SAID if name in told]
        if tag not in VOID:
            self.open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and those in it that were left open."""
        while tag in (name for name, _ in self.open) and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Note a text."""
        if self.open and not UNMARKED & {name for name, _ in self.open}:
            self.found.append((self.open[-1][1], data))


def foreign(html: str) -> Iterator[str]:
    """Yield each text with letters of a script that its language is not written in."""
    page = Passages()
    page.feed(html)
    for language, text in page.found:
        for script, letters in SCRIPTS.items():
            if language != script and letters.search(text):
                yield f"{language}: {text.strip()[:60]}"


def test_every_passage_has_its_language(site: Path) -> None:
    """Chinese stands under `lang="zh"` and Thai under `lang="th"`, in text and in attributes."""
    wrong = {
        f"{page.relative_to(site)} {text}"
        for page in sorted(site.rglob("*.html"))
        for text in foreign(page.read_text("utf-8"))
    }
    assert sorted(wrong) == []


def test_title_of_a_record_that_is_there_in_another_language(site: Path) -> None:
    """The window's title says its language where it is not the page's."""
    page = (site / "internal" / "de" / "cases" / "COL-0002.html").read_text("utf-8")
    assert '<title lang="zh">' in page
    assert "<title>" in (site / "internal" / "zh" / "cases" / "COL-0002.html").read_text("utf-8")


@pytest.mark.parametrize("path", ["cases/COL-0002", "cases/PRN-0001", "codes/index", "index"])
def test_other_languages_of_a_page(site: Path, path: str) -> None:
    """Each page names the languages it is there in, and which one is for everybody else."""
    for language in ("zh", "de"):
        html = (site / "public" / language / f"{path}.html").read_text("utf-8")
        told = dict(re.findall(r'rel="alternate" hreflang="([a-z-]+)" href="([^"]+)"', html))
        languages = {"zh", "en"} if "COL" in path else {"zh", "en", "de", "th"}
        assert told.keys() == languages | {"x-default"}
        assert told["x-default"] == told["zh"]


def test_search_results_say_their_language(site: Path, watched: Watched) -> None:
    """A Chinese hit on a German page is marked, what the interface says of it is not."""
    page = watched.open(f"{site.as_uri()}/internal/de/search/index.html?q=SRV-0001")
    hit = page.locator(".kb-find__hit").first
    expect(hit.locator(".kb-search__title")).to_have_attribute("lang", "zh")
    expect(hit.locator(".kb-search__snippet")).to_have_attribute("lang", "zh")
    assert hit.locator(".kb-search__facts").evaluate("it => it.closest('[lang]').lang") == "de"
    box = page.get_by_role("combobox").first
    if box.count():
        box.fill("SRV-0001")
        expect(page.locator(".kb-search__hit .kb-search__title").first).to_have_attribute(
            "lang", "zh"
        )
    watched.settle()


PAGES = (
    "internal/zh/index.html",
    "internal/zh/cases/PRN-0001.html",
    "internal/de/cases/DSK-0003.html",
    "public/th/cases/NET-0002.html",
    "public/de/guides/GD-0001.html",
    "internal/en/codes/index.html",
    "internal/de/health/index.html",
    "internal/th/health/index.html",
    "internal/th/sites/lamphun-plant.html",
    "internal/zh/runbooks/RB-0010.html",
    "internal/zh/search/index.html?q=vpn",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_narrowest_phone(site: Path, browser: Browser, scheme: str) -> None:
    """At 320 px no page scrolls sideways, nothing that is read is cut off at the edge."""
    context = browser.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme)
    page = context.new_page()
    for path in PAGES:
        page.goto(f"{site.as_uri()}/{path}")
        page.wait_for_load_state()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        cut = page.evaluate(
            """() => Array.from(document.querySelectorAll(".kb-article :is(h1, h2, p, li, dd)"))
              .filter((it) => !it.closest(".scroll, [hidden], .kb-tabs, pre"))
              .filter((it) => it.getBoundingClientRect().right > innerWidth + 1)
              .map((it) => it.textContent.slice(0, 40))"""
        )
        assert cut == [], path
    context.close()


def test_pictures_fit_the_page(site: Path, browser: Browser) -> None:
    """A picture has its room before it is loaded; the reader's colours choose its variant."""
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(f"{site.as_uri()}/public/th/cases/NET-0002.html")
    shown = page.locator("img.kb-picture:visible")
    expect(shown).to_have_count(1)
    expect(shown).to_have_attribute("src", re.compile(r"\.dark\.svg$"))
    expect(shown).to_have_attribute("loading", "lazy")
    told = shown.evaluate("it => [it.getAttribute('width'), it.getAttribute('height'), it.alt]")
    assert told[:2] == ["480", "260"]
    assert told[2]
    page.locator(".kb-theme").click()
    expect(shown).to_have_count(1)
    expect(shown).to_have_attribute("src", re.compile(r"(?<!\.dark)\.svg$"))
    shown.scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('.kb-picture--light').naturalWidth > 0")
    context.close()


@pytest.mark.parametrize("language", ["zh", "th"])
def test_on_paper(site: Path, browser: Browser, language: str) -> None:
    """A dark page prints black on white without what is for the screen, every tab open."""
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(f"{site.as_uri()}/internal/{language}/cases/PRN-0001.html")
    page.emulate_media(media="print")
    for name in (".kb-header", ".kb-nav", ".kb-toc", ".kb-tabs", ".kb-copy"):
        assert page.locator(f"{name}:visible").count() == 0, name
    for tier in ("L1", "L2", "L3"):
        expect(page.locator(f"#panel-{tier}")).to_be_visible()
    sheet = page.locator(".kb-sheet")
    expect(sheet).to_be_visible()
    expect(sheet).to_have_attribute("data-address", f"{language}/cases/PRN-0001.html")
    assert sheet.evaluate("it => getComputedStyle(it, '::after').content") != "none"
    assert page.locator(".kb-picture--dark:visible").count() == 0
    assert page.locator(".kb-picture--light:visible").count() > 0
    colours = page.locator(".kb-article").evaluate(
        "it => [getComputedStyle(it).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert colours == ["rgb(0, 0, 0)", "rgba(0, 0, 0, 0)"]
    step = page.locator(".kb-steps > li").first
    assert step.evaluate("it => getComputedStyle(it).breakInside") == "avoid"
    assert step.evaluate("it => getComputedStyle(it, '::after').borderTopStyle") == "solid"
    context.close()


@pytest.mark.parametrize("language", ["zh", "th"])
def test_public_case_is_one_sheet(site: Path, browser: Browser, language: str) -> None:
    """What a requester prints to work through fits one A4 sheet."""
    page = browser.new_page()
    page.goto(f"{site.as_uri()}/public/{language}/cases/NET-0002.html")
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1
    page.close()


def test_thai_breaks_between_words_only(site: Path, browser: Browser) -> None:
    """Each line of Thai text begins where the browser's dictionary begins a word."""
    page = browser.new_page(viewport={"width": 320, "height": 640})
    page.goto(f"{site.as_uri()}/public/th/cases/NET-0002.html")
    broken = page.evaluate(
        """() => {
          const words = new Intl.Segmenter("th", { granularity: "word" });
          const found = [];
          for (const part of document.querySelectorAll(".kb-action, .kb-expect, .kb-otherwise")) {
            const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
            for (let node; (node = walker.nextNode()); ) {
              const text = node.data;
              const starts = new Set(Array.from(words.segment(text), (each) => each.index));
              const range = document.createRange();
              let last = null;
              for (let place = 0; place < text.length; place++) {
                range.setStart(node, place);
                range.setEnd(node, place + 1);
                const box = range.getBoundingClientRect();
                if (!box.height || !box.width) continue;
                if (last !== null && box.top > last + 8 && !starts.has(place)) {
                  found.push(text.slice(place - 5, place) + "|" + text.slice(place, place + 5));
                }
                last = box.top;
              }
            }
          }
          return found;
        }"""
    )
    assert broken == []
    page.close()


def test_chinese_and_latin_stand_apart(site: Path, browser: Browser) -> None:
    """The browser leaves room between Chinese and Latin letters where the text has no space."""
    page = browser.new_page()
    page.goto(f"{site.as_uri()}/public/zh/cases/NET-0001.html")
    if not page.evaluate("CSS.supports('text-autospace', 'normal')"):
        pytest.skip("this browser cannot")
    assert page.locator("h1").evaluate("it => getComputedStyle(it).textAutospace") == "normal"
    page.close()
