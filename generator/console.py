"""Search results and records as text for a terminal: values in, lines out, at most 80 columns.

Chinese characters take two columns and Thai marks none; a match is bold where colours are wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import click
from wcwidth import wcswidth, wcwidth

from generator.search.results import Hit, Results

WIDTH = 80
Marks = Sequence[tuple[int, int]]


def results_lines(results: Results, query: str) -> Iterator[str]:
    """Yield the hits, best first, and how many there are; what to do where there are none."""
    if not results.hits:
        yield f'Nothing found for "{_told(query)}".'
        yield "Try other words or a part of one, an error code, or: kb search --type network …"
        return
    for number, hit in enumerate(results.hits, 1):
        yield from _hit_lines(number, hit)
    more = results.total - len(results.hits)
    yield f"{results.total} found" + (f", {more} more: --limit {results.total}" if more else "")


def _told(query: str) -> str:
    """Return a query as it may be repeated: on one line, short, nothing a terminal obeys."""
    line = " ".join(query.split())
    shown, _ = _cut("".join(each for each in line if wcwidth(each) >= 0), (), WIDTH - 30)
    return shown


def _hit_lines(number: int, hit: Hit) -> Iterator[str]:
    head = click.style(f"{number:>2} ", dim=True) + click.style(f"{hit.id}  ", fg="cyan")
    indent = len(hit.id) + 5
    for start, end in _lines(hit.title, WIDTH - indent):
        inside = [
            (max(first, start) - start, min(last, end) - start)
            for first, last in hit.title_marks
            if first < end and last > start
        ]
        yield head + _marked(hit.title[start:end], inside, True)
        head = " " * indent
    facts = [
        *hit.facets.get("issue_type", ()),
        " ".join(hit.facets.get("tier", ())),
        *hit.facets.get("confidence", ()),
        " ".join(hit.languages),
    ]
    yield "   " + click.style(" · ".join(fact for fact in facts if fact), dim=True)
    shown, marks = _cut(hit.snippet.text, hit.snippet.marks, WIDTH - 3)
    yield "   " + _marked(shown, marks, False)
    yield ""


def _marked(text: str, marks: Marks, is_bold: bool) -> str:
    pieces: list[str] = []
    place = 0
    for start, end in marks:
        pieces.append(click.style(text[place:start], bold=is_bold))
        pieces.append(click.style(text[start:end], fg="yellow", bold=True))
        place = end
    return "".join([*pieces, click.style(text[place:], bold=is_bold)])


def _cut(text: str, marks: Marks, columns: int) -> tuple[str, Marks]:
    """Return as much of a text as fits into so many columns, and the marks that are left."""
    used = 0
    for place, character in enumerate(text):
        used += max(0, wcwidth(character))
        if used > columns - 1:
            kept = text[:place]
            return kept + "…", [(start, min(end, place)) for start, end in marks if start < place]
    return text, marks


def record_lines(data: object, depth: int = 0) -> Iterator[str]:
    """Yield a record's fields, names before values, nested as they are."""
    indent = "  " * depth
    if isinstance(data, dict):
        for name, value in data.items():
            label = click.style(str(name).replace("_", " "), bold=True)
            if isinstance(value, dict | list):
                yield f"{indent}{label}"
                yield from record_lines(value, depth + 1)
            else:
                lines = list(wrapped(str(value), WIDTH - len(indent) - 4))
                yield f"{indent}{label}  {lines[0] if lines else ''}"
                yield from (f"{indent}    {line}" for line in lines[1:])
    elif isinstance(data, list):
        for number, value in enumerate(data, 1):
            lines = list(record_lines(value, 0))
            yield from _numbered(number, lines, indent)
    else:
        yield from (indent + line for line in wrapped(str(data), WIDTH - len(indent)))


def _numbered(number: int, lines: Iterable[str], indent: str) -> Iterator[str]:
    for place, line in enumerate(lines):
        yield f"{indent}{f'{number}.' if place == 0 else '  '} {line}"


def wrapped(text: str, columns: int) -> Iterator[str]:
    """Yield a text in lines of at most so many columns, broken where its script breaks."""
    for paragraph in text.splitlines() or [""]:
        for start, end in _lines(paragraph, columns):
            yield paragraph[start:end]


def _lines(paragraph: str, columns: int) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each line that a paragraph makes, without the space after it."""
    start = end = 0
    for piece in _pieces(paragraph):
        if end > start and wcswidth(paragraph[start:end] + piece.rstrip()) > columns:
            yield start, start + len(paragraph[start:end].rstrip())
            start = end
        end += len(piece)
    yield start, start + len(paragraph[start:end].rstrip())


def _pieces(text: str) -> Iterator[str]:
    """Yield what must stay together: words with the space after them, single wide characters."""
    piece = ""
    for character in text:
        is_wide = wcwidth(character) == 2
        if piece and is_wide and character not in "，。、：；？！）”":
            yield piece
            piece = ""
        piece += character
        if character == " ":
            yield piece
            piece = ""
    if piece:
        yield piece
