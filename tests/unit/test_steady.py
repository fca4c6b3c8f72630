"""A PDF whose objects keep their numbers: the same document, and a small update of it."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest

from generator.bundles.patches import make_patch
from generator.pdf.steady import unpacked
from tests.pdf import text_of


def book(pages: int, added: int | None = None) -> bytes:
    """Return a PDF of so many pages that name each other; perhaps with one more, somewhere."""
    made = BytesIO()
    with pikepdf.new() as pdf:
        texts = [f"({number}) Tj" for number in range(pages)]
        if added is not None:
            texts.insert(added, "(one more) Tj")
        for text in texts:
            page = pdf.add_blank_page(page_size=(200, 300))
            page.obj.Contents = pdf.make_stream(f"BT {text} ET % {text * 20}".encode())
            notes = [
                pikepdf.Dictionary(Says=pikepdf.String(f"3 0 R \\( ( {text} {n}"), P=page.obj)
                for n in range(30)
            ]
            page.obj.Notes = pikepdf.Array([pdf.make_indirect(note) for note in notes])
        pdf.Root.Names = pikepdf.Array([page.obj for page in pdf.pages])
        pdf.save(made, deterministic_id=True)
    return made.getvalue()


def said(pdf: bytes) -> list[tuple[bytes, list[str], bool]]:
    """Return what each page draws, what its notes say, and whether they lead to their page."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        return [
            (
                page.obj.Contents.read_bytes(),
                [str(note.Says) for note in page.obj.Notes],
                all(note.P.objgen == page.obj.objgen for note in page.obj.Notes),
            )
            for page in opened.pages
        ]


def test_the_same_document() -> None:
    """Pages, references and texts that look like references are as before; so are the bytes of a
    second time."""
    pdf = book(40)
    made = unpacked(pdf)
    assert said(made) == said(pdf) and all(right for _, _, right in said(made))
    assert text_of(made).splitlines()[0] == text_of(pdf).splitlines()[0]
    assert made == unpacked(pdf)
    with pikepdf.open(BytesIO(made)) as opened:
        assert opened.check_pdf_syntax() == []
        assert [page.objgen for page in opened.Root.Names] == [p.obj.objgen for p in opened.pages]


def test_one_more_page_is_a_small_update() -> None:
    """What is added in the middle leaves the numbers of the others."""
    old, new = book(300), book(300, added=90)
    patch = make_patch(unpacked(old), unpacked(new))
    assert len(patch) < len(make_patch(old, new)) / 10
    numbers = [{page[0]: n for page, n in zip(said(each), _numbers(each), strict=True)} for each in
               (unpacked(old), unpacked(new))]  # fmt: skip
    kept = sum(numbers[1][text] == number for text, number in numbers[0].items())
    assert kept > 250


def _numbers(pdf: bytes) -> list[int]:
    with pikepdf.open(BytesIO(pdf)) as opened:
        return [page.obj.objgen[0] for page in opened.pages]


def test_under_a_password_it_stays() -> None:
    """Who packs a bundle cannot read such a handbook, and need not."""
    made = BytesIO()
    with pikepdf.open(BytesIO(book(2))) as pdf:
        pdf.save(made, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    assert unpacked(made.getvalue()) == made.getvalue()


@pytest.mark.parametrize("pages", [1, 2, 17])
def test_small_ones(pages: int) -> None:
    """A PDF of few objects is one group or two."""
    assert said(unpacked(book(pages))) == said(book(pages))
