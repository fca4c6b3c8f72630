"""The terminal's search index of one edition: what the index cache holds in, a Whoosh index out.

Whoosh is the store of postings: a posting's weight is the level of `entries`, and `search` ranks.
Whoosh writes its files itself. A build from nothing gives the same bytes every time; an update adds
a segment, and Whoosh merges segments when it sees fit.
"""

from __future__ import annotations

import json
import shutil
from array import array
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from whoosh import columns, fields, index

from generator.search import analysis, glossary
from generator.search.cache import CachedEntry, IndexCache
from generator.search.postings import FIELD, WORDS, TokenCodec, TokenField
from generator.search.shards import value_of

STAMP = "stamp"
"""The file beside a Whoosh index that says of which entries it was made."""


def update_terminal_index(
    folder: Path, cache: IndexCache, rows: Mapping[str, array[int]] | None = None
) -> None:
    """Bring the Whoosh index in `folder`, and the glossary beside it, up to what the cache holds.

    An index that shares most entries with the cache is updated, any other is built from nothing:
    from `rows`, the postings of every token, where they are at hand.
    """
    known = {f"{entry.key[0]}\t{entry.key[1]}": entry for entry in cache.entries()}
    before = _stamped(folder)
    changed = [entry for key, entry in known.items() if before.get(key, "") != entry.digest]
    removed = sorted(before.keys() - known.keys())
    if before and not changed and not removed:
        _write_terms(folder, cache)
        return
    is_little = len(changed) + len(removed) <= max(16, len(known) // 8)
    if not (before and is_little and _updated(folder, changed, removed, cache)):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _build(folder, cache, rows or _rows(cache))
    stamps = (f"{key}\t{entry.digest}\n" for key, entry in known.items())
    (folder / STAMP).write_text("".join(stamps), "utf-8", newline="\n")
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
        words=TokenField(),
        length=fields.COLUMN(columns.NumericColumn("B")),
        record=fields.COLUMN(columns.VarBytesColumn()),
        facets=fields.COLUMN(columns.VarBytesColumn()),
        card=fields.STORED(),
    )


def _rows(cache: IndexCache) -> dict[str, array[int]]:
    """Return the postings of every token."""
    rows: dict[str, array[int]] = {}
    for entry, analysed in cache.each_analysed():
        for token, level in analysed.levels.items():
            row = rows.get(token)
            if row is None:
                row = rows[token] = array("I")
            row.append(entry.number << 4 | level)
    return rows


def _build(folder: Path, cache: IndexCache, rows: Mapping[str, array[int]]) -> None:
    """Write an index of all entries into an empty folder."""
    made = index.create_in(folder, _schema())
    with made.writer(codec=TokenCodec(0, rows), compound=False) as writer:
        for entry, card in cache.each_card():
            writer.add_document(**_document(entry, card))
    made.close()
    _write_words(folder, filter(analysis.is_vocabulary, rows))


def _updated(
    folder: Path, changed: Iterable[CachedEntry], removed: Sequence[str], cache: IndexCache
) -> bool:
    """Return whether an index could be brought up to date; a damaged one cannot."""
    (folder / STAMP).unlink()
    try:
        _update(folder, changed, removed, cache)
    except Exception:  # whatever unpickling a damaged file comes to
        return False
    return True


def _update(
    folder: Path, changed: Iterable[CachedEntry], removed: Sequence[str], cache: IndexCache
) -> None:
    """Take entries out of an index and put their new content in."""
    opened = index.open_dir(folder)
    words = set((folder / WORDS).read_text("utf-8").split())
    codec = TokenCodec(opened.latest_generation() + 1)
    with opened.writer(codec=codec, compound=False) as writer:
        writer.schema = _schema()
        for key in removed:
            writer.delete_by_term("key", key)
        for entry in changed:
            analysed = cache.analysed(entry.number)
            document = _document(entry, analysed.card)
            writer.update_document(**document, **{FIELD: analysed.levels})
            words.update(filter(analysis.is_vocabulary, analysed.levels))
    opened.close()
    _write_words(folder, words)


def _write_words(folder: Path, words: Iterable[str]) -> None:
    """Write the words that typos are looked up in; some may stand in no entry any more."""
    text = " ".join(sorted(words))
    path = folder / WORDS
    if not path.is_file() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8", newline="\n")


def _document(entry: CachedEntry, card: str) -> dict[str, Any]:
    """Return an entry as Whoosh is given it, its tokens apart."""
    record, language = entry.key
    return {
        "key": f"{record}\t{language}",
        "length": entry.length,
        "record": f"{record}\t{language}".encode(),
        "facets": entry.facets.encode(),
        "card": card,
    }
