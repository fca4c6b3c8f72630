"""What reading a page costs, beside plain mkdocs-material with the same Markdown pages.

    python bench/pages.py [--runs 9]

Both sites are made from our own `kb/` and served from this machine. A fresh Chromium context for
each visit, its processor slowed to a quarter; median and worst of largest contentful paint and of
total blocking time (what long tasks take beyond 50 ms), first visit, milliseconds. Bytes are those
of the page and of everything it fetches, compressed as a server would send them.

Material's web fonts are off, since they would come from another server; its search, navigation
and scripts are as they come.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import subprocess
import sys
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "google-chrome", "google-chrome-stable", "chrome")))
)
PAGES = ("index", "cases/PRN-0001", "guides/GD-0001", "codes/index")
CONFIG = """site_name: reference
docs_dir: {docs}
site_dir: {site}
use_directory_urls: false
theme: {{name: material, language: zh, font: false}}
markdown_extensions: [attr_list, toc]
"""
WATCH = """
window.seen = {lcp: 0, tbt: 0};
new PerformanceObserver((list) => list.getEntries().forEach((each) => {
  window.seen.lcp = each.startTime;
})).observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => list.getEntries().forEach((each) => {
  window.seen.tbt += Math.max(0, each.duration - 50);
})).observe({type: "longtask", buffered: true});
"""


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass


def visit(browser: Browser, address: str, folder: Path) -> tuple[float, float, int, int]:
    """Return paint (ms), blocking time (ms), bytes and number of files of a first visit."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, service_workers="block")
    page = context.new_page()
    page.add_init_script(WATCH)
    fetched: dict[str, int] = {}

    def note(url: str) -> None:
        file = folder / urlsplit(url).path.lstrip("/")
        if file.is_file():
            fetched[url] = len(gzip.compress(file.read_bytes()))

    page.on("request", lambda request: note(request.url))
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(address, wait_until="load")
    page.wait_for_timeout(2500)
    seen = page.evaluate("window.seen")
    context.close()
    return seen["lcp"], seen["tbt"], sum(fetched.values()), len(fetched)


def made(root: Path) -> dict[str, Path]:
    """Return the folders of both sites in Chinese, internal edition."""
    for name in ("kb", "templates"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "mkdocs.yml", root)
    build = [sys.executable, "-m", "generator", "build", "--only", "site", "--quiet"]
    subprocess.run(build, cwd=root, check=True, env={"PYTHONPATH": str(ROOT)}, timeout=600)
    docs, site = root / "build/pages/internal/zh", root / "reference"
    (root / "reference.yml").write_text(CONFIG.format(docs=docs, site=site), "utf-8")
    mkdocs = [sys.executable, "-m", "mkdocs", "build", "-q", "-f", str(root / "reference.yml")]
    subprocess.run(mkdocs, cwd=root, check=True, stderr=subprocess.DEVNULL, timeout=600)
    return {"tierbook": root / "build/site/internal", "mkdocs-material": site}


def measure(runs: int) -> None:
    """Print one line for each page and site."""
    with tempfile.TemporaryDirectory(prefix="tierbook-bench-") as name, sync_playwright() as play:
        sites = made(Path(name))
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        servers = {}
        for label, folder in sites.items():
            handler = partial(_Handler, directory=str(folder))
            servers[label] = ThreadingHTTPServer(("127.0.0.1", 0), handler)
            threading.Thread(target=servers[label].serve_forever, daemon=True).start()
        for page in PAGES:
            seen: dict[str, list[tuple[float, float, int, int]]] = {label: [] for label in sites}
            for _ in range(runs):
                for label, folder in sites.items():
                    inside = "zh/" if label == "tierbook" else ""
                    port = servers[label].server_port
                    address = f"http://127.0.0.1:{port}/{inside}{page}.html"
                    seen[label].append(visit(browser, address, folder))
            for label, visits in seen.items():
                inside = "zh/" if label == "tierbook" else ""
                html = (sites[label] / f"{inside}{page}.html").read_bytes()
                paints, blocks, sizes, counts = zip(*visits, strict=True)
                print(
                    f"{page:16} {label:16} paint {median(paints):5.0f} ms"
                    f" (worst {max(paints):5.0f})"
                    f"  blocked {median(blocks):5.0f} ms (worst {max(blocks):5.0f})"
                    f"  {max(sizes) / 1000:6.1f} kB in {max(counts)} files"
                    f"  HTML {len(html) / 1000:5.1f} kB",
                    flush=True,
                )
        browser.close()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=9)
    measure(arguments.parse_args().runs)
