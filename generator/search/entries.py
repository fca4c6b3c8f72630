"""What search knows of one record in one language: a `SearchEntry` in, its weighted tokens out.

Here the fields have their weights and a posting gets its small number (its level), so that nothing
stored for a record depends on any other record. Knows nothing of files, of Whoosh or of ranking.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain

from generator.search import analysis, pinyin
from generator.search.levels import EXACT_MARK, GROUP, length_code, level_of

ANALYSIS_VERSION = 2
"""Counted up when the same entry gives other tokens or another card; caches are then left aside."""

FIELD_WEIGHTS = {
    "id": 4,
    "title": 3,
    "asked_as": 3,
    "symptoms": 2,
    "error_codes": 4,
    "environment": 1,
    "resolution": 1,
    "rest": 1,
}
"""How often a token counts that stands once in a field. Chosen by measuring, see search.md."""

PASSAGE_LENGTH = 600
"""Characters kept of an entry for showing what matched."""

_TYPED_FIELDS = frozenset({"title", "asked_as"})
_SHORT_FIELDS = frozenset({"title", "asked_as", "symptoms"})
_PASSAGE_FIELDS = ("symptoms", "asked_as", "error_codes", "resolution", "environment", "rest")


@dataclass(frozen=True)
class SearchEntry:
    """One record in one language, as search sees it."""

    id: str
    language: str
    kind: str
    """case, runbook, guide or site."""
    path: str
    """The page's path relative to the root of the site."""
    title: str
    fields: tuple[tuple[str, str], ...]
    """(field name of `FIELD_WEIGHTS`, plain text); several values of a field stand one a line."""
    facets: tuple[tuple[str, tuple[str, ...]], ...]
    """(facet name, values): what a search can be filtered by."""
    group: str = ""
    """The record that this one is a duplicate or an older state of: they are shown as one."""

    @property
    def key(self) -> tuple[str, str]:
        """What tells entries apart and gives their order."""
        return self.id, self.language

    @property
    def digest(self) -> str:
        """A name for the entry's whole content: 32 hexadecimal digits."""
        shown = (self.id, self.language, self.kind, self.path, self.title)
        content = repr((ANALYSIS_VERSION, shown, self.fields, self.facets, self.group))
        return blake2b(content.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def made(self) -> SearchEntry:
        """Return the entry, which is there already."""
        return self


@dataclass(frozen=True)
class EntrySource:
    """An entry that is made only when its digest is new: making costs more than looking."""

    key: tuple[str, str]
    digest: str
    """Stands for everything the entry depends on."""
    made: Callable[[], SearchEntry]


Indexable = SearchEntry | EntrySource


@dataclass(frozen=True)
class AnalysedEntry:
    """What the index keeps of an entry."""

    levels: dict[str, int]
    """Token to level (0 to 15), tokens in order."""
    length: int
    """Code of the entry's length, 0 to 255, see `LENGTHS`."""
    card: str
    """What a result shows, as JSON: [id, language, kind, path, title, passage, facets]."""


def analyse(entry: SearchEntry) -> AnalysedEntry:
    """Return the tokens, the length and the card of an entry; depends on nothing else."""
    counts: Counter[str] = Counter()
    length = 0
    for name, text in (("title", entry.title), *_other_fields(entry)):
        weight = FIELD_WEIGHTS[name]
        words, variants = analysis.tokens(text, singles=name in _SHORT_FIELDS)
        length += weight * len(words)
        for token in (*words, *variants):
            counts[token] += weight
        if name in _TYPED_FIELDS:
            for token in pinyin.tokens(text):
                counts[token] += weight
    for token in chain(*analysis.tokens(entry.id)):
        counts[token] += FIELD_WEIGHTS["id"]
    for key in _exact_keys(entry):
        counts[EXACT_MARK + key] = 1
    return AnalysedEntry(
        {token: level_of(counts[token]) for token in sorted(counts)},
        length_code(length),
        _card(entry),
    )


def _other_fields(entry: SearchEntry) -> tuple[tuple[str, str], ...]:
    """Return the fields beside the title and the id, which an entry always has."""
    return tuple(field for field in entry.fields if field[0] not in ("title", "id"))


def _exact_keys(entry: SearchEntry) -> list[str]:
    """Return the keys by which the entry is meant and no other."""
    keys = [analysis.exact_key(entry.id)]
    for name, text in entry.fields:
        if name == "error_codes":
            keys.extend(analysis.exact_keys(text))
    return [key for key in keys if key]


def _card(entry: SearchEntry) -> str:
    """Return what a result shows of the entry."""
    by_name: dict[str, list[str]] = {}
    for name, text in entry.fields:
        by_name.setdefault(name, []).append(text)
    texts = [text for name in _PASSAGE_FIELDS for text in by_name.get(name, ())]
    passage = " · ".join(" ".join(text.split()) for text in texts if text.strip())
    facets = {name: list(values) for name, values in entry.facets}
    shown = (entry.id, entry.language, entry.kind, entry.path, entry.title)
    card = [*shown, passage[:PASSAGE_LENGTH], facets]
    return json.dumps(card, ensure_ascii=False, separators=(",", ":"))


def facets_text(entry: SearchEntry) -> str:
    """Return all that an entry can be filtered by, its language and kind among it, as JSON."""
    facets = {"kind": [entry.kind], "language": [entry.language]}
    facets.update((name, list(values)) for name, values in entry.facets)
    if entry.group:
        facets[GROUP] = [entry.group]
    return json.dumps(facets, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
