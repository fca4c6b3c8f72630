"""What a reader has to fetch: bytes have limits; times are measured by `bench/pages.py`."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

PAGE_LIMIT = 30 * 1024
SENT_LIMIT = 12 * 1024
SHARED_LIMIT = 100 * 1024
_LINKED = re.compile(r'(?:<link rel="stylesheet" href|<script src)="([^"]+)"')


@pytest.mark.parametrize("language", ["zh", "en", "de", "th"])
@pytest.mark.parametrize("edition", ["public", "internal"])
def test_case_pages(site: Path, edition: str, language: str) -> None:
    """A case is at most 30 KB of HTML, and 12 KB as a server sends it.

    Thai takes three bytes a letter and has no short words: there, letters are counted; so they are
    on a page that shows the Chinese source with a mark at each text, for want of a translation.
    """
    for page in sorted((site / edition / language / "cases").glob("*.html")):
        content = page.read_bytes()
        text = content.decode()
        is_counted = language == "th" or '<title lang="zh">' in text
        size = len(text) if is_counted else len(content)
        assert size <= PAGE_LIMIT, page.name
        assert len(gzip.compress(content)) <= SENT_LIMIT, page.name


def test_styles_and_scripts(site: Path) -> None:
    """What all pages share is at most 100 KB compressed, whatever kind of page is read."""
    for edition in ("public", "internal"):
        linked = {
            (page.parent / target).resolve()
            for page in (site / edition / "zh").rglob("*.html")
            for target in _LINKED.findall(page.read_text("utf-8"))
        }
        assert len(linked) > 8
        assert sum(len(gzip.compress(file.read_bytes())) for file in linked) <= SHARED_LIMIT
