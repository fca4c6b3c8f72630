"""YAML and front matter to plain data, with a place for every key and value.

In goes a `Source`, out comes a `Document` or findings. Plain scalars stay text (so that `off`,
`0x7b` and `007` are never turned into something else): what a field means, the model decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from generator.findings import Finding, Location
from generator.sources import Source

DEPTH_LIMIT = 24
Trail = tuple[str | int, ...]
Places = Mapping[Trail, tuple[int, int]]
KEY = "\0key"
"""The last part of a trail that means the key itself, not its value."""
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HEADING = re.compile(r"^##[ \t]+(\S.*)$")
_FENCE = re.compile(r"^[ \t]*(```+|~~~+)")


@dataclass(frozen=True, slots=True)
class Section:
    """A level-2 heading of a Markdown record, the lines below it, the heading's line (from 1)."""

    heading: str
    lines: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Document:
    """A file's data (mappings, lists, text or None) and where each part stands."""

    source: Source
    data: Any
    places: Places
    sections: tuple[Section, ...] = ()

    def location(self, trail: Trail, of_key: bool = False) -> Location:
        """Return where the value at `trail` stands, or its key, or the nearest part around it."""
        if of_key and (*trail, KEY) in self.places:
            trail = (*trail, KEY)
        while trail and trail not in self.places:
            trail = trail[:-1]
        line, column = self.places.get(trail, (1, 1))
        return Location(self.source.path, line, column)


class _FaultError(Exception):
    def __init__(self, code: str, message: str, hint: str, line: int, column: int) -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint
        self.line, self.column = line, column


@dataclass(slots=True)
class _Open:
    """A collection that is being read: its trail, its data, the key that waits for a value."""

    trail: Trail
    data: dict[str, Any] | list[Any]
    key: str | None = None


@dataclass(slots=True)
class _Reading:
    places: dict[Trail, tuple[int, int]] = field(default_factory=dict)
    stack: list[_Open] = field(default_factory=list)
    result: Any = None
    documents: int = 0


def parse(source: Source) -> tuple[Document | None, tuple[Finding, ...]]:
    """Return the document in `source`, or None and what is wrong with it."""
    if source.path.endswith(".md"):
        return _parse_markdown(source)
    data, places, finding = _parse_yaml(source.text, 0)
    if finding is not None:
        return None, (_place(finding, source),)
    return Document(source, data, places), ()


def _place(fault: _FaultError, source: Source) -> Finding:
    return Finding(
        Location(source.path, fault.line, fault.column), fault.code, fault.message, fault.hint
    )


def _parse_yaml(
    text: str, lines_before: int
) -> tuple[Any, dict[Trail, tuple[int, int]], _FaultError | None]:
    """Read events one by one: no recursion, so that depth is bounded here and not by the stack."""
    reading = _Reading()
    try:
        for event in yaml.parse(text, Loader=_Loader):
            _take(reading, event, lines_before)
    except yaml.YAMLError as error:
        return None, {}, _syntax(error, lines_before)
    except _FaultError as fault:
        return None, {}, fault
    if reading.result is None:
        nothing = _FaultError("KB115", "the file holds nothing", "fill it, or remove it", 1, 1)
        return None, {}, nothing
    return reading.result, reading.places, None


def _syntax(error: yaml.YAMLError, lines_before: int) -> _FaultError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    line = mark.line + 1 + lines_before if mark else 1
    hint = 'put texts that hold ": " or " #" in double quotes'
    if "\\t" in problem or "cannot start any token" in problem:
        hint = (
            "indent with spaces, never with tabs; quote texts that begin with a special character"
        )
    return _FaultError("KB110", f"not YAML: {problem}", hint, line, mark.column + 1 if mark else 1)


def _take(reading: _Reading, event: Any, lines_before: int) -> None:
    line, column = event.start_mark.line + 1 + lines_before, event.start_mark.column + 1
    if isinstance(event, yaml.DocumentStartEvent):
        reading.documents += 1
        if reading.documents > 1:
            raise _FaultError(
                "KB114", "a second document begins here", "one record a file", line, 1
            )
        return
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        name = event.anchor
        raise _FaultError(
            "KB111", f'"{name}" is an anchor or alias', "write the text out", line, column
        )
    if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)):
        plain = getattr(event, "implicit", True)
        if event.tag and not (plain is True or (isinstance(plain, tuple) and any(plain))):
            raise _FaultError("KB114", f'"{event.tag}" is a tag', "remove it", line, column)
    if isinstance(event, yaml.ScalarEvent):
        _scalar(reading, event, line, column)
    elif isinstance(event, yaml.CollectionStartEvent):
        if len(reading.stack) >= DEPTH_LIMIT:
            raise _FaultError("KB112", "nested too deeply", "flatten the record", line, column)
        data: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        trail = _attach(reading, data, line, column)
        reading.stack.append(_Open(trail, data))
    elif isinstance(event, yaml.CollectionEndEvent):
        reading.stack.pop()


def _scalar(reading: _Reading, event: Any, line: int, column: int) -> None:
    value = event.value
    top = reading.stack[-1] if reading.stack else None
    if top is not None and isinstance(top.data, dict) and top.key is None:
        if value in top.data:
            raise _FaultError(
                "KB113", f'"{value}" stands twice', "keep one of the two", line, column
            )
        top.key = value
        reading.places[(*top.trail, value, KEY)] = (line, column)
        return
    # libyaml calls the style of a plain scalar "", PyYAML's own parser calls it None
    is_null = not event.style and value in ("", "~", "null")
    _attach(reading, None if is_null else value, line, column)


def _attach(reading: _Reading, value: Any, line: int, column: int) -> Trail:
    if not reading.stack:
        reading.result = value
        reading.places[()] = (line, column)
        return ()
    top = reading.stack[-1]
    if isinstance(top.data, list):
        trail: Trail = (*top.trail, len(top.data))
        top.data.append(value)
        reading.places[trail] = (line, column)
        return trail
    if top.key is None:
        raise _FaultError(
            "KB202", "a key must be a text", "write a word before the colon", line, column
        )
    trail = (*top.trail, top.key)
    top.data[top.key] = value
    reading.places[trail] = (line, column)
    top.key = None
    return trail


def _parse_markdown(source: Source) -> tuple[Document | None, tuple[Finding, ...]]:
    lines = source.text.split("\n")
    end = next((i for i, text in enumerate(lines[1:], 1) if text.rstrip() == "---"), None)
    if lines[0].rstrip() != "---" or end is None:
        message = 'the file does not begin with "---", fields, "---"'
        hint = 'begin with a line "---", the short fields, and another line "---"'
        return None, (Finding(Location(source.path), "KB116", message, hint),)
    data, places, fault = _parse_yaml("\n".join(lines[1:end]) + "\n", 1)
    if fault is not None:
        return None, (_place(fault, source),)
    sections: list[Section] = []
    findings: list[Finding] = []
    heading, start, body, fence = None, 0, list[str](), ""
    for number, text in enumerate(lines[end + 1 :], end + 2):
        opened = _FENCE.match(text)
        if opened and not fence:
            fence = opened.group(1)
        elif opened and opened.group(1).startswith(fence) and opened.group(1) == text.strip():
            fence = ""
        match = None if fence else _HEADING.match(text)
        if match:
            if heading is not None:
                sections.append(Section(heading, tuple(body), start))
            heading, start, body = match.group(1).rstrip().rstrip("#").rstrip(), number, []
        elif heading is not None:
            body.append(text)
        elif text.strip():
            findings.append(
                Finding(
                    Location(source.path, number),
                    "KB118",
                    "text before the first level-2 heading",
                    'put it below a heading such as "## 现象"',
                )
            )
            break
    if heading is not None:
        sections.append(Section(heading, tuple(body), start))
    if findings:
        return None, tuple(findings)
    return Document(source, data, places, tuple(sections)), ()
