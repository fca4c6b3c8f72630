"""Files of what readers said become a report per record, whatever stands in them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.feedback import FORMAT, LARGEST, UnusableFileError, read_answers, report


def row(id: str = "PRN-0001", **others: Any) -> dict[str, Any]:
    """Return one answer as a page keeps it."""
    told = {"language": "zh", "edition": "public", "helped": False, "comment": ""}
    return {"id": id, "at": "2026-11-20T10:00:00Z", **told, **others}


def file(*rows: object, device: object = "d1") -> bytes:
    """Return a file as a page saves it."""
    return json.dumps({"format": FORMAT, "device": device, "answers": rows}).encode()


def test_a_report_for_each_record() -> None:
    """What fails most people comes first, with comments, languages and devices."""
    answers = [
        *read_answers("a.json", file(row(comment="第3步看不懂"), row("NET-0001", helped=True)))[0],
        *read_answers("b.json", file(row(language="th", helped=True), device="d2"))[0],
        *read_answers("c.json", file(row(), device="d3"))[0],
    ]
    first, second = report(answers)
    assert (first.id, first.failed, first.helped, first.devices) == ("PRN-0001", 2, 1, 3)
    assert first.languages == ("th", "zh")
    assert first.editions == ("public",)
    assert first.last == "2026-11-20"
    assert [(each.text, each.is_helped) for each in first.comments] == [("第3步看不懂", False)]
    assert (second.id, second.helped) == ("NET-0001", 1)


def test_a_device_is_heard_once() -> None:
    """A file that was saved twice counts once, and the last answer of a device is the one."""
    old = file(row(comment="old"))
    new = file(row(helped=True, at="2026-11-21T08:00:00.123Z"))
    answers = [each for name in (new, old, old) for each in read_answers("a.json", name)[0]]
    (found,) = report(answers)
    assert (found.helped, found.failed, found.devices, found.comments) == (1, 0, 1, ())


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"9" * 10_000, "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[]", "not a file of feedback"),
        (b'{"format": "tierbook-missing-1", "queries": []}', "not a file of feedback"),
        (f'{{"format": "{FORMAT}", "answers": 1}}'.encode(), "no list"),
        (b" " * (LARGEST + 1), "larger than 5 MB"),
    ],
)
def test_another_file_is_refused_by_name(content: bytes, wrong: str) -> None:
    """A file that no page saved is named, with what is wrong."""
    with pytest.raises(UnusableFileError, match=rf"notes\.json .*{wrong}"):
        read_answers("notes.json", content)


@pytest.mark.parametrize(
    "bad",
    [
        None,
        [],
        row(id="../etc/passwd"),
        row(id=["PRN-0001"]),
        row(helped="yes"),
        row(at="yesterday"),
        row(at="2026-11-20T10:00:00Z\n"),
    ],
)
def test_entries_that_are_none_are_counted(bad: object) -> None:
    """The good entries of a file stay."""
    answers, bad_ones = read_answers("a.json", file(row(), bad))
    assert (len(answers), bad_ones) == (1, 1)


def test_texts_cannot_steer_a_terminal() -> None:
    """Control characters and unknown words of a file never come out."""
    hostile = row(comment="a\x1b[2Jb\u202ec\r\nd" + "x" * 9000, language="\x1b[31m", edition=7)
    (answer,) = read_answers("a.json", file(hostile, device={"x": 1}))[0]
    assert answer.comment.startswith("a [2Jb c d")
    assert len(answer.comment) == 1000
    assert (answer.language, answer.edition, answer.device) == ("", "", "a.json")


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=9,
)


@given(st.lists(st.builds(lambda some: row(**some), st.dictionaries(st.text(), _ANY)) | _ANY))
def test_any_rows_are_read(rows: list[object]) -> None:
    """Whatever stands in the list, nothing raises and every comment can be shown."""
    answers, bad = read_answers("a.json", file(*rows))
    assert len(answers) + bad == len(rows)
    assert all(each.comment.isprintable() for each in answers)
    assert sum(each.helped + each.failed for each in report(answers)) <= len(answers)
