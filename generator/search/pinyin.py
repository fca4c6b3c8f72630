"""Chinese as it is typed with Latin letters: a text in, the tokens of its pinyin out.

A run of characters gives each pair of neighbouring syllables (`^dayin ^yinji`) and each three
initials (`^dyj`), so that any part of it is found. `latin` reads what a person types.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from generator.search import analysis
from generator.search.latin import MARK

_HAN = re.compile("[\u4e00-\u9fff]{2,}")


def tokens(text: str) -> list[str]:
    """Return the tokens of all runs of Chinese characters, each as often as it stands there."""
    return [token for run in _HAN.findall(analysis.fold(text)) for token in _of_run(run)]


@lru_cache(maxsize=65536)
def _of_run(run: str) -> tuple[str, ...]:
    # here, because its dictionaries take 0.2 s to load, and few builds change a Chinese title
    from pypinyin import lazy_pinyin

    syllables = [each.replace("\u00fc", "v") for each in lazy_pinyin(run)]
    initials = "".join(each[0] for each in syllables)
    pairs = (a + b for a, b in pairwise(syllables))
    threes = (initials[i : i + 3] for i in range(len(initials) - 2))
    return tuple(MARK + token for token in (*pairs, *threes))
