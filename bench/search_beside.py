#!/usr/bin/env python3
"""Our search beside Material's own and Pagefind's, on the same records.

    python bench/search_beside.py FOLDER --tools BIN [--records N] [--queries N] [--kept FOLDER]
        [--chromium PATH]

Takes records of the set alchemy_title in FOLDER, as many of each of four languages, builds a plain
Material for MkDocs site of them, indexes its pages with Pagefind and the same texts with ours, and
asks all three the records' titles, which none of them has, in Chromium over local HTTP. SQLite FTS5
and tantivy answer the same queries without a browser. Prints MRR@10 by language, the milliseconds
from navigation to the first hit, the files and bytes of the search read until then, and the size of
the index.

BIN is the `bin` of an environment with `mkdocs-material`, `jieba` (Material then cuts Chinese into
words) and `pagefind[extended]`; none of them is part of this project. What is missing is skipped
aloud. Pagefind searches one language, that of the page, which makes its task a quarter of ours.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
from generator.outputs.index import update_index  # noqa: E402
from generator.search.cache import IndexCache  # noqa: E402
from generator.search.entries import SearchEntry  # noqa: E402
from search import read_set, reciprocal_rank, write_files  # noqa: E402
from search_browser import ASSETS, CHROMIUM, PAGE, SCRIPTS, Browser, sync_playwright  # noqa: E402
from search_engines import ENGINES  # noqa: E402

LANGUAGES = ("zh-cn", "en", "de", "th")
COLD_RUNS = 8
LONGEST = 40_000
"""Milliseconds after which a page has no hit to show."""
MKDOCS = """\
site_name: Beside
use_directory_urls: false
theme: {name: material, language: en, font: false}
plugins: [{search: {lang: [en, de, zh, th]}}]
nav: [index.md]
validation: {omitted_files: ignore}
"""
FIND = """\
<!doctype html><html lang="LANG"><head><meta charset="utf-8"><title>find</title></head><body>
<ul></ul>
<script type="module">
  const finder = await import("./pagefind/pagefind.js");
  window.ask = async (query) => {
    const found = await finder.search(query);
    return Promise.all(found.results.slice(0, 10).map((each) => each.data()));
  };
  const asked = new URLSearchParams(location.search).get("q");
  for (const hit of asked ? await ask(asked) : []) {
    const row = document.createElement("li");
    row.textContent = hit.meta.title + hit.excerpt;
    document.querySelector("ul").append(row);
  }
  window.ready = true;
</script></body></html>
"""
WORKER = """
const Real = window.Worker;
window.Worker = class extends Real {
  constructor(...given) {
    super(...given);
    window.finder = this;
    this.addEventListener("message", ({data}) => {
      if (data.type === 1) window.ready = true;
      if (data.type === 3 && window.answer) window.answer(data.data.items || []);
    });
  }
};
window.ask = (query) => new Promise((resolve) => {
  window.answer = (items) => resolve(items.slice(0, 10).map((each) => [].concat(each)[0].location));
  finder.postMessage({type: 2, data: query});
});
"""
FIRST = """
window.first = new Promise((resolve) => {
  const look = () => document.querySelector("SELECTOR")
    ? resolve(performance.now()) : requestAnimationFrame(look);
  look();
  setTimeout(() => resolve(null), LIMIT);
});
"""


@dataclass(frozen=True)
class Asked:
    """Records and the queries that each has one right answer among them."""

    entries: tuple[SearchEntry, ...]
    queries: tuple[tuple[str, str, frozenset[str]], ...]
    """(language, text, ids that are right)."""


@dataclass(frozen=True)
class Peer:
    """How a page of one search is opened, asked and watched."""

    name: str
    page: str
    """Path below the site, `LANG` standing for the language."""
    script: str
    """Runs before the page's own."""
    ask: str
    """A function of the query; gives a promise of addresses or ids, best first."""
    hit: str
    """Selects what shows a hit."""
    parts: tuple[str, ...]
    """Beginnings of the paths that belong to the search, below the site."""


PEERS = (
    Peer(
        "ours",
        "ours/index.html",
        "",
        "(q) => kbSearch.load(new URL('./', location.href).href).then(() => kbSearch.query(q))"
        ".then((found) => found.hits.map((hit) => hit.id))",
        "li .kb-search__snippet",
        ("ours/search",),
    ),
    Peer(
        "Pagefind",
        "find-LANG.html",
        "",
        "(q) => ask(q).then((found) => found.map((hit) => hit.url))",
        "li",
        ("pagefind/",),
    ),
    Peer(
        "Material",
        "index.html",
        WORKER,
        "(q) => ask(q)",
        ".md-search-result__item",
        ("search/", "assets/javascripts/workers", "assets/javascripts/lunr"),
    ),
)


def read_records(folder: Path, records: int, queries: int) -> Asked:
    """Return the first records of each language, renamed, and queries drawn with a fixed seed."""
    entries: list[SearchEntry] = []
    asked: list[tuple[str, str, frozenset[str]]] = []
    for language in LANGUAGES:
        retrieval = read_set(folder / "alchemy_title" / language, 0)
        begun = len(entries)
        chosen = sorted(retrieval.entries, key=lambda entry: entry.id)[: records // len(LANGUAGES)]
        names = {entry.id: f"DOC-{begun + place:06d}" for place, entry in enumerate(chosen)}
        entries += [replace(entry, id=names[entry.id]) for entry in chosen]
        rows = [
            (language, text, frozenset(names[each] for each in retrieval.relevant[query]))
            for query, text in retrieval.queries
            if retrieval.relevant[query] <= names.keys()
        ]
        asked += rows[: queries // len(LANGUAGES)]
    return Asked(tuple(entries), tuple(asked))


def build_sites(asked: Asked, root: Path, tools: Path) -> dict[str, float]:
    """Make all that is asked below `root/site`; return CPU seconds by name."""
    spent: dict[str, float] = {}
    site = root / "site"
    (root / "docs").mkdir(parents=True, exist_ok=True)
    (root / "mkdocs.yml").write_text(MKDOCS, "utf-8")
    (root / "docs/index.md").write_text("# Beside\n", "utf-8")
    for entry in asked.entries:
        text = entry.fields[0][1].replace("<", "&lt;")
        (root / f"docs/{entry.id}.md").write_text(f"# {entry.id}\n\n{text}\n", "utf-8")
    _run("Material", [str(tools / "mkdocs"), "build", "-q"], root, spent)
    for entry in asked.entries:
        page = site / f"{entry.id}.html"
        if page.is_file():
            html = page.read_text("utf-8")
            page.write_text(
                html.replace('<html lang="en"', f'<html lang="{entry.language}"', 1), "utf-8"
            )
    site.mkdir(exist_ok=True)
    for language in LANGUAGES:
        (site / f"find-{language}.html").write_text(FIND.replace("LANG", language), "utf-8")
    command = [str(tools / "python"), "-m", "pagefind", "--site", "site"]
    _run("Pagefind", [*command, "--root-selector", "article", "-q"], root, spent)
    begun = time.process_time()
    with IndexCache(None) as cache:
        write_files(site / "ours", update_index(asked.entries, cache).files)
    spent["ours"] = time.process_time() - begun
    for name in SCRIPTS:
        shutil.copy(ASSETS / name, site / "ours" / name)
    tags = "\n".join(f'<script src="{name}"></script>' for name in SCRIPTS)
    (site / "ours/index.html").write_text(PAGE.replace("SCRIPTS", tags), "utf-8")
    (root / "spent.json").write_text(json.dumps(spent), "utf-8")
    return spent


def _run(name: str, command: Sequence[str], folder: Path, spent: dict[str, float]) -> None:
    """Run a command and note its CPU seconds; say so where it cannot run."""
    clock = "import os, subprocess, sys; done = subprocess.run(sys.argv[1:], stdout=2); "
    clock += "used = os.times(); print(used[2] + used[3]); sys.exit(done.returncode)"
    done = subprocess.run(
        [sys.executable, "-c", clock, *command],
        cwd=folder,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        print(f"SKIPPED: {name}: {' '.join(command)} failed", file=sys.stderr)
    else:
        spent[name] = float(done.stdout)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine and give its address."""

    class Handler(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


def found_by(browser: Browser, peer: Peer, address: str, asked: Asked) -> list[list[str]]:
    """Return the ids that a search finds for each query, best first."""
    answers: list[list[str]] = []
    pages: dict[str, Any] = {}
    for language, text, _ in asked.queries:
        path = peer.page.replace("LANG", language)
        if path not in pages:
            pages[path] = browser.new_page()
            pages[path].set_default_timeout(300_000)
            pages[path].add_init_script(peer.script)
            pages[path].goto(address + path)
            if peer.name != "ours":
                pages[path].wait_for_function("window.ready")
        found = pages[path].evaluate(peer.ask, text)
        ids = [name for each in found for name in re.findall(r"DOC-\d{6}", each)]
        answers.append(list(dict.fromkeys(ids)))
    for page in pages.values():
        page.close()
    return answers


def first_hits(browser: Browser, peer: Peer, address: str, asked: Asked) -> list[tuple[float, int]]:
    """Return (milliseconds to the first hit, bytes of the search read until then), cold."""
    rows = []
    step = max(1, len(asked.queries) // COLD_RUNS)
    for language, text, _ in asked.queries[::step][:COLD_RUNS]:
        context = browser.new_context()
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.add_init_script(FIRST.replace("SELECTOR", peer.hit).replace("LIMIT", str(LONGEST)))
        sizes: list[int] = []

        def note(response: Any, sizes: list[int] = sizes) -> None:
            path = urlsplit(response.url).path[1:]
            if path.startswith(peer.parts):
                sizes.append(int(response.headers.get("content-length", 0)))

        context.on("response", note)
        page.goto(
            f"{address}{peer.page.replace('LANG', language)}?q={quote(text)}", wait_until="commit"
        )
        shown = page.evaluate("first")
        if shown is not None:
            rows.append((float(shown), sum(sizes)))
        context.close()
    return rows


def index_size(peer: Peer, site: Path) -> float:
    """Return the megabytes of all files that belong to a search."""
    paths = (path for path in site.rglob("*") if path.is_file())
    own = (path for path in paths if path.relative_to(site).as_posix().startswith(peer.parts))
    return sum(path.stat().st_size for path in own) / 1e6


def mrr(asked: Asked, answers: Sequence[Sequence[str]]) -> str:
    """Return MRR@10 of each language and of all."""
    rows: dict[str, list[float]] = {language: [] for language in LANGUAGES}
    for (language, _, right), found in zip(asked.queries, answers, strict=True):
        rows[language].append(reciprocal_rank(found, set(right)))
    values = [statistics.mean(row) for row in rows.values() if row]
    every = statistics.mean(value for row in rows.values() for value in row)
    return "".join(f"{value:8.3f}" for value in [*values, every])


def ask_engines(asked: Asked) -> None:
    """Print what the engines without a browser find."""
    for name, build in ENGINES.items():
        with tempfile.TemporaryDirectory() as made:
            try:
                ask = build(asked.entries, Path(made))
            except ImportError as error:
                print(f"{name:26}SKIPPED: {error}", flush=True)
                continue
            print(f"{name:26}{mrr(asked, [ask(text) for _, text, _ in asked.queries])}", flush=True)


def ask_browser(executable: str, asked: Asked, site: Path, spent: Mapping[str, float]) -> None:
    """Print what each search in the browser finds, how soon, and what it reads."""
    with sync_playwright() as playwright, served(site) as address:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        for peer in PEERS:
            if peer.name not in spent:
                print(f"{peer.name:26}SKIPPED: it was not built")
                continue
            found = mrr(asked, found_by(browser, peer, address, asked))
            rows = first_hits(browser, peer, address, asked)
            middle = statistics.median(time for time, _ in rows)
            read = statistics.median(size for _, size in rows) / 1000
            size = index_size(peer, site)
            line = f"{middle:10.0f}{read:10.0f}{size:10.1f}{spent[peer.name]:10.1f}"
            print(f"{peer.name:26}{found}{line}", flush=True)
        browser.close()


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tools", type=Path, required=True)
    parser.add_argument("--records", type=int, default=5_000)
    parser.add_argument("--queries", type=int, default=400)
    parser.add_argument("--kept", type=Path, help="where the sites are kept for the next run")
    parser.add_argument("--chromium", default=next(filter(None, map(shutil.which, CHROMIUM)), None))
    given = parser.parse_args()
    if not (given.folder / "alchemy_title").is_dir():
        sys.exit(f"SKIPPED: no alchemy_title in {given.folder}")
    asked = read_records(given.folder, given.records, given.queries)
    print(f"{len(asked.entries)} records, {len(asked.queries)} queries")
    heads = "".join(f"{head:>8}" for head in [*LANGUAGES, "all"])
    print(f"{'mrr@10':26}{heads}{'first ms':>10}{'KB read':>10}{'index MB':>10}{'CPU s':>10}")
    with tempfile.TemporaryDirectory() as made:
        root = (given.kept or Path(made)).resolve()
        known = root / "spent.json"
        spent = json.loads(known.read_text()) if known.is_file() else None
        spent = spent or build_sites(asked, root, given.tools.resolve())
        if given.chromium:
            ask_browser(given.chromium, asked, root / "site", spent)
        else:
            print("SKIPPED: no Chromium on this machine")
    ask_engines(asked)


if __name__ == "__main__":
    main()
