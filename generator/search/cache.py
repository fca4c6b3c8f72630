"""What the last build of the search index left behind, so that the next one does only what changed.

One SQLite file: for every entry its digest, tokens and card, and the bytes of every file of the
browser's index. Nothing is read but what is asked for; nothing is kept unless `commit` is called.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Self

from generator.search.entries import ANALYSIS_VERSION, AnalysedEntry
from generator.search.shards import FORMAT

_TABLES = """
create table if not exists entries (
    number integer primary key, id text, language text, digest text,
    length integer, facets text, card text, tokens blob);
create table if not exists files (name text primary key, digest text, body blob);
create table if not exists misses (id text, language text, query text);
"""
_VERSION = FORMAT * 1000 + ANALYSIS_VERSION + 500


@dataclass(frozen=True)
class CachedEntry:
    """The little that is known of every entry without looking it up."""

    number: int
    key: tuple[str, str]
    digest: str
    length: int
    facets: str


class IndexCache:
    """The cache as an open file; a context manager that closes it without keeping changes."""

    def __init__(self, path: Path | None) -> None:
        """Open the cache at `path`, empty if missing, broken or of another version; None: none."""
        self._database = _open(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    def commit(self) -> None:
        """Keep what was changed; to be called when the files of the index are written."""
        self._database.commit()

    def entries(self) -> list[CachedEntry]:
        """Return all entries by number."""
        rows = self._database.execute(
            "select number, id, language, digest, length, facets from entries order by number"
        )
        return [CachedEntry(row[0], (row[1], row[2]), *row[3:]) for row in rows]

    def analysed(self, number: int) -> AnalysedEntry:
        """Return what is kept of one entry; KeyError if there is none of that number."""
        row = self._database.execute(
            "select tokens, length, card from entries where number = ?", (number,)
        ).fetchone()
        if row is None:
            raise KeyError(number)
        return AnalysedEntry(_unpacked(row[0]), row[1], row[2])

    def cards(self, first: int, count: int) -> list[str]:
        """Return the cards of `count` entries from number `first`, fewer at the end."""
        rows = self._database.execute(
            "select card from entries where number >= ? and number < ? order by number",
            (first, first + count),
        )
        return [row[0] for row in rows]

    def replace(self, entry: CachedEntry, analysed: AnalysedEntry) -> None:
        """Keep an entry under its number."""
        self._database.execute(
            "replace into entries values (?, ?, ?, ?, ?, ?, ?, ?)", _row(entry, analysed)
        )

    def renumber(self, pairs: Iterable[tuple[CachedEntry, AnalysedEntry]]) -> None:
        """Keep exactly these entries."""
        self._database.execute("create table fresh as select * from entries where false")
        self._database.executemany(
            "insert into fresh values (?, ?, ?, ?, ?, ?, ?, ?)",
            (_row(entry, analysed) for entry, analysed in pairs),
        )
        self._database.execute("delete from entries")
        self._database.execute("insert into entries select * from fresh")
        self._database.execute("drop table fresh")

    def file(self, name: str) -> bytes | None:
        """Return the bytes of a file of the index, or None."""
        row = self._database.execute("select body from files where name = ?", (name,)).fetchone()
        return None if row is None else bytes(row[0])

    def file_digests(self) -> dict[str, str]:
        """Return the names of all files of the index, in order, and a digest of each."""
        return dict(self._database.execute("select name, digest from files order by name"))

    def keep_files(self, files: Sequence[tuple[str, bytes]], removed: Iterable[str]) -> None:
        """Keep the bytes of files that changed, forget those that went."""
        rows = ((name, blake2b(body, digest_size=16).hexdigest(), body) for name, body in files)
        self._database.executemany("replace into files values (?, ?, ?)", rows)
        self._database.executemany("delete from files where name = ?", ((n,) for n in removed))

    def misses(self) -> list[tuple[tuple[str, str], str]]:
        """Return (entry, query) of each query that did not find its entry, in order."""
        rows = self._database.execute("select id, language, query from misses order by 1, 2, 3")
        return [((row[0], row[1]), row[2]) for row in rows]

    def keep_misses(
        self, tested: Iterable[tuple[str, str]], misses: Iterable[tuple[tuple[str, str], str]]
    ) -> None:
        """Keep what the entries tested now are missed by, forget what entries that went were."""
        found = [(*key, query) for key, query in misses]
        self._database.executemany("delete from misses where id = ? and language = ?", tested)
        self._database.executemany("insert into misses values (?, ?, ?)", found)
        known = set(self._database.execute("select id, language from entries"))
        held = set(self._database.execute("select distinct id, language from misses"))
        self._database.executemany(
            "delete from misses where id = ? and language = ?", sorted(held - known)
        )

    def each_card(self) -> Iterator[tuple[CachedEntry, str]]:
        """Yield all entries by number with what a result shows of them."""
        cards = self._database.execute("select card from entries order by number")
        for entry, (card,) in zip(self.entries(), cards, strict=True):
            yield entry, card

    def each_analysed(self) -> Iterator[tuple[CachedEntry, AnalysedEntry]]:
        """Yield all entries by number with what is kept of them."""
        for entry in self.entries():
            yield entry, self.analysed(entry.number)


def _open(path: Path | None) -> sqlite3.Connection:
    """Return a connection in one long transaction, over an empty file if the old one is no use."""
    if path is None:
        return _prepared(sqlite3.connect(":memory:"))
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        database = sqlite3.connect(path)
        if database.execute("pragma user_version").fetchone()[0] in (0, _VERSION):
            return _prepared(database)
        database.close()
    except sqlite3.DatabaseError:
        database.close()
    path.unlink()
    return _prepared(sqlite3.connect(path))


def _prepared(database: sqlite3.Connection) -> sqlite3.Connection:
    """Return the connection with its tables, a transaction begun."""
    database.execute("pragma synchronous = off")
    database.isolation_level = None
    database.execute(f"pragma user_version = {_VERSION}")
    database.executescript(_TABLES)
    database.execute("begin")
    return database


def _row(entry: CachedEntry, analysed: AnalysedEntry) -> tuple[object, ...]:
    """Return an entry as the table holds it."""
    shown = (entry.number, *entry.key, entry.digest, entry.length, entry.facets)
    return *shown, analysed.card, _packed(analysed.levels)


def _packed(levels: dict[str, int]) -> bytes:
    """Return tokens and levels as compressed bytes; no token holds a line break or a space."""
    text = " ".join(levels) + "\n" + "".join(f"{level:x}" for level in levels.values())
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)


def _unpacked(packed: bytes) -> dict[str, int]:
    """Return what `_packed` was given."""
    text = zlib.decompress(packed).decode("utf-8", "surrogatepass")
    tokens, levels = text.split("\n")
    return dict(zip(tokens.split(" "), (int(level, 16) for level in levels), strict=False))
