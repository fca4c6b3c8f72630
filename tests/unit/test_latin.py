"""Chinese typed with Latin letters is read as it was meant, and English is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.search import latin, pinyin


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("dayinji", "da yin ji"),
        ("chongqi", "chong qi"),
        ("lvse", "lv se"),
        ("wangluo", "wang luo"),
        ("dayinj", "da yin"),
        ("xian", "xian"),
        ("printer", ""),
        ("vpn", ""),
    ],
)
def test_a_word_is_cut_into_syllables(word: str, wanted: str) -> None:
    """Whole syllables, as few as can be; a begun one at the end is left out."""
    assert " ".join(latin.syllables(word)) == wanted


@pytest.mark.parametrize("typed", ["dayinji", "da yin ji", "dyj", "dayin", "yinji"])
def test_what_is_typed_is_among_the_tokens_of_the_text(typed: str) -> None:
    """Whole syllables, apart or together, and initials find the characters."""
    held = set(pinyin.tokens("打印机脱机"))
    read = latin.readings(typed.split(" "))
    assert read
    assert all(set(tokens) <= held for tokens, _ in read)


def test_a_character_is_read_in_its_word() -> None:
    """Restart is chongqi."""
    assert "^chongqi" in pinyin.tokens("重启电脑")


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", max_size=80))
def test_any_word_can_be_read(word: str) -> None:
    """Nothing that can be typed raises, and syllables are what the word begins with."""
    assert word.startswith("".join(latin.syllables(word)))
    latin.readings([word])
