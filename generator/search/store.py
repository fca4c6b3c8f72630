"""The terminal's index on the disk: a folder in, out what `ranking` and `results` ask of it.

Whoosh finds terms and documents; a token's postings are a row of `postings`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from whoosh import index

from generator.search import analysis, glossary
from generator.search.levels import GROUP
from generator.search.postings import WORDS, TokenReader
from generator.search.shards import average_length

_GROUPED = f'"{GROUP}":'.encode()


class UnusableIndexError(Exception):
    """There is no index to search, or it cannot be read; the text says what to do."""


def open_store(folder: Path) -> TerminalStore:
    """Return the index in `folder`; UnusableIndexError if there is none or it is broken."""
    try:
        if not index.exists_in(folder):
            raise UnusableIndexError(f"there is no search index in {folder}: run `kb build` first")
        terms = json.loads((folder / glossary.FILE).read_text("utf-8"))
        words = (folder / WORDS).read_text("utf-8")
        store = TerminalStore(folder, index.open_dir(folder).reader(), terms, words)
    except UnusableIndexError:
        raise
    except Exception as error:  # whatever unpickling a damaged file comes to
        raise unreadable(folder) from error
    try:
        store.check()
    except Exception as error:
        store.close()
        raise unreadable(folder) from error
    return store


def unreadable(folder: Path) -> UnusableIndexError:
    """Return the error for an index that is there and broken."""
    text = f"the search index in {folder} cannot be read: delete it and run `kb build`"
    return UnusableIndexError(text)


class TerminalStore:
    """An open index: a `Store` of `ranking`, and what is known of each entry."""

    def __init__(self, folder: Path, reader: Any, terms: glossary.Terms, words: str) -> None:
        """Take a Whoosh reader, the glossary, and the vocabulary with a space between words."""
        self._folder = folder
        self._reader = reader
        self._terms = terms
        self._words = f" {words} "
        self._postings = lru_cache(maxsize=4096)(self._read_postings)

    def close(self) -> None:
        """Let go of the files."""
        for terms, _, _ in self.__dict__.get("_segments", ()):
            terms.close()
        self._reader.close()

    def check(self) -> None:
        """Read what every search reads, so that a damaged index is found out now."""
        if self.count:
            self.postings("")
            assert self.average > 0 and self.records[0]
            self.card(self.numbers[0])

    @property
    def count(self) -> int:
        """Return the number of entries."""
        return int(self._reader.doc_count())

    @cached_property
    def average(self) -> float:
        """Return the mean length of the entries in weighted tokens."""
        return average_length([self.lengths[number] for number in self.numbers])

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
            try:
                row: Sequence[int] = terms.row(token)
            except (EOFError, OSError, ValueError) as error:
                raise unreadable(self._folder) from error
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
    def numbers(self) -> list[int]:
        """The numbers of the entries that are not deleted."""
        return list(self._reader.all_doc_ids())

    @cached_property
    def records(self) -> list[tuple[str, str]]:
        """(id, language) of each entry by its number."""
        keys = (bytes(key).decode("utf-8").partition("\t") for key in self._column("record"))
        return [(record, language) for record, _, language in keys]

    @cached_property
    def versions(self) -> dict[str, dict[str, int]]:
        """Record to language to entry number."""
        versions: dict[str, dict[str, int]] = {}
        for number in self.numbers:
            record, language = self.records[number]
            versions.setdefault(record, {})[language] = number
        return versions

    @cached_property
    def facet_texts(self) -> list[bytes]:
        """The facets of each entry as JSON."""
        return [bytes(text) for text in self._column("facets")]

    def _column(self, name: str) -> list[Any]:
        """Return a column by entry number."""
        column = self._reader.column_reader(name)
        return [column[number] for number in range(self._reader.doc_count_all())]

    def card(self, number: int) -> list[Any]:
        """Return what a result shows: [id, language, kind, path, title, passage, facets]."""
        try:
            card: list[Any] = json.loads(self._reader.stored_fields(number)["card"])
        except Exception as error:  # whatever unpickling a damaged file comes to
            raise unreadable(self._folder) from error
        return card

    def facets(self, number: int) -> dict[str, list[str]]:
        """Return what an entry can be filtered by."""
        return facets_of(self.facet_texts[number])

    @cached_property
    def members(self) -> dict[str, list[int]]:
        """The entries shown under each record."""
        members: dict[str, list[int]] = {}
        for number in self.numbers:
            members.setdefault(self.heads[number], []).append(number)
        return members

    @cached_property
    def heads(self) -> list[str]:
        """The record that each entry is shown under, mostly its own."""
        heads: list[str] = []
        for (own, _), text in zip(self.records, self.facet_texts, strict=True):
            group = facets_of(text).get(GROUP, [own])[0] if _GROUPED in text else own
            heads.append(group if group in self.versions else own)
        return heads


@lru_cache(maxsize=4096)
def facets_of(text: bytes) -> dict[str, list[str]]:
    """Return the facets of an entry; few combinations are different."""
    facets: dict[str, list[str]] = json.loads(text)
    return facets
