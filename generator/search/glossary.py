"""The glossary as search uses it: words of one meaning in all languages, so one finds the other.

A term has phrases, each written as the tokens that `analysis` makes of it. In go the tokens of a
query and out come the terms it names; in go postings and out come the entries that hold a term.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from generator.search import analysis

FILE = "terms.json"
"""The file of the glossary beside the terminal's index."""

Terms = Mapping[str, Sequence[str]]
"""Term to its phrases; a phrase is its tokens with a space between them."""

MOST_TERMS = 12
"""So many terms of a query are followed."""


def phrases(words: Iterable[str]) -> tuple[str, ...]:
    """Return the phrases of a term from its names and synonyms as people write them."""
    made = (" ".join(analysis.tokens(word)[0]) for word in words)
    return tuple(dict.fromkeys(phrase for phrase in made if phrase))


def named_in(tokens: Iterable[str], terms: Terms) -> list[tuple[str, str]]:
    """Return (term, phrase) for each term that the tokens of a query name, the longest phrase."""
    line = f" {' '.join(tokens)} "
    found: list[tuple[str, str]] = []
    for id, known in terms.items():
        best = ""
        for phrase in known:
            if len(phrase) > len(best) and f" {phrase} " in line:
                best = phrase
        if best:
            found.append((id, best))
    return found[:MOST_TERMS]


def together(tokens: Iterable[str], postings: Callable[[str], Sequence[int]]) -> dict[int, int]:
    """Return entry number to lowest level, of the entries that hold all the tokens."""
    held: dict[int, int] | None = None
    for token in tokens:
        found = {posting >> 4: posting & 15 for posting in postings(token)}
        if held is None:
            held = found
        else:
            held = {n: min(level, found[n]) for n, level in held.items() if n in found}
        if not held:
            return {}
    return held or {}


def term_postings(known: Iterable[str], postings: Callable[[str], Sequence[int]]) -> list[int]:
    """Return entry number × 16 + level for each entry that holds a phrase of a term."""
    levels: dict[int, int] = {}
    for phrase in known:
        for number, level in together(phrase.split(" "), postings).items():
            levels[number] = max(level, levels.get(number, 0))
    return sorted(number << 4 | level for number, level in levels.items())


def term_level(known: Iterable[str], levels: Mapping[str, int]) -> int | None:
    """Return the level of a term in one entry, of whose tokens the levels are given."""
    best: int | None = None
    for phrase in known:
        tokens = phrase.split(" ")
        if all(token in levels for token in tokens):
            lowest = min(levels[token] for token in tokens)
            best = lowest if best is None else max(best, lowest)
    return best


def marked_tokens(known: Iterable[str]) -> Iterable[str]:
    """Yield the tokens to mark in a text for a term: those that hardly stand elsewhere.

    Not the single words of a Latin phrase, nor the pairs of a Chinese one of more than three
    characters.
    """
    for phrase in known:
        tokens = phrase.split(" ")
        is_thai = "\u0e01" <= phrase[0] <= "\u17d3"
        if len(tokens) == 1 or is_thai or (phrase[0] >= "\u3005" and len(tokens) == 2):
            yield from tokens
