"""Where a handbook is cut into volumes."""

from __future__ import annotations

import random
from itertools import accumulate, pairwise

import pytest

from generator.books.volumes import cuts


@pytest.mark.parametrize("seed", range(40))
def test_volumes_are_few_and_about_as_large_as_each_other(seed: int) -> None:
    """No volume is over the limit, none is missing or empty, and one is never twice another."""
    chance = random.Random(seed)
    sizes = [chance.randrange(1, 90) for _ in range(chance.randrange(1, 12))]
    limit = chance.randrange(20, 120)
    begins = cuts(sizes, limit)
    held = [end - begin for begin, end in pairwise((*begins, sum(sizes)))]
    assert begins[0] == 0 and sum(held) == sum(sizes)
    assert len(held) == -(-sum(sizes) // limit)
    assert min(held) > 0 and max(held) <= limit
    assert max(held) <= 2 * min(held) + 1


def test_a_volume_begins_with_a_section_where_one_is_near() -> None:
    """A cut goes to a near border; a section too large for that is divided."""
    sizes = (30, 25, 20, 45)
    assert cuts(sizes, 70) == [0, 55] and 55 in accumulate(sizes)
    assert cuts((10, 200, 10), 110) == [0, 110]
    assert cuts((3, 4), 10) == [0]
