"""Markdown and values as Typst code."""

from __future__ import annotations

import re

import pytest

from generator.books.typesetting import Code, content, literal, value_code
from generator.editions import ForeignText

STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


def see(id: str) -> Code:
    """Return a stand-in for a reference."""
    return Code(f"SEE({literal(id)})")


def bare(code: str) -> str:
    """Return code without its string literals."""
    return STRING.sub("", code)


def texts(code: str) -> str:
    """Return what the string literals of code say, in order."""
    return "".join(found[1:-1] for found in STRING.findall(code))


HOSTILE = [
    '#read("/etc/passwd")',
    '"); read("/etc/passwd"); ("',
    '\\"); panic("x") //',
    "$sum_(i)$ *bold* @label <label> = heading",
    '[[PRN-0001]]"#{',
    '`#eval("1")` and ``\\`` ',
    '```typ\n#import "@preview/x:0.1.0"\n```',
    "<script>alert(1)</script> &amp; &#35;",
    '| a | b |\n|---|---|\n| #x | "); y |',
    '[x](javascript:alert(1)) [y](https://example.com/"#)',
    "line\\\nbreak \\u{41}",
    '<kbd>#x"</kbd> <sup>#panic()</sup> <br> <sub>$a$</sub>',
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_leaves_its_literal(text: str) -> None:
    """Outside of string literals stand only calls of known functions."""
    names = set(re.findall(r"[A-Za-z][\w.-]*", bare(content(text, see))))
    known = (
        "p items numbered title quotation rule pre mono-text cells address cut foreign see named"
    )
    allowed = {f"md.{name}" for name in known.split()}
    assert names <= allowed | {
        "SEE",
        "strong",
        "emph",
        "sub",
        "super",
        "linebreak",
        "shows-target",
        "true",
        "false",
    }


@pytest.mark.parametrize("text", HOSTILE)
def test_literals_are_closed(text: str) -> None:
    """No quotation mark or backslash stays outside of a literal."""
    assert not set(bare(content(text, see))) & {'"', "\\", "#", "$"}


def test_a_sentence_is_one_literal() -> None:
    """A text without markup is not wrapped in a paragraph."""
    assert content("看打印机面板", see) == '{"看打印机面板"}'


def test_tags_that_a_text_may_hold() -> None:
    """A power stays a power, a key looks like code."""
    assert content("10<sup>3</sup> H<sub>2</sub>", see) == '{"10";super({"3"});" H";sub({"2"})}'
    assert content("<kbd>Win</kbd>", see) == '{md.mono-text("Win")}'


def test_references_are_resolved_by_the_caller() -> None:
    """`[[ID]]` becomes what the caller says."""
    assert content("见 [[PRN-0002]]。", see) == '{"见 ";SEE("PRN-0002");"。"}'


def test_direction_marks_and_controls_are_left_out() -> None:
    """Characters that turn the reading direction never reach the PDF."""
    assert literal("a\u202eb\u2066c\x07d\u200fe\ud800f") == '"abcdef"'


def test_a_long_word_may_break() -> None:
    """A word that no line can hold gets places to break, and keeps its letters."""
    code = content("x" * 500, see)
    assert code.count("md.cut") >= 500 // 24
    assert texts(code) == "x" * 500


def test_foreign_texts_say_their_language() -> None:
    """A text for want of a translation is set in its own language."""
    assert content(ForeignText("标题", "zh"), see) == 'md.foreign("zh",{"标题"})'


def test_deep_nesting_keeps_its_words() -> None:
    """Lists in lists, however deep, end in code that is not deeper than Typst can read."""
    text = "\n".join("  " * depth + f"- level{depth}" for depth in range(40))
    code = content(text, see)
    assert re.findall(r"level\d+", code) == [f"level{n}" for n in range(40)]
    deepest = depth = 0
    for sign in bare(code):
        depth += (sign in "({") - (sign in ")}")
        deepest = max(deepest, depth)
    assert deepest < 80


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "none"),
        (True, "true"),
        (3, "3"),
        (-2.5, "-2.5"),
        ('a"b', '"a\\"b"'),
        ([], "()"),
        (["a"], '("a",)'),
        ({}, "(:)"),
        ({"a b": 1}, '("a b":1)'),
        (Code("x"), "x"),
    ],
)
def test_plain_values(value: object, code: str) -> None:
    """Each plain value has its Typst form."""
    assert value_code(value) == code
