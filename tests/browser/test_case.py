"""The internal case page and runbook page as an agent's tool, and the call timer."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize("language", ["zh", "en"])
SAY = {
    "zh": {"copy": "\u590d\u5236", "ticket": "\u590d\u5236\u5230\u5de5\u5355"},
    "en": {"copy": "Copy", "ticket": "Copy for the ticket"},
}
CLIPBOARD = "window.copied = []; document.execCommand = () => true;" + (
    "Object.defineProperty(navigator, 'clipboard',"
    "{value: {writeText: (text) => { window.copied.push(text); return Promise.resolve(); }}});"
)


def case(site: Path, watched: Watched, language: str, id: str, address: str = "") -> Page:
    """Open an internal case; what it copies is in `window.copied`."""
    watched.page.add_init_script(CLIPBOARD)
    folder = "runbooks" if id.startswith("RB-") else "cases"
    return watched.open(f"{site.as_uri()}/internal/{language}/{folder}/{id}.html{address}")


def copied(page: Page) -> str:
    """Return what was copied last."""
    return str(page.evaluate("window.copied[window.copied.length - 1]"))


@BOTH
def test_one_glance_tells_what_it_is(site: Path, watched: Watched, language: str) -> None:
    """Id, confidence, audience, priority with its promise and environment stand in the head."""
    page = case(site, watched, language, "PRN-0001")
    facts = page.locator(".kb-facts")
    for text in (
        "PRN-0001",
        "P3",
        "5",
        "24",
        {"zh": "\u5df2\u9a8c\u8bc1", "en": "Validated"}[language],
    ):
        expect(facts).to_contain_text(text)
    expect(page.locator(".kb-environment")).to_contain_text("Windows 11 24H2")
    watched.settle()


@BOTH
def test_tabs_by_keyboard(site: Path, watched: Watched, language: str) -> None:
    """Arrows go round, Home and End go to the ends; the address follows."""
    page = case(site, watched, language, "PRN-0001")
    page.get_by_role("tab", selected=True).focus()
    for key, wanted in (
        ("End", "L3"),
        ("ArrowRight", "self-service"),
        ("ArrowLeft", "L3"),
        ("Home", "self-service"),
        ("ArrowRight", "L1"),
    ):
        page.keyboard.press(key)
        expect(page.locator(f"#tab-{wanted}")).to_be_focused()
        expect(page.locator(f"#tab-{wanted}")).to_have_attribute("aria-selected", "true")
        expect(page.get_by_role("tabpanel")).to_have_count(1)
        assert page.url.endswith(f"#{wanted}")
    watched.settle()


@BOTH
def test_a_step_has_an_address(site: Path, watched: Watched, language: str) -> None:
    """The address of a step opens its tab and marks it; so does a step that a text names."""
    page = case(site, watched, language, "PRN-0001", "#L2-3")
    expect(page.locator("#L2-3")).to_be_in_viewport()
    expect(page.locator("#L2-3")).to_have_class(re.compile("kb-marked"))
    page.locator("#tab-L1").click()
    jump = page.locator("#L1-2 .kb-otherwise .kb-jump")
    expect(jump).to_have_attribute("href", "#L1-4")
    jump.click()
    expect(page.locator("#L1-4")).to_have_class(re.compile("kb-marked"))
    expect(page.locator(".kb-marked")).to_have_count(1)
    expect(page.locator("#L1-4")).to_be_focused()
    watched.settle()


@pytest.mark.parametrize("address", ["#%E0%A4%A", "#<img src=x onerror=alert(1)>", "#constructor"])
def test_a_strange_address_does_nothing(site: Path, watched: Watched, address: str) -> None:
    """An address that names nothing leaves L1 open."""
    page = case(site, watched, "zh", "PRN-0001", address)
    expect(page.locator("#panel-L1")).to_be_visible()
    watched.settle()


@BOTH
def test_ticks_stay_until_reset(site: Path, watched: Watched, language: str) -> None:
    """A tick keeps its time over reloads and languages; reset takes it, and can be undone."""
    page = case(site, watched, language, "PRN-0001")
    ticks = page.locator("#panel-L1 .kb-tick")
    ticks.first.check()
    ticks.nth(2).check()
    expect(page.locator("#tab-L1")).to_contain_text("2/6")
    expect(page.locator("#L1-1 .kb-time")).to_have_text(re.compile(r"\d\d:\d\d"))
    page.locator("#verification-1 .kb-tick").check()
    page.goto(f"{site.as_uri()}/internal/de/cases/PRN-0001.html")
    expect(page.locator("#tab-L1")).to_contain_text("2/6")
    expect(page.locator("#verification-1 .kb-tick")).to_be_checked()
    page.goto(f"{site.as_uri()}/internal/zh/cases/PRN-0002.html")
    expect(page.locator(".kb-tick:checked")).to_have_count(0)
    page.goto(f"{site.as_uri()}/internal/{language}/cases/PRN-0001.html")
    reset = page.locator("#panel-L1 .kb-reset")
    reset.click()
    expect(page.locator(".kb-tick:checked")).to_have_count(0)
    reset.click()
    expect(page.locator(".kb-tick:checked")).to_have_count(3)
    reset.click()
    page.reload()
    expect(page.locator(".kb-tick:checked")).to_have_count(0)
    watched.settle()


def test_a_destructive_step_is_guarded(site: Path, watched: Watched) -> None:
    """It is neither ticked nor copied before its warning was read; the keyboard is enough."""
    page = case(site, watched, "zh", "DSK-0003", "#L3-5")
    step = page.locator("#L3-5")
    expect(step.locator(".kb-tick")).to_be_disabled()
    expect(step.locator(".kb-copy")).to_be_disabled()
    agree = step.get_by_role("button", name="\u6211\u5df2\u9605\u8bfb")
    step.locator(".kb-number").focus()
    page.keyboard.press("Tab")
    expect(agree).to_be_focused()
    page.keyboard.press("Enter")
    expect(step.locator(".kb-tick")).to_be_focused()
    step.locator(".kb-copy").click()
    assert "mountvol S:" in copied(page)
    page.reload()
    expect(step.locator(".kb-tick")).to_be_disabled()
    watched.settle()


def test_words_for_the_customer(site: Path, watched: Watched) -> None:
    """They are there in each language of the record, are copied, and the choice is remembered."""
    page = case(site, watched, "zh", "PRN-0001")
    box = page.locator("#panel-L1 .kb-say")
    expect(box.locator("blockquote:visible")).to_have_count(1)
    box.get_by_role("button", name="\u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22").click()
    expect(box.locator("blockquote:visible")).to_have_attribute("lang", "th")
    box.get_by_role("button", name=SAY["zh"]["copy"]).click()
    assert copied(page) == box.locator("blockquote:visible").inner_text()
    page.goto(f"{site.as_uri()}/internal/en/cases/NET-0001.html")
    expect(page.locator("#panel-L1 .kb-say blockquote:visible")).to_have_attribute("lang", "th")
    watched.settle()


@BOTH
def test_hand_over_is_copied_into_the_ticket(site: Path, watched: Watched, language: str) -> None:
    """Facts, steps with their times, the call and the address are copied with one press."""
    page = case(site, watched, language, "PRN-0001")
    page.locator(".kb-timer__press").click()
    page.locator("#L1-1 .kb-tick").check()
    form = page.locator("#panel-L1 .kb-form")
    fields = form.get_by_role("textbox")
    expect(fields).to_have_count(4)
    fields.first.fill("<b>HP</b> 10.20.8.31")
    fields.nth(1).fill("Name\nPortName")
    form.get_by_role("button", name=SAY[language]["ticket"]).click()
    text = copied(page)
    assert text == form.locator("pre").inner_text()
    title = page.locator("h1").inner_text()
    assert text.startswith(f"PRN-0001 {title}\nL1 ")
    assert ": <b>HP</b> 10.20.8.31\n" in text
    assert ": \nName\nPortName\n" in text
    assert re.search(r"\n\u2713 \d\d:\d\d  L1-1  \S", text)
    assert re.search(r"\n.+: \d\d:\d\d, \d\d:\d\d\n", text)
    assert text.endswith(f"/internal/{language}/cases/PRN-0001.html#L1")
    page.reload()
    expect(fields.nth(1)).to_have_value("Name\nPortName")
    page.locator("#panel-L1 .kb-reset").click()
    expect(fields.first).to_have_value("")
    watched.settle()


@BOTH
def test_the_call_timer(site: Path, watched: Watched, language: str) -> None:
    """It goes on over pages, tells its limits, ends, hides, and comes back when asked for."""
    page = case(site, watched, language, "PRN-0001")
    timer = page.locator(".kb-timer")
    expect(timer.get_by_role("timer")).to_be_hidden()
    timer.locator(".kb-timer__press").click()
    page.goto(f"{site.as_uri()}/internal/{language}/index.html")
    expect(timer.get_by_role("timer")).to_have_text(re.compile("^00:0"))
    page.evaluate(
        "const it = JSON.parse(localStorage['kb-call']); it.start = Date.now() - 30 * 60000 + 1500;"
        "localStorage['kb-call'] = JSON.stringify(it)"
    )
    page.reload()
    expect(timer).to_have_attribute("data-state", "soon")
    expect(timer.get_by_role("status")).to_be_empty()
    expect(timer).to_have_attribute("data-state", "over")
    expect(timer.get_by_role("status")).to_contain_text("30")
    timer.locator(".kb-timer__press").click()
    expect(timer).to_have_attribute("data-state", "ended")
    timer.locator(".kb-timer__hide").click()
    expect(timer).to_be_hidden()
    page.reload()
    expect(timer).to_be_hidden()
    page.locator(".kb-timer-bring").click()
    expect(timer).to_be_visible()
    watched.settle()


def test_ticks_from_before_the_call_are_told(site: Path, watched: Watched) -> None:
    """Who starts a call on a page that was ticked before is told, and can reset it there."""
    page = case(site, watched, "en", "PRN-0001")
    page.evaluate(
        "localStorage['kb-work-internal/PRN-0001'] ="
        "JSON.stringify({done: {'L1-1': '2026-01-01T08:00:00.000Z'}, facts: {}})"
    )
    page.reload()
    told = page.get_by_text("Ticks and notes here are from before this call.")
    expect(told).to_be_hidden()
    page.locator(".kb-timer__press").click()
    expect(told).to_be_visible()
    page.locator(".kb-head").get_by_role("button", name="Reset").click()
    expect(told).to_be_hidden()
    expect(page.locator(".kb-tick:checked")).to_have_count(0)
    watched.settle()


def test_public_pages_know_nothing_of_it(site: Path, watched: Watched) -> None:
    """No timer, no ticks, no words for the customer; steps still have addresses."""
    page = watched.open(f"{site.as_uri()}/public/zh/cases/PRN-0001.html#self-service-2")
    expect(page.locator("#self-service-2")).to_be_in_viewport()
    expect(page.locator(".kb-timer, .kb-tick, .kb-say, .kb-form, [data-work]")).to_have_count(0)
    assert "kb-timer" not in page.content()
    for path in sorted((site / "public").rglob("*.html")):
        assert "kb-timer" not in path.read_text("utf-8"), path
    watched.settle()


@BOTH
def test_figures_are_drawn(site: Path, watched: Watched, language: str) -> None:
    """Evidence is a picture with a name, made when the site was."""
    page = case(site, watched, language, "NET-0007")
    drawn = page.locator(".kb-evidence").get_by_role("img")
    expect(drawn).to_have_count(4)
    expect(drawn.first).to_have_accessible_name(re.compile(r"146.*11"))
    assert page.locator("meter").count() == 0
    watched.settle()


def test_a_runbook_is_a_checklist(site: Path, watched: Watched) -> None:
    """Its numbered steps are ticked and have addresses."""
    page = case(site, watched, "zh", "RB-0001", "#mitigation-2")
    expect(page.locator("#mitigation-2")).to_have_class(re.compile("kb-marked"))
    page.locator("#diagnosis-1 .kb-tick").check()
    page.reload()
    expect(page.locator("#diagnosis-1 .kb-tick")).to_be_checked()
    watched.settle()


@pytest.mark.parametrize("edition", ["public", "internal"])
def test_reporting_a_mistake_is_prefilled(site: Path, watched: Watched, edition: str) -> None:
    """The mail holds title, id, version and address."""
    page = watched.open(f"{site.as_uri()}/{edition}/en/cases/PRN-0001.html")
    link = page.locator(".kb-report-link")
    mail = urlsplit(link.get_attribute("href") or "")
    assert (mail.scheme, mail.path) == ("mailto", "kb@lanting.example")
    told = {name: values[0] for name, values in parse_qs(mail.query).items()}
    assert told["subject"].startswith("PRN-0001 ")
    assert page.evaluate("window.kbVersion") in told["body"]
    assert page.url in told["body"]
    watched.settle()


def test_without_scripts_all_is_there(browser: Browser, site: Path) -> None:
    """Tiers, words in all languages, warnings, commands and facts are read without a script."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.as_uri()}/internal/zh/cases/DSK-0003.html#L3-5")
    for selector in ("#L1-1", "#L2-1", "#L3-5 .kb-danger", "#L3-5 pre", "#verification-1"):
        expect(page.locator(selector)).to_be_visible()
    expect(page.locator(".kb-say blockquote:visible")).to_have_count(2)
    expect(page.locator(".kb-hand-over").first).to_be_visible()
    assert (page.locator(".kb-report-link").get_attribute("href") or "").startswith("mailto:")
    context.close()


def test_on_paper_all_tiers_are_open(site: Path, watched: Watched) -> None:
    """Print shows every tier and the facts to hand over, and nothing that is pressed."""
    page = case(site, watched, "zh", "PRN-0001")
    page.emulate_media(media="print")
    for selector in ("#L1-1", "#L2-1", "#L3-1", "#panel-L1 .kb-hand-over"):
        expect(page.locator(selector)).to_be_visible()
    for selector in (".kb-tabs", ".kb-timer", ".kb-form", ".kb-say__bar"):
        expect(page.locator(selector).first).to_be_hidden()
    watched.settle()
