"""How well entries answer a query: the formula, over any store of postings.

In go a query's text and a `Store`; out come scores by entry number. The terminal runs this over
Whoosh, the browser runs its port in `search.js` over shards, and both must order alike.

The score is BM25 over all fields as one, where a token counts by the weight of its field
(Robertson, Zaragoza, Taylor, "Simple BM25 extension to multiple weighted fields", 2004).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from generator.search import analysis, glossary, latin
from generator.search.levels import EXACT_MARK, LENGTHS, LEVELS

SATURATION = 1.5
"""BM25's k1: how fast a repeated token stops counting."""
LENGTH_SHARE = 0.75
"""BM25's b: how far a long entry is held back."""
CODE_LENGTH_SHARE = 0.1
"""The same for a token with a digit: a code is no less meant for standing in a long log."""
CHINESE_WEIGHT = 0.75
"""What a Chinese bigram counts beside a Latin word; bigrams overlap, so a word gives more."""
UNSPACED_WEIGHT = 0.35
"""The same for a Thai trigram."""
FUNCTION_WEIGHT = 0.2
"""What a word counts that only joins others or asks: even where it is rare, it says little."""
FUNCTION_PAIR_SHARES = (1.0, 0.6, 0.1)
"""What is left of a Chinese bigram's weight when so many of its characters do."""
VARIANT_WEIGHT = 0.3
"""What another way to write a word of the query counts: its parts, or its parts joined."""
LIKENESS_WEIGHT = 0.5
"""What a word counts that is only like the one asked for, times its likeness."""
RAREST = 3
"""Words found in at most so many entries are looked up by likeness as well."""
LEAST_LIKENESS = 0.5
MOST_ALIKE = 8
SLIP_LIKENESS = 0.9
"""How like a word is that one slip of the fingers makes of the one typed."""
OVERLAP_SHARE = 0.8
"""What being part of another word counts, where looking like it as a whole counts 1."""
TERM_WEIGHT = 0.7
"""What another word of the same meaning counts, where one rare word of the query counts 1."""
PINYIN_WEIGHT = 0.8
"""What Chinese counts that was typed in Latin letters, where its characters count 1."""
SINGLE_WEIGHT = 0.3
"""What a character counts whose pairs in a query hardly any entry holds: its neighbour is wrong."""
LEAST_SINGLES = 2
"""So many such characters an entry must hold."""
EXACT_SCORE = 1000.0
"""Added where the whole query is an entry's id or error code; above any sum of token scores."""
LONGEST_QUERY = 512
"""Characters of a query that are read."""
MOST_TOKENS = 96

_FUNCTIONS = (
    "a am an and are as at auf be bei by can das dem den der des did die do does ein eine "
    "er es for from fur how i ich im in is ist it its man me mein mit my nich not oder of "
    "on or sie sind that the this to und von wann warum was we welch wer werd what when "
    "wher which who why wie wir wird with wo you your zu zum zur "
)
_FUNCTION_WORDS = frozenset(_FUNCTIONS.split())
_FUNCTION_HAN = frozenset(
    "的了是在和与有吗呢吧啊什么怎哪谁几多少为何如请问我你他她它这那个就都也不些样"
)
_DIGIT = re.compile(r"[0-9]")
_WORD = re.compile("[a-z]+")


@dataclass(frozen=True)
class Query:
    """A query as the scorer sees it."""

    tokens: tuple[tuple[str, float], ...]
    """Each distinct token with its weight, in the order typed."""
    key: str
    """The id or code that the whole query may be, or nothing."""
    words: tuple[str, ...] = ()
    """What the query says, token by token."""
    latin: tuple[str, ...] = ()
    """Its words of Latin letters as typed, which may be pinyin."""


class Store(Protocol):
    """Where postings come from. Entry numbers are the store's own."""

    @property
    def count(self) -> int:
        """Return the number of entries."""

    @property
    def average(self) -> float:
        """Return the mean length of the entries in weighted tokens."""

    @property
    def lengths(self) -> Sequence[int]:
        """Return the length code of each entry by its number."""

    def postings(self, token: str) -> Sequence[int]:
        """Return entry number × 16 + level for each entry that holds the token."""

    def alike(self, token: str) -> Iterable[str]:
        """Return at least the words of the vocabulary that share a trigram with the token."""

    @property
    def terms(self) -> glossary.Terms:
        """Return the glossary."""

    def term_postings(self, id: str) -> Sequence[int]:
        """Return entry number × 16 + level for each entry that holds a phrase of a term."""


def read_query(text: str) -> Query:
    """Return the query that a person typed; any text is a query."""
    text = text[:LONGEST_QUERY]
    words, variants = analysis.tokens(text)
    weights = {token: count * token_weight(token) for token, count in Counter(words).items()}
    for token, count in Counter(variants).items():
        weights[token] = weights.get(token, 0.0) + count * VARIANT_WEIGHT
    return Query(
        tuple(weights.items())[:MOST_TOKENS],
        analysis.exact_key(text),
        tuple(words[:MOST_TOKENS]),
        tuple(_WORD.findall(analysis.fold(text).lower())[:MOST_TOKENS]),
    )


def token_weight(token: str) -> float:
    """Return what one occurrence of a token in a query counts, by its script and its use."""
    first = token[0]
    if "\u0e01" <= first <= "\u17d3":
        return UNSPACED_WEIGHT
    if _is_pair(token):
        functions = sum(character in _FUNCTION_HAN for character in token)
        return CHINESE_WEIGHT * FUNCTION_PAIR_SHARES[functions]
    return FUNCTION_WEIGHT if token in _FUNCTION_WORDS else 1.0


def _is_pair(token: str) -> bool:
    """Return whether a token is two Chinese characters."""
    return token[0] >= "\u3005" and len(token) == 2


def score(query: Query, store: Store) -> tuple[dict[int, float], frozenset[str]]:
    """Return the score of every entry that matches, and the tokens that matched anything."""
    scores: dict[int, float] = {}
    own: dict[str, dict[int, float]] = {}
    matched: set[str] = set()
    singles: dict[str, None] = {}
    for token, weight in query.tokens:
        postings = store.postings(token)
        if postings:
            matched.add(token)
            own[token] = _gains(postings, weight, length_share(token), store)
            _add(scores, own[token])
        if len(postings) <= RAREST and analysis.is_vocabulary(token):
            typed = (word for word in query.latin if analysis.stem(word) == token)
            slips = frozenset(chain(*map(analysis.slips, typed)))
            for word, alike, found in _near(token, slips, store):
                matched.add(word)
                gain = weight * alike * LIKENESS_WEIGHT
                _add(scores, _gains(found, gain, LENGTH_SHARE, store))
        if len(postings) <= RAREST and _is_pair(token):
            singles.update(dict.fromkeys(token))
    _add_singles(scores, singles, store)
    _add_pinyin(scores, query, store)
    matched.update(_add_terms(scores, query, own, store))
    if query.key:
        for posting in store.postings(EXACT_MARK + query.key):
            number = posting >> 4
            scores[number] = scores.get(number, 0.0) + EXACT_SCORE
    return scores, frozenset(matched)


def rounded(value: float) -> int:
    """Return a score as a whole number, so that two machines agree on what is equal."""
    return math.floor(value * 1_000_000 + 0.5)


def likeness(grams: frozenset[str], other: frozenset[str]) -> float:
    """Return how alike two words are by their trigrams, 0 to 1: Dice, or part of the other."""
    shared = len(grams & other)
    alike = 2 * shared / (len(grams) + len(other))
    shorter = min(len(grams), len(other))
    return max(alike, OVERLAP_SHARE * shared / shorter) if shorter >= 4 else alike


def _add_terms(
    scores: dict[int, float], query: Query, own: dict[str, dict[int, float]], store: Store
) -> set[str]:
    """Add what other words of the same meaning give, as far as it is more than the word's own.

    Returns the tokens to mark for it.
    """
    matched: set[str] = set()
    for id, phrase in glossary.named_in(query.words, store.terms):
        tokens = phrase.split(" ")
        weight = TERM_WEIGHT * min(2.0, max(1.0, sum(map(token_weight, tokens))))
        others = _gains(store.term_postings(id), weight, LENGTH_SHARE, store)
        held = [own[token] for token in tokens if token in own]
        for number, gain in others.items():
            more = gain - sum(gains.get(number, 0.0) for gains in held)
            if more > 0:
                scores[number] = scores.get(number, 0.0) + more
        if others:
            matched.update(glossary.marked_tokens(store.terms[id]))
    return matched


def _add_singles(scores: dict[int, float], characters: Iterable[str], store: Store) -> None:
    """Add what characters give alone, where an entry holds more than one of them."""
    rows = [store.postings(c) for c in characters if c not in _FUNCTION_HAN]
    held = Counter(posting >> 4 for row in rows for posting in row)
    for row in filter(None, rows):
        gains = _gains(row, SINGLE_WEIGHT, LENGTH_SHARE, store)
        _add(scores, {n: gain for n, gain in gains.items() if held[n] >= LEAST_SINGLES})


def _add_pinyin(scores: dict[int, float], query: Query, store: Store) -> None:
    """Add what the words of a query give that are Chinese in Latin letters and hardly else."""
    for tokens, places in latin.readings(list(query.latin)):
        words = [analysis.stem(query.latin[place]) for place in places]
        if min(len(store.postings(word)) for word in words) > RAREST:
            continue
        found = glossary.together(tokens, store.postings)
        postings = [number << 4 | level for number, level in sorted(found.items())]
        weight = PINYIN_WEIGHT * min(2.0, CHINESE_WEIGHT * len(tokens))
        _add(scores, _gains(postings, weight, LENGTH_SHARE, store))


def _add(scores: dict[int, float], gains: dict[int, float]) -> None:
    """Add what one token gives to the scores."""
    for number, gain in gains.items():
        scores[number] = scores.get(number, 0.0) + gain


def curve(held: int, weight: float, share: float, store: Store) -> tuple[float, float, float]:
    """Return BM25's (rarity, still, slope) of a token that so many entries hold.

    It gives an entry rarity × count / (count + still + slope × length).
    """
    rarity = weight * math.log(1 + (store.count - held + 0.5) / (held + 0.5))
    return rarity, SATURATION * (1 - share), SATURATION * share / store.average


def length_share(token: str) -> float:
    """Return how far a long entry is held back for a token."""
    return CODE_LENGTH_SHARE if _DIGIT.search(token) else LENGTH_SHARE


def _gains(postings: Sequence[int], weight: float, share: float, store: Store) -> dict[int, float]:
    """Return the BM25 score of one token for every entry that holds it."""
    rarity, still, slope = curve(len(postings), weight, share, store)
    lengths = store.lengths
    gains: dict[int, float] = {}
    for posting in postings:
        number = posting >> 4
        count = LEVELS[posting & 15]
        gains[number] = rarity * count / (count + still + slope * LENGTHS[lengths[number]])
    return gains


def _near(
    token: str, slips: frozenset[str], store: Store
) -> list[tuple[str, float, Sequence[int]]]:
    """Return the words most like a token that any entry holds: (word, likeness, postings)."""
    own = frozenset(analysis.grams(token))
    found: list[tuple[float, str]] = []
    for word in store.alike(token):
        alike = likeness(own, frozenset(analysis.grams(word)))
        if word in slips:
            alike = max(alike, SLIP_LIKENESS)
        if alike >= LEAST_LIKENESS and word != token:
            found.append((-alike, word))
    near: list[tuple[str, float, Sequence[int]]] = []
    for negative, word in sorted(set(found)):
        postings = store.postings(word)
        if postings:
            near.append((word, -negative, postings))
        if len(near) == MOST_ALIKE:
            break
    return near
