"""The site as its readers use it: from a disk without network, and over HTTP below a path."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser


def search(page: Page, words: str) -> None:
    """Type words into the search box and open the first hit."""
    box = page.get_by_role("combobox").first
    box.fill(words)
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("Enter")


@pytest.mark.parametrize(
    ("language", "words", "wanted"),
    [
        ("zh", "打印", "PRN-"),
        ("zh", "机脱", "PRN-0001"),
        ("zh", "蓝屏", "DSK-000"),
        ("zh", "0x7b", "DSK-0001"),
        ("zh", "VPN", "NET-0003"),
        ("th", "ปริ้นไม่ออก", "PRN-0001"),
        ("de", "Drucker ist offline", "PRN-0001"),
        ("en", "printer offline", "PRN-0001"),
    ],
)
def test_search_from_a_disk(
    site: Path, watched: Watched, language: str, words: str, wanted: str
) -> None:
    """A caller's words find the record, in every language, with the network cut."""
    page = watched.open(f"{site.as_uri()}/internal/{language}/index.html")
    search(page, words)
    page.wait_for_url(f"**/{language}/cases/{wanted}*.html")
    watched.settle()


def test_fast_typing_ends_with_the_hits_of_the_last_text(site: Path, watched: Watched) -> None:
    """Letters typed while a search runs are not lost, and the index is begun once."""
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(request.url))
    page = watched.open(f"{site.as_uri()}/internal/en/runbooks/index.html?q=qqqq")
    box = page.get_by_role("combobox").first
    box.fill("")
    page.keyboard.type("printer offline")
    expect(page.get_by_role("option").first).to_contain_text("PRN-0001")
    assert sum(url.endswith("/search/base.js") for url in asked) == 1
    watched.settle()


@pytest.mark.parametrize("edition", ["public", "internal"])
def test_the_way_in_chooses_the_browsers_language(
    site: Path, watched: Watched, edition: str
) -> None:
    """Opening the folder's index leads to the reader's language."""
    page = watched.open(f"{site.as_uri()}/{edition}/index.html")
    page.wait_for_url("**/zh/index.html")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    watched.settle()


def test_language_switch_stays_on_the_record(site: Path, watched: Watched) -> None:
    """The switcher leads to the same record in the other language, and the page says so."""
    page = watched.open(f"{site.as_uri()}/public/zh/cases/PRN-0001.html")
    for language in ("en", "de", "th", "zh"):
        page.locator(f".kb-languages a[lang={language}]").click()
        page.wait_for_url(f"**/{language}/cases/PRN-0001.html")
        assert page.locator("html").get_attribute("lang") == language
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    watched.settle()


def test_guide_is_walked(site: Path, watched: Watched) -> None:
    """One question at a time; the address carries the way, back goes one step back."""
    page = watched.open(f"{site.as_uri()}/public/zh/guides/GD-0001.html")
    nodes = page.locator(".kb-node:visible")
    expect(nodes).to_have_count(1)
    first = nodes.first.get_attribute("id")
    steps = 0
    while page.locator(".kb-node--question:visible").count():
        page.locator(".kb-node:visible .kb-answer").first.click()
        expect(nodes).to_have_count(1)
        steps += 1
        assert steps < 12
    assert steps >= 2
    assert page.url.split("#")[1].count("/") == steps
    expect(page.locator(".kb-trail li")).to_have_count(steps)
    page.reload()
    expect(page.locator(".kb-trail li")).to_have_count(steps)
    page.get_by_role("button", name="返回上一步").click()
    expect(page.locator(".kb-trail li")).to_have_count(steps - 1)
    page.get_by_role("button", name="重新开始").click()
    expect(nodes.first).to_have_attribute("id", first or "")
    watched.settle()


def test_tiers_are_tabs_that_have_addresses(site: Path, watched: Watched) -> None:
    """A tier opens by its tab or by its address, and the first to open is L1."""
    page = watched.open(f"{site.as_uri()}/internal/zh/cases/PRN-0001.html")
    expect(page.get_by_role("tab", selected=True)).to_contain_text("L1")
    page.get_by_role("tab", name="L2").click()
    expect(page.locator("#panel-L2")).to_be_visible()
    expect(page.locator("#panel-L1")).to_be_hidden()
    page.goto(f"{site.as_uri()}/internal/zh/cases/PRN-0001.html#L3")
    expect(page.locator("#panel-L3")).to_be_visible()
    watched.settle()


def test_public_pages_have_no_tiers(site: Path, watched: Watched) -> None:
    """What is internal is not in the public page at all."""
    page = watched.open(f"{site.as_uri()}/public/zh/cases/PRN-0001.html")
    expect(page.get_by_role("tab")).to_have_count(0)
    assert "L2" not in page.content()
    watched.settle()


def test_nothing_reaches_over_the_edge(site: Path, watched: Watched) -> None:
    """No page of any kind scrolls sideways, in any language, on any width."""
    for path in (
        "zh/index.html",
        "zh/cases/DSK-0003.html",
        "th/cases/PRN-0001.html",
        "de/guides/GD-0001.html",
        "en/codes/index.html",
        "zh/runbooks/RB-0010.html",
        "th/sites/lamphun-plant.html",
        "zh/types/network.html",
    ):
        page = watched.open(f"{site.as_uri()}/internal/{path}")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, path
    watched.settle()


def test_every_link_of_the_site_leads_somewhere(site: Path) -> None:
    """Every address in every page of both editions is a file of the site, or an outer one."""
    linked = re.compile(r'(?:href|src)="([^"#?]+)')
    broken: list[str] = []
    for page in sorted(site.rglob("*.html")):
        for target in set(linked.findall(page.read_text("utf-8"))):
            if target.startswith(("https:", "http:", "mailto:")):
                continue
            if not (page.parent / target).resolve().is_file():
                broken.append(f"{page.relative_to(site)}: {target}")
    assert broken == []


def test_over_http_below_a_path(browser: Browser, address: str) -> None:
    """Served below a path, pages, search and styles work, and only this server is asked."""
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda got: failed.append(got.url) if got.status >= 400 else None)
    page.goto(f"{address}/public/")
    page.wait_for_url("**/kb/public/en/index.html")
    search(page, "vpn")
    page.wait_for_url("**/en/cases/NET-0003.html")
    assert failed == []
    assert all(url.startswith(address) for url in asked)
    context.close()


@pytest.mark.parametrize("edition", ["public", "internal"])
def test_all_results_have_filters_and_an_address(
    site: Path, watched: Watched, edition: str
) -> None:
    """The way to all results is below the hits; a filter narrows, is counted, is in the address."""
    page = watched.open(f"{site.as_uri()}/{edition}/en/index.html")
    box = page.get_by_role("combobox").first
    box.fill("printer offline")
    expect(page.get_by_role("option").nth(1)).to_be_visible()
    box.press("ArrowUp")
    box.press("Enter")
    page.wait_for_url("**/en/search/index.html?q=printer**")
    hits = page.locator(".kb-find__hit")
    expect(hits.first).to_contain_text("PRN-")
    before = hits.count()
    choice = page.get_by_role("group", name="Issue type").get_by_role("checkbox").first
    choice.focus()
    page.keyboard.press("Space")
    expect(choice).to_be_checked()
    expect(
        page.get_by_role("group", name="Issue type").get_by_role("checkbox").first
    ).to_be_focused()
    page.wait_for_url("**issue_type=**")
    assert 0 < hits.count() <= before
    page.reload()
    expect(page.get_by_role("checkbox").first).to_be_visible()
    assert page.locator(".kb-find input:checked").count() == 1
    page.get_by_role("button", name="Remove filters").click()
    expect(page.locator(".kb-find input:checked")).to_have_count(0)
    watched.settle()


def test_a_link_to_a_search_with_filters(site: Path, watched: Watched) -> None:
    """An address says query and filters, also from a disk."""
    page = watched.open(
        f"{site.as_uri()}/internal/zh/search/index.html?q=VPN&tier=L3&issue_type=network"
    )
    expect(page.locator(".kb-find__hit").first).to_contain_text("NET-")
    expect(page.locator(".kb-find input:checked")).to_have_count(2)
    watched.settle()


def test_nothing_found_offers_a_way_on(site: Path, watched: Watched) -> None:
    """No result gives guides, a note to hand over, and is kept on the device, with a file."""
    page = watched.open(f"{site.as_uri()}/internal/zh/search/index.html?q=qqqq")
    help = page.locator(".kb-find__help")
    expect(help).to_contain_text("没有找到。")
    expect(help.get_by_role("link").first).to_be_visible()
    expect(help.locator("pre")).to_contain_text("qqqq")
    with page.expect_download() as download:
        help.get_by_role("button", name="存为文件").click()
    kept = json.loads(download.value.path().read_text("utf-8"))
    assert [(each["text"], each["count"]) for each in kept["queries"]] == [("qqqq", 1)]
    page.goto(f"{site.as_uri()}/internal/en/search/index.html?q=blutooooth")
    expect(page.locator(".kb-find__help pre")).to_contain_text("blutooooth")
    watched.settle()


def test_results_are_text(site: Path, watched: Watched) -> None:
    """A hostile query is shown and never run."""
    query = "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E%20printer"
    page = watched.open(f"{site.as_uri()}/internal/en/search/index.html?q={query}&tier=%3Cb%3E")
    expect(page.locator(".kb-find__help pre")).to_contain_text("<img src=x")
    assert page.locator(".kb-find img").count() == 0
    watched.settle()
