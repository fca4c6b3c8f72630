"""Where things stand in a finished PDF: in goes the PDF, out come names with their pages."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pikepdf


def places(pdf: bytes | None) -> dict[str, int]:
    """Return the page, counted from 1, of each named place in a PDF; none where there is no PDF."""
    if pdf is None:
        return {}
    with pikepdf.open(BytesIO(pdf)) as opened:
        if "/Names" not in opened.Root or "/Dests" not in opened.Root.Names:
            return {}
        pages = {page.obj.objgen: number for number, page in enumerate(opened.pages, start=1)}
        named = pikepdf.NameTree(opened.Root.Names.Dests)
        return {str(name): pages[_page_of(place)] for name, place in named.items()}


def _page_of(place: Any) -> tuple[int, int]:
    found = place if isinstance(place, pikepdf.Array) else place.D
    objgen: tuple[int, int] = found[0].objgen
    return objgen
