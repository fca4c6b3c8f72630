"""What an EPUB holds: its files by path, its pages in reading order, what it says as plain text."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

X = "{http://www.w3.org/1999/xhtml}"
OPF = "{http://www.idpf.org/2007/opf}"
OPS = "{http://www.idpf.org/2007/ops}"
DC = "{http://purl.org/dc/elements/1.1/}"


def files_of(epub: bytes) -> dict[str, bytes]:
    """Return the files of an EPUB, in their order."""
    with zipfile.ZipFile(BytesIO(epub)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def package(files: Mapping[str, bytes]) -> Element:
    """Return the package document, where the container says that it lies."""
    container = ElementTree.fromstring(files["META-INF/container.xml"])
    (rootfile,) = container.iter("{urn:oasis:names:tc:opendocument:xmlns:container}rootfile")
    return ElementTree.fromstring(files[rootfile.attrib["full-path"]])


def pages_of(files: Mapping[str, bytes]) -> dict[str, Element]:
    """Return the pages by their file's name, in the order of the spine."""
    opf = package(files)
    hrefs = {each.attrib["id"]: each.attrib["href"] for each in opf.iter(f"{OPF}item")}
    names = [hrefs[each.attrib["idref"]] for each in opf.iter(f"{OPF}itemref")]
    return {name: ElementTree.fromstring(files[f"EPUB/{name}"]) for name in names}


def text_of(element: Element) -> str:
    """Return what an element says, without white space."""
    return "".join("".join(element.itertext()).split())


def links_of(page: Element) -> Iterator[tuple[str, str]]:
    """Yield (address, words) of every link of a page."""
    for link in page.iter(f"{X}a"):
        yield link.attrib["href"], text_of(link)
