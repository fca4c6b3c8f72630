"""Search in the terminal: a query in, ranked hits out, from the index that `kb build` made.

Reads a Whoosh index as a store of postings and ranks with `ranking`, as the browser does.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from heapq import nlargest
from pathlib import Path
from typing import Any, Self

from whoosh import index

from generator import analysis, glossary, ranking
from generator.levels import GROUP
from generator.postings import WORDS, TokenReader
from generator.shards import average_length
from generator.snippets import Snippet, marks_in, snippet

_GROUPED = f'"{GROUP}":'.encode()


class UnusableIndexError(Exception):
    """There is no index to search, or it cannot be read; the text says what to do."""


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
    try:
        if not index.exists_in(folder):
            raise UnusableIndexError(f"there is no search index in {folder}: run `kb build` first")
        terms = json.loads((folder / glossary.FILE).read_text("utf-8"))
        words = (folder / WORDS).read_text("utf-8")
        opened = Index(index.open_dir(folder).reader(), terms, words)
    except UnusableIndexError:
        raise
    except Exception as error:  # whatever unpickling a damaged file comes to
        raise _unreadable(folder) from error
    try:
        opened.check()
    except Exception as error:
        opened.close()
        raise _unreadable(folder) from error
    return opened


def _unreadable(folder: Path) -> UnusableIndexError:
    """Return the error for an index that is there and broken."""
    text = f"the search index in {folder} cannot be read: delete it and run `kb build`"
    return UnusableIndexError(text)


class Index:
    """An open index: the `Store` of `ranking`, and the searches over it; a context manager."""

    def __init__(self, reader: Any, terms: glossary.Terms, words: str) -> None:
        """Take a Whoosh reader, the glossary, and the vocabulary with a space between words."""
        self._reader = reader
        self._terms = terms
        self._words = f" {words} "
        self._postings = lru_cache(maxsize=4096)(self._read_postings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files."""
        for terms, _, _ in self.__dict__.get("_segments", ()):
            terms.close()
        self._reader.close()

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
        scores, words = ranking.score(ranking.read_query(query), self)
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
        scores, _ = ranking.score(ranking.read_query(query), self)
        return [
            (frozenset(self._records[n][0] for n in self._members[head]), _is_exact(points))
            for head, points in _first(self._best(scores), limit)
        ]

    def numbers(self) -> dict[tuple[str, str], int]:
        """Return the number of each entry by its record and language."""
        return {self._records[number]: number for number in self._numbers}

    def check(self) -> None:
        """Read what every search reads, so that a damaged index is found out now."""
        if self.count:
            self.postings("")
            assert self.average > 0 and self._records[0]
            json.loads(self._reader.stored_fields(self._first)["card"])

    @property
    def count(self) -> int:
        """Return the number of entries."""
        return int(self._reader.doc_count())

    @cached_property
    def average(self) -> float:
        """Return the mean length of the entries in weighted tokens."""
        return average_length([self.lengths[number] for number in self._numbers])

    @cached_property
    def lengths(self) -> Sequence[int]:
        """Return the length code of each entry by its number."""
        return bytes(self._column("length"))

    def postings(self, token: str) -> Sequence[int]:
        """Return entry number × 16 + level for each entry that holds the token."""
        found: Sequence[int] = self._postings(token)
        return found

    def alike(self, token: str) -> Iterable[str]:
        """Return the words of the vocabulary that share a trigram with the token."""
        found: set[str] = set()
        for gram in analysis.grams(token):
            part, place = gram.replace("_", " "), -1
            while (place := self._words.find(part, place + 1)) >= 0:
                start = self._words.rfind(" ", 0, place + 1) + 1
                found.add(self._words[start : self._words.find(" ", start)])
        return found

    @property
    def terms(self) -> glossary.Terms:
        """Return the glossary."""
        return self._terms

    def term_postings(self, id: str) -> Sequence[int]:
        """Return entry number × 16 + level for each entry that holds a phrase of a term."""
        return glossary.term_postings(self._terms[id], self.postings)

    def _read_postings(self, token: str) -> Sequence[int]:
        """Read the postings of a token from the disk."""
        found: list[int] = []
        for terms, first, deleted in self._segments:
            row: Sequence[int] = terms.row(token)
            if deleted:
                row = [posting for posting in row if posting >> 4 not in deleted]
            if not first and len(self._segments) == 1:
                return row
            found.extend(posting + (first << 4) for posting in row)
        return found

    @cached_property
    def _segments(self) -> list[tuple[TokenReader, int, frozenset[int]]]:
        """(terms, number of the first entry, deleted entries) of each segment."""
        return [
            (
                leaf.segment().codec().terms_reader(leaf.storage(), leaf.segment()),
                first,
                frozenset(leaf.segment().deleted_docs()),
            )
            for leaf, first in self._reader.leaf_readers()
        ]

    @cached_property
    def _numbers(self) -> list[int]:
        """The numbers of the entries that are not deleted."""
        return list(self._reader.all_doc_ids())

    @property
    def _first(self) -> int:
        return self._numbers[0]

    @cached_property
    def _records(self) -> list[tuple[str, str]]:
        """(id, language) of each entry by its number."""
        keys = (bytes(key).decode("utf-8").partition("\t") for key in self._column("record"))
        return [(record, language) for record, _, language in keys]

    @cached_property
    def _versions(self) -> dict[str, dict[str, int]]:
        """Record to language to entry number."""
        versions: dict[str, dict[str, int]] = {}
        for number in self._numbers:
            record, language = self._records[number]
            versions.setdefault(record, {})[language] = number
        return versions

    @cached_property
    def _facet_texts(self) -> list[bytes]:
        return [bytes(text) for text in self._column("facets")]

    def _column(self, name: str) -> list[Any]:
        """Return a column by entry number."""
        column = self._reader.column_reader(name)
        return [column[number] for number in range(self._reader.doc_count_all())]

    def _filtered(
        self, numbers: Iterable[int], filters: Mapping[str, Sequence[str]]
    ) -> list[tuple[int, str]]:
        """Return (entry, "") for each entry that passes, (entry, facet) where one filter fails."""
        wanted = [(name, frozenset(values)) for name, values in filters.items() if values]
        if not wanted:
            return [(number, "") for number in numbers]
        passed: list[tuple[int, str]] = []
        for number in numbers:
            facets = _facets(self._facet_texts[number])
            failed = [name for name, values in wanted if values.isdisjoint(facets.get(name, ()))]
            if len(failed) < 2:
                passed.append((number, "".join(failed)))
        return passed

    def _best(self, scores: Mapping[int, float]) -> dict[str, float]:
        """Return the best score of each group of records that are shown as one, by its head."""
        best: dict[str, float] = {}
        heads = self._heads
        for number, score in scores.items():
            head = heads[number]
            if score > best.get(head, -1.0):
                best[head] = score
        return best

    @cached_property
    def _members(self) -> dict[str, list[int]]:
        """The entries shown under each record."""
        members: dict[str, list[int]] = {}
        for number in self._numbers:
            members.setdefault(self._heads[number], []).append(number)
        return members

    @cached_property
    def _heads(self) -> list[str]:
        """The record that each entry is shown under, mostly its own."""
        heads: list[str] = []
        for (own, _), text in zip(self._records, self._facet_texts, strict=True):
            group = _facets(text).get(GROUP, [own])[0] if _GROUPED in text else own
            heads.append(group if group in self._versions else own)
        return heads

    def _shown(
        self, head: str, scores: Mapping[int, float], language: str | None
    ) -> tuple[int, tuple[str, ...]]:
        """Return which entry of a group is shown, and the other records of it that were found.

        It is the record that stands, if it was found, in the reader's language, or the best entry.
        """
        numbers = [number for number in self._members[head] if number in scores]
        own = [number for number in numbers if self._records[number][0] == head]
        best = min(
            own or numbers,
            key=lambda number: (-ranking.rounded(scores[number]), self._records[number]),
        )
        record = self._records[best][0]
        others = {self._records[number][0] for number in numbers} - {record}
        return self._versions[record].get(language or "", best), tuple(sorted(others))

    def _hit(self, number: int, also: tuple[str, ...], points: int, words: frozenset[str]) -> Hit:
        """Return an entry as a result."""
        card = json.loads(self._reader.stored_fields(number)["card"])
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
            tuple(sorted(self._versions[record])),
            also,
        )

    def _counts(self, counted: Iterable[tuple[int, str]]) -> dict[str, dict[str, int]]:
        """Return how many of the records found have each value of each facet."""
        by_head: dict[str, list[tuple[bytes, str]]] = {}
        for number, only in counted:
            by_head.setdefault(self._heads[number], []).append((self._facet_texts[number], only))
        counts: Counter[tuple[str, str]] = Counter()
        for rows, times in Counter(map(tuple, by_head.values())).items():
            pairs = {
                (name, value)
                for text, only in rows
                for name, values in _facets(text).items()
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


@lru_cache(maxsize=4096)
def _facets(text: bytes) -> dict[str, list[str]]:
    """Return the facets of an entry; few combinations are different."""
    facets: dict[str, list[str]] = json.loads(text)
    return facets
