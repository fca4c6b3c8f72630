"""An EPUB as an archive."""

from __future__ import annotations

import zipfile
from io import BytesIO

from generator.ebook import packed_book, stored
from tests.epub import files_of

FILES = {
    "mimetype": b"application/epub+zip",
    "META-INF/container.xml": b"<container/>" * 50,
    "EPUB/start.xhtml": b"<html/>" * 500,
}
NOON = 1_793_534_400  # 2026-11-01T12:00:00Z


def test_an_epub_begins_with_what_it_is() -> None:
    """The media type is first, bare and where every reader looks for it (OCF 3.3, 4.3)."""
    epub = packed_book(FILES, NOON)
    assert epub[30:58] == b"mimetypeapplication/epub+zip"
    assert files_of(epub) == FILES
    with zipfile.ZipFile(BytesIO(epub)) as archive:
        assert archive.testzip() is None
        kinds = [each.compress_type for each in archive.infolist()]
        assert {each.date_time for each in archive.infolist()} == {(2026, 11, 1, 12, 0, 0)}
    assert kinds == [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED]


def test_the_same_files_give_the_same_bytes() -> None:
    """Nothing but the files and the time is in an EPUB."""
    assert packed_book(FILES, NOON) == packed_book(dict(FILES), NOON)
    assert packed_book(FILES, NOON) != packed_book(FILES, NOON + 60)


def test_nothing_is_compressed_in_a_stored_one() -> None:
    """It is the same book with the same times; an edit of one page leaves the others' bytes."""
    epub = stored(packed_book(FILES, NOON))
    assert files_of(epub) == FILES
    with zipfile.ZipFile(BytesIO(epub)) as archive:
        assert {each.compress_type for each in archive.infolist()} == {zipfile.ZIP_STORED}
        assert {each.date_time for each in archive.infolist()} == {(2026, 11, 1, 12, 0, 0)}
    assert FILES["EPUB/start.xhtml"] in epub and stored(epub) == epub
