"""What a record must be found by: an entry in, queries as a person would type them out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.search import analysis
from generator.search.entries import SearchEntry

_CLAUSE = re.compile(r"[，,；;：:（(。!?？—|]")
_NOISE = re.compile(r"[^\w.\-\u0e00-\u0e7f]+")
_LONGEST = 60
_SHORTEST = 7


@dataclass(frozen=True)
class Probe:
    """One entry and the queries that must find it."""

    key: tuple[str, str]
    queries: tuple[str, ...]


def probe_of(entry: SearchEntry) -> Probe:
    """Return what an entry is asked for with."""
    first = _CLAUSE.split(entry.title)[0]
    texts = [first if len(entry.title) > 24 and len(first) > _SHORTEST else entry.title]
    for name, text in entry.fields:
        if name == "asked_as" or name == "error_codes":
            texts.extend(text.split("\n"))
    typed = (typed_as(text) for text in texts)
    return Probe(entry.key, tuple(dict.fromkeys(text for text in typed if text)))


def typed_as(text: str) -> str:
    """Return a text as somebody in a hurry types it."""
    return _NOISE.sub(" ", analysis.fold(text).lower()).strip(" .-")[:_LONGEST].strip()
