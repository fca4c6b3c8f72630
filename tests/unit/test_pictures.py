"""What is read from a picture's bytes: its size, and what it must not hold."""

from __future__ import annotations

import struct

import pytest

from generator.pictures import see

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 640, 480) + b"\x08\x02\0\0\0"
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0"
    b"\xff\xc4\x00\x04\0\0"  # a table whose marker lies among those of frames
    b"\xff\xff\xc2\x00\x11\x08\x01\xe0\x02\x80\x03" + bytes(9)
)


def svg(inside: str = "", **attributes: str) -> bytes:
    """Return an SVG with what stands in it."""
    told = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return f'<svg xmlns="http://www.w3.org/2000/svg" {told}>{inside}</svg>'.encode()


@pytest.mark.parametrize(
    ("suffix", "content", "size"),
    [
        (".png", PNG, (640, 480)),
        (".jpg", JPEG, (640, 480)),
        (".svg", svg(width="32", height="20.4px"), (32, 20)),
        (".svg", svg(width="100%", height="50mm", viewBox="0 0 300 200"), (300, 200)),
        (".svg", svg(viewBox="-5,-5,30.0,20"), (30, 20)),
        (".png", PNG[:10], (0, 0)),
        (".png", JPEG, (0, 0)),
        (".jpeg", JPEG[:30], (0, 0)),
        (".jpeg", b"\xff\xd8\xff\xe0\0\0" * 9, (0, 0)),
        (".svg", svg(), (0, 0)),
        (".svg", b"<svg width='1' height='1'", (0, 0)),
        (".svg", b'<html xmlns="http://www.w3.org/1999/xhtml" width="3" height="2"/>', (0, 0)),
    ],
)
def test_size(suffix: str, content: bytes, size: tuple[int, int]) -> None:
    """The size stands in the file's head; 0 where it cannot be told."""
    seen = see(suffix, content)
    assert (seen.width, seen.height) == size


@pytest.mark.parametrize(
    "inside",
    [
        "<script>1</script>",
        '<rect onload="1"/>',
        '<rect ONLOAD="1"/>',
        '<a href="#x"/>',
        '<use href="data:image/svg+xml,x"/>',
        '<use href=" javascript:1"/>',
        '<image href="#x"/>',
        "<foreignObject/>",
        '<animate attributeName="href" to="javascript:1"/>',
        '<set attributeName="onclick" to="1"/>',
        '<h:script xmlns:h="http://www.w3.org/1999/xhtml">1</h:script>',
        '<script xmlns="">1</script>',
        '<rect fill="url(https://example.com/a)"/>',
        "<rect style=\"fill:url( 'https://example.com/a')\"/>",
        "<style>a{b:url(//example.com)}</style>",
        "<style>a{b:\\75rl(x)}</style>",
        "<style><![CDATA[@import 'x';]]></style>",
        "<style>@imp<!-- -->ort 'x';</style>",
        "<style>@imp<title/>ort 'x';</style>",
        '<rect xml:base="https://example.com/"/>',
        "<handler>1</handler>",
        '<?xml-stylesheet href="x"?>',
    ],
)
def test_what_a_picture_must_not_hold(inside: str) -> None:
    """What runs or loads is told with its line; lists say what is allowed, so the rest is not."""
    seen = see(".svg", svg("\n" + inside, viewBox="0 0 3 2"))
    assert seen.forbidden
    assert seen.forbidden[0][0] == 2


def test_document_type_is_not_read() -> None:
    """Entities, which can be made to explode, are never expanded."""
    content = b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + svg("&b;")
    assert see(".svg", content).forbidden == ((1, "<!DOCTYPE>"),)


def test_what_drawing_programs_leave_behind() -> None:
    """Gradients, filters, text, and an editor's own notes are fine."""
    inside = (
        '<defs><linearGradient id="g"><stop offset="0"/></linearGradient></defs>'
        '<style>.a { fill: url(#g); font: 12px "Noto Sans" }</style>'
        '<metadata><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></metadata>'
        '<s:namedview xmlns:s="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" s:one="1"/>'
        '<rect class="a" fill="url(#g)" style="stroke:url(\'#g\')"/><text>a <tspan>b</tspan></text>'
        '<use href="#g"/>'
    )
    assert see(".svg", svg(inside, viewBox="0 0 3 2")).forbidden == ()
