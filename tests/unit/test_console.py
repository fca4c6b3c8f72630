"""Results and records as lines of a terminal."""

from __future__ import annotations

import pytest
from click import unstyle
from wcwidth import wcswidth

from generator.console import WIDTH, results_lines, wrapped
from generator.search.results import Hit, Results
from generator.search.snippets import Snippet


def _results(title: str, marks: tuple[tuple[int, int], ...] = ()) -> Results:
    hit = Hit(
        "PRN-0001", "zh", "case", "", title, marks, Snippet("", ()), {}, 1.0, False, ("en", "zh")
    )
    return Results((hit,), 1, {}, ())


@pytest.mark.parametrize(
    "title",
    [
        "打印机脱机，文档打不出来，" * 9,
        "Suspicious e-mail received, or a link already clicked or a password typed in, " * 2,
        "เปิดเครื่องแล้วจอฟ้า เข้า Windows ไม่ได้ " * 4,
    ],
)
def test_a_long_title_goes_on_below_itself(title: str) -> None:
    """No line is wider than the terminal, and no word of the title is lost."""
    lines = [unstyle(line) for line in results_lines(_results(title), "x")]
    shown = lines[: next(n for n, line in enumerate(lines) if "en zh" in line)]
    assert len(shown) > 1
    assert all(wcswidth(line) <= WIDTH for line in shown)
    assert "".join("".join(shown).split()) == "1PRN-0001" + "".join(title.split())


def test_a_match_is_marked_across_two_lines() -> None:
    """What matched is bold and yellow on both."""
    title = "a" * 60 + " " + "b" * 30
    lines = list(results_lines(_results(title, ((55, 70),)), "x"))
    assert "\x1b[33m\x1b[1m" + "a" * 5 in lines[0]
    assert "\x1b[33m\x1b[1m" + "b" * 9 + "\x1b[0m" in lines[1]


@pytest.mark.parametrize("query", ["打" * 10_000, "\x1b[2J\x07a\nb\tc", "🤷 '\"((", ""])
def test_a_query_is_repeated_in_one_short_line(query: str) -> None:
    """Nothing in it moves the cursor or fills the screen."""
    line = next(iter(results_lines(Results((), 0, {}, ()), query)))
    assert 0 < wcswidth(line) <= WIDTH


def test_wrapped_keeps_paragraphs_and_words() -> None:
    """A line ends where its script allows it; an empty text is one empty line."""
    assert list(wrapped("one two three", 8)) == ["one two", "three"]
    assert list(wrapped("打印机脱机", 4)) == ["打印", "机脱", "机"]
    assert list(wrapped("a\n\nb", 8)) == ["a", "", "b"]
    assert list(wrapped("", 8)) == [""]
