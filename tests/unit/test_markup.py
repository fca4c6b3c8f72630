"""Markdown inside a field: what comes out, and what never does."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import markup
from generator.markup import to_html, to_inline_html, to_plain

TAGS = frozenset(
    (
        "p",
        "ul",
        "ol",
        "li",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "pre",
        "code",
        "hr",
        "strong",
        "em",
        "kbd",
        "sub",
        "sup",
    )
) | frozenset(("a", "br", "div", "table", "thead", "tbody", "tr", "th", "td"))
PIECES = (
    *("**", "*", "`", "``", "[[NET-0001]]", "[a](", "https://a.example/", "javascript:x", ")"),
    *(
        "<b>",
        "</b>",
        "<script>",
        "&lt;",
        "<kbd>",
        "</kbd>",
        "<br>",
        "<sup>2</sup>",
        "\\",
        "\n",
        "\n\n",
        "1. ",
        "- ",
        "   ",
        "|",
        "---",
        "# ",
    ),
    *("打印机", "เครื่อง", "text", "_", "~", "!", "> ", "```\n", "\ue000" + "0\ue001", "\x02", "'"),
)


def resolve(id: str) -> tuple[str, str] | None:
    """Return an address for every record but one."""
    return None if id == "SEC-0002" else (f"../cases/{id}.html", f"title of {id}")


class Seen(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("plain & <b>", "plain &amp; &lt;b&gt;"),
        ("**设置 > 蓝牙**", "<strong>设置 &gt; 蓝牙</strong>"),
        ("`a<b` and `x_y`", "<code>a&lt;b</code> and <code>x_y</code>"),
        (
            "see [[NET-0001]]",
            'see <a class="ref" href="../cases/NET-0001.html">title of NET-0001</a>',
        ),
        ("not for you: [[SEC-0002]]", "not for you: "),
        ("[a](javascript:alert(1))", "a"),
        ("\\*no\\*", "*no*"),
        ("<kbd>Win</kbd>+<kbd>R</kbd>", "<kbd>Win</kbd>+<kbd>R</kbd>"),
        ("10<sup>3</sup> H<sub>2</sub>O<br>b", "10<sup>3</sup> H<sub>2</sub>O<br>\nb"),
        ("ping <host>", "ping &lt;host&gt;"),
        ("<kbd onclick=x>a</kbd>", "&lt;kbd onclick=x&gt;a&lt;/kbd&gt;"),
        ("<a@b.example>", "&lt;a@b.example&gt;"),
        ("[a](DATA:text/html,x)", "a"),
        (
            "[a](https://b.example/)",
            '<a href="https://b.example/" rel="noopener noreferrer">a</a>',
        ),
    ],
)
def test_inline(text: str, made: str) -> None:
    """One paragraph comes out without a paragraph around it, safe and resolved."""
    assert to_inline_html(text, resolve) == made


def test_lists_begin_where_writers_begin_them() -> None:
    """Two or three spaces are enough to go on inside a list item, and fences stay in it."""
    text = "1. one\n   ```bash\n   ls -l\n\n     deep\n   ```\n2. two\n   - a\n   - b"
    made = to_html(text, resolve)
    assert made.count("<ol>") == 1
    assert '<pre data-language="bash"><code>ls -l\n\n  deep</code></pre>' in made
    assert "<ul>\n<li>a</li>\n<li>b</li>\n</ul>" in made


def test_tables_can_be_scrolled() -> None:
    """A table stands in a box that scrolls, so that the page does not."""
    made = to_html("| a | b |\n|---|---|\n| 1 | `x` |", resolve)
    assert made.startswith('<div class="scroll"><table>')
    assert "<code>x</code>" in made


def test_plain_text_has_no_markup() -> None:
    """What search reads has words, not signs."""
    text = "**a** `b` [[NET-0001]]\n\n- c\n- d"
    assert to_plain(text, resolve) == "a b title of NET-0001\nc\nd"
    assert to_plain("10<sup>3</sup>, <kbd>Win</kbd>", resolve) == "10^3, Win"


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_only_known_tags_and_safe_links_come_out(text: str) -> None:
    """Whatever a text holds, no tag, attribute or address comes out that is not on the lists."""
    seen = Seen()
    seen.feed(to_html(text, resolve))
    for tag, attributes in seen.tags:
        assert tag in TAGS
        assert set(attributes) <= {"href", "rel", "class", "data-language"}
        target = attributes.get("href")
        assert target is None or target.startswith(("https:", "http:", "mailto:", "../cases/"))


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_another_reader_sees_the_same(text: str) -> None:
    """An HTML reader that is not ours finds nothing to take out of what was written."""
    made = "".join(markup._html(child, resolve) for child in markup.tree(text))
    ours, theirs = Seen(), Seen()
    ours.feed(made)
    theirs.feed(markup._CLEANER.clean(made))
    assert ours.tags == theirs.tags


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join).filter(str.strip))
def test_the_short_way_ends_where_the_long_way_does(text: str) -> None:
    """A text that is simple enough to be written at once comes out as if it had been parsed."""
    if not markup._is_simple(text.strip()):
        return
    parsed = "".join(markup._html(child, resolve) for child in markup._parsed(text.strip()))
    assert to_html(text.strip(), resolve) == parsed
    through_tree = "".join(markup._html(child, resolve) for child in markup.tree(text.strip()))
    assert through_tree == parsed
