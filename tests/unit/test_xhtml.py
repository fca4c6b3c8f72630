"""Finished HTML as XHTML, and what is mended on the way."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.books.xhtml import as_xhtml, writable
from generator.markup import to_html, to_inline_html
from tests.epub import X, links_of, text_of

PAGE = '<html xmlns="http://www.w3.org/1999/xhtml" lang="zh"><body>{}</body></html>'
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
HOSTILE = {
    "tags": "<script>alert(1)</script> <img src=x onerror=y> <kbd>Win</kbd> <br> </div>",
    "entities": "a\u00a0b &nbsp; &lt;b&gt; &#0; &#x1F; ]]> <!-- x --> <?php ?> <a",
    "controls": "a\x00b\x08c\x0bd\x0ce\x1bf\x7fg\x85h\ufffei\uffffj\ufdd0k",
    "directions": "abc\u202edef\u2066ghi\u200e",
    "emoji": "👍🏽 👨‍👩‍👧 𓀀",
    "long words": "x" * 500 + " " + "网" * 500,
    "deep lists": "\n".join("  " * depth + f"- 层 {depth}" for depth in range(30)),
    "ragged table": "| a | b |\n|---|---|\n| 1 |\n| 1 | 2 | 3 |\n\n<kbd>x</kbd>",
    "links": "[x](javascript:alert(1)) [y](https://e.com/a b?c=%zz&d=(中)#e#f) [z](https://[bad)",
    "nested links": "[see [[PRN-0001]] there](https://example.com) [a](//evil.example)",
    "blocks": "one\n\n1. two\n\n   ```\n   <three> & four\n   ```\n\n> five\n\n---\n\n# six",
    "marks": "**_**`*[[]](`\\<br> ~~~",
}


def resolve(id: str) -> tuple[str, str] | None:
    """Return what every reference says and where it leads."""
    return f"{id}.xhtml", "标题 & <b>"


def page(body: str) -> ElementTree.Element:
    """Return a page with this body, as an e-reader would read it."""
    made = as_xhtml(PAGE.format(body))
    assert isinstance(made, bytes), made
    return ElementTree.fromstring(made)


@pytest.mark.parametrize("kind", HOSTILE)
def test_whatever_a_text_says_the_page_is_whole(kind: str) -> None:
    """Every text becomes a page that an XML reader takes, with only tags that draw."""
    for made in (to_html(HOSTILE[kind], resolve), to_inline_html(HOSTILE[kind], resolve)):
        root = page(f'<div><span lang="de">{made}</span></div>')
        assert not {each.tag.removeprefix(X) for each in root.iter()} & {"script", "img"}
        for link in root.iter(f"{X}a"):
            assert link.attrib["href"].startswith(("http", "mailto:", "PRN-")), link.attrib
            assert [each for each in link.iter(f"{X}a") if each is not link] == []
        for each in root.iter(f"{X}span"):
            assert {inner.tag for inner in each.iter()}.isdisjoint({f"{X}p", f"{X}ul", f"{X}pre"})


@given(st.text())
def test_every_text_is_written(text: str) -> None:
    """No text at all can break a page."""
    assert isinstance(as_xhtml(PAGE.format(to_html(text, resolve))), bytes)


def test_what_a_text_says_stays() -> None:
    """A text that names a tag or an entity says it on the page too."""
    root = page(to_html("`<br>` &nbsp; <hr> a<br>b\u00a0<kbd>c</kbd>", resolve))
    assert text_of(root) == "<br>&nbsp;<hr>abc"
    assert len(list(root.iter(f"{X}br"))) == 1


def test_links_lead_where_an_address_can() -> None:
    """What an address cannot hold is quoted; a link to nowhere is its words."""
    root = page(
        '<p><a href="https://e.com/a b/中?c=50%&amp;d=%20#x#y" rel="noopener">one</a>'
        '<a href="">two</a><a href="https://[bad">three</a>'
        '<a href="mailto:a@b.example">four<a href="x.xhtml">five</a></a></p>'
    )
    assert dict(links_of(root)) == {
        "https://e.com/a%20b/%E4%B8%AD?c=50%25&d=%20#x%23y": "one",
        "mailto:a@b.example": "fourfive",
    }
    assert text_of(root) == "onetwothreefourfive"


def test_languages_are_said_twice() -> None:
    """Readers of XML and of HTML are both told a passage's language."""
    root = page('<p><span lang="th">ไทย</span></p>')
    assert (root.attrib["lang"], root.attrib[LANG]) == ("zh", "zh")
    assert [each.attrib[LANG] for each in root.iter(f"{X}span")] == ["th"]


def test_marks_that_do_not_fit_are_told() -> None:
    """A page whose tags do not close is no page, but a complaint."""
    assert "mismatched tag" in str(as_xhtml(PAGE.format("<p><b></p>")))


def test_unwritable_characters_go() -> None:
    """What XML cannot hold, and what turns the reading direction, is left out; the rest stays."""
    text = "a\tb\nc ไทย 中文 ü 👍 \u00ad\u200b"
    assert writable(f"\x00{text}\x1f\ud800\u202e") == text
