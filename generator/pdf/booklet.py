"""A PDF's pages two by two on sheets that are printed on both sides, folded and stapled.

In goes a handbook as PDF, out comes one for the printer. Sheets are A4, printed across and turned
over the short edge; a handbook on A5 keeps its size, one on A4 gets smaller.
"""

from __future__ import annotations

from io import BytesIO

import pikepdf

SHEET = (841.89, 595.28)
"""A4 lying on its side, in points."""
GATHERING = 32
"""Pages that are folded together: eight sheets lie flat and one staple holds them."""


def order(pages: int) -> list[tuple[int, int]]:
    """Return the pages (from 0) on the left and right of each side of a sheet.

    A number that is not below `pages` is a blank. Sides 0 and 1 are the first sheet's.
    """
    sides: list[tuple[int, int]] = []
    for start in range(0, pages, GATHERING):
        size = min(GATHERING, -(-(pages - start) // 4) * 4)
        for step in range(size // 2):
            pair = (start + size - 1 - step, start + step)
            sides.append(pair if step % 2 == 0 else (pair[1], pair[0]))
    return sides


def imposed(pdf: bytes) -> bytes:
    """Return a PDF's pages as a booklet; the same bytes for the same bytes."""
    made = BytesIO()
    width, height = SHEET[0] / 2, SHEET[1]
    with pikepdf.open(BytesIO(pdf)) as source, pikepdf.new() as booklet:
        language = source.Root.get("/Lang")
        if language is not None:
            booklet.Root.Lang = pikepdf.String(str(language))
        # a page drawn as a form says nothing of tags that are left behind
        forms = [booklet.copy_foreign(page.as_form_xobject()) for page in source.pages]
        boxes = [page.mediabox for page in source.pages]
        for side in order(len(forms)):
            drawn: list[str] = []
            held = pikepdf.Dictionary()
            for place, number in enumerate(side):
                if number >= len(forms):
                    continue
                scale = min(width / float(boxes[number][2]), height / float(boxes[number][3]))
                left = place * width + (width - scale * float(boxes[number][2])) / 2
                below = (height - scale * float(boxes[number][3])) / 2
                held[f"/P{place}"] = forms[number]
                drawn.append(
                    f"q {scale:.5f} 0 0 {scale:.5f} {left:.3f} {below:.3f} cm /P{place} Do Q"
                )
            sheet = booklet.add_blank_page(page_size=SHEET)
            sheet.obj.Resources = pikepdf.Dictionary(XObject=held)
            sheet.obj.Contents = booklet.make_stream("\n".join(drawn).encode())
        booklet.save(
            made,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            deterministic_id=True,
        )
    return made.getvalue()
