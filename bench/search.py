#!/usr/bin/env python3
"""How good and how fast search is, through the index and the ranking that are shipped.

    python bench/search.py quality FOLDER [--sets NAME ...] [--queries N] [--browser] [--plain]
    python bench/search.py own
    python bench/search.py speed [--entries N ...] [--text FOLDER]

`quality` reads FOLDER/<set>/<language>/{corpus.jsonl,queries.jsonl,qrels.tsv} and prints MRR@10 and
recall@10 of each set and their means; with --browser also through search.js in Node. `speed` builds
indexes of generated entries and prints CPU seconds, memory, sizes and query times.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from generator.outputs.index import update_index  # noqa: E402
from generator.outputs.terminal import update_terminal_index  # noqa: E402
from generator.search.cache import IndexCache  # noqa: E402
from generator.search.entries import SearchEntry  # noqa: E402
from generator.search.glossary import Terms  # noqa: E402
from generator.search.indexing import search_terms  # noqa: E402
from generator.search.results import Index, open_index  # noqa: E402

sys.path.insert(0, str(Path(__file__).parent))
from own import TARGETS, THIRDS, OwnQuery, knowledge_of, missed, own_index, own_queries  # noqa: E402

NODE_SCRIPT = ROOT / "tests/unit/run_search_js.js"
SEARCH_SCRIPT = ROOT / "templates/theme/assets/search.js"


@dataclass(frozen=True)
class RetrievalSet:
    """Documents, queries and which documents answer them."""

    name: str
    entries: tuple[SearchEntry, ...]
    queries: tuple[tuple[str, str], ...]
    """(query id, text)."""
    relevant: dict[str, set[str]]


def read_set(folder: Path, most_queries: int) -> RetrievalSet:
    """Return one set; of its judged queries at most so many, drawn with a fixed seed."""
    relevant: dict[str, set[str]] = {}
    for line in (folder / "qrels.tsv").read_text("utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        if int(grade) > 0:
            relevant.setdefault(query, set()).add(document)
    rows = _json_lines(folder / "queries.jsonl")
    queries = [(str(row["id"]), str(row["text"])) for row in rows if row["id"] in relevant]
    random.Random(1).shuffle(queries)
    entries = tuple(_entry(row) for row in _json_lines(folder / "corpus.jsonl"))
    name = f"{folder.parent.name}/{folder.name}"
    return RetrievalSet(name, entries, tuple(queries[: most_queries or None]), relevant)


def _json_lines(path: Path) -> list[dict[str, str]]:
    """Return the objects of a file with one a line."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _entry(row: dict[str, str]) -> SearchEntry:
    """Return a document of a set; its own id says too much to be searched, so it is left out."""
    return SearchEntry(
        row["id"], row["lang"], "case", "", row["title"], (("rest", row["text"]),), ()
    )


def reciprocal_rank(found: Sequence[str], wanted: set[str]) -> float:
    """Return 1 / the rank of the first right document among ten, or 0."""
    return next((1 / rank for rank, name in enumerate(found[:10], 1) if name in wanted), 0.0)


def measure(retrieval: RetrievalSet, through_browser: bool, terms: Terms) -> list[float]:
    """Return MRR@10, recall@10, median milliseconds, and MRR@10 through search.js if asked for."""
    with tempfile.TemporaryDirectory() as folder, IndexCache(None) as cache:
        # Ids of a set are sentences in disguise; numbers in their place keep them out of the index.
        names = [entry.id for entry in sorted(retrieval.entries, key=lambda entry: entry.id)]
        number = {name: f"DOC-{place:06d}" for place, name in enumerate(names)}
        entries = [replace(entry, id=number[entry.id]) for entry in retrieval.entries]
        change = update_index(entries, cache, terms)
        update_terminal_index(Path(folder) / "terminal", cache, change.rows)
        ranks, recalls, times = [], [], []
        with open_index(Path(folder) / "terminal") as index:
            for query, text in retrieval.queries:
                begun = time.perf_counter()
                found = [names[int(hit.id[4:])] for hit in index.search(text).hits]
                times.append(1000 * (time.perf_counter() - begun))
                wanted = retrieval.relevant[query]
                ranks.append(reciprocal_rank(found, wanted))
                recalls.append(len(wanted.intersection(found)) / len(wanted))
        row = [statistics.mean(ranks), statistics.mean(recalls), statistics.median(times)]
        if through_browser:
            site = Path(folder) / "site"
            write_files(site, change.files)
            answers = ask_browser(site, [text for _, text in retrieval.queries])
            row.append(
                statistics.mean(
                    reciprocal_rank([names[int(i[4:])] for i in ids], retrieval.relevant[query])
                    for (query, _), ids in zip(retrieval.queries, answers, strict=True)
                )
            )
        return row


def write_files(site: Path, files: dict[str, bytes]) -> None:
    """Write the browser's index below a folder."""
    for path, body in files.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_bytes(body)


def ask_browser(site: Path, texts: Sequence[str]) -> list[list[str]]:
    """Return the ids that search.js finds for each text, best first."""
    task = {"site": str(site), "lean": True, "queries": [{"text": text} for text in texts]}
    command = [shutil.which("node") or "node", str(NODE_SCRIPT), str(SEARCH_SCRIPT)]
    done = subprocess.run(
        command, input=json.dumps(task), capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        sys.exit(done.stderr)
    answers: list[list[str]] = json.loads(done.stdout)
    return answers


def quality(
    folder: Path, wanted: Sequence[str], queries: int, through_browser: bool, plain: bool
) -> None:
    """Print the measures of each set that is there."""
    terms = {} if plain else search_terms(knowledge_of(ROOT).vocabulary)
    folders = sorted(path.parent for path in folder.glob("*/*/corpus.jsonl"))
    folders = [
        path
        for path in folders
        if not wanted or f"{path.parent.name}/{path.name}".startswith(tuple(wanted))
    ]
    if not folders:
        print(f"SKIPPED: no retrieval sets in {folder}")
        return
    heads = ["mrr@10", "rec@10", "ms p50", *(["browser"] if through_browser else [])]
    print(f"{'set':26}{'queries':>8}" + "".join(f"{head:>9}" for head in heads))
    rows: list[list[float]] = []
    for path in folders:
        retrieval = read_set(path, queries)
        rows.append(measure(retrieval, through_browser, terms))
        numbers = "".join(f"{value:9.4f}" for value in rows[-1])
        print(f"{retrieval.name:26}{len(retrieval.queries):8}{numbers}", flush=True)
    means = "".join(f"{statistics.mean(column):9.4f}" for column in zip(*rows, strict=True))
    print(f"{'mean':26}{sum(1 for _ in rows):8}{means}")


def own() -> None:
    """Print how many of our own queries find a right record among the first five."""
    queries = own_queries()
    with own_index(knowledge_of(ROOT)) as (index, _):
        wrong = missed(index, queries)
    for query, ids in wrong:
        wanted = " ".join(sorted(query.wanted))
        told = f"{query.language}  {query.third:7} {query.text}"
        print(f"{told}  wanted {wanted}, found {' '.join(ids) or 'nothing'}")
    print(f"{'':4}{'':13}{'':9}target" + "".join(f"{third:>18}" for third in THIRDS))
    for language, target in TARGETS.items():
        asked = [query for query in queries if query.language == language]
        lost = [query for query, _ in wrong if query.language == language]
        parts = (_share(asked, lost, third) for third in THIRDS)
        print(f"{language:4}{_share(asked, lost, '')}{target:9.0%}" + "".join(parts))


def _share(asked: Sequence[OwnQuery], lost: Sequence[OwnQuery], third: str) -> str:
    """Return how many queries of a third, or of all, found a right record."""
    count = sum(third in ("", query.third) for query in asked)
    right = count - sum(third in ("", query.third) for query in lost)
    return f"{right:4} /{count:4} {right / count:7.1%}"


def generated(count: int, sources: Sequence[str]) -> Iterator[SearchEntry]:
    """Yield entries of about 2,000 characters, sentences of the sources mixed by a fixed seed."""
    chance = random.Random(7)
    for number in range(count):
        sentences: list[str] = []
        while sum(map(len, sentences)) < 2000:
            sentences.append(chance.choice(sources))
        text = "\n".join(sentences)[:2000]
        fields = (
            ("symptoms", text[:200]),
            ("error_codes", f"0x{chance.randrange(1 << 32):08X}"),
            ("resolution", text[200:600]),
            ("rest", text[600:]),
        )
        kind = ("issue_type", (chance.choice(["printing", "network", "windows", "mail"]),))
        name = f"GEN-{number:05d}"
        title = chance.choice(sources)[:60]
        yield SearchEntry(name, "zh", "case", f"zh/cases/{name}.html", title, fields, (kind,))


def read_sources(folder: Path) -> list[str]:
    """Return sentences of the Chinese, English and German texts of the sets, a made row if none."""
    lines: list[str] = []
    for language in ("alchemy_title/zh-cn", "alchemy_title/en", "alchemy_title/de"):
        path = folder / language / "corpus.jsonl"
        if path.is_file():
            for row in _json_lines(path):
                lines.extend(line for line in row["text"].splitlines() if 10 < len(line) < 400)
    if lines:
        return lines
    print(f"SKIPPED: no texts in {folder}, words are made up", file=sys.stderr)
    chance = random.Random(3)
    letters = "abcdefghijklmnopqrstuvwxyz打印机显示脱机网络连接失败无法登录系统错误"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(20000)]
    return [" ".join(chance.choices(words, k=20)) for _ in range(5000)]


def speed(counts: Sequence[int], folder: Path) -> None:
    """Print what building, updating and asking costs at each size."""
    sources = read_sources(folder)
    for count in counts:
        entries = list(generated(count, sources))
        with tempfile.TemporaryDirectory() as made:
            for name, value in _speed_row(entries, Path(made)).items():
                print(f"{count:>7} {name:44}{value:>12.2f}", flush=True)


def _speed_row(entries: list[SearchEntry], folder: Path) -> dict[str, float]:
    """Return the figures of one size by name."""
    row: dict[str, float] = {}
    characters = sum(len(text) for entry in entries for _, text in entry.fields)
    with IndexCache(folder / "cache") as cache:
        begun = time.process_time()
        change = update_index(entries, cache)
        cache.commit()
        row["browser index, build, CPU s"] = time.process_time() - begun
        begun = time.process_time()
        update_terminal_index(folder / "terminal", cache, change.rows)
        row["terminal index, build, CPU s"] = time.process_time() - begun
    size = sum(map(len, change.files.values()))
    row["browser index, MB"] = size / 1e6
    row["browser index, files"] = len(change.files)
    row["browser index, bytes a character"] = size / characters
    row["peak memory so far, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    field = entries[3].fields[0]
    edited = replace(
        entries[3], fields=((field[0], field[1] + " 重启打印服务"), *entries[3].fields[1:])
    )
    begun = time.perf_counter()
    with IndexCache(folder / "cache") as cache:
        change = update_index([*entries[:3], edited, *entries[4:]], cache)
        row["one entry edited, browser index, ms"] = 1000 * (time.perf_counter() - begun)
        begun = time.perf_counter()
        update_terminal_index(folder / "terminal", cache)
        row["one entry edited, terminal index, ms"] = 1000 * (time.perf_counter() - begun)
        cache.commit()
    changed = sum(map(len, change.files.values()))
    row["one entry edited, files"] = len(change.files)
    row["one entry edited, % of the index"] = 100 * changed / size
    with open_index(folder / "terminal") as index:
        row.update(_query_times(index, entries))
    return row


def _query_times(index: Index, entries: Sequence[SearchEntry]) -> dict[str, float]:
    """Return milliseconds for queries cut out of the entries' texts."""
    chance = random.Random(5)
    times: list[float] = []
    index.search("0x7b")
    for _ in range(60):
        text = chance.choice(entries).fields[2][1]
        start = chance.randrange(max(1, len(text) - 24))
        begun = time.perf_counter()
        index.search(text[start : start + chance.randint(4, 24)])
        times.append(1000 * (time.perf_counter() - begun))
    times.sort()
    return {"query, terminal, warm, p50 ms": times[30], "query, terminal, warm, p95 ms": times[57]}


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    actions = parser.add_subparsers(dest="action", required=True)
    first = actions.add_parser("quality")
    first.add_argument("folder", type=Path)
    first.add_argument("--sets", nargs="*", default=[])
    first.add_argument("--queries", type=int, default=0)
    first.add_argument("--browser", action="store_true")
    first.add_argument("--plain", action="store_true", help="without our glossary")
    actions.add_parser("own")
    second = actions.add_parser("speed")
    second.add_argument("--entries", nargs="*", type=int, default=[500, 5000])
    second.add_argument("--text", type=Path, default=Path("sets"))
    given = parser.parse_args()
    if given.action == "quality":
        quality(given.folder, given.sets, given.queries, given.browser, given.plain)
    elif given.action == "own":
        own()
    else:
        speed(given.entries, given.text)


if __name__ == "__main__":
    main()
