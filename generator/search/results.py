"""Search in the terminal: a query in, ranked hits out, from the index that `kb build` made.

`store` reads it, `ranking` gives scores as in the browser; here they become groups, counts, hits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from pathlib import Path
from typing import Self

from generator.search import ranking
from generator.search.levels import GROUP
from generator.search.snippets import Snippet, marks_in, snippet
from generator.search.store import TerminalStore, facets_of, open_store


@dataclass(frozen=True)
class Hit:
    """One record that was found, in the language it is shown in."""

    id: str
    language: str
    kind: str
    path: str
    title: str
    title_marks: tuple[tuple[int, int], ...]
    """(start, end) of each match in the title."""
    snippet: Snippet
    facets: Mapping[str, tuple[str, ...]]
    score: float
    is_exact: bool
    """Whether the query is this record's id or one of its error codes."""
    languages: tuple[str, ...]
    """All languages the record exists in, in order."""
    also: tuple[str, ...] = ()
    """Records shown under this one that were found as well: its duplicates and older states."""


@dataclass(frozen=True)
class Results:
    """What a query found."""

    hits: tuple[Hit, ...]
    """Best first, at most as many as asked for."""
    total: int
    """Records found in all."""
    counts: Mapping[str, Mapping[str, int]]
    """Facet name, value, how many records there would be with it, all other filters kept."""
    words: tuple[str, ...]
    """The tokens that matched, those that are only like a word of the query among them."""


def open_index(folder: Path) -> Index:
    """Return the index in `folder`; UnusableIndexError if there is none or it is broken."""
    return Index(open_store(folder))


class Index:
    """The searches over an open index; a context manager."""

    def __init__(self, store: TerminalStore) -> None:
        """Take an open index; it is closed with this."""
        self.store = store

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files."""
        self.store.close()

    def search(
        self,
        query: str,
        language: str | None = None,
        filters: Mapping[str, Sequence[str]] | None = None,
        limit: int = 10,
        counts: bool = True,
    ) -> Results:
        """Return the records that match best, each once, shown in `language` where it exists.

        Filters map a facet to the values of which an entry must have one. Any text is a query.
        """
        scores, words = ranking.score(ranking.read_query(query), self.store)
        counted = self._filtered(scores, filters or {})
        passed = {number: scores[number] for number, failed in counted if not failed}
        best = self._best(passed)
        hits = tuple(
            self._hit(*self._shown(head, passed, language), points, words)
            for head, points in _first(best, limit)
        )
        told = self._counts(counted) if counts else {}
        return Results(hits, len(best), told, tuple(sorted(words)))

    def first(self, query: str, limit: int) -> list[tuple[frozenset[str], bool]]:
        """Return the first hits as (records that are shown as one, whether the query is an id)."""
        scores, _ = ranking.score(ranking.read_query(query), self.store)
        return [
            (
                frozenset(self.store.records[n][0] for n in self.store.members[head]),
                _is_exact(points),
            )
            for head, points in _first(self._best(scores), limit)
        ]

    def _filtered(
        self, numbers: Iterable[int], filters: Mapping[str, Sequence[str]]
    ) -> list[tuple[int, str]]:
        """Return (entry, "") for each entry that passes, (entry, facet) where one filter fails."""
        wanted = [(name, frozenset(values)) for name, values in filters.items() if values]
        if not wanted:
            return [(number, "") for number in numbers]
        passed: list[tuple[int, str]] = []
        for number in numbers:
            facets = self.store.facets(number)
            failed = [name for name, values in wanted if values.isdisjoint(facets.get(name, ()))]
            if len(failed) < 2:
                passed.append((number, "".join(failed)))
        return passed

    def _best(self, scores: Mapping[int, float]) -> dict[str, float]:
        """Return the best score of each group of records that are shown as one, by its head."""
        best: dict[str, float] = {}
        heads = self.store.heads
        for number, score in scores.items():
            head = heads[number]
            if score > best.get(head, -1.0):
                best[head] = score
        return best

    def _shown(
        self, head: str, scores: Mapping[int, float], language: str | None
    ) -> tuple[int, tuple[str, ...]]:
        """Return which entry of a group is shown, and the other records of it that were found.

        It is the record that stands, if it was found, in the reader's language, or the best entry.
        """
        numbers = [number for number in self.store.members[head] if number in scores]
        own = [number for number in numbers if self.store.records[number][0] == head]
        best = min(
            own or numbers,
            key=lambda number: (-ranking.rounded(scores[number]), self.store.records[number]),
        )
        record = self.store.records[best][0]
        others = {self.store.records[number][0] for number in numbers} - {record}
        return self.store.versions[record].get(language or "", best), tuple(sorted(others))

    def _hit(self, number: int, also: tuple[str, ...], points: int, words: frozenset[str]) -> Hit:
        """Return an entry as a result."""
        card = self.store.card(number)
        record, language, kind, path, title, passage, facets = card
        return Hit(
            record,
            language,
            kind,
            path,
            title,
            marks_in(title, words),
            snippet(passage, words),
            {name: tuple(values) for name, values in facets.items()},
            points / 1_000_000,
            _is_exact(points),
            tuple(sorted(self.store.versions[record])),
            also,
        )

    def _counts(self, counted: Iterable[tuple[int, str]]) -> dict[str, dict[str, int]]:
        """Return how many of the records found have each value of each facet."""
        by_head: dict[str, list[tuple[bytes, str]]] = {}
        for number, only in counted:
            by_head.setdefault(self.store.heads[number], []).append(
                (self.store.facet_texts[number], only)
            )
        counts: Counter[tuple[str, str]] = Counter()
        for rows, times in Counter(map(tuple, by_head.values())).items():
            pairs = {
                (name, value)
                for text, only in rows
                for name, values in facets_of(text).items()
                if name != GROUP and only in ("", name)
                for value in values
            }
            for pair in pairs:
                counts[pair] += times
        made: dict[str, dict[str, int]] = {}
        for name, value in sorted(counts):
            made.setdefault(name, {})[value] = counts[name, value]
        return made


def _first(best: Mapping[str, float], limit: int) -> list[tuple[str, int]]:
    """Return (head, points) of the best groups, best first, those that are equal by name."""
    if limit < 1:
        return []
    floor = min(nlargest(limit, best.values()), default=0.0) - 0.00001
    order = sorted((-ranking.rounded(s), head) for head, s in best.items() if s >= floor)
    return [(head, -points) for points, head in order[:limit]]


def _is_exact(points: int) -> bool:
    return points >= ranking.EXACT_SCORE * 1_000_000
