"""Real headless Chromium over the site that is made from the project's own `kb/`."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from generator.build import make_site
from generator.loading import load
from generator.settings import Settings
from tests.conftest import FULL, ROOT, TODAY

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return Chromium; where there is none, skip aloud, and fail in CI."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    found = found or next((place for place in PLACES if Path(place).is_file()), None)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium in CI")
        pytest.skip("no Chromium or Chrome on this machine: browser tests did not run")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that holds the public and the internal site of our own `kb/`."""
    return made(ROOT / "kb", tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that holds the sites of the full sample: every field, small pages."""
    return made(FULL / "kb", tmp_path_factory.mktemp("sample"))


def made(kb: Path, root: Path, editions: tuple[str, ...] = ("public", "internal")) -> Path:
    """Return the folder of the sites that are made from `kb` in the folder `root`."""
    shutil.copytree(kb, root / "kb")
    shutil.copytree(ROOT / "templates", root / "templates")
    shutil.copy(ROOT / "mkdocs.yml", root)
    loaded = load(Settings(root, TODAY))
    assert loaded.knowledge is not None
    for profile in loaded.knowledge.organisation.editions:
        if profile.id in editions:
            assert not [
                each for each in make_site(loaded.knowledge, profile).findings if each.is_error
            ]
    return root / "build" / "site"


def kinds_of_page(site: Path) -> list[Path]:
    """Return one page of each kind in each folder below a site's language: the largest."""
    found: dict[tuple[str, bool], Path] = {}
    for page in sorted(site.rglob("*.html")):
        kind = (page.parent.name, page.stem.startswith("index"))
        if kind not in found or page.stat().st_size > found[kind].stat().st_size:
            found[kind] = page
    return list(found.values())


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Return where the sites are served, below the path `/kb/`."""
    with served(site) as found:
        yield found


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a folder below the path `/kb/` and give its address."""

    class Handler(SimpleHTTPRequestHandler):
        def translate_path(self, path: str) -> str:
            under = path.removeprefix("/kb") if path.startswith("/kb/") else "/nothing-here"
            return super().translate_path(under)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/kb"
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Watched:
    """A page, and everything that went wrong in it."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, address: str) -> Page:
        """Open an address and wait until it is at rest."""
        self.page.goto(address)
        return self.page

    def settle(self) -> None:
        """Fail where the page complained or asked the network for anything."""
        assert not self.complaints
        assert not self.requests


@pytest.fixture(params=[(1280, 900), (360, 740)], ids=["desktop", "phone"])
def watched(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """Return a page without network that notes every complaint and every request."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    context.set_offline(True)
    seen = Watched(context.new_page())
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    seen.page.on(
        "console",
        lambda message: (
            seen.complaints.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
    seen.page.on(
        "request",
        lambda asked: None if asked.url.startswith("file:") else seen.requests.append(asked.url),
    )
    yield seen
    context.close()
