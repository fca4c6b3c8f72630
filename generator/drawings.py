"""SVG pictures: in goes a file's content, out comes what in it could do more than be looked at.

Inside a page a browser runs nothing of a picture; opened by itself, it is a page of our site.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, ParseError, fromstring

_DRAWS = re.compile(
    "svg|g|defs|symbol|use|title|desc|metadata|style|path|rect|circle|ellipse|line|polyline|polygon"
    "|text|tspan|textPath|image|marker|pattern|mask|clipPath|linearGradient|radialGradient|stop"
    "|switch|view|filter|fe[A-Z][A-Za-z]+"
)
"""What only draws; links, scripts, foreign objects and animation are not among them."""
_RUNS = frozenset({"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml", ""})
"""Namespaces whose elements a browser gives a meaning; an editor's own are nothing to it."""
_INSIDE = re.compile(r"#|data:image/(?:png|jpeg|gif|webp)[;,]")
_STYLE = re.compile(r"@import|javascript:|expression\(|url\(\s*['\"]?(?!\s*['\"]?#)", re.IGNORECASE)
_BEFORE = re.compile(r"<!ENTITY|<\?xml-stylesheet", re.IGNORECASE)


def active_part(content: bytes) -> str | None:
    """Return the first thing in an SVG that is no drawing; None where it only draws."""
    try:
        text = content.decode("utf-8-sig")
        before = _BEFORE.search(text)
        if before:
            return before.group()
        root = fromstring(text)
    except (UnicodeDecodeError, ParseError, ValueError):
        return "no well-formed XML in UTF-8"
    return next((found for found in map(_active, root.iter()) if found), None)


def _active(element: Element) -> str | None:
    space, _, name = str(element.tag).rpartition("}")
    if space.removeprefix("{") in _RUNS and not _DRAWS.fullmatch(name):
        return f"<{name}>"
    for key, value in element.attrib.items():
        attribute = key.rpartition("}")[2].lower()
        is_outer = attribute == "href" and not _INSIDE.match(value.strip())
        if attribute.startswith("on") or is_outer or _STYLE.search(value):
            return f'{attribute}="{value[:40]}"'
    style = _STYLE.search("".join(element.itertext())) if name == "style" else None
    return style.group() if style else None
