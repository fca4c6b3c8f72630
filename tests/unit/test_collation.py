"""The order of words in a register."""

from __future__ import annotations

import random

import pytest

from generator.books.collation import OTHER, letter, sort_key


@pytest.mark.parametrize("language", ["de", "en"])
def test_accents_and_capitals_do_not_part_words(language: str) -> None:
    """An umlaut stands with its vowel, a capital with its small letter."""
    words = ["Zebra", "Öl", "ofen", "Ärger", "arm"]
    made = sorted(words, key=lambda word: sort_key(word, language))
    assert made == ["Ärger", "arm", "ofen", "Öl", "Zebra"]
    assert [letter(word, language) for word in made] == ["A", "A", "O", "O", "Z"]


def test_figures_go_by_value() -> None:
    """Number 10 comes after number 2; what begins with a figure stands under no letter."""
    assert sort_key("Cable 2", "en") < sort_key("cable 10", "en")
    assert letter("802.1X", "en") == OTHER


def test_chinese_goes_by_pinyin() -> None:
    """Characters are sorted by sound, and Latin words by letter among them."""
    words = ["白屏", "打不开", "打印机脱机", "VPN 连不上", "网络断了", "账号被锁"]
    mixed = random.Random(1).sample(words, len(words))
    assert sorted(mixed, key=lambda word: sort_key(word, "zh")) == words
    assert [letter(word, "zh") for word in words] == ["B", "D", "D", "V", "W", "Z"]
    assert letter("“打不开”", "zh") == "D"


def test_thai_vowels_before_a_consonant_count_after_it() -> None:
    """เก stands under ก, and tone marks decide only between words that are the same."""
    words = ["กล้อง", "เก่า", "คอม", "เครื่อง", "ไฟ", "มือ"]
    assert [letter(word, "th") for word in words] == ["ก", "ก", "ค", "ค", "ฟ", "ม"]
    mixed = random.Random(1).sample(words, len(words))
    assert sorted(mixed, key=lambda word: sort_key(word, "th")) == words
    assert sort_key("ไม่", "th") < sort_key("ไม้เท้า", "th")
