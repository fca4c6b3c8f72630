"""An EPUB's files as one archive, and an EPUB with nothing compressed inside.

The same files give the same bytes; all times in it are the one that was given.
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.bundles.zips import DEFLATED, STORED, closed, in_memory, moment_of, packed
from generator.outputs.epub import MIMETYPE


def packed_book(files: Mapping[str, bytes], time: int) -> bytes:
    """Return an EPUB of these files by path, the first of them its media type; `time` in Unix
    seconds."""
    methods = {MIMETYPE: STORED}
    entries = ((name, each, methods.get(name, DEFLATED)) for name, each in files.items())
    return closed(packed(entries, moment_of(time)))


def stored(epub: bytes) -> bytes:
    """Return an EPUB of ours with nothing compressed inside: what holds it packs it just as small,
    and what did not change stays the same in it."""
    book = in_memory(epub)
    entries = ((each.name, book.read(each), STORED) for each in book.entries)
    return closed(packed(entries, book.entries[0].moment))
