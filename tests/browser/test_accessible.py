"""WCAG 2.2 AA: what axe-core finds on every kind of page, and by hand what it cannot see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import kinds_of_page

pytestmark = pytest.mark.browser

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
RUN = """axe.run(document, {
  resultTypes: ["violations"],
  rules: {"target-size": {enabled: true}},
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
})"""
WIDE, NARROW = (1280, 900), (360, 740)
LOOKS = {
    "zh": ((WIDE, "light"), (NARROW, "dark")),
    "en": ((WIDE, "dark"), (NARROW, "light")),
    "de": ((WIDE, "light"), (NARROW, "dark")),
    "th": ((WIDE, "dark"), (NARROW, "light")),
}
"""Two looks a language, so that every kind of page is seen in all four."""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return a page whose reader wants no motion, which also ends colours that fade."""
    context = browser.new_context(reduced_motion="reduce")
    yield context.new_page()
    context.close()


def violations(page: Page) -> list[str]:
    """Return what axe-core calls serious or critical on a page, one line each."""
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate(RUN)
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def show(page: Page, size: tuple[int, int], colours: str) -> None:
    """Give a page a size and its light or dark colours."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate("(colours) => { document.documentElement.dataset.kbTheme = colours }", colours)


@pytest.mark.parametrize("language", LOOKS)
@pytest.mark.parametrize("edition", ["public", "internal"])
def test_every_kind_of_page(sample: Path, page: Page, edition: str, language: str) -> None:
    """No serious or critical finding on any kind of page, with what is hidden at first shown."""
    found: dict[str, list[str]] = {}
    for file in [sample / edition / "index.html", *kinds_of_page(sample / edition / language)]:
        asked = {edition: "#choose", "search": "?q=VPN"}.get(file.parent.name, "")
        page.goto(file.as_uri() + asked)
        page.locator("#kb-content [hidden]").evaluate_all(
            "(all) => all.forEach((each) => each.hidden = false)"
        )
        for size, colours in LOOKS[language]:
            show(page, size, colours)
            seen = violations(page)
            if seen:
                found[f"{file.relative_to(sample)} {size[0]} {colours}"] = seen
    assert found == {}


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_what_opens(site: Path, page: Page, colours: str) -> None:
    """No serious or critical finding with hits, filters or the menu open."""
    page.goto(f"{site.as_uri()}/internal/zh/index.html")
    show(page, WIDE, colours)
    page.get_by_role("combobox").first.fill("VPN")
    expect(page.get_by_role("option").first).to_be_visible()
    assert violations(page) == []
    page.goto(f"{site.as_uri()}/internal/de/search/index.html?q=VPN&tier=L2")
    expect(page.get_by_role("checkbox").first).to_be_visible()
    show(page, WIDE, colours)
    assert violations(page) == []
    show(page, NARROW, colours)
    page.locator(".kb-menu").click()
    expect(page.locator("#kb-nav")).to_be_visible()
    assert violations(page) == []


def _focused(page: Page) -> dict[str, Any]:
    """Return what is seen of the element that has the focus."""
    seen: dict[str, Any] = page.evaluate(
        """() => {
          const it = document.activeElement, box = it.getBoundingClientRect();
          const header = document.querySelector(".kb-header");
          const style = getComputedStyle(it);
          const under = document.elementFromPoint(box.left + box.width / 2, box.bottom - 2);
          return {
            html: it.outerHTML.slice(0, 120),
            isBody: it === document.body,
            isSeen: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
            isCovered: !header.contains(it) && !!under && header.contains(under),
            isMarked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
          };
        }"""
    )
    return seen


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["desktop", "phone"])
def test_keyboard_only(sample: Path, page: Page, size: tuple[int, int]) -> None:
    """Tab walks through every kind of page; what has the focus is seen, marked, not covered."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for file in kinds_of_page(sample / "internal" / "zh"):
        page.goto(file.as_uri())
        seen: set[str] = set()
        page.locator(".kb-skip").focus()  # pages with a search box begin there
        for _ in range(90):
            page.keyboard.press("Tab")
            focused = _focused(page)
            if focused["isBody"]:
                break
            where = f"{file.parent.name}/{file.name}: {focused['html']}"
            assert focused["isSeen"] and focused["isMarked"] and not focused["isCovered"], where
            seen.add(focused["html"])
        assert len(seen) > 5


def test_backwards_nothing_hides_under_the_header(sample: Path, page: Page) -> None:
    """Shift and Tab scroll up; what gets the focus stays below the sticky header."""
    page.set_viewport_size({"width": 360, "height": 500})
    page.goto((sample / "internal" / "zh" / "cases" / "PRN-0001.html").as_uri())
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.locator(".kb-footer a").last.focus()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        focused = _focused(page)
        if focused["isBody"]:
            break
        assert not focused["isCovered"], focused["html"]


@pytest.mark.parametrize("kind", ["cases/PRN-0001", "guides/GD-0001", "index"])
def test_past_the_menu(sample: Path, page: Page, kind: str) -> None:
    """The first Tab offers a way past the menu; it leads to the content, and the address stays."""
    page.goto((sample / "internal" / "de" / f"{kind}.html").as_uri())
    if kind == "index":
        page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    skip = page.locator(".kb-skip")
    expect(skip).to_be_focused()
    expect(skip).to_have_text("Zum Inhalt springen")
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    assert "#" not in page.url


def test_landmarks(sample: Path, page: Page) -> None:
    """Each page has one banner, one main part, one footer, and menus with different names."""
    for file in kinds_of_page(sample / "internal" / "en"):
        page.goto(file.as_uri())
        for role in ("banner", "main", "contentinfo"):
            expect(page.get_by_role(role)).to_have_count(1)  # type: ignore[arg-type]
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        names = page.locator("nav").evaluate_all("(all) => all.map((each) => each.ariaLabel)")
        assert len(set(names)) == len(names)
        assert all(names)


def test_no_motion_where_none_is_wanted(sample: Path, page: Page) -> None:
    """With reduced motion nothing moves or fades."""
    page.goto((sample / "public" / "en" / "cases" / "PRN-0001.html").as_uri())
    moving = page.evaluate(
        """() => Array.from(document.querySelectorAll("*")).filter((each) => {
          const style = getComputedStyle(each);
          return parseFloat(style.transitionDuration) > 0 || style.animationName !== "none";
        }).length"""
    )
    assert moving == 0
