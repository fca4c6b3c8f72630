"""The order of words in a register, as readers of a language know it from their dictionaries.

In goes a text, out come what it is sorted by and the letter it stands under. No library: PyICU has
no wheels, pyuca reads the whole of Unicode to sort some hundred lines and knows no pinyin. German
umlauts count as their vowels (DIN 5007-1); a Thai vowel written before its consonant counts after
it, tone marks last; Chinese goes by pinyin, Latin words among it by their letters.
"""

from __future__ import annotations

import re
import unicodedata

Key = tuple[tuple[str, ...], str]

OTHER = "#"
"""What stands under no letter: figures and signs."""

_UNSAID = re.compile(r"^[^\w]+")
_VOWEL_FIRST = re.compile("([\u0e40-\u0e44])([\u0e01-\u0e2e])")
_TONES = re.compile("[\u0e47-\u0e4e]")
_PARTS = re.compile(r"[0-9]+|[^0-9]+")


def sort_key(text: str, language: str) -> Key:
    """Return what a text is sorted by among texts of its language; figures go by their value."""
    bare = _UNSAID.sub("", text)
    if language == "zh":
        sounds = tuple(_syllables(bare))
    elif language == "th":
        sounds = tuple(_TONES.sub("", _VOWEL_FIRST.sub(r"\2\1", _folded(bare))))
    else:
        sounds = tuple(_figures(_folded(bare)))
    return sounds, text


def letter(text: str, language: str) -> str:
    """Return the letter under which a text stands in a register."""
    sounds, _ = sort_key(text, language)
    first = sounds[0][:1].upper() if sounds else ""
    return first if first.isalpha() else OTHER


def _folded(text: str) -> str:
    """Return a text in small letters without accents; Thai marks are letters and stay."""
    apart = unicodedata.normalize("NFKD", text.casefold().replace("\u0e33", "\ue000"))
    kept = (each for each in apart if not ("\u0300" <= each <= "\u036f"))
    return "".join(kept).replace("\ue000", "\u0e33")


def _figures(text: str) -> list[str]:
    parts = _PARTS.findall(text)
    return [part.zfill(12) if part.isdigit() else part for part in parts]


def _syllables(text: str) -> list[str]:
    # here, because its dictionaries take 0.2 s to load, and no other language needs them
    from pypinyin import lazy_pinyin

    found = (each.replace("\u00fc", "v") for each in lazy_pinyin(text))
    return [part for each in found for part in _figures(_folded(each))]
