"""The piece of a text that shows why it was found: text and tokens in, piece and marks out.

Ported to `search.js`; offsets are characters here and UTF-16 units there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from generator.search.analysis import spans

WIDTH = 160
"""Characters of a piece; a Chinese character counts two."""
LEAD = 24
"""Characters shown before the first match."""

_COMBINING = re.compile("[\u0300-\u036f\u0e31\u0e33-\u0e3a\u0e47-\u0e4e]")
_LATIN = re.compile(r"[0-9A-Za-z\u00c0-\u024f]")


@dataclass(frozen=True)
class Snippet:
    """A piece of a text with the places that matched."""

    text: str
    marks: tuple[tuple[int, int], ...]
    """(start, end) of each match within `text`: rising, apart from each other."""


def marks_in(text: str, tokens: Collection[str]) -> tuple[tuple[int, int], ...]:
    """Return the merged places of `text` that give one of `tokens`; Thai clusters stay whole."""
    return _marks(text, _places(text, tokens))


def _places(text: str, tokens: Collection[str]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Return (start, end, those of `tokens` that it gives) of each place of a text."""
    places = ((a, b, tuple(t for t in given if t in tokens)) for a, b, given in spans(text))
    return [place for place in places if place[2]]


def _marks(
    text: str, places: Iterable[tuple[int, int, tuple[str, ...]]]
) -> tuple[tuple[int, int], ...]:
    """Return the merged places of a text."""
    marks: list[tuple[int, int]] = []
    for first, last, _ in places:
        start, end = _whole_clusters(text, first, last)
        if marks and start <= marks[-1][1]:
            marks[-1] = (marks[-1][0], max(end, marks[-1][1]))
        else:
            marks.append((start, end))
    return tuple(marks)


def snippet(text: str, tokens: Collection[str]) -> Snippet:
    """Return the piece of `text` that shows most of `tokens`, its beginning if it shows none.

    An ellipsis stands where the text goes on.
    """
    places = _places(text, tokens)
    start = _best_start(text, places)
    end = _end(text, start)
    marks = tuple(
        (max(mark_start, start), min(mark_end, end))
        for mark_start, mark_end in _marks(text, places)
        if mark_start < end and mark_end > start
    )
    before = "…" if start else ""
    after = "…" if end < len(text) else ""
    moved = tuple((a - start + len(before), b - start + len(before)) for a, b in marks)
    return Snippet(before + text[start:end] + after, moved)


def _best_start(text: str, found: Iterable[tuple[int, int, tuple[str, ...]]]) -> int:
    """Return where the piece with the most different tokens begins."""
    places = [(start, token) for start, _, tokens in found for token in tokens]
    best, most = 0, 0
    for start, _ in places:
        end = _end(text, start) - LEAD
        held = len({token for place, token in places if start <= place < end})
        if held > most:
            best, most = start, held
    return _begin_before(text, best)


def _begin_before(text: str, place: int) -> int:
    """Return a good beginning shortly before a place: after a space, or whole clusters."""
    if place <= LEAD:
        return 0
    start = place - LEAD
    while start < place and (
        _COMBINING.match(text[start])
        or (_LATIN.match(text[start]) and _LATIN.match(text[start - 1]))
    ):
        start += 1
    return start


def _end(text: str, start: int) -> int:
    """Return where a piece that begins at `start` is full, not within a cluster."""
    room = WIDTH
    end = start
    while end < len(text) and room > 0:
        room -= 2 if "\u2e80" <= text[end] <= "\uffef" else 1
        end += 1
    while end < len(text) and _COMBINING.match(text[end]):
        end += 1
    return end


def _whole_clusters(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the range widened to whole clusters of a letter and the marks on it."""
    while start > 0 and _COMBINING.match(text[start]):
        start -= 1
    while end < len(text) and _COMBINING.match(text[end]):
        end += 1
    return start, end
