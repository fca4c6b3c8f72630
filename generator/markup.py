"""Markdown inside a field, parsed once into a tree; from the tree HTML, plain text or Typst.

Of raw HTML only the few tags of `RAW` are read, without attributes; the rest comes out as the text
it is, because `<host>` is more often a word than a tag. `[[ID]]` becomes a reference, which the
output resolves. Only tags, links and characters of the lists below reach an output; where a text
holds a `<`, the finished HTML goes through `nh3` as well, an HTML reader that is not ours.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element, SubElement

import nh3
from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.util import AtomicString, Registry

Resolve = Callable[[str], tuple[str, str] | None]
"""From a record's id to (address, title); None where this reader has no such record."""

_MARKUP = re.compile(
    r"[*_`\[\]<>#|!\\~\x02\x03\ue000\ue001]|^\s*(?:[-+]|\d+[.)])\s|^\s*-[-\s]*$|\n|  $",
    re.MULTILINE,
)
_SIMPLE = re.compile(
    r"\*\*({edge}(?:{inner}*{edge})?)\*\*(?!\*)|(?<!`)`([^`\n{ours}]+)`(?!`)"
    r"|\[\[([A-Z]{{2,5}}-[0-9]{{4}})\]\]".format(
        edge=r"[^\s*`\[\]<>\\_\n\x02\x03\ue000\ue001]",
        inner=r"[^*`\[\]<>\\_\n\x02\x03\ue000\ue001]",
        ours=r"\x02\x03\ue000\ue001",
    )
)
"""Bold, code and references with nothing inside: most texts hold no other markup."""
_SAFE_LINK = re.compile(r"^(?:https?://|mailto:)", re.IGNORECASE)
_FENCE = re.compile(
    r"^(?P<indent>[ ]*)(?P<fence>```+|~~~+)[ ]*(?P<language>[\w-]*)[^\n]*\n"
    r"(?P<code>.*?)^[ ]*(?P=fence)[ ]*$",
    re.MULTILINE | re.DOTALL,
)
_TABLE = ("table", "thead", "tbody", "tr", "th", "td")
_BLOCKS = frozenset(
    (*_TABLE, "p", "ul", "ol", "li", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr")
)
RAW = ("kbd", "sub", "sup")
"""The tags that a text may hold as HTML, beside `<br>`: Markdown has no mark for them."""
_INLINE = frozenset(["strong", "em", "code", "a", "br", *RAW])
_CLEANER = nh3.Cleaner(
    tags={*_BLOCKS, *_INLINE, "div"},
    attributes={
        "a": {"href", "rel", "class"},
        "div": {"class"},
        "pre": {"data-language"},
    },
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)
_ITEM = re.compile(r"^ *(?:[-+*]|\d{1,3}[.)]) +(?=\S)")
_OURS = re.compile("[\x02\x03\ue000\ue001]")
"""What marks places while a text is read, by us and by Python-Markdown; no text may hold it."""
_PLACEHOLDER = "\ue000{}\ue001"
_PLACED = re.compile("\ue000(\\d+)\ue001")


class _Fences(Preprocessor):
    """Takes fenced code out before anything else reads it."""

    def run(self, lines: list[str]) -> list[str]:
        def take(match: re.Match[str]) -> str:
            indent = match["indent"]
            code = "\n".join(line.removeprefix(indent) for line in match["code"].split("\n"))
            self.md.fences.append((match["language"], code.rstrip("\n")))  # type: ignore[attr-defined]
            return f"\n{indent}{_PLACEHOLDER.format(len(self.md.fences) - 1)}\n"  # type: ignore[attr-defined]

        return _FENCE.sub(take, "\n".join(lines)).split("\n")


class _Indents(Preprocessor):
    """Lets a list item's content begin where its text begins, as writers expect (CommonMark).

    Python-Markdown wants four spaces a level; each line gets as many as its level needs.
    """

    def run(self, lines: list[str]) -> list[str]:
        offsets: list[int] = []
        done: list[str] = []
        was_item = False
        for line in lines:
            if not line.strip():
                done.append("")
                continue
            indent = len(line) - len(line.lstrip(" "))
            while offsets and indent < offsets[-1]:
                offsets.pop()
            done.append("    " * len(offsets) + line[offsets[-1] if offsets else 0 :].lstrip(" "))
            item = _ITEM.match(line)
            if item and done[-2:-1] not in ([], [""]) and not was_item:
                done.insert(-1, "")
            was_item = item is not None
            if item:
                offsets.append(len(item.group()))
        return done


class _Reference(InlineProcessor):
    """`[[PRN-0007]]`"""

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element, int, int]:
        element = Element("ref")
        element.set("id", m.group(1))
        return element, m.start(0), m.end(0)


class _Raw(InlineProcessor):
    """`<kbd>Win</kbd>`, `<br>`; a tag with attributes is a text."""

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element, int, int]:
        element = Element(m.group(1) or "br")
        element.text = m.group(2)
        return element, m.start(0), m.end(0)


class _Dialect(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.inlinePatterns.deregister("entity")
        md.inlinePatterns.deregister("automail")  # writes entities, for HTML only
        md.inlinePatterns.deregister("image_reference")
        md.inlinePatterns.deregister("image_link")
        md.treeprocessors.deregister("unescape")
        md.parser.blockprocessors.deregister("code")
        md.preprocessors.register(_Fences(md), "fences", 28)
        md.preprocessors.register(_Indents(md), "indents", 27)
        md.inlinePatterns.register(_Reference(r"\[\[([A-Z]{2,5}-[0-9]{4})\]\]", md), "ref", 185)
        raw = rf"<({'|'.join(RAW)})>([^<>\n]{{1,200}})</\1>|<br ?/?>"
        md.inlinePatterns.register(_Raw(raw, md), "raw", 184)


def _reader() -> Markdown:
    return Markdown(extensions=["tables", "sane_lists", _Dialect()])


_READER = _reader()
_ESCAPED = re.compile("\x02(\\d+)\x03")


@lru_cache(maxsize=20_000)
def tree(text: str) -> Element:
    """Return a text as a tree of the tags in this module's lists, below one `div`."""
    if not _MARKUP.search(text):
        root = Element("div")
        paragraph = Element("p")
        paragraph.text = text
        root.append(paragraph)
        return root
    return _simple(text) if _is_simple(text) else _parsed(text)


def _simple(text: str) -> Element:
    """Read a paragraph that holds only simple markup; many times faster than the whole reader."""
    root = Element("div")
    last, is_child = SubElement(root, "p"), False
    paragraph, end = last, 0
    for match in _SIMPLE.finditer(text):
        before = text[end : match.start()]
        if is_child:
            last.tail = before
        else:
            last.text = before
        bold, code, reference = match.groups()
        last, is_child, end = SubElement(paragraph, _tag(bold, code)), True, match.end()
        if reference is not None:
            last.set("id", reference)
        else:
            last.text = bold if bold is not None else code.strip()
    last.tail = text[end:]
    return root


def _tag(bold: str | None, code: str | None) -> str:
    return "strong" if bold is not None else "code" if code is not None else "ref"


def _parsed(text: str) -> Element:
    reader: Any = _READER.reset()
    reader.fences = []
    lines = _OURS.sub("", text).split("\n")
    for preprocessor in reader.preprocessors:
        lines = preprocessor.run(lines)
    root = reader.parser.parseDocument(lines).getroot()
    for processor in reader.treeprocessors:
        root = processor.run(root) or root
    parsed: Element = root
    _place_code(parsed, reader.fences)
    return parsed


def _place_code(element: Element, fences: list[tuple[str, str]]) -> None:
    placed = _PLACED.fullmatch((element.text or "").strip()) if len(element) == 0 else None
    if placed and element.tag in ("p", "li", "td"):
        language, code = fences[int(placed.group(1))]
        block = element
        if element.tag == "p":
            block.tag = "pre"
        else:
            block = Element("pre")
            element.append(block)
            element.text = None
        block.set("language", language)
        block.text = AtomicString(code)
        return
    if element.tag == "code":
        # Python-Markdown escapes inline code for HTML while it reads; here no output is chosen yet
        element.text = html.unescape(element.text or "")
        return
    for child in element:
        _place_code(child, fences)


def _text(text: str | None) -> str:
    """Undo Python-Markdown's escapes, and drop what only its own machinery uses."""
    if not text:
        return ""
    if "\x02" in text:
        text = _ESCAPED.sub(lambda match: chr(int(match.group(1))), text)
        text = text.replace("\x02amp\x03", "&").replace("\x02", "").replace("\x03", "")
    return text


def _is_simple(text: str) -> bool:
    """Return whether a text is one paragraph with at most bold, code and references in it."""
    return not _MARKUP.search(_SIMPLE.sub("", text)) and not text[:1].isspace()


def to_html(text: str, resolve: Resolve) -> str:
    """Return a text as HTML blocks."""
    if _is_simple(text):
        return f"<p>{_simple_html(text, resolve)}</p>"
    return _clean(text, "".join(_html(child, resolve) for child in tree(text)))


def to_inline_html(text: str, resolve: Resolve) -> str:
    """Return a text as HTML without a paragraph around it, where it is a single one."""
    if _is_simple(text):
        return _simple_html(text, resolve)
    root = tree(text)
    if len(root) == 1 and root[0].tag == "p":
        return _clean(text, _html_inside(root[0], resolve))
    return _clean(text, "".join(_html(child, resolve) for child in root))


def _clean(text: str, made: str) -> str:
    return _CLEANER.clean(made) if "<" in text else made


def _simple_html(text: str, resolve: Resolve) -> str:
    """Write what `tree` and `_html` would, without a tree: most texts are read this way."""
    pieces: list[str] = []
    end = 0
    for match in _SIMPLE.finditer(text):
        pieces.append(html.escape(text[end : match.start()], quote=False))
        bold, code, reference = match.groups()
        if bold is not None:
            pieces.append(f"<strong>{html.escape(bold, quote=False)}</strong>")
        elif code is not None:
            pieces.append(f"<code>{html.escape(code.strip(), quote=False)}</code>")
        else:
            pieces.append(_html_reference(reference, resolve))
        end = match.end()
    pieces.append(html.escape(text[end:], quote=False))
    return "".join(pieces)


def _html_inside(element: Element, resolve: Resolve) -> str:
    pieces = [html.escape(_text(element.text), quote=False)]
    for child in element:
        pieces.append(_html(child, resolve))
        pieces.append(html.escape(_text(child.tail), quote=False))
    return "".join(pieces)


def _html(element: Element, resolve: Resolve) -> str:
    tag = element.tag
    if tag == "ref":
        return _html_reference(element.get("id", ""), resolve)
    inside = _html_inside(element, resolve)
    if tag == "a":
        target = _text(element.get("href"))
        if not _SAFE_LINK.match(target):
            return inside
        return f'<a href="{html.escape(target)}" rel="noopener noreferrer">{inside}</a>'
    if tag == "pre":
        language = html.escape(element.get("language", ""))
        return f'<pre data-language="{language}"><code>{inside}</code></pre>'
    if tag in ("br", "hr"):
        return f"<{tag}>"
    if tag in ("h1", "h2"):
        tag = "h3"
    if tag not in _BLOCKS and tag not in _INLINE:
        return inside
    if tag == "table":
        return f'<div class="scroll"><table>{inside}</table></div>'
    return f"<{tag}>{inside}</{tag}>"


def _html_reference(id: str, resolve: Resolve) -> str:
    found = resolve(id)
    if found is None:
        return ""
    address, title = found
    language = getattr(title, "language", None)
    told = f' lang="{html.escape(language)}"' if language else ""
    shown = html.escape(title, quote=False)
    return f'<a class="ref" href="{html.escape(address)}"{told}>{shown}</a>'


def to_plain(text: str, resolve: Resolve = lambda id: ("", id)) -> str:
    """Return a text without markup; blocks end in a line end."""
    if not _MARKUP.search(text):
        return text
    if _is_simple(text):
        return _SIMPLE.sub(lambda match: _simple_plain(match, resolve), text)
    return re.sub(r"\n{2,}", "\n", "".join(_plain(tree(text), resolve))).strip()


def _simple_plain(match: re.Match[str], resolve: Resolve) -> str:
    bold, code, reference = match.groups()
    if reference is not None:
        found = resolve(reference)
        return found[1] if found else ""
    return str(bold if bold is not None else code.strip())


def _plain(element: Element, resolve: Resolve) -> Iterator[str]:
    if element.tag == "ref":
        found = resolve(element.get("id", ""))
        yield found[1] if found else ""
    elif element.tag == "sup":
        yield "^"  # 10^3 is not 103
    yield _text(element.text)
    for child in element:
        yield from _plain(child, resolve)
        if child.tag in _BLOCKS or child.tag == "br":
            yield "\n"
        yield _text(child.tail)


class HeadingsOnly(Extension):
    """Reads what the site's pages hold as Markdown, headings and their attributes, nothing else."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Take out the patterns that would be tried on every word."""
        md.inlinePatterns = Registry()
        for name in (
            "indent",
            "code",
            "setextheader",
            "hr",
            "olist",
            "ulist",
            "quote",
            "reference",
        ):
            md.parser.blockprocessors.deregister(name)
        md.preprocessors.deregister("html_block")
