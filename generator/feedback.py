"""What readers said of records: in go the files that pages save or send, out comes a report.

The files come from anybody's device. Whatever stands in them, reading ends with answers or with
`UnusableFileError`; texts come out without control characters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

FORMAT = "tierbook-feedback-1"
LARGEST = 5_000_000
"""Bytes of a file that is still read; a device keeps a few hundred answers."""
_ID = re.compile(r"[A-Z]{2,5}-[0-9]{4}")
_WORD = re.compile(r"[A-Za-z0-9-]{1,40}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")


class UnusableFileError(ValueError):
    """The file is none that a page saved; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one device said of one record."""

    id: str
    language: str
    """The language that the page was read in."""
    edition: str
    is_helped: bool
    comment: str
    at: str
    """When, in UTC: `2026-11-22T10:05:00Z`."""
    device: str
    """A random word that a device gives itself, so that its second file is not counted again."""


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote beside an answer."""

    text: str
    language: str
    is_helped: bool
    day: str


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of one record from its readers."""

    id: str
    helped: int
    failed: int
    """How many devices say that it helped, and that it did not."""
    devices: int
    languages: tuple[str, ...]
    editions: tuple[str, ...]
    last: str
    """The day of the last answer."""
    comments: tuple[Comment, ...]
    """Newest first."""


def read_answers(name: str, content: bytes) -> tuple[list[Answer], int]:
    """Return a file's answers and how many of its entries are none.

    Raises `UnusableFileError` for another kind of file.
    """
    if len(content) > LARGEST:
        raise UnusableFileError(f"{name} is larger than {LARGEST // 1_000_000} MB")
    try:
        data = json.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UnusableFileError(f"{name} is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise UnusableFileError(f"{name} is not JSON") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise UnusableFileError(f'{name} is not a file of feedback ("{FORMAT}")')
    rows = data.get("answers")
    if not isinstance(rows, list):
        raise UnusableFileError(f'{name} has no list "answers"')
    device = _matching(_WORD, data.get("device")) or name
    read = [_answer(row, device) for row in rows]
    answers = [answer for answer in read if answer is not None]
    return answers, len(read) - len(answers)


def _answer(row: object, device: str) -> Answer | None:
    if not isinstance(row, dict) or not isinstance(row.get("helped"), bool):
        return None
    id, at = _matching(_ID, row.get("id")), _matching(_TIME, row.get("at"))
    if not id or not at:
        return None
    language = _matching(_WORD, row.get("language"))
    edition = _matching(_WORD, row.get("edition"))
    return Answer(id, language, edition, row["helped"], _clean(row.get("comment")), at, device)


def _matching(form: re.Pattern[str], value: object) -> str:
    return value if isinstance(value, str) and form.fullmatch(value) else ""


def _clean(value: object) -> str:
    """Return a comment as one line of characters that can be shown."""
    text = value[:4000] if isinstance(value, str) else ""
    shown = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(shown.split())[:1000]


def report(answers: Iterable[Answer]) -> list[Report]:
    """Return what is known of each record, those that fail most people first.

    A device's last answer in a language counts, however many files hold it.
    """
    latest: dict[tuple[str, str, str], Answer] = {}
    for answer in answers:
        key = (answer.device, answer.id, answer.language)
        if key not in latest or latest[key].at <= answer.at:
            latest[key] = answer
    by_id: dict[str, list[Answer]] = {}
    for answer in latest.values():
        by_id.setdefault(answer.id, []).append(answer)
    reports = [_report(id, held) for id, held in by_id.items()]
    return sorted(reports, key=lambda each: (-each.failed, each.helped, each.id))


def _report(id: str, answers: list[Answer]) -> Report:
    newest = sorted(answers, key=lambda each: (each.at, each.comment), reverse=True)
    return Report(
        id=id,
        helped=sum(each.is_helped for each in answers),
        failed=sum(not each.is_helped for each in answers),
        devices=len({each.device for each in answers}),
        languages=tuple(sorted({each.language for each in answers if each.language})),
        editions=tuple(sorted({each.edition for each in answers if each.edition})),
        last=newest[0].at[:10],
        comments=tuple(
            Comment(each.comment, each.language, each.is_helped, each.at[:10])
            for each in newest
            if each.comment
        ),
    )
