"""A hostile knowledge base and hostile readers' input: no script of theirs runs, in real Chromium.

A script that got to run would call `canary()`; one that was only stopped by the page's policy is
told by a violation. Neither may be.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from generator.findings import Finding
from generator.loading import load
from generator.settings import Settings
from tests.browser.conftest import kinds_of_page, made, served
from tests.browser.hostile import REFUSED, STRINGS, write_hostile
from tests.conftest import TODAY, KbFrom
from tests.unit.test_markup import TAGS

pytestmark = pytest.mark.browser

LANGUAGES = ("zh", "en", "de", "th")
WATCH = """
document.addEventListener("securitypolicyviolation", (event) =>
  told("policy: " + event.violatedDirective + " " + event.blockedURI + " " + event.sample));
window.canary = window.alert = () => told("a script ran");
"""
TOUCH = """() => {
  for (const each of document.querySelectorAll("body *")) {
    for (const name of ["mouseover", "focus", "toggle", "load", "error"]) {
      each.dispatchEvent(new Event(name));
    }
  }
}"""


@dataclass(frozen=True)
class Hostile:
    """The sites of the hostile knowledge base, what was said of it, how many texts it attacks."""

    site: Path
    findings: tuple[Finding, ...]
    attacked: int


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    """Return the sites, made although there are errors: the last wall is tested, not the first."""
    root = tmp_path_factory.mktemp("hostile")
    attacked = write_hostile(root)
    findings = load(Settings(root, TODAY)).findings
    return Hostile(made(root / "kb", root / "made"), findings, attacked)


@dataclass
class Victim:
    """A page, and what hostile input got done in it."""

    page: Page
    told: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def victim(browser: Browser) -> Iterator[Victim]:
    """Return a page that notes canaries, policy violations and requests."""
    context = browser.new_context(locale="zh-CN")
    context.set_offline(True)
    seen = Victim(context.new_page())
    seen.page.expose_function("told", lambda text: seen.told.append(text))
    seen.page.add_init_script(WATCH)
    seen.page.on("dialog", lambda dialog: (seen.told.append("dialog"), dialog.dismiss()))
    seen.page.on(
        "request",
        lambda asked: None if asked.url.startswith("file:") else seen.asked.append(asked.url),
    )
    yield seen
    context.close()


def test_the_watch_sees(victim: Victim, tmp_path: Path, sample: Path) -> None:
    """A script that runs and a script that the policy stops are both told."""
    page = tmp_path / "bare.html"
    page.write_text("<script>canary()</script>", "utf-8")
    victim.page.goto(page.as_uri())
    assert victim.told == ["a script ran"]
    victim.page.goto((sample / "public" / "zh" / "cases" / "PRN-0001.html").as_uri())
    victim.page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=canary()>')"
    )
    victim.page.wait_for_timeout(200)
    assert len(victim.told) == 2
    assert victim.told[1].startswith("policy: script-src")


def test_there_are_enough_attacks(hostile: Hostile) -> None:
    """Sixty strings or more, several hundred texts; no record is dropped for a mere text."""
    assert len(set(STRINGS)) == len(STRINGS) >= 60
    assert hostile.attacked > 500
    assert {each.code for each in hostile.findings if each.is_error} == {"KB502"}


@pytest.mark.parametrize("edition", ["public", "internal"])
def test_no_text_of_a_record_runs(hostile: Hostile, victim: Victim, edition: str) -> None:
    """Every page of the source's language and one of each kind in the others: nothing runs."""
    folder = hostile.site / edition
    pages = sorted((folder / "zh").rglob("*.html"))
    for language in LANGUAGES[1:]:
        pages += kinds_of_page(folder / language)
    for page in pages:
        victim.page.goto(page.as_uri())
        victim.page.evaluate(TOUCH)
        assert not victim.told, page.relative_to(hostile.site)
    assert victim.asked == []


def test_no_text_runs_in_the_list_of_hits(hostile: Hostile, victim: Victim) -> None:
    """Titles and snippets of hostile records are shown as text, in the box and on the page."""
    page = victim.page
    page.goto((hostile.site / "internal" / "zh" / "index.html").as_uri())
    for words in ("打印机", "canary", "script", "onerror"):
        page.get_by_role("combobox").first.fill(words)
        expect(page.get_by_role("option").first).to_be_visible()
        page.evaluate(TOUCH)
    page.goto((hostile.site / "internal" / "zh" / "search" / "index.html").as_uri() + "?q=canary")
    expect(page.locator(".kb-find__hit").first).to_be_visible()
    page.evaluate(TOUCH)
    assert victim.told == []


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))


def _elements(page: Path) -> list[tuple[str, dict[str, str]]]:
    seen = _Seen()
    seen.feed(page.read_text("utf-8"))
    return seen.elements


FROM_MARKDOWN = TAGS
_ADDRESS = frozenset({"href", "src", "action", "formaction", "data", "srcdoc", "xlink:href"})
_GOOD = re.compile(r"(?:https?:|mailto:|(?![a-zA-Z][\w+.-]*:|//))")


def test_only_what_templates_make_is_in_the_pages(hostile: Hostile, sample: Path) -> None:
    """The HTML itself, read without a browser, has no element or attribute of a record's making."""
    usual = {tag: set[str]() for tag in FROM_MARKDOWN}
    for page in sample.rglob("*.html"):
        for tag, attributes in _elements(page):
            usual.setdefault(tag, set()).update(attributes)
    usual["a"] |= {"href", "rel", "class"}
    usual["rect"] |= {"fill"}  # the health page's chart, where a translation is stale
    for page in hostile.site.rglob("*.html"):
        where = page.relative_to(hostile.site)
        for tag, attributes in _elements(page):
            assert tag in usual, f"{where}: <{tag}>"
            assert attributes.keys() <= usual[tag], f"{where}: <{tag} {attributes}>"
            for name, value in attributes.items():
                assert not name.startswith("on") and name != "style", f"{where}: {name}"
                if name in _ADDRESS:
                    assert _GOOD.match(value), f"{where}: {name}={value}"
            if attributes.get("href", "").startswith("http"):
                assert "noopener" in attributes.get("rel", ""), f"{where}: {attributes}"


@pytest.mark.parametrize("edition", ["public", "internal"])
def test_every_page_has_its_policy_first(sample: Path, edition: str) -> None:
    """The policy is the first thing in the head of every page, and allows nothing inline."""
    for page in (sample / edition).rglob("*.html"):
        elements = _elements(page)
        assert elements[2][0] == "meta", page
        assert elements[2][1]["http-equiv"] == "Content-Security-Policy", page
        policy = elements[2][1]["content"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy and "http" not in policy
        for tag, attributes in elements:
            assert tag != "style" and (tag != "script" or "src" in attributes), page


LISTS = frozenset({"codes", "platforms", "products", "recent", "tiers", "types"})
INPUT = (*STRINGS, *REFUSED, "%", "%E0%A4%A", "constructor", "__proto__", "a" * 5000)


def test_the_search_box(sample: Path, victim: Victim) -> None:
    """Whatever is typed is a text."""
    page = victim.page
    page.goto((sample / "internal" / "zh" / "index.html").as_uri())
    box = page.get_by_role("combobox").first
    for text in INPUT:
        box.fill(text)
        page.wait_for_timeout(70)
    page.evaluate(TOUCH)
    assert victim.told == []
    assert page.locator("iframe, object, embed, form[action], [onerror]").count() == 0


@pytest.mark.parametrize("kind", ["cases/PRN-0001", "guides/GD-0001", "search/index", "index"])
def test_addresses(sample: Path, victim: Victim, kind: str) -> None:
    """Whatever stands in an address, as query, filter or fragment, is a text."""
    base = (sample / "internal" / "zh" / f"{kind}.html").as_uri()
    for number, text in enumerate(INPUT):
        told = quote(text, safe="")
        if number % (3 if kind == "search/index" else 8) == 0:
            victim.page.goto(f"{base}?q={told}&tier={told}&{told}=x#{told}")
        victim.page.goto(f"{base}#{text}")
        assert victim.told == [], text
    assert victim.asked == []


def test_the_devices_memory(sample: Path, victim: Victim) -> None:
    """Whatever somebody put into the browser's storage is a text, on every kind of page."""
    page = victim.page
    folder = sample / "internal" / "zh"
    scripts = "".join(path.read_text("utf-8") for path in folder.parent.rglob("assets/*.js"))
    keys = sorted(set(re.findall(r'"(kb-[a-z-]+)"', scripts)))
    assert {"kb-theme", "kb-language", "kb-missing"} <= set(keys)
    forms = [
        STRINGS[3],
        "null",
        "[null, 1, {}]",
        json.dumps([{"text": STRINGS[3], "count": STRINGS[4], "id": STRINGS[0]}]),
        json.dumps({STRINGS[0]: {STRINGS[1]: STRINGS[3]}}),
    ]
    for file in (*kinds_of_page(folder), folder.parent / "index.html"):
        if file.parent.name in LISTS:
            continue  # lists have no script but that of every page
        page.goto(file.as_uri() + ("?q=qqqq" if file.parent.name == "search" else ""))
        for form in forms:
            page.evaluate(
                "([keys, form]) => keys.forEach((key) => localStorage.setItem(key, form))",
                [keys, form],
            )
            page.reload()
            assert victim.told == [], (file.name, form)
    assert victim.asked == []


def test_over_http_too(hostile: Hostile, browser: Browser) -> None:
    """The policy holds on a server as it does from a disk, and only that server is asked."""
    with served(hostile.site) as address:
        context = browser.new_context()
        page = context.new_page()
        told: list[str] = []
        asked: list[str] = []
        page.expose_function("told", lambda text: told.append(text))
        page.add_init_script(WATCH)
        page.on("request", lambda request: asked.append(request.url))
        for file in kinds_of_page(hostile.site / "internal" / "zh"):
            page.goto(f"{address}/{file.relative_to(hostile.site).as_posix()}")
            page.evaluate(TOUCH)
        assert told == []
        assert all(url.startswith(address) for url in asked)
        context.close()


CASE = "id: PRN-0002\ntitle: 标题\nissue_type: printing\nissue: {symptoms: [一], asked_as: [二]}\n"


@pytest.mark.parametrize("text", REFUSED)
def test_links_that_run_are_refused(kb_from: KbFrom, text: str) -> None:
    """A link to anything but the web, mail or a record is an error that names its place."""
    quoted = json.dumps(text)
    path = "kb/cases/printing/PRN-0002.yml"
    found = load(kb_from({path: f"{CASE}resolution: {quoted}\n"})).findings
    errors = [each for each in found if each.is_error]
    assert [each.code for each in errors] == ["KB502"]
    assert (errors[0].location.path, errors[0].location.line) == (path, 5)


@pytest.mark.parametrize(
    ("path", "content", "code"),
    [
        ("kb/cases/printing/<img src=x onerror=canary()>.yml", CASE, "KB302"),
        ('kb/cases/printing/"><script>.yml', CASE, "KB302"),
        ("kb/cases/printing/PRN-0002.yml", CASE.replace("PRN-0002", "<b>"), "KB205"),
        ("kb/cases/printing/PRN-0002.yml", CASE.replace("PRN-0002", "../../x"), "KB205"),
        ("kb/cases/printing/PRN-0002.yml", CASE.replace(": printing", ': "<b>"'), "KB205"),
        ("kb/cases/printing/PRN-0002.yml", f'{CASE}owner: "\\" onload=x"\n', "KB205"),
        ("kb/images/a.svg", "<svg onload='canary()'/>", "KB109"),
        ("kb/images/<img onerror=x>.svg", "<svg><script/></svg>", "KB109"),
    ],
)
def test_names_are_refused(kb_from: KbFrom, path: str, content: str, code: str) -> None:
    """Ids, file names and vocabulary words have a form; a hostile one is an error."""
    if os.name == "nt" and set('<>"') & set(path):
        pytest.skip("this file system cannot hold the name")
    found = load(kb_from({path: content})).findings
    assert code in {each.code for each in found if each.is_error}
