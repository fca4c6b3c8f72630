"""What to write next: in go the queries that found nothing, out come gaps, the most asked first.

The files are those that the page of all results saves. Queries that say the same in other words of
one language are one gap.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from generator.search import analysis
from generator.search.glossary import Terms, named_in

FORMAT = "tierbook-missing-1"
ALIKE = 0.6
"""Queries that share so much of their tokens are one gap."""


class UnusableFileError(ValueError):
    """The file is none that the page saved; the text says what is wrong with it."""


@dataclass(frozen=True)
class Query:
    """One query that found nothing, on one device."""

    text: str
    language: str
    count: int
    last: str
    """Day on which it was last asked: 2026-11-22."""
    file: str


@dataclass(frozen=True)
class Gap:
    """What several queries ask for."""

    text: str
    """The query asked most."""
    others: tuple[str, ...]
    """The other wordings, most asked first."""
    count: int
    files: int
    """On how many devices: what many people miss goes first."""
    last: str
    languages: tuple[str, ...]


def read_queries(name: str, text: str) -> list[Query]:
    """Return the queries of one file; UnusableFileError if it is another kind of file."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise UnusableFileError(f"{name} is not JSON") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise UnusableFileError(f'{name} is not a file of missing queries ("{FORMAT}")')
    rows = data.get("queries")
    queries = [_query(name, row) for row in (rows if isinstance(rows, list) else [])]
    return [query for query in queries if query.text]


def _query(name: str, row: object) -> Query:
    if not isinstance(row, dict):
        return Query("", "", 0, "", name)
    text = "".join(c for c in str(row.get("text") or "") if c.isprintable())
    count = row.get("count")
    return Query(
        " ".join(text.split())[:200],
        str(row.get("language") or "")[:8],
        max(1, count) if isinstance(count, int) else 1,
        str(row.get("last") or "")[:10],
        name,
    )


def rank(queries: Iterable[Query], terms: Terms) -> list[Gap]:
    """Return the gaps, by how many devices and how often they were asked for."""
    groups: list[tuple[frozenset[str], list[Query]]] = []
    for query in sorted(queries, key=lambda each: (-each.count, each.text, each.file)):
        meant = _meaning(query.text, terms)
        held = next((rows for known, rows in groups if _likeness(known, meant) >= ALIKE), None)
        if held is None:
            groups.append((meant, [query]))
        else:
            held.append(query)
    gaps = [_gap(rows) for _, rows in groups]
    return sorted(gaps, key=lambda gap: (-gap.files, -gap.count, gap.text))


def _meaning(text: str, terms: Terms) -> frozenset[str]:
    """Return what a query says: its terms, and its tokens that belong to none."""
    words = analysis.tokens(text)[0]
    named = named_in(words, terms)
    covered = {token for _, phrase in named for token in phrase.split(" ")}
    rest = {word for word in words if word not in covered}
    return frozenset({f"~{id}" for id, _ in named} | rest) or frozenset({text})


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


def _gap(rows: list[Query]) -> Gap:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.text] = counts.get(row.text, 0) + row.count
    texts = sorted(counts, key=lambda text: (-counts[text], text))
    return Gap(
        texts[0],
        tuple(texts[1:]),
        sum(counts.values()),
        len({row.file for row in rows}),
        max(row.last for row in rows),
        tuple(sorted({row.language for row in rows if row.language})),
    )
