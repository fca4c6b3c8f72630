"""The small numbers that the index stores: a posting's level, an entry's length, and back.

Apart from everything else, so that searching loads nothing that only building needs.
"""

from __future__ import annotations

from bisect import bisect_left
from math import log2

LEVELS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 26, 34, 48, 64, 96)
"""The weighted counts a posting can hold; a posting stores the place in this row, 0 to 15."""

LENGTHS = tuple(2 ** (code / 8) for code in range(256))
"""The entry lengths (weighted tokens) that the codes 0 to 255 stand for."""

EXACT_MARK = "="
"""Begins the tokens that stand for a whole id or error code."""

GROUP = "group"
"""The name under which an entry's facets hold the record it is grouped under."""


def level_of(count: int) -> int:
    """Return the level nearest above a weighted count, the highest for all beyond it."""
    return min(bisect_left(LEVELS, count), len(LEVELS) - 1)


def length_code(length: int) -> int:
    """Return the code of an entry's length in weighted tokens, 0 to 255."""
    return min(255, round(8 * log2(max(1, length))))
