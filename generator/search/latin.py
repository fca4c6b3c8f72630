"""Chinese typed with Latin letters, read from a query: `dayinji tuoji` and `dyj` to pinyin tokens.

The counterpart of `pinyin`, without its dictionary; ported to `search.js`.
"""

from __future__ import annotations

import re
from itertools import pairwise

MARK = "^"
"""Begins the tokens of pinyin."""

_SYLLABLE = re.compile(
    "(?:[bp](?:ai|a[no]?g?|ei|en?g?|ia[no]|ie|ing?|i|ou?|u)|m(?:ai|a[no]?g?|ei|en?g?|ia[no]|ie|iu"
    "|ing?|i|ou?|u|e)|f(?:ang?|a|ei|eng?|ou?|u)|[dt](?:ai|a[no]?g?|ei|eng?|e|ia[no]?|ie|ing|iu|i"
    "|ong|ou|uan|ui|un|uo|u)|[nl](?:ai|a[no]?g?|ei|eng?|e|iang?|iao|ie|ing?|iu|ia|i|ong|ou|uan"
    "|un|uo|u|ve|v)|[gkh](?:ai|a[no]?g?|ei|eng?|e|ong|ou|uang?|uai|ua|ui|un|uo|u)|[jqx](?:iang?"
    "|iao|ia|ie|ing?|iong|iu|i|uan|ue|un|u)|(?:[zcs]h?)(?:ai|a[no]?g?|ei|eng?|e|i|ong|ou|uang?"
    "|uai|ua|ui|un|uo|u)|r(?:a[no]?g?|eng?|e|i|ong|ou|uan|ui|un|uo|u)|w(?:ai|ang?|a|ei|eng?|o|u)"
    "|y(?:ang?|ao|a|e|ing?|i|ong|ou?|uan|ue|un|u)|a[ino]|ang|a|ei|eng?|er|e|ou?)"
)
_INITIALS = re.compile("[a-hj-tw-z]{3,12}$")
_BEGUN = re.compile("(?:[bpmfdtnlgkhjqxrwy]|[zcs]h?)?$")
_LONGEST = 60


def syllables(word: str) -> list[str]:
    """Return the pinyin syllables of a word of small letters, nothing if it has others.

    Consonants at the end that only begin a syllable are left out: people search while they type.
    """
    if len(word) > _LONGEST:
        return []
    ways: list[list[str] | None] = [None] * (len(word) + 1)
    ways[0] = []
    for place in range(len(word)):
        way = ways[place]
        if way is None:
            continue
        for size in range(1, 7):
            end = place + size
            if end <= len(word) and _SYLLABLE.fullmatch(word, place, end):
                known = ways[end]
                if known is None or len(way) + 1 < len(known):
                    ways[end] = [*way, word[place:end]]
    for end in range(len(word), 0, -1):
        found = ways[end]
        if found and _BEGUN.match(word, end):
            return found if end == len(word) or len(found) > 1 else []
    return []


def readings(words: list[str]) -> list[tuple[tuple[str, ...], tuple[int, ...]]]:
    """Return (pinyin tokens, places of the words they come from) for words of a query.

    Single syllables that follow each other are one word: `da yin ji`.
    """
    found: list[tuple[tuple[str, ...], tuple[int, ...]]] = []
    waiting: list[str] = []
    places: list[int] = []
    for place, word in enumerate([*words, ""]):
        read = syllables(word)
        if len(read) == 1:
            waiting.extend(read)
            places.append(place)
            continue
        found.extend(_reading(waiting, tuple(places)))
        waiting, places = [], []
        found.extend(_reading(read, (place,)))
        if not read and _INITIALS.match(word):
            threes = dict.fromkeys(MARK + word[i : i + 3] for i in range(len(word) - 2))
            found.append((tuple(threes), (place,)))
    return found


def _reading(
    read: list[str], places: tuple[int, ...]
) -> list[tuple[tuple[str, ...], tuple[int, ...]]]:
    pairs = dict.fromkeys(MARK + a + b for a, b in pairwise(read))
    return [(tuple(pairs), places)] if pairs else []
