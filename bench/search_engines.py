#!/usr/bin/env python3
"""The engine under `kb search` beside SQLite FTS5 with trigrams and tantivy, on the same entries.

    python bench/search_engines.py [--entries N ...] [--text FOLDER]

Prints for each the CPU seconds and megabytes of an index of generated entries and the milliseconds
of a warm query: its first ten, with their titles. Queries are cut out of the entries' texts. The
others get no snippets, filters, near spellings or glossary; ours makes all of them. `tantivy` comes
from PyPI; what is missing is skipped aloud.
"""

from __future__ import annotations

import argparse
import random
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
from generator.outputs.index import update_index  # noqa: E402
from generator.outputs.terminal import update_terminal_index  # noqa: E402
from generator.search.cache import IndexCache  # noqa: E402
from generator.search.entries import SearchEntry  # noqa: E402
from generator.search.results import open_index  # noqa: E402
from search import generated, read_sources  # noqa: E402

Ask = Callable[[str], list[str]]
"""Returns the ids of the ten entries that answer a query best, best first."""
QUERIES = 120


def text_of(entry: SearchEntry) -> str:
    """Return what an entry says, its title apart."""
    return "\n".join(text for _, text in entry.fields)


def ours(entries: Sequence[SearchEntry], folder: Path) -> Ask:
    """Build the terminal's index and open it."""
    with IndexCache(None) as cache:
        update_index(entries, cache)
        update_terminal_index(folder / "terminal", cache)
    index = open_index(folder / "terminal")
    return lambda query: [hit.id for hit in index.search(query).hits]


def sqlite_trigrams(entries: Sequence[SearchEntry], folder: Path) -> Ask:
    """Fill an FTS5 table with trigrams; a query is its words, any of them, ranked by BM25."""
    store = sqlite3.connect(folder / "fts5.db")
    store.execute(
        "create virtual table entry using fts5(id unindexed, title, body, tokenize=trigram)"
    )
    rows = ((entry.id, entry.title, text_of(entry)) for entry in entries)
    store.executemany("insert into entry values (?, ?, ?)", rows)
    store.commit()
    asked = "select id, title from entry where entry match ? order by rank limit 10"

    def ask(query: str) -> list[str]:
        words = [word for word in re.findall(r"\w+", query) if len(word) > 2]
        # Scripts without spaces give one long word, so its own trigrams are asked for.
        parts = [
            part for word in words for part in (_grams(word, 3) if not word.isascii() else [word])
        ]
        match = " OR ".join(f'"{part}"' for part in parts)
        return [row[0] for row in store.execute(asked, (match,))] if match else []

    return ask


def _grams(word: str, size: int) -> list[str]:
    """Return each run of so many characters of a word."""
    return [word[place : place + size] for place in range(len(word) - size + 1)]


def tantivy_grams(entries: Sequence[SearchEntry], folder: Path) -> Ask:
    """Fill a tantivy index with pairs and triples of characters; a query is any of its own."""
    import tantivy  # noqa: PLC0415

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("title", stored=True, tokenizer_name="grams", index_option="freq")
    builder.add_text_field("body", tokenizer_name="grams", index_option="freq")
    place = folder / "tantivy"
    place.mkdir()
    schema = builder.build()
    index = tantivy.Index(schema, path=str(place))
    analyser = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.ngram(2, 3))
    index.register_tokenizer("grams", analyser.filter(tantivy.Filter.lowercase()).build())
    writer = index.writer(heap_size=100_000_000, num_threads=1)
    for entry in entries:
        writer.add_document(
            tantivy.Document(id=[entry.id], title=[entry.title], body=[text_of(entry)])
        )
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def ask(query: str) -> list[str]:
        words = [word.lower() for word in re.findall(r"\w+", query)]
        grams = {gram for word in words for size in (2, 3) for gram in _grams(word, size)}
        parts = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, field, gram))
            for gram in sorted(grams)
            for field in ("title", "body")
        ]
        hits = searcher.search(tantivy.Query.boolean_query(parts), 10, count=False).hits
        return [searcher.doc(address)["id"][0] for _, address in hits]

    return ask


ENGINES: dict[str, Callable[[Sequence[SearchEntry], Path], Ask]] = {
    "kb search": ours,
    "SQLite FTS5, trigram": sqlite_trigrams,
    "tantivy, 2- and 3-grams": tantivy_grams,
}


def cut_queries(entries: Sequence[SearchEntry]) -> list[str]:
    """Return pieces of 4 to 24 characters out of the entries' texts."""
    chance = random.Random(5)
    pieces = []
    for _ in range(QUERIES):
        text = text_of(chance.choice(entries))
        start = chance.randrange(max(1, len(text) - 24))
        pieces.append(text[start : start + chance.randint(4, 24)])
    return pieces


def measure(entries: Sequence[SearchEntry], name: str) -> str:
    """Return one line of figures of one engine."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        begun = time.process_time()
        ask = ENGINES[name](entries, folder)
        cpu = time.process_time() - begun
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        queries = cut_queries(entries)
        times = []
        for query in ["0x7b", *queries]:
            begun = time.perf_counter()
            ask(query)
            times.append(1000 * (time.perf_counter() - begun))
        times = sorted(times[1:])
    middle, high = times[len(times) // 2], times[int(0.95 * len(times))]
    return f"{cpu:12.1f}{size / 1e6:10.1f}{middle:10.1f}{high:10.1f}"


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entries", nargs="*", type=int, default=[500, 5_000, 20_000])
    parser.add_argument("--text", type=Path, default=Path("sets"))
    given = parser.parse_args()
    sources = read_sources(given.text)
    print(f"{'entries':>7} {'engine':26}{'build CPU s':>12}{'MB':>10}{'p50 ms':>10}{'p95 ms':>10}")
    for count in given.entries:
        entries = list(generated(count, sources))
        for name in ENGINES:
            try:
                print(f"{count:>7} {name:26}{measure(entries, name)}", flush=True)
            except ImportError as error:
                print(f"{count:>7} {name:26}SKIPPED: {error}", flush=True)


if __name__ == "__main__":
    main()
