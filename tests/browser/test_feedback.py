"""After a record: whether it helped, and the way to a human with what was tried."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from generator.build import make_site
from generator.feedback import read_answers, report
from generator.loading import load
from generator.settings import Settings
from tests.browser.conftest import Watched
from tests.conftest import FULL, TODAY

pytestmark = pytest.mark.browser
CASE = "cases/PRN-0001.html"
ENDPOINT = "https://feedback.example/kb"


def at(browser: Browser, zone: str, moment: str, address: str) -> tuple[BrowserContext, Page]:
    """Open a page in a time zone at a moment."""
    context = browser.new_context(timezone_id=zone)
    page = context.new_page()
    page.clock.set_fixed_time(moment)
    page.goto(address)
    return context, page


@pytest.fixture(scope="module")
def site_with_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the public site of the full sample, whose settings name an endpoint."""
    root = tmp_path_factory.mktemp("endpoint")
    shutil.copytree(FULL, root, dirs_exist_ok=True)
    settings = root / "kb" / "settings.yml"
    settings.write_text(f"{settings.read_text('utf-8')}feedback_endpoint: {ENDPOINT}\n", "utf-8")
    knowledge = load(Settings(root, TODAY)).knowledge
    assert knowledge is not None
    return make_site(knowledge, knowledge.organisation.editions[0]).path


@pytest.mark.parametrize(
    ("language", "no", "keep", "save"),
    [
        ("zh", "没有解决", "留下这条意见", "存为文件"),
        ("th", "ไม่ ยังไม่หาย", "เก็บบันทึกนี้", "บันทึกเป็นไฟล์"),
    ],
)
def test_an_answer_is_kept_and_saved(
    site: Path, watched: Watched, language: str, no: str, keep: str, save: str
) -> None:
    """An answer and a note stay on the device; the file is one that `kb feedback` reads."""
    page = watched.open(f"{site.as_uri()}/public/{language}/{CASE}")
    page.get_by_role("button", name=no).click()
    expect(page.get_by_role("button", name=no)).to_have_attribute("aria-pressed", "true")
    page.locator(".kb-feedback textarea").fill("  第3步\n<b>看不懂</b> ")
    page.get_by_role("button", name=keep).click()
    page.reload()
    expect(page.get_by_role("button", name=no)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name=no).click()
    with page.expect_download() as download:
        page.get_by_role("button", name=save).click()
    assert download.value.suggested_filename.startswith("kb-feedback-")
    answers, bad = read_answers("a.json", download.value.path().read_bytes())
    (found,) = report(answers)
    assert bad == 0
    assert (found.id, found.failed, found.helped) == ("PRN-0001", 1, 0)
    assert (found.languages, found.editions) == ((language,), ("public",))
    assert found.comments[0].text == "第3步 <b>看不懂</b>"
    watched.settle()


def test_at_most_a_few_hundred(site: Path, watched: Watched) -> None:
    """The oldest answers go, and what is broken in the store does no harm."""
    page = watched.open(f"{site.as_uri()}/internal/zh/{CASE}")
    page.evaluate(
        """localStorage.setItem('kb-feedback', JSON.stringify({device: 'd', answers:
            [null, 7].concat(Array.from({length: 400}, (_, n) => ({id: 'NET-0001', language:
            'l' + n, helped: true, comment: '', at: '2026-11-01T00:00:00Z', sent: true})))}))"""
    )
    page.reload()
    page.get_by_role("button", name="解决了", exact=True).click()
    assert page.evaluate("JSON.parse(localStorage.getItem('kb-feedback')).answers.length") == 300
    page.evaluate("localStorage.setItem('kb-feedback', '{\"device\": 3')")
    page.reload()
    page.get_by_role("button", name="解决了", exact=True).click()
    assert page.evaluate("kbFeedback.list().map(each => each.id)") == ["PRN-0001"]
    watched.settle()


def test_nothing_is_sent_without_an_endpoint(site: Path, watched: Watched) -> None:
    """A page whose settings name no endpoint asks the network for nothing."""
    page = watched.open(f"{site.as_uri()}/public/en/{CASE}")
    page.get_by_role("button", name="Yes, it helped").click()
    expect(page.locator(".kb-feedback__kept")).to_contain_text("1 on this device")
    watched.settle()


def test_an_endpoint_is_sent_what_waits(site_with_endpoint: Path, browser: Browser) -> None:
    """Answers go there as JSON; what it does not take stays and goes with the next page."""
    context = browser.new_context()
    page = context.new_page()
    status = [503]
    bodies: list[bytes] = []

    def answer(route: Route) -> None:
        sent = route.request.method == "POST"
        if sent:
            bodies.append(route.request.post_data_buffer or b"")
        allow = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "Content-Type"}
        route.fulfill(status=status[0] if sent else 204, headers=allow)

    context.route(ENDPOINT, answer)
    page.goto(f"{site_with_endpoint.as_uri()}/en/{CASE}")
    with page.expect_response(lambda got: got.request.method == "POST"):
        page.get_by_role("button", name="No, it did not").click()
    expect(page.locator(".kb-feedback__kept")).to_contain_text("1 on this device")
    status[0] = 204
    with page.expect_response(lambda got: got.request.method == "POST"):
        page.reload()
    page.wait_for_function("kbFeedback.list()[0].sent")
    page.reload()
    page.wait_for_timeout(200)
    assert len(bodies) == 2
    answers, bad = read_answers("body", bodies[1])
    assert ([each.id for each in answers], bad) == (["PRN-0001"], 0)
    assert json.loads(bodies[1]).keys() == {"format", "device", "answers"}
    context.close()


@pytest.mark.parametrize(
    ("zone", "moment", "now", "here"),
    [
        ("Asia/Shanghai", "2026-11-23T01:00Z", "Open now, until 20:00", None),
        ("Europe/Berlin", "2026-11-23T01:00Z", "Open now, until 13:00", "01:00–13:00"),
        ("Europe/Berlin", "2026-07-06T01:00Z", "Open now, until 14:00", "02:00–14:00"),
        ("Asia/Kathmandu", "2026-11-23T13:00Z", "Closed now, opens Tuesday 05:45", "05:45–17:45"),
        ("US/Pacific", "2026-11-21T20:00Z", "Closed now, opens Saturday 17:00", "16:00–04:00"),
    ],
)
def test_hours_in_the_readers_time(
    site: Path, browser: Browser, zone: str, moment: str, now: str, here: str | None
) -> None:
    """Whoever is elsewhere sees the hours by their own clock, and whether somebody is there."""
    context, page = at(browser, zone, moment, f"{site.as_uri()}/public/en/{CASE}")
    desk = page.locator(".kb-desk").first
    expect(desk.locator(".kb-desk__now")).to_have_text(now)
    expect(desk.locator(".kb-desk__hours").first).to_contain_text("Monday to Friday08:00–20:00")
    own = desk.locator(".kb-desk__hours--here")
    if here is None:
        expect(own).to_have_count(0)
    else:
        days = "Sunday to Thursday" if zone == "US/Pacific" else "Monday to Friday"
        expect(own).to_contain_text(days + here)
    expect(page.locator(".kb-desk").nth(1).locator(".kb-desk__now")).to_have_text("Open now")
    context.close()


@pytest.mark.parametrize(
    ("language", "copy", "mail"),
    [
        ("zh", "复制成文字", "用这些内容写邮件"),
        ("de", "Als Text kopieren", "Damit eine E-Mail schreiben"),
    ],
)
def test_what_was_tried_goes_along(
    site: Path, watched: Watched, language: str, copy: str, mail: str
) -> None:
    """Steps are marked as tried and go into the text that is copied, and into the mail."""
    page = watched.open(f"{site.as_uri()}/public/{language}/{CASE}")
    ticks = page.locator(".kb-contact").get_by_role("checkbox")
    expect(ticks).to_have_count(5)
    ticks.nth(0).check()
    ticks.nth(2).check()
    page.locator(".kb-contact textarea").fill("0x00000709 & <b>")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name=copy).click()
    expect(page.locator(".kb-tried__said")).not_to_be_empty()
    text = page.evaluate("navigator.clipboard.readText()")
    lines = text.split("\n")
    assert lines[0].startswith("PRN-0001 ")
    marks = [line[:6] for line in lines if line.startswith("[")]
    assert marks == ["[x] 1.", "[ ] 2.", "[x] 3.", "[ ] 4.", "[ ] 5."]
    assert lines[-1] == "0x00000709 & <b>"
    link = page.get_by_role("link", name=mail)
    link.focus()
    href = link.get_attribute("href") or ""
    assert href.startswith("mailto:servicedesk@lanting.example?")
    assert len(href) <= 1900
    told = parse_qs(urlsplit(href).query)
    assert told["subject"][0].startswith("PRN-0001 ")
    assert "[x] 1." in told["body"][0]
    watched.settle()


def test_the_inner_edition_has_no_desk(site: Path, watched: Watched) -> None:
    """An edition without desks asks whether it helped, and shows no way to a human."""
    page = watched.open(f"{site.as_uri()}/internal/zh/{CASE}")
    expect(page.locator(".kb-feedback")).to_be_visible()
    expect(page.locator(".kb-contact")).to_have_count(0)
    watched.settle()


@pytest.mark.parametrize("edition", ["public", "internal"])
@pytest.mark.parametrize("language", ["zh", "th"])
def test_home(site: Path, watched: Watched, edition: str, language: str) -> None:
    """Search stands first and large, then guides, kinds of issue with counts, and two lists."""
    page = watched.open(f"{site.as_uri()}/{edition}/{language}/index.html")
    search = page.get_by_role("combobox").first.bounding_box()
    guide = page.locator(".kb-card--guide").first.bounding_box()
    assert search is not None and guide is not None
    assert search["height"] > 50
    assert search["y"] < guide["y"]
    types = page.locator(".kb-card--type")
    assert types.count() >= 10
    assert all(text.isdigit() for text in types.locator("em").all_inner_texts())
    expect(page.locator("section[aria-labelledby=named] li")).to_have_count(8)
    expect(page.locator("section[aria-labelledby=recent] li")).to_have_count(8)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    watched.settle()


def test_over_http(address: str, browser: Browser) -> None:
    """Below a path on a server an answer stays on the device."""
    page = browser.new_page()
    page.goto(f"{address}/public/en/{CASE}")
    page.get_by_role("button", name="Yes, it helped").click()
    expect(page.locator(".kb-feedback__said")).to_have_text("Good to hear. Thank you.")
    page.close()
