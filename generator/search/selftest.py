"""Does search find every record by its own words? An index and probes in, what is missed out.

Few entries are asked for with the real search; of many, those that their own words alone put among
the first five are not asked for again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from generator.search import ranking
from generator.search.levels import EXACT_MARK, LENGTHS, LEVELS
from generator.search.probes import Probe
from generator.search.results import Index

FIRST = 5
"""A record must be among so many."""
FEW = 40
"""So many entries are asked of the real search with all their queries."""
MANY = 1000
"""From so many entries on, one of the callers' words is tried for each, not all."""
MOST_SEARCHED = 100
"""So often the real search is asked where there are more than a few; then the quick way decides."""


def misses(index: Index, probes: Sequence[Probe]) -> list[tuple[tuple[str, str], str]]:
    """Return (entry, query) of each query that does not find its entry among the first five."""
    store = index.store
    numbers = {store.records[number]: number for number in store.numbers}
    missed: list[tuple[tuple[str, str], str]] = []
    searched = 0
    for probe in probes:
        record, _ = probe.key
        for query in _chosen(probe, len(probes)):
            if len(probes) > FEW and is_surely_found(query, numbers[probe.key], store):
                continue
            searched += 1
            is_few = len(probes) <= FEW or searched <= MOST_SEARCHED
            if not (is_few and _is_found(index, query, record)):
                missed.append((probe.key, query))
    return missed


def _is_found(index: Index, query: str, record: str) -> bool:
    """Return whether the real search has a record among the first five."""
    groups = index.first(query, FIRST)
    # a code that many records share leads to any of them
    return any(record in group for group, _ in groups) or (bool(groups) and groups[-1][1])


def _chosen(probe: Probe, entries: int) -> Iterable[str]:
    """Return the queries of a probe, two of them where there are many entries."""
    if entries <= MANY or len(probe.queries) <= 2:
        return probe.queries
    turn = blake2b("/".join(probe.key).encode(), digest_size=2).digest()[0]
    return probe.queries[0], probe.queries[1 + turn % (len(probe.queries) - 1)]


def is_surely_found(query: str, number: int, store: ranking.Store) -> bool:
    """Return whether the words of a query alone put an entry among the first five entries.

    Rare words are looked up, frequent ones only for entries that could still be better (MaxScore:
    Turtle, Flood, "Query evaluation: strategies and optimizations", 1995).
    """
    read = ranking.read_query(query)
    if read.key and any(p >> 4 == number for p in store.postings(EXACT_MARK + read.key)):
        return True
    rows = [_Row(store.postings(token), weight, token, store) for token, weight in read.tokens]
    rows = sorted((row for row in rows if row.postings), key=lambda row: len(row.postings))
    own = sum(row.gain_of(number) for row in rows)
    kept, reach = len(rows), 0.0
    while kept and reach + rows[kept - 1].rarity < own:
        kept -= 1
        reach += rows[kept].rarity
    scores: dict[int, float] = {}
    for row in rows[:kept]:
        for posting in row.postings:
            other = posting >> 4
            scores[other] = scores.get(other, 0.0) + row.gain(posting)
    better = 0
    for other, score in scores.items():
        if other != number and score + reach > own:
            better += score + sum(row.gain_of(other) for row in rows[kept:]) > own
            if better == FIRST:
                return False
    return own > 0


class _Row:
    """One token of a query: where it stands and what it gives."""

    def __init__(
        self, postings: Sequence[int], weight: float, token: str, store: ranking.Store
    ) -> None:
        share = ranking.length_share(token)
        self.postings = postings
        self.rarity, self._still, self._slope = ranking.curve(len(postings), weight, share, store)
        self._lengths = store.lengths

    def gain(self, posting: int) -> float:
        """Return what the token gives the entry of a posting."""
        count = LEVELS[posting & 15]
        length = LENGTHS[self._lengths[posting >> 4]]
        return self.rarity * count / (count + self._still + self._slope * length)

    def gain_of(self, number: int) -> float:
        """Return what the token gives an entry, which may not hold it."""
        place = bisect_left(self.postings, number << 4)
        if place == len(self.postings) or self.postings[place] >> 4 != number:
            return 0.0
        return self.gain(self.postings[place])
