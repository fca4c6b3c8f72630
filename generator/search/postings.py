"""How Whoosh keeps our postings: each token's row of whole numbers, written and read at once.

Whoosh looks after terms, documents, segments and commits. Its own postings are made one by one,
which costs more than all the rest; a codec is its way to let a program keep them otherwise.
A row is the token's postings (entry number × 16 + level), four bytes each.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from whoosh import fields, formats
from whoosh.codec.base import PostingsWriter
from whoosh.codec.whoosh3 import (
    W3Codec,
    W3FieldWriter,
    W3PerDocReader,
    W3Segment,
    W3TermsReader,
)
from whoosh.matching import ListMatcher
from whoosh.reading import TermNotFound

FIELD = "words"
"""The field whose postings are tokens with levels."""
WORDS = "words.txt"
"""The file beside a Whoosh index that holds its vocabulary, a space between words."""


class TokenField(fields.FieldType):  # type: ignore[misc]
    """A field of tokens with levels."""

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
            yield encoded(token), 1, float(level), b""


class TokenReader(W3TermsReader):  # type: ignore[misc]
    """The terms of one segment, with their postings as rows."""

    def row(self, token: str) -> array[int]:
        """Return the postings of a token; EOFError if the file is cut short."""
        try:
            info = self.term_info(FIELD, encoded(token))
        except TermNotFound:
            return array("I")
        return _row(self._postfile, info)


class TokenCodec(W3Codec):  # type: ignore[misc]
    """Whoosh's codec with rows for postings, and segments named in their order, not by chance."""

    def __init__(self, number: int = 0, rows: Mapping[str, array[int]] | None = None) -> None:
        """Take the segment's number and the rows of all tokens, if they are there already."""
        super().__init__()
        self.number = number
        self.rows = rows or {}

    def __reduce__(self) -> tuple[Any, ...]:
        return TokenCodec, ()

    def field_writer(self, storage: Any, segment: Any) -> Any:
        """Return what writes terms and postings."""
        return _Writer(self, storage, segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> Any:
        """Return what writes the postings of one term after the other."""
        return _Rows(dbfile)

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> Any:
        """Return postings as Whoosh reads them when it merges segments."""
        row = _row(dbfile, terminfo)
        ids, levels = [posting >> 4 for posting in row], [float(posting & 15) for posting in row]
        return ListMatcher(ids, levels, None, format_, scorer, term=term, terminfo=terminfo)

    def terms_reader(self, storage: Any, segment: Any) -> Any:
        """Return the terms of a segment."""
        name = segment.make_filename(self.TERMS_EXT)
        postings = segment.open_file(storage, self.POSTS_EXT)
        return TokenReader(self, storage.open_file(name), storage.file_length(name), postings)

    def per_document_reader(self, storage: Any, segment: Any) -> Any:
        """Return what the writer asks for field lengths."""
        return _NoLengths(storage, segment)

    def new_segment(self, storage: Any, name: str) -> Any:
        """Return an empty segment."""
        return W3Segment(self, name, segid=f"{self.number:016d}")


def encoded(token: str) -> bytes:
    """Return a token as Whoosh sorts it."""
    return token.encode("utf-8", "surrogatepass")


def _row(file: Any, info: Any) -> array[int]:
    """Return the postings that a term's information points to."""
    row: array[int] = file.get_array(info.extent()[0], "I", info.doc_frequency())
    return row


class _NoLengths(W3PerDocReader):  # type: ignore[misc]
    """Answers at once where Whoosh would look on the disk, once a posting, for lengths not kept."""

    def doc_field_length(self, number: int, name: str, default: int = 0) -> int:
        """Return that there is none."""
        return default


class _Rows(PostingsWriter):  # type: ignore[misc]
    """Writes rows; answers what `W3TermInfo` wants to know of the one just written."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._row: array[int] = array("I")
        self._info: Any = None

    def start_postings(self, format_: Any, terminfo: Any) -> None:
        """Begin a term."""
        self._row, self._info = array("I"), terminfo

    def add_posting(
        self, id_: int, weight: float, vbytes: bytes, length: int | None = None
    ) -> None:
        """Add one posting."""
        self._row.append(id_ << 4 | int(weight))

    def put(self, row: array[int]) -> None:
        """Take all postings of the term."""
        self._row = row

    def written(self) -> bool:
        """Return whether something is on the disk already."""
        return False

    def finish_postings(self) -> Any:
        """Write the row and return the term's information."""
        row, info = self._row, self._info
        place = self._file.tell()
        self._file.write_array(row)
        info.set_extent(place, 4 * len(row))
        info._df = len(row)
        info._minid, info._maxid = row[0] >> 4, row[-1] >> 4
        return info


class _Writer(W3FieldWriter):  # type: ignore[misc]
    """Writes the postings Whoosh collected, then the rows that were there already."""

    def add_postings(self, schema: Any, lengths: Any, items: Iterable[Any]) -> None:
        """Write all terms; the rows' field comes after all others in the alphabet."""
        super().add_postings(schema, lengths, items)
        rows = self._codec.rows
        if not rows:
            return
        self.start_field(FIELD, schema[FIELD])
        for token in sorted(rows, key=encoded):
            self.start_term(encoded(token))
            self._postwriter.put(rows[token])
            self.finish_term()
        self.finish_field()
