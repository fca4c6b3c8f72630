"""Guides as they are walked: by mouse, by keys, by address, and without JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser
COPIED = "navigator.clipboard.readText()"


def open_guide(site: Path, watched: Watched, language: str = "zh", way: str = "") -> Page:
    """Open the guide of the public site that begins with "no network"."""
    address = f"{site.as_uri()}/public/{language}/guides/GD-0001.html"
    return watched.open(address + (f"#{way}" if way else ""))


@pytest.mark.parametrize(
    ("language", "left", "end"),
    [
        ("zh", "最多还有 3 个问题", "已走到最后一步"),
        ("de", "Noch höchstens 3 Fragen", "Hier endet der Weg"),
    ],
)
def test_keys_alone(site: Path, watched: Watched, language: str, left: str, end: str) -> None:
    """Numbers answer, Backspace and the left arrow go back, the rest of the way is counted."""
    page = open_guide(site, watched, language)
    bar = page.locator(".kb-guide__bar")
    expect(bar).to_contain_text(left)
    page.keyboard.press("1")
    page.keyboard.press("2")
    expect(page.locator("#address")).to_be_visible()
    expect(page.locator("#address h2")).to_be_focused()
    expect(page.locator(".kb-node:visible")).to_have_count(1)
    page.keyboard.press("3")
    assert page.url.endswith("#which-devices/connected/address/no-internet.3")
    expect(bar).to_contain_text(end)
    page.keyboard.press("Backspace")
    expect(page.locator("#address")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#connected")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#offline-steps")).to_be_visible()
    watched.settle()


def test_keys_can_be_switched_off_and_spare_fields(site: Path, watched: Watched) -> None:
    """Where somebody types, or has switched them off, keys do nothing; that is remembered."""
    page = open_guide(site, watched)
    note = page.locator(".kb-contact textarea")
    note.fill("")
    note.press("1")
    expect(page.locator("#which-devices")).to_be_visible()
    expect(note).to_have_value("1")
    page.get_by_role("button", name="按数字键").click()
    page.reload()
    page.keyboard.press("1")
    expect(page.locator("#which-devices")).to_be_visible()
    watched.settle()


def test_the_way_is_sent_and_copied(site: Path, browser: Browser, watched: Watched) -> None:
    """An address opens the same way elsewhere; one press copies it with the very answer given."""
    page = open_guide(site, watched, way="which-devices/connected/address/no-internet.3")
    trail = page.locator(".kb-trail li")
    expect(trail).to_have_count(3)
    expect(trail.nth(2)).to_contain_text("找不到或看不懂")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="复制经过到工单").click()
    expect(page.locator(".kb-guide__tools [role=status]")).to_have_text("已复制")
    copied = page.evaluate(COPIED)
    assert copied.startswith("GD-0001 没网络")
    assert "#which-devices/connected/address/no-internet.3" in copied
    assert "→ 找不到或看不懂" in copied
    assert "\n= 已连上Wi-Fi" in copied
    trail.nth(1).get_by_role("link").click()
    expect(page.locator("#connected")).to_be_visible()
    page.get_by_role("button", name="重新开始").click()
    expect(page.locator("#which-devices")).to_be_visible()
    expect(page.get_by_role("button", name="返回上一步")).to_be_disabled()
    page.go_back()
    expect(page.locator("#connected")).to_be_visible()
    watched.settle()


@pytest.mark.parametrize(
    ("way", "shown"),
    [
        ("nonsense/<img src=x onerror=alert(1)>", "which-devices"),
        ("which-devices/where-all/vpn", "where-all"),
        ("which-devices/connected.99", "connected"),
        ("constructor/toString", "which-devices"),
        ("vpn", "vpn"),
    ],
)
def test_an_address_that_is_no_way(site: Path, watched: Watched, way: str, shown: str) -> None:
    """What does not fit is left out; a single node is reached by the shortest way."""
    page = open_guide(site, watched, way=way)
    expect(page.locator(".kb-node:visible")).to_have_attribute("id", shown)
    if way == "vpn":
        assert page.url.endswith("#which-devices/connected/what-fails/vpn")
    watched.settle()


def test_the_tree_beside_it(site: Path, watched: Watched) -> None:
    """The picture marks where the reader stands, and each box leads to its node."""
    page = open_guide(site, watched, "th", way="which-devices/connected")
    map = page.locator(".kb-map")
    if not map.evaluate("map => map.open"):
        map.locator("summary").click()
    expect(map.locator("[aria-current=step]")).to_have_attribute("data-node", "connected")
    expect(map.locator(".kb-tree__node--past")).to_have_attribute("data-node", "which-devices")
    map.locator("[data-node=where-all]").click()
    expect(page.locator("#where-all")).to_be_visible()
    expect(map.locator("[aria-current=step]")).to_have_attribute("data-node", "where-all")
    cut = map.evaluate(
        """map => [...map.querySelectorAll('.kb-tree__box')].filter(
            box => box.scrollHeight > box.clientHeight + 1).map(box => box.textContent)"""
    )
    assert cut == []
    watched.settle()


@pytest.mark.parametrize("language", ["zh", "de", "th"])
def test_without_javascript(site: Path, browser: Browser, language: str) -> None:
    """All nodes stand there with numbers, each answer leads to its node, desks say their hours."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.as_uri()}/public/{language}/guides/GD-0001.html")
    nodes = page.locator(".kb-node")
    assert nodes.count() > 10
    assert page.locator(".kb-node:visible").count() == nodes.count()
    answer = page.locator("#which-devices .kb-answer").first
    expect(answer.locator(".kb-answer__to")).to_have_text("→ 2")
    answer.click()
    assert page.url.endswith("#connected")
    expect(page.locator("#connected .kb-node__name")).to_have_text("2")
    expect(page.locator(".kb-desk").first).to_contain_text("08:00–20:00")
    expect(page.locator(".kb-feedback")).to_be_hidden()
    context.close()


def test_over_http(address: str, browser: Browser) -> None:
    """Below a path on a server a guide leads on to a case."""
    page = browser.new_page()
    page.goto(f"{address}/public/en/guides/GD-0001.html#vpn")
    page.keyboard.press("1")
    page.wait_for_url("**/kb/public/en/cases/NET-0003.html")
    page.close()
