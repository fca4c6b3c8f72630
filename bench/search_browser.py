#!/usr/bin/env python3
"""How fast search answers in Chromium from `file://`, and what it reads and keeps.

    python bench/search_browser.py [--entries N] [--text FOLDER] [--rounds N] [--index FOLDER]
        [--chromium PATH]

Builds the browser's index of generated entries (as `search.py speed` does), lays it beside the
shipped scripts in an otherwise empty page, and prints

- cold: a new browser context, navigation begun until the hits of `?q=…` stand in the list;
- warm: queries typed letter by letter, each key press until its hits stand in the list;
- the JavaScript heap after 100 queries and a garbage collection;
- the files and bytes of one query, and the bytes of the index a character of text.

The queries are those of the retrieval sets the texts come from. The files are in the system's
cache. Each time is the least of the medians (or 95th percentiles) of the rounds, because other work
on the machine only ever adds to it; the worst round stands beside it.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

try:
    from playwright.sync_api import Browser, Page, sync_playwright
except ImportError:
    sys.exit("SKIPPED: playwright is not installed")

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
from generator.outputs.index import update_index  # noqa: E402
from generator.search.cache import IndexCache  # noqa: E402
from generator.search.indexing import search_terms  # noqa: E402
from own import knowledge_of  # noqa: E402
from search import ROOT, generated, read_set, read_sources, write_files  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

ASSETS = ROOT / "templates/theme/assets"
SCRIPTS = ("search.js", "search-missing.js", "search-ui.js")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PAGE = """\
<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>search</title></head><body>
<div data-search data-base="./" data-language="zh" data-found="{count}" data-none="none"
 data-failed="failed" data-label="search" data-placeholder=""></div>
SCRIPTS
</body></html>
"""
WATCH = """
window.kbSeen = {pressed: 0, shown: [], waiting: null};
addEventListener("input", () => { kbSeen.pressed = performance.now(); kbSeen.shown = []; }, true);
addEventListener("DOMContentLoaded", () => {
  const status = document.querySelector("[data-search] p");
  new MutationObserver(() => {
    if (!status.textContent) return;
    kbSeen.shown.push(performance.now());
    if (kbSeen.waiting) kbSeen.waiting();
  }).observe(status, {childList: true, characterData: true, subtree: true});
});
window.kbShown = () => new Promise((resolve) => {
  const look = () => {
    if (kbSeen.shown.length) resolve([kbSeen.shown[0], kbSeen.shown[0] - kbSeen.pressed]);
    else kbSeen.waiting = look;
  };
  look();
});
"""
COLD_RUNS = 15
KEYS = 240
HEAP_QUERIES = 100


@dataclass(frozen=True)
class Laid:
    """A folder with the page and its index."""

    folder: Path
    queries: tuple[str, ...]

    def address(self, query: str = "") -> str:
        """Return the page's address, with a query to begin with."""
        return (self.folder / "index.html").as_uri() + (f"?q={quote(query)}" if query else "")


def lay(folder: Path, entries: int, text: Path) -> Laid:
    """Build the index unless it is there, and put the page and the scripts beside it."""
    if not (folder / "search/base.js").is_file():
        terms = search_terms(knowledge_of(ROOT).vocabulary)
        made = generated(entries, read_sources(text))
        with IndexCache(None) as cache:
            write_files(folder, update_index(made, cache, terms).files)
    for name in SCRIPTS:
        shutil.copy(ASSETS / name, folder / name)
    tags = "\n".join(f'<script src="{name}"></script>' for name in SCRIPTS)
    (folder / "index.html").write_text(PAGE.replace("SCRIPTS", tags), "utf-8")
    return Laid(folder, tuple(read_queries(text)))


def read_queries(text: Path) -> list[str]:
    """Return queries of the sets, the three languages by turns, in an order that never changes."""
    columns = []
    for language in ("zh-cn", "en", "de"):
        path = text / "alchemy_title" / language
        columns.append([query for _, query in read_set(path, 0).queries] if path.is_dir() else [])
    queries = [query for row in zip(*columns, strict=False) for query in row if query]
    return queries or ["打印机 脱机", "cannot print", "Drucker offline", "0x7b"] * 40


def cold(browser: Browser, laid: Laid, queries: Sequence[str]) -> list[float]:
    """Return milliseconds from the start of navigation to hits, one new context a query."""
    times = []
    for query in queries:
        with _page(browser) as page:
            page.goto(laid.address(query), wait_until="commit")
            times.append(page.evaluate("kbShown()")[0])
    return times


def warm(browser: Browser, laid: Laid, queries: Sequence[str], keys: int) -> list[float]:
    """Return milliseconds from each key press to its hits, queries typed one after another."""
    times: list[float] = []
    with _page(browser) as page:
        page.goto(laid.address())
        page.focus("input")
        for query in queries:
            page.fill("input", "")
            for letter in query:
                page.keyboard.insert_text(letter)
                if letter.strip():
                    times.append(page.evaluate("kbShown()")[1])
            if len(times) >= keys:
                break
    return times


def heap(browser: Browser, laid: Laid, queries: Sequence[str]) -> float:
    """Return megabytes of JavaScript heap that are left after the queries."""
    with _page(browser) as page:
        page.goto(laid.address())
        for query in queries:
            page.fill("input", query)
            page.evaluate("kbShown()")
        session = page.context.new_cdp_session(page)
        session.send("HeapProfiler.collectGarbage")
        return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


def reading(browser: Browser, laid: Laid, queries: Sequence[str]) -> list[tuple[int, int]]:
    """Return (files, bytes) of the index that each query reads in a page that was just opened."""
    rows = []
    for query in queries:
        with _page(browser) as page:
            asked: list[str] = []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.goto(laid.address(query))
            page.evaluate("kbShown()")
            names = [url.split("/search/")[1] for url in asked if "/search/" in url]
            sizes = [(laid.folder / "search" / name).stat().st_size for name in names]
            rows.append((len(names), sum(sizes)))
    return rows


@contextmanager
def _page(browser: Browser) -> Iterator[Page]:
    """Give a page of a new context that notes when hits are shown."""
    context = browser.new_context()
    context.add_init_script(WATCH)
    try:
        yield context.new_page()
    finally:
        context.close()


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of the values does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def run(browser: Browser, laid: Laid, rounds: int) -> dict[str, str]:
    """Return the figures by name."""
    cold_rounds, warm_rounds, heaps = [], [], []
    for number in range(rounds):
        asked = laid.queries[number * 50 :]
        cold_rounds.append(cold(browser, laid, asked[:COLD_RUNS]))
        warm_rounds.append(warm(browser, laid, asked[COLD_RUNS:], KEYS))
        heaps.append(heap(browser, laid, (laid.queries * HEAP_QUERIES)[:HEAP_QUERIES]))
    read = reading(browser, laid, laid.queries[:COLD_RUNS])
    base = sum((laid.folder / f"search/{name}.js").stat().st_size for name in ("base", "terms"))
    files, bytes_read = zip(*read, strict=True)
    return {
        "cold start to hits, p50 ms": _least([percentile(row, 0.5) for row in cold_rounds]),
        "cold start to hits, p95 ms": _least([percentile(row, 0.95) for row in cold_rounds]),
        "key press to hits, p50 ms": _least([percentile(row, 0.5) for row in warm_rounds]),
        "key press to hits, p95 ms": _least([percentile(row, 0.95) for row in warm_rounds]),
        "heap after 100 queries, MB": _least(heaps),
        "files of one query, base among them": f"{statistics.median(files):.0f}",
        "KB of one query, base among them": f"{statistics.median(bytes_read) / 1000:.0f}",
        "KB of one query, most": f"{max(bytes_read) / 1000:.0f}",
        "KB of base and glossary": f"{base / 1000:.0f}",
    }


def _least(values: Sequence[float]) -> str:
    """Return the least value of the rounds, and the greatest."""
    return f"{min(values):.1f} (worst round {max(values):.1f})"


def sizes(laid: Laid, entries: int, text: Path) -> dict[str, str]:
    """Return what the index takes on disk, beside the characters of the texts it holds."""
    files = [path.stat().st_size for path in laid.folder.glob("search/**/*.js")]
    made = generated(entries, read_sources(text))
    characters = sum(len(part) for entry in made for _, part in entry.fields)
    return {
        "index, MB": f"{sum(files) / 1e6:.1f}",
        "index, files": str(len(files)),
        "index, bytes a character": f"{sum(files) / characters:.3f}",
    }


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--text", type=Path, default=Path("sets"))
    parser.add_argument("--chromium", help="the browser to run instead of the one that is found")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--index", type=Path, help="where the index is kept for the next run")
    given = parser.parse_args()
    found = given.chromium or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        sys.exit("SKIPPED: no Chromium on this machine")
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        laid = lay(given.index or Path(made), given.entries, given.text)
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        rows = {**run(browser, laid, given.rounds), **sizes(laid, given.entries, given.text)}
        browser.close()
    for name, value in rows.items():
        print(f"{given.entries:>7} {name:40} {value}")


if __name__ == "__main__":
    main()
