"""YAML and front matter to data with places."""

from __future__ import annotations

import pytest

from generator.documents import Document, parse
from generator.sources import Source


def document(text: str, path: str = "kb/x.yml") -> Document:
    """Return a document that has to be there."""
    read, findings = parse(Source(path, text, ""))
    assert read is not None, findings
    return read


def complaint(text: str, path: str = "kb/x.yml") -> tuple[str, int, int]:
    """Return the code, line and column of the one finding."""
    read, findings = parse(Source(path, text, ""))
    assert read is None and len(findings) == 1
    return findings[0].code, findings[0].location.line, findings[0].location.column


def test_plain_words_stay_text() -> None:
    """No scalar is turned into a number, a truth value or a date."""
    text = "a: off\nb: 0x7b\nc: 007\nd: 2026-11-01\ne: yes\nf: 1_000\ng: .inf\nh: 12:30:45"
    assert document(text).data == {
        "a": "off",
        "b": "0x7b",
        "c": "007",
        "d": "2026-11-01",
        "e": "yes",
        "f": "1_000",
        "g": ".inf",
        "h": "12:30:45",
    }


def test_nothing_is_none_only_where_it_is_not_quoted() -> None:
    """An empty value, `~` and `null` mean nothing; the same in quotes is a text."""
    assert document("a:\nb: ~\nc: null\nd: \"null\"\ne: ''").data == {
        "a": None,
        "b": None,
        "c": None,
        "d": "null",
        "e": "",
    }


def test_places_of_values_and_keys() -> None:
    """Every value and every key has its line and column, the nearest part around it otherwise."""
    read = document("a:\n  - b: c\n    d: [e, f]\n")
    assert str(read.location(("a", 0, "d", 1))) == "kb/x.yml:3:12"
    assert str(read.location(("a", 0, "d"), of_key=True)) == "kb/x.yml:3:5"
    assert str(read.location(("a", 0, "missing"))) == "kb/x.yml:2:5"


def test_columns_count_characters() -> None:
    """A column counts characters, not bytes: Chinese before it does not move it."""
    assert document("标题: {值: 一}").location(("标题", "值")).column == 9


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: *b", ("KB111", 1, 4)),
        ("a: &b c", ("KB111", 1, 4)),
        ("a: !!int 1", ("KB114", 1, 4)),
        ("a: !include x.yml", ("KB114", 1, 4)),
        ("a: b\n---\nc: d", ("KB114", 2, 1)),
        ("a: b\na: c", ("KB113", 2, 1)),
        ("{a: {b: c, b: d}}", ("KB113", 1, 12)),
        ("a: b: c", ("KB110", 1, 5)),
        ("a:\n\t- b", ("KB110", 2, 1)),
        ("a: 'b", ("KB110", 1, 6)),
        ("", ("KB115", 1, 1)),
        ("# only a comment\n", ("KB115", 1, 1)),
        ("? [a]\n: b", ("KB202", 1, 3)),
        ("[" * 25, ("KB112", 1, 25)),
    ],
)
def test_what_is_not_a_record(text: str, expected: tuple[str, int, int]) -> None:
    """Anchors, tags, second documents, doubled keys and broken YAML are told where they stand."""
    assert complaint(text) == expected


def test_merge_keys_are_plain_fields() -> None:
    """`<<` merges nothing: it is a field that the model will not know."""
    assert document("<<: {a: b}").data == {"<<": {"a": "b"}}


def test_markdown_sections() -> None:
    """Front matter comes with its lines, sections with their headings' lines."""
    read = document("---\nid: A\n---\n\n## One ##\ntext\n\n### deeper\n## Two\n", "kb/x.md")
    assert read.data == {"id": "A"}
    assert read.location(("id",)).line == 2
    assert [(each.heading, each.line) for each in read.sections] == [("One", 5), ("Two", 9)]
    assert read.sections[0].lines == ("text", "", "### deeper")


def test_headings_in_code_are_code() -> None:
    """`##` inside a fenced block is a comment of the code, whatever fences stand inside it."""
    text = (
        "---\nid: A\n---\n## One\n````bash\n## no\n```\n## no\n````\n~~~\n## no\n```\n~~~\n## Two\n"
    )
    assert [each.heading for each in document(text, "kb/x.md").sections] == ["One", "Two"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id: A\n", ("KB116", 1, 1)),
        ("---\nid: A\n", ("KB116", 1, 1)),
        ("---\n---\n## One\n", ("KB115", 1, 1)),
        ("---\nid: A\n---\n\nfirst\n## One\n", ("KB118", 5, 1)),
        ("---\nid: [\n---\n", ("KB110", 3, 1)),
    ],
)
def test_what_is_not_a_markdown_record(text: str, expected: tuple[str, int, int]) -> None:
    """Front matter that is missing, open, empty or broken is told with the file's own lines."""
    assert complaint(text, "kb/x.md") == expected
