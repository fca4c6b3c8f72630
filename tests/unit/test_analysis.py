"""Tokens of all languages, codes and hostile texts."""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.search import analysis

EXAMPLES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent.parent / "analysis_examples.json").read_text("utf-8")
)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["about"])
def test_examples(example: dict[str, Any]) -> None:
    """Every row of the table that binds both languages holds."""
    words, variants = analysis.tokens(example["text"], singles=example["singles"])
    assert words == example["words"]
    assert variants == example["variants"]
    assert analysis.exact_key(example["text"]) == example["key"]


@pytest.mark.parametrize(
    "spelling",
    ["0x7B", "STOP 7B", "0x0000007b", "stop code: 0x7b", "7b", "错误代码 7B", "Fehler 0x7B"],
)
def test_a_code_in_any_spelling_is_one_key(spelling: str) -> None:
    """All spellings of a stop code are the same id, and share a token."""
    assert analysis.exact_key(spelling) == "7b"
    assert "7b" in analysis.tokens(spelling)[0]


def test_a_record_id_in_any_spelling_is_one_key() -> None:
    """An id may be typed small, with a space, or without its zeros."""
    assert {analysis.exact_key(text) for text in ("PRN-0007", "prn 7", "prn0007", "PRN7")} == {
        "prn7"
    }


def test_codes_of_a_field_are_keys_by_line_and_by_part() -> None:
    """A line of codes is found as a whole and by each code in it."""
    keys = analysis.exact_keys("STOP 0x0000007B INACCESSIBLE_BOOT_DEVICE\nE-05")
    assert keys == ["7binaccessiblebootdevice", "7b", "inaccessiblebootdevice", "e5"]


def test_spans_point_into_the_text_as_written() -> None:
    """Places are those of the original text even where folding changes its length."""
    text = "ﬁle ｖｐｎ 打印机"
    found = [(text[start:end], tokens) for start, end, tokens in analysis.spans(text)]
    assert found == [
        ("ﬁle", ("file",)),
        ("ｖｐｎ", ("vpn",)),
        ("打印", ("打印",)),
        ("印机", ("印机",)),
    ]


@given(st.text(max_size=300))
def test_any_text_has_tokens_without_spaces(text: str) -> None:
    """No text raises; no token is empty, has a space or a line break in it, or is overlong."""
    for token in chain(*analysis.tokens(text, singles=True)):
        assert token
        assert not any(character.isspace() for character in token)
        assert len(token) <= analysis.LONGEST_TOKEN + 2
    for start, end, _ in analysis.spans(text):
        assert 0 <= start < end <= len(text)
    analysis.exact_keys(text)
