"""A handbook's pages on sheets to be folded."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest

from generator.pdf.booklet import GATHERING, SHEET, imposed, order


@pytest.mark.parametrize("pages", [1, 3, 4, 31, 32, 33, 66, 120])
def test_folded_sheets_read_in_order(pages: int) -> None:
    """Whoever folds each gathering and lays them on each other turns the pages in order."""
    sides, read = order(pages), []
    for first in range(0, len(sides), GATHERING // 2):
        gathering = sides[first : first + GATHERING // 2]
        assert len(gathering) % 2 == 0, "a sheet has two sides"
        sheets = list(zip(gathering[::2], gathering[1::2], strict=True))
        # from outside to the fold: the right of the front, then the left of the back
        read += [page for front, back in sheets for page in (front[1], back[0])]
        read += [page for front, back in reversed(sheets) for page in (back[1], front[0])]
    assert read[:pages] == list(range(pages))
    assert pages <= len(read) < pages + 4


def test_pages_keep_their_shape_and_the_bytes_repeat() -> None:
    """A5 pages fill a sheet, larger ones get smaller; the same PDF is the same booklet."""
    made = BytesIO()
    with pikepdf.new() as source:
        for size in ((420.94, 595.28), (595.28, 841.89), (420.94, 595.28)):
            source.add_blank_page(page_size=size)
        source.Root.Lang = pikepdf.String("th-TH")
        source.save(made, deterministic_id=True)
    booklet = imposed(made.getvalue())
    assert booklet == imposed(made.getvalue())
    with pikepdf.open(BytesIO(booklet)) as pdf:
        assert str(pdf.Root.Lang) == "th-TH"
        assert [tuple(map(float, page.mediabox)) for page in pdf.pages] == [(0, 0, *SHEET)] * 2
        front, back = (page.obj.Contents.read_bytes().decode() for page in pdf.pages)
    assert front.split()[:5] == ["q", "1.00000", "0", "0", "1.00000"] and " /P1 Do" in front
    assert "q 0.70708 0 0 0.70708" in back and "/P0 Do" in back and "/P1 Do" in back
