"""Files of queries that found nothing become a list of what to write next."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.search import gaps
from generator.search.gaps import UnusableFileError, rank, read_queries
from tests.unit.search_corpus import TERMS


def file(*rows: tuple[str, int]) -> str:
    """Return a file as the page saves it."""
    queries = [
        {
            "text": text,
            "count": count,
            "language": "zh",
            "first": "2026-11-01",
            "last": "2026-11-20",
        }
        for text, count in rows
    ]
    return json.dumps({"format": gaps.FORMAT, "queries": queries})


def test_what_many_miss_goes_first() -> None:
    """More devices weigh more than one that asked often; other wordings are one gap."""
    queries = [
        *read_queries("a.json", file(("打卡机失灵", 9), ("printer purple", 1))),
        *read_queries("b.json", file(("打印机 purple", 2))),
    ]
    found = rank(queries, TERMS)
    assert [(gap.text, gap.count, gap.files) for gap in found] == [
        ("打印机 purple", 3, 2),
        ("打卡机失灵", 9, 1),
    ]
    assert found[0].others == ("printer purple",)
    assert found[0].last == "2026-11-20"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "x"}', "\u0000"])
def test_another_file_is_refused_by_name(text: str) -> None:
    """What the page did not save is named."""
    with pytest.raises(UnusableFileError, match=r"notes\.json"):
        read_queries("notes.json", text)


@given(st.lists(st.one_of(st.none(), st.dictionaries(st.text(max_size=6), st.text(max_size=9)))))
def test_any_rows_are_read(rows: list[object]) -> None:
    """Whatever stands in the list, nothing raises and no text has control characters."""
    read = read_queries("a.json", json.dumps({"format": gaps.FORMAT, "queries": rows}))
    assert all(query.text.isprintable() for query in read)
    rank(read, TERMS)
