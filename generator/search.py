"""Search in the terminal: a query in, ranked hits out, from the index that `kb build` made.

Reads a Whoosh index as a store of postings and ranks with `ranking`, as the browser does.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Self

from whoosh import index

from generator import analysis, glossary, ranking
from generator.levels import GROUP
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
        opened = Index(index.open_dir(folder).reader(), terms)
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

    def __init__(self, reader: Any, terms: glossary.Terms) -> None:
        """Take a Whoosh reader and the glossary."""
        self._reader = reader
        self._terms = terms
        self._postings = lru_cache(maxsize=4096)(self._read_postings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files."""
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
        read = ranking.read_query(query)
        scores, words = ranking.score(read, self)
        counted = self._filtered(scores, filters or {})
        records: dict[str, list[int]] = {}
        for number, only in counted:
            if not only:
                records.setdefault(self._heads[number], []).append(number)
        order = sorted(
            (-ranking.rounded(max(scores[number] for number in numbers)), record)
            for record, numbers in records.items()
        )
        hits = tuple(
            self._hit(*self._shown(record, records[record], scores, language), -points, words)
            for points, record in order[: max(0, limit)]
        )
        told = self._counts(counted) if counts else {}
        return Results(hits, len(order), told, tuple(sorted(words)))

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

    def alike(self, token: str) -> Iterator[str]:
        """Yield the words of the vocabulary that share a trigram with the token."""
        wanted = analysis.grams(token)
        for word in self._vocabulary:
            marked = f"_{word}_"
            if any(gram in marked for gram in wanted):
                yield word

    @property
    def terms(self) -> glossary.Terms:
        """Return the glossary."""
        return self._terms

    def term_postings(self, id: str) -> Sequence[int]:
        """Return entry number × 16 + level for each entry that holds a phrase of a term."""
        return glossary.term_postings(self._terms[id], self.postings)

    def _read_postings(self, token: str) -> list[int]:
        """Read the postings of a token from the disk."""
        term = ("words", token.encode("utf-8", "surrogatepass"))
        if not token or term not in self._reader:
            return []
        found: list[int] = []
        matcher = self._reader.postings(*term)
        while matcher.is_active():
            found.append(matcher.id() << 4 | int(matcher.weight()))
            matcher.next()
        return found

    @cached_property
    def _numbers(self) -> list[int]:
        """The numbers of the entries that are not deleted."""
        return list(self._reader.all_doc_ids())

    @property
    def _first(self) -> int:
        return self._numbers[0]

    @cached_property
    def _vocabulary(self) -> list[str]:
        """All words of the index that may be typed wrongly."""
        tokens = (
            bytes(token).decode("utf-8", "replace") for token in self._reader.lexicon("words")
        )
        return [token for token in tokens if analysis.is_vocabulary(token)]

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

    @cached_property
    def _heads(self) -> list[str]:
        """The record that each entry is shown under, mostly its own."""
        heads: list[str] = []
        for (own, _), text in zip(self._records, self._facet_texts, strict=True):
            group = _facets(text).get(GROUP, [own])[0] if _GROUPED in text else own
            heads.append(group if group in self._versions else own)
        return heads

    def _shown(
        self, head: str, numbers: list[int], scores: Mapping[int, float], language: str | None
    ) -> tuple[int, tuple[str, ...]]:
        """Return which entry of a group is shown, and the other records of it that were found.

        It is the record that stands, if it was found, in the reader's language, or the best entry.
        """
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
            points >= ranking.EXACT_SCORE * 1_000_000,
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


@lru_cache(maxsize=4096)
def _facets(text: bytes) -> dict[str, list[str]]:
    """Return the facets of an entry; few combinations are different."""
    facets: dict[str, list[str]] = json.loads(text)
    return facets
