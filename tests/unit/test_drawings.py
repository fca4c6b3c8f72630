"""Pictures: what draws passes, what could act is told."""

from __future__ import annotations

import pytest

from generator.drawings import active_part
from tests.conftest import ROOT

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'


@pytest.mark.parametrize(
    "inside",
    [
        "<script>x()</script>",
        '<rect onclick="x()"/>',
        '<a href="https://example.com/"><rect/></a>',
        '<use href="other.svg#a"/>',
        '<image xlink:href="https://example.com/a.png"/>',
        '<image href="data:image/svg+xml,%3Csvg/%3E"/>',
        '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">a</p></foreignObject>',
        '<g><h:script xmlns:h="http://www.w3.org/1999/xhtml">x()</h:script></g>',
        "<style>@import url(https://example.com/a.css);</style>",
        '<style>rect{fill:url("https://example.com/a")}</style>',
        '<rect style="fill:url(https://example.com/a)"/>',
        '<animate attributeName="href" values="javascript:x()"/>',
        "<rect>",
    ],
)
def test_what_acts(inside: str) -> None:
    """Scripts, handlers, links and anything from elsewhere are named."""
    assert active_part(SVG.format(inside).encode())


@pytest.mark.parametrize(
    "content",
    [
        b'<?xml-stylesheet href="a.css"?>' + SVG.format("").encode(),
        b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("&a;").encode(),
        SVG.format("<script>x()</script>").encode("utf-16"),
        b"",
    ],
)
def test_what_stands_before(content: bytes) -> None:
    """Entities, style sheets from elsewhere and other encodings are refused."""
    assert active_part(content)


@pytest.mark.parametrize(
    "inside",
    [
        '<style>rect{fill:url(#a)}</style><rect style="stroke:red"/>',
        '<use xlink:href="#a"/><image href="data:image/png;base64,AA=="/>',
        '<i:view xmlns:i="http://www.inkscape.org/namespaces/inkscape"/>',
        "<text>a <tspan>b</tspan></text>",
    ],
)
def test_what_draws(inside: str) -> None:
    """Styles, references inside the drawing and an editor's own notes pass."""
    assert active_part(SVG.format(inside).encode()) is None


def test_our_own_pictures() -> None:
    """The pictures of the project's own records only draw."""
    pictures = sorted((ROOT / "kb" / "images").glob("*.svg"))
    assert pictures
    assert [path.name for path in pictures if active_part(path.read_bytes())] == []
