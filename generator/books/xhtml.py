"""A page's HTML as XHTML that every e-reader accepts: in go what templates made, out come bytes.

E-readers show nothing at all of a page with one mark too many. So no page is put together from
texts to the end: each is read as XML and written again by an XML writer, and what HTML forgives is
mended on the way.
"""

from __future__ import annotations

import re
from urllib.parse import quote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

XHTML, OPS = "http://www.w3.org/1999/xhtml", "http://www.idpf.org/2007/ops"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
_UNWRITABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd"
    "\U00010000-\U0010ffff]"
)
"""What XML cannot hold, and marks that turn the reading direction."""
_HTML_ONLY = (("<br>", "<br/>"), ("<hr>", "<hr/>"), ("&nbsp;", "\u00a0"))
"""What finished HTML says otherwise than XML; a text that says it is escaped and stays."""
_BLOCKS = frozenset(
    ("blockquote", "div", "dl", "h3", "h4", "h5", "h6", "hr", "ol", "p", "pre", "table", "ul")
)
_WEB = re.compile(r"(https?://)([A-Za-z0-9.-]+(?::[0-9]{1,5})?)(/.*|\?.*|#.*)?", re.DOTALL)
_KEPT = "!$&'()*+,/:;=?@~-._%"
_STRAY = re.compile("%(?![0-9A-Fa-f]{2})")

ElementTree.register_namespace("", XHTML)
ElementTree.register_namespace("epub", OPS)


def writable(text: str) -> str:
    """Return a text without what XML cannot hold."""
    return _UNWRITABLE.sub("", text)


def as_xhtml(html: str) -> bytes | str:
    """Return a whole page as XHTML; where its marks do not fit together, the complaint."""
    for told, meant in _HTML_ONLY:
        html = html.replace(told, meant)
    try:
        root = ElementTree.fromstring(writable(html))
    except ElementTree.ParseError as error:
        return str(error)
    _mend(root, False)
    made: bytes = ElementTree.tostring(root, encoding="utf-8")
    return _HEAD + made + b"\n"


def _mend(element: Element, is_linked: bool) -> bool:
    """Mend an element and all below it; return whether there is a block among them."""
    name = element.tag.rpartition("}")[2]
    if name == "a":
        address = _address(element.attrib.pop("href", ""))
        if address is None or is_linked:
            element.tag = f"{{{XHTML}}}span"
            element.attrib.pop("rel", None)
        else:
            element.set("href", address)
            is_linked = True
    if "lang" in element.attrib:
        element.set(_LANG, element.attrib["lang"])
    blocks = [child for child in element if _mend(child, is_linked)]
    if blocks and element.tag == f"{{{XHTML}}}span":
        element.tag = f"{{{XHTML}}}div"
    return bool(blocks) or name in _BLOCKS


def _address(target: str) -> str | None:
    """Return where a link leads, in characters that an address may have; None for nowhere."""
    web = _WEB.fullmatch(target)
    if web is None:
        return None if not target or "//" in target else target
    scheme, host, rest = web.groups(default="")
    path, mark, fragment = rest.partition("#")
    return f"{scheme}{host}{_quoted(path)}{mark}{_quoted(fragment)}"


def _quoted(text: str) -> str:
    return quote(_STRAY.sub("%25", text), _KEPT)
