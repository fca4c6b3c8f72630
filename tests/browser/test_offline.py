"""Over HTTP the site can be installed and opens without a network; editions stay apart."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Watched, served

pytestmark = pytest.mark.browser

HELD = """async () => {
  const held = {};
  for (const name of await caches.keys()) {
    held[name] = (await (await caches.open(name)).keys()).map((each) => each.url);
  }
  return held;
}"""


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Return a browser of its own: nothing is kept yet."""
    context = browser.new_context(locale="en-GB")
    yield context
    context.close()


def visit(context: BrowserContext, address: str) -> Page:
    """Open a page and wait until the site is kept and its worker answers for the page."""
    page = context.new_page()
    page.goto(address)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.evaluate(
        """() => navigator.serviceWorker.controller || new Promise(
          (done) => navigator.serviceWorker.addEventListener("controllerchange", done))"""
    )
    return page


def test_without_a_network(sample: Path, context: BrowserContext) -> None:
    """What was read, the home page and search stay there when the network goes."""
    with served(sample) as address:
        page = visit(context, f"{address}/public/en/cases/PRN-0001.html")
        page.goto(f"{address}/public/en/guides/GD-0001.html")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto(f"{address}/public/en/cases/PRN-0001.html#resolution")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto(f"{address}/public/")
    page.wait_for_url("**/public/en/index.html")
    page.get_by_role("combobox").first.fill("printer")
    expect(page.get_by_role("option").nth(1)).to_be_visible()
    page.goto(f"{address}/public/en/search/index.html?q=printer")
    expect(page.locator(".kb-find__hit").first).to_be_visible()
    held = page.evaluate(HELD)
    assert not [url for urls in held.values() for url in urls if "?" in url]


def test_editions_stay_apart(sample: Path, context: BrowserContext) -> None:
    """Each edition keeps its own files under its own address, and answers for nothing else."""
    with served(sample) as address:
        visit(context, f"{address}/internal/en/cases/PRN-0001.html").close()
        page = visit(context, f"{address}/public/en/index.html")
        held = page.evaluate(HELD)
        scopes = page.evaluate(
            "navigator.serviceWorker.getRegistrations()"
            ".then((all) => all.map((each) => each.scope))"
        )
    assert sorted(scopes) == [f"{address}/internal/", f"{address}/public/"]
    for edition in ("internal", "public"):
        mine = {name for name in held if f"/{edition}/ " in name}
        assert mine
        for name in mine:
            assert all(url.startswith(f"{address}/{edition}/") for url in held[name])
    context.set_offline(True)
    with pytest.raises(Exception, match="ERR_"):
        page.goto(f"{address}/public/en/runbooks/RB-0002.html")


def test_a_new_version_takes_the_old_ones_place(
    sample: Path, context: BrowserContext, tmp_path: Path
) -> None:
    """A new page is shown at once; the old files go when the new ones are whole."""
    site = tmp_path / "site"
    shutil.copytree(sample / "public", site / "public")
    listed = site / "public" / "offline.js"
    home = site / "public" / "en" / "index.html"
    with served(site) as address:
        page = visit(context, f"{address}/public/en/index.html")
        (before,) = [name for name in page.evaluate(HELD) if not name.endswith(" read")]
        assert json.loads(listed.read_text("utf-8")[17:-2])["version"] in before
        home.write_text(home.read_text("utf-8").replace("</h1>", " anew</h1>"), "utf-8")
        listed.write_text(listed.read_text("utf-8").replace('"version":"', '"version":"2'), "utf-8")
        page.goto(f"{address}/public/en/index.html")
        expect(page.get_by_role("heading", level=1)).to_contain_text("anew")
        page.evaluate("navigator.serviceWorker.getRegistration().then((it) => it.update())")
        page.wait_for_timeout(500)
        for _ in range(40):
            names = [name for name in page.evaluate(HELD) if not name.endswith(" read")]
            if names != [before] and len(names) == 1:
                break
            page.wait_for_timeout(250)
        assert before not in names and len(names) == 1
    context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("anew")


def test_it_can_be_installed(sample: Path, context: BrowserContext) -> None:
    """The manifest names the edition, has a picture, and leads to the way in."""
    with served(sample) as address:
        page = visit(context, f"{address}/internal/de/index.html")
        link = page.locator("link[rel=manifest]").get_attribute("href")
        assert link == f"{address}/internal/manifest.json"
        errors = context.new_cdp_session(page).send("Page.getAppManifest")["errors"]
        assert errors == []
    told = json.loads((sample / "internal" / "manifest.json").read_text("utf-8"))
    assert (sample / "internal" / told["start_url"]).is_file()
    assert (sample / "internal" / told["icons"][0]["src"]).is_file()
    assert "内部" in told["name"]


def test_everything_listed_is_there(sample: Path) -> None:
    """The list names files of the site, search and styles among them, and no page of a record."""
    for edition in ("public", "internal"):
        text = (sample / edition / "offline.js").read_text("utf-8")
        files = json.loads(text.removeprefix("self.kbOffline = ").removesuffix(";\n"))["files"]
        assert [name for name in files if not (sample / edition / name).is_file()] == []
        assert {"assets/kb.css", "search/base.js", "zh/index.html"} <= set(files)
        assert not [name for name in files if "/cases/" in name]


def test_from_a_disk_there_is_no_worker(sample: Path, watched: Watched) -> None:
    """From a disk nothing is asked for and nothing complains."""
    page = watched.open((sample / "public" / "zh" / "index.html").as_uri())
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.locator("link[rel=manifest]").count() == 0
    watched.settle()
