"""The terminal's search index of one edition: what the index cache holds in, a Whoosh index out.

Whoosh is the store of postings: a posting's weight is the level of `entries`, and `search` ranks.
Whoosh writes its files itself. A build from nothing gives the same bytes every time; an update adds
a segment, and Whoosh merges segments when it sees fit.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from whoosh import columns, fields, formats, index
from whoosh.codec.whoosh3 import W3Codec, W3PerDocReader, W3Segment

from generator import glossary
from generator.index_cache import CachedEntry, IndexCache
from generator.shards import value_of

STAMP = "stamp"
"""The file beside a Whoosh index that says of which entries it was made."""


class _Levels(fields.FieldType):  # type: ignore[misc]
    """A field of tokens with levels. Stored as Whoosh's own `ID`, which reads alike."""

    indexed = True
    scorable = False

    def __init__(self) -> None:
        self.format = formats.Existence()
        self.analyzer = None

    def index(
        self, value: Mapping[str, int], **_: Any
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Yield a posting for each token, its weight the level."""
        for token, level in value.items():
            yield token.encode("utf-8", "surrogatepass"), 1, float(level), b""

    def __reduce__(self) -> tuple[Any, ...]:
        return fields.ID, ()


class _Codec(W3Codec):  # type: ignore[misc]
    """Whoosh's codec with segments named in their order and not by chance."""

    def __init__(self, number: int) -> None:
        super().__init__(blocklimit=1024, compression=0)
        self.number = number

    def per_document_reader(self, storage: Any, segment: Any) -> Any:
        """Return what the writer asks for field lengths."""
        return _NoLengths(storage, segment)

    def new_segment(self, storage: Any, name: str) -> Any:
        """Return an empty segment."""
        return W3Segment(W3Codec(), name, segid=f"{self.number:016d}")


class _NoLengths(W3PerDocReader):  # type: ignore[misc]
    """Answers at once where Whoosh would look on the disk, once a posting, for lengths not kept."""

    def doc_field_length(self, number: int, name: str, default: int = 0) -> int:
        """Return that there is none."""
        return default


def update_terminal_index(folder: Path, cache: IndexCache) -> None:
    """Bring the Whoosh index in `folder`, and the glossary beside it, up to what the cache holds.

    An index that shares most entries with the cache is updated, any other is built from nothing.
    """
    known = {f"{entry.key[0]}\t{entry.key[1]}": entry for entry in cache.entries()}
    before = _stamped(folder)
    changed = [entry for key, entry in known.items() if before.get(key, "") != entry.digest]
    removed = sorted(before.keys() - known.keys())
    if before and not changed and not removed:
        _write_terms(folder, cache)
        return
    if before and len(changed) + len(removed) <= max(16, len(known) // 8):
        (folder / STAMP).unlink()
        _update(folder, changed, removed, cache)
    else:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _build(folder, cache)
    rows = (f"{key}\t{entry.digest}\n" for key, entry in known.items())
    (folder / STAMP).write_text("".join(rows), "utf-8", newline="\n")
    _write_terms(folder, cache)


def _write_terms(folder: Path, cache: IndexCache) -> None:
    """Write the glossary where it is another one."""
    body = cache.file("terms")
    text = json.dumps(value_of(body) if body else {}, ensure_ascii=False, separators=(",", ":"))
    path = folder / glossary.FILE
    if not path.is_file() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8", newline="\n")


def _stamped(folder: Path) -> dict[str, str]:
    """Return the digest of each entry the index was made of, nothing if that is not known."""
    try:
        rows = (folder / STAMP).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    pairs = (row.rpartition("\t") for row in rows)
    return {key: digest for key, _, digest in pairs}


def _schema() -> fields.Schema:
    """Return the fields of the index: `words` is searched, the columns are read while ranking."""
    return fields.Schema(
        key=fields.ID(unique=True),
        words=_Levels(),
        length=fields.COLUMN(columns.NumericColumn("B")),
        record=fields.COLUMN(columns.VarBytesColumn()),
        facets=fields.COLUMN(columns.VarBytesColumn()),
        card=fields.STORED(),
    )


def _build(folder: Path, cache: IndexCache) -> None:
    """Write an index of all entries into an empty folder."""
    made = index.create_in(folder, _schema())
    with made.writer(codec=_Codec(0), limitmb=256, compound=False) as writer:
        for entry, analysed in cache.each_analysed():
            writer.add_document(**_document(entry, analysed.levels, analysed.card))
    made.close()


def _update(
    folder: Path, changed: Iterable[CachedEntry], removed: Sequence[str], cache: IndexCache
) -> None:
    """Take entries out of an index and put their new content in."""
    opened = index.open_dir(folder)
    with opened.writer(codec=_Codec(opened.latest_generation() + 1), compound=False) as writer:
        writer.schema = _schema()
        for key in removed:
            writer.delete_by_term("key", key)
        for entry in changed:
            analysed = cache.analysed(entry.number)
            writer.update_document(**_document(entry, analysed.levels, analysed.card))
    opened.close()


def _document(entry: CachedEntry, levels: Mapping[str, int], card: str) -> dict[str, Any]:
    """Return an entry as Whoosh is given it."""
    record, language = entry.key
    return {
        "key": f"{record}\t{language}",
        "words": levels,
        "length": entry.length,
        "record": f"{record}\t{language}".encode(),
        "facets": entry.facets.encode(),
        "card": card,
    }
