"""Texts, values and parts of records as Typst code, and the manuscript that they make up.

In go Markdown and plain values, out comes code that calls the functions of the handbook's
templates. Every text stands in a string literal, so nothing that a record says can be executed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from generator.markup import tree
from generator.model import Part
from generator.shapes import shapes
from generator.sources import Source


class Code(str):
    """Typst code, to tell it from a text."""

    __slots__ = ()


See = Callable[[str], Code]
"""From a record's id to the code that stands where a text refers to it."""

DEPTH_LIMIT = 10
"""Marks nested deeper than this lose their look and keep their text: Typst's own limit is near."""

_ESCAPES = {
    **dict.fromkeys(range(0x20)),
    **dict.fromkeys(range(0x7F, 0xA0)),
    # marks that turn the reading direction or choose the look of an emoji
    **dict.fromkeys((0x200D, 0x200E, 0x200F, 0xFEFF, *range(0x202A, 0x202F))),
    **dict.fromkeys((*range(0x2066, 0x206A), *range(0xFE00, 0xFE10))),
    **dict.fromkeys(range(0xD800, 0xE000)),
    ord("\\"): "\\\\",
    ord('"'): '\\"',
    ord("\n"): "\\n",
    ord("\t"): "    ",
    0x2028: " ",
    0x2029: " ",
}
_THIN_AIR = r"\s\u0e00-\u0e7f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uffef"
_LONG_WORD = re.compile(rf"[^{_THIN_AIR}]{{25,}}")
_PIECE = re.compile(r"[^/\\._:;,=&?@|+-]{1,24}[/\\._:;,=&?@|+-]*|[/\\._:;,=&?@|+-]{1,24}")
_ESCAPED = re.compile("\x02(\\d+)\x03")
_SAFE_LINK = re.compile(r"^(?:https?://|mailto:)", re.IGNORECASE)


def literal(text: str) -> Code:
    """Return a text as a Typst string; what cannot be seen is left out."""
    return Code(f'"{text.translate(_ESCAPES)}"')


def call(name: str, *values: Any) -> Code:
    """Return the call of a template's function."""
    return Code(f"{name}({','.join(map(value_code, values))})")


def value_code(value: Any) -> Code:
    """Return a plain value as Typst code: text, number, date, list, mapping, or code itself."""
    if isinstance(value, Code):
        return value
    if value is None or isinstance(value, bool):
        return Code({None: "none", True: "true", False: "false"}[value])
    if isinstance(value, int | float):
        return Code(f"{value!r}")
    if isinstance(value, str):
        return literal(value)
    if isinstance(value, Mapping):
        pairs = (f"{literal(str(key))}:{value_code(each)}" for key, each in value.items())
        return Code(f"({','.join(pairs) or ':'})")
    if isinstance(value, Iterable):
        return Code(f"({''.join(value_code(each) + ',' for each in value)})")
    raise TypeError(f"no Typst code for {type(value).__name__}")


def content(text: str, see: See) -> Code:
    """Return Markdown as Typst content; blocks only where it is more than one paragraph."""
    root = tree(text)
    single = root[0] if len(root) == 1 and root[0].tag == "p" else None
    inside = _hanging(root, see, 0) if single is None else _inside(single, see, 0)
    made = _block(inside)
    language = getattr(text, "language", None)
    if language is None:
        return made
    return call("md.foreign-blocks" if single is None else "md.foreign", language, made)


def _block(pieces: Iterable[str]) -> Code:
    return Code("{" + (";".join(pieces) or "[]") + "}")


def _hanging(element: Element, see: See, depth: int) -> Iterator[str]:
    """Yield an element's blocks; the first paragraph bare, so that it begins beside a mark."""
    first, *others = element if len(element) else (None,)
    if first is None or first.tag != "p" or (element.text or "").strip():
        yield from _inside(element, see, depth)
        return
    yield from _inside(first, see, depth + 1)
    yield "parbreak()"
    for child in others:
        yield _element(child, see, depth + 1)
        yield from _words(child.tail)


def _inside(element: Element, see: See, depth: int) -> Iterator[str]:
    yield from _words(element.text)
    for child in element:
        yield _element(child, see, depth + 1)
        yield from _words(child.tail)


def _words(text: str | None) -> Iterator[str]:
    """Yield a text as literals, with a place to break in words that no line could hold."""
    plain = _unescaped(text or "")
    if "\n" in plain and not plain.strip():
        return  # Python-Markdown's own line ends between blocks
    plain = re.sub(r"\s*\n\s*", " ", plain)
    end = 0
    for word in _LONG_WORD.finditer(plain):
        if word.start() > end:
            yield literal(plain[end : word.start()])
        yield ";md.cut;".join(map(literal, _PIECE.findall(word.group())))
        end = word.end()
    if plain[end:]:
        yield literal(plain[end:])


def _unescaped(text: str) -> str:
    # as in `markup`: Python-Markdown's own escapes
    if "\x02" not in text:
        return text
    text = _ESCAPED.sub(lambda match: chr(int(match.group(1))), text)
    return text.replace("\x02amp\x03", "&").replace("\x02", "").replace("\x03", "")


_BLOCKS = {"p": "md.p", "blockquote": "md.quotation"} | {
    f"h{level}": "md.title" for level in range(1, 7)
}
_MARKS = {"strong": "strong", "em": "emph", "sub": "sub", "sup": "super"}


def _element(element: Element, see: See, depth: int) -> str:
    tag = element.tag
    if tag == "ref":
        return see(element.get("id", ""))
    if tag == "br":
        return "linebreak()"
    if tag == "hr":
        return "md.rule()"
    if tag in ("code", "pre", "kbd"):
        text = _unescaped("".join(element.itertext()))
        return call("md.pre" if tag == "pre" else "md.mono-text", text)
    if depth > DEPTH_LIMIT:
        return ";".join(_inside(element, see, depth)) or "[]"
    if tag in ("ul", "ol"):
        entries = (_block(_hanging(child, see, depth)) for child in element)
        return call("md.items" if tag == "ul" else "md.numbered", *entries)
    if tag == "table":
        return _table(element, see, depth)
    inside = _block(_inside(element, see, depth))
    if tag == "a":
        return _link(element, inside)
    name = _BLOCKS.get(tag) or _MARKS.get(tag)
    return f"{name}({inside})" if name else inside


def _link(element: Element, inside: Code) -> str:
    target = _unescaped(element.get("href") or "")
    if not _SAFE_LINK.match(target):
        return inside
    shown = "".join(element.itertext()).strip()
    says = shown not in (target, target.removeprefix("mailto:"))
    return f"md.address({literal(target)},{inside},shows-target:{'true' if says else 'false'})"


def _table(element: Element, see: See, depth: int) -> str:
    rows = [
        [_block(_inside(cell, see, depth)) for cell in row]
        for row in element.iter("tr")
        if len(row)
    ]
    if not rows:
        return "[]"
    width = max(map(len, rows))
    filled = [[*row, *[Code("[]")] * (width - len(row))] for row in rows]
    return call("md.cells", width, filled[0], *filled[1:])


@dataclass(frozen=True, slots=True)
class Reader:
    """In whose words and with which references the parts of records are set."""

    see: See
    say_enum: Callable[[Enum], str]
    say_date: Callable[[date], str]
    around: Callable[[Part], Mapping[str, Any]] = lambda part: {}
    """More that the template wants to know of a part, or in place of a field of it."""


def part_code(part: Part, reader: Reader) -> Code:
    """Return every field of a part as a Typst dictionary: texts as content, the rest as values."""
    pairs: dict[str, Any] = {}
    for shape in shapes(type(part)):
        value = getattr(part, shape.name, None)
        pairs[shape.name] = _field(value, shape.is_text, reader)
    return value_code(pairs | dict(reader.around(part)))


def _field(value: Any, is_text: bool, reader: Reader) -> Any:
    if isinstance(value, Part):
        return part_code(value, reader)
    if isinstance(value, Enum):
        return reader.say_enum(value)
    if isinstance(value, date):
        return reader.say_date(value)
    if isinstance(value, str):
        return content(value, reader.see) if is_text else value
    if isinstance(value, Mapping):
        return {key: _field(each, is_text, reader) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_field(each, is_text, reader) for each in value]
    return value


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a manuscript that can be left out: one record in one language, or a frame."""

    text: str
    sources: tuple[Source, ...] = ()
    """The files it was made from, the nearest first; none for what must be there."""
    stands_in: str = ""
    """What takes its place where it is left out: others refer to its label."""


@dataclass(frozen=True, slots=True)
class Manuscript:
    """Everything that one PDF is made from."""

    path: str
    """Where a finding belongs that belongs to no record: the site's file."""
    passages: tuple[Passage, ...]
    files: Mapping[str, Path]
    """The files that the source names, by their path beside it."""
    options: Mapping[str, str]
    """Typst's `sys.inputs`."""
    time: int
    """When the PDF says it was made, in Unix seconds."""
    sources: tuple[Source, ...] = ()
    """All files that words come from, to find one that a passage without sources holds."""

    @property
    def source(self) -> str:
        """The whole as one Typst document."""
        return "\n".join(passage.text for passage in self.passages)
