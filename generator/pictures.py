"""What a picture file is: in go its bytes, out come its size and what it must not hold.

An SVG is a document that can run scripts and load files; one that is opened by its address does.
So an SVG may hold only what draws, by lists of what is allowed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

_SVG = "http://www.w3.org/2000/svg"
_LEFT_BY_EDITORS = (
    "http://www.inkscape.org/namespaces/inkscape",
    "http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://creativecommons.org/ns#",
    "http://purl.org/dc/elements/1.1/",
)
_DRAWS = frozenset(
    re.findall(
        r"\w+",
        "svg g defs symbol use title desc metadata path rect circle ellipse line polyline polygon"
        " text tspan textPath linearGradient radialGradient stop clipPath mask pattern marker style"
        " filter feBlend feColorMatrix feComposite feDropShadow feFlood feGaussianBlur feMerge"
        " feMergeNode feOffset",
    )
)
_LOADS = re.compile(r"@import|\\|(?:url|src|image|image-set)\(\s*(?![\s\"']*#)", re.IGNORECASE)
_LENGTH = re.compile(r"\s*([0-9]{1,6}(?:\.[0-9]{1,6})?)(?:px)?\s*")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture's size in pixels, 0 where it cannot be told; (line, words) of what it must not
    hold."""

    width: int
    height: int
    forbidden: tuple[tuple[int, str], ...] = ()


def see(suffix: str, content: bytes) -> Seen:
    """Return what a picture is; `suffix` as in `.svg`, in small letters."""
    if suffix == ".svg":
        return _svg(content)
    return Seen(*(_png(content) if suffix == ".png" else _jpeg(content)))


def _png(content: bytes) -> tuple[int, int]:
    """Return the size that a PNG's first chunk says (PNG 3rd edition, 11.2.1)."""
    if content[:8] != b"\x89PNG\r\n\x1a\n" or content[12:16] != b"IHDR":
        return 0, 0
    return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])


def _jpeg(content: bytes) -> tuple[int, int]:
    """Return the size that a JPEG's frame header says (ITU T.81, B.2.2)."""
    if content[:2] != b"\xff\xd8":
        return 0, 0
    place = 2
    while place + 9 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            frame = content[place + 5 : place + 9]
            return int.from_bytes(frame[2:]), int.from_bytes(frame[:2])
        filler = marker == 0xFF
        place += 1 if filler else 2 + int.from_bytes(content[place + 2 : place + 4])
    return 0, 0


class _ForbiddenError(Exception):
    """What must not even be read further."""


@dataclass(slots=True)
class _Reading:
    parser: expat.XMLParserType
    size: tuple[int, int] = (0, 0)
    forbidden: list[tuple[int, str]] = field(default_factory=list)
    style: str | None = None
    """What a style sheet says so far, where one is open."""
    is_root: bool = True

    def refuse(self, what: str) -> None:
        self.forbidden.append((self.parser.CurrentLineNumber, what))

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, tag = name.rpartition(" ")
        if self.is_root:
            self.size = _size(attributes) if (space, tag) == (_SVG, "svg") else (0, 0)
            self.is_root = False
        if space in _LEFT_BY_EDITORS:
            return
        if space != _SVG or tag not in _DRAWS:
            self.refuse(f"<{tag}>")
        if tag == "style":
            self.style = ""
        for key, value in attributes.items():
            attribute = key.rpartition(" ")[2]
            lowered = attribute.lower()
            leads_out = lowered in ("href", "src") and not value.startswith("#")
            if lowered.startswith("on") or lowered == "base" or leads_out or _LOADS.search(value):
                shown = "".join(each if each.isprintable() else " " for each in value[:40])
                self.refuse(f'{attribute}="{shown}"')

    def text(self, text: str) -> None:
        if self.style is not None:
            self.style += text

    def end(self, name: str) -> None:
        if self.style is not None and name == f"{_SVG} style":
            if found := _LOADS.search(self.style):
                self.refuse(found.group())
            self.style = None

    def instruction(self, target: str, data: str) -> None:
        self.refuse(f"<?{target}?>")

    def doctype(self, *told: object) -> NoReturn:
        self.refuse("<!DOCTYPE>")
        raise _ForbiddenError


def _svg(content: bytes) -> Seen:
    parser = expat.ParserCreate(namespace_separator=" ")
    reading = _Reading(parser)
    parser.buffer_text = True
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    parser.ProcessingInstructionHandler = reading.instruction
    parser.StartDoctypeDeclHandler = reading.doctype
    try:
        parser.Parse(content, True)
    except _ForbiddenError:
        pass
    except expat.ExpatError:
        return Seen(0, 0)
    return Seen(*reading.size, tuple(reading.forbidden))


def _size(attributes: dict[str, str]) -> tuple[int, int]:
    """Return the size that an SVG says of itself, else that of the part it shows."""
    told = [_LENGTH.fullmatch(attributes.get(name, "")) for name in ("width", "height")]
    if told[0] and told[1]:
        return round(float(told[0].group(1))), round(float(told[1].group(1)))
    shown = _NUMBER.findall(attributes.get("viewBox", ""))
    return (round(float(shown[2])), round(float(shown[3]))) if len(shown) == 4 else (0, 0)
