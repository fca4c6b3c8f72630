"""How many records one volume of a handbook can take, and where a larger handbook is cut.

In go the sizes of its sections, out come the places of the cuts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

VOLUME_LIMIT = 300
"""Records in one volume; one in two languages counts twice. More are too thick to be stapled, held
and kept up to date."""


def cuts(sizes: Sequence[int], limit: int) -> list[int]:
    """Return at which of its records, counted from 0, each volume of a handbook begins.

    No volume is larger than `limit`, there are as few as can be, they are about as large as each
    other, and one begins with a section where that costs no more than a quarter of its size.
    """
    return list(_begins(tuple(accumulate(sizes, initial=0)), limit))


def _begins(borders: Sequence[int], limit: int) -> Iterator[int]:
    total, begin = borders[-1], 0
    yield begin
    for left in range(-(-total // limit) - 1, 0, -1):
        share = (total - begin) / (left + 1)
        lowest, highest = max(begin + 1, total - left * limit), begin + limit
        wanted = round(begin + share)
        border = min(borders, key=lambda each: abs(each - wanted))
        is_near = abs(border - wanted) <= share / 4 and lowest <= border <= highest
        begin = border if is_near else wanted
        yield begin
