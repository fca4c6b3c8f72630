"""Whether plain data fits the model: pydantic's complaints in our own words, with their places.

In go a document, its data and a model, out comes the part of the model, or findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar, get_args

from pydantic import ValidationError

from generator.documents import Document
from generator.findings import Finding
from generator.model import Guide, Part

Trail = tuple[str | int, ...]
R = TypeVar("R", bound=Part)
_COMPLAINTS = 100


def fit(
    document: Document, model: type[R], data: Any, at: Trail = ()
) -> tuple[R | None, tuple[Finding, ...]]:
    """Return `data` as a part of the model, or None and why it is none.

    `at` is the trail of `data` in the document, where it is not the whole of it.
    """
    try:
        record = model.model_validate(data)
    except ValidationError as error:
        # a file with more faults than anybody mends in one go says the first ones
        complaints = map(dict, error.errors(include_url=False)[:_COMPLAINTS])
        return None, tuple(
            _finding(document, model, at, each) for each in complaints if not _is_echo(each)
        )
    hollow = tuple(_hollow(document, trail) for trail in _nothings(data, at))
    return (None if hollow else record), hollow


def _is_echo(complaint: dict[str, Any]) -> bool:
    """Return whether a list is called too short only because some of its entries have a fault."""
    given, least = complaint.get("input"), complaint.get("ctx", {}).get("min_length", 0)
    is_short = complaint["type"] == "too_short"
    return is_short and isinstance(given, list | dict) and len(given) >= least


def _nothings(data: Any, trail: Trail) -> Iterator[Trail]:
    """Yield where a field stands without a value."""
    if data is None:
        yield trail
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _nothings(value, (*trail, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _nothings(value, (*trail, number))


def _hollow(document: Document, trail: Trail) -> Finding:
    where = document.location(trail, of_key=True)
    return Finding(where, "KB206", f'"{trail[-1]}" is empty', "fill it, or take it out")


def _finding(
    document: Document, model: type[Part], at: Trail, complaint: dict[str, Any]
) -> Finding:
    """Say a complaint of pydantic in our own words."""
    is_key = complaint["loc"][-1:] == ("[key]",)
    loc = complaint["loc"][:-1] if is_key else complaint["loc"]
    trail = _real_trail(document.data, (*at, *loc))
    name = str(loc[-2 if is_key and len(loc) > 1 else -1]) if loc else "record"
    kind, context = complaint["type"], complaint.get("ctx", {})
    value = _quote(complaint.get("input"))
    here = document.location(trail, of_key=is_key)
    if kind == "union_tag_not_found":
        return Finding(here, "KB201", 'the field "kind" is missing', _WANTED[kind])
    if kind == "union_tag_invalid":
        here, name, complaint = (
            document.location((*trail, "kind")),
            "kind",
            {"input": context["tag"]},
        )
        value = _quote(context["tag"])
    if kind == "missing":
        return Finding(here, "KB201", f'the field "{name}" is missing', "add it")
    if kind == "extra_forbidden":
        holder = _holder(model, complaint["loc"][:-1])
        hint = _nearest(name, tuple(holder.model_fields), "see docs/reference/fields.md")
        if "\uff1a" in name:
            hint = "its colon is full-width: write a plain one and a space behind it"
        message = f'a {_words(holder)} has no field "{name}"'
        return Finding(document.location(trail, of_key=True), "KB203", message, hint)
    if kind in ("enum", "literal_error", "union_tag_invalid"):
        expected = str(context.get("expected") or context.get("expected_tags", ""))
        words = tuple(re.findall(r"'([^']+)'", expected))
        hint = _nearest(_plain(complaint.get("input")), words, "one of: " + ", ".join(words))
        return Finding(here, "KB204", f'"{name}" cannot be {value}', hint)
    if kind in ("string_pattern_mismatch", "string_too_long"):
        message = f'{value} cannot be a name in "{name}"' if is_key else f'{value} is no "{name}"'
        return Finding(here, "KB205", message, _form_hint(context))
    if kind == "too_short" and context.get("actual_length"):
        message = f'"{name}" has {context["actual_length"]} of at least {context["min_length"]}'
        return Finding(here, "KB205", message, "add what is missing")
    if kind in ("string_too_short", "too_short") or complaint.get("input") is None:
        return Finding(here, "KB206", f'"{name}" is empty', "fill it, or take it out")
    if kind == "value_error":
        return Finding(here, "KB205", f'{value} is no "{name}"', str(context["error"]))
    if kind.startswith(("greater", "less")):
        return Finding(here, "KB205", f"{value} is out of range", complaint["msg"])
    wanted = _WANTED.get(kind, complaint["msg"])
    return Finding(here, "KB202", f'"{name}" is {value}', wanted)


_WANTED = {
    "string_type": "write one text here, in quotes where it holds a colon",
    "tuple_type": 'write a list here: "[a, b]", or lines that begin with "- "',
    "dict_type": 'write a mapping here: lines of "name: value"',
    "model_type": 'write a mapping here: lines of "name: value"',
    "model_attributes_type": 'write a mapping here: lines of "name: value"',
    "bool_parsing": "write true or false",
    "int_parsing": "write a whole number",
    "float_parsing": "write a number",
    "date_from_datetime_parsing": "write a date as 2026-11-01",
    "date_parsing": "write a date as 2026-11-01",
    "date_from_datetime_inexact": "write a date as 2026-11-01",
    "finite_number": "write a number",
    "int_parsing_size": "write a whole number",
    "union_tag_not_found": 'say which it is: "kind: question", "kind: guidance" or "kind: link"',
}


def _real_trail(data: Any, trail: Trail) -> Trail:
    """Drop the parts of a trail that are pydantic's own, such as a union's tag."""
    real: list[str | int] = []
    for part in trail:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            if part == trail[-1]:
                real.append(part)
            continue
        real.append(part)
    return tuple(real)


def _holder(model: type[Part], trail: Trail) -> type[Part]:
    """Return the part of the model that a trail leads to."""
    from_here = model
    for part in trail:
        info = from_here.model_fields.get(str(part))
        inner = _parts(info.annotation) if info is not None else ()
        if len(inner) == 1:
            from_here = inner[0]
        elif info is None:
            tagged = [
                kind
                for kind in _UNION_PARTS
                if str(part) == kind.__name__.casefold() and from_here is Guide
            ]
            from_here = tagged[0] if tagged else from_here
    return from_here


def _parts(annotation: Any) -> tuple[type[Part], ...]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return (annotation,)
    return tuple(part for argument in get_args(annotation) for part in _parts(argument))


_UNION_PARTS = _parts(Guide.model_fields["nodes"].annotation)


def _words(part: type[Part]) -> str:
    return re.sub(r"(?<!^)([A-Z])", r" \1", part.__name__).casefold()


def _nearest(word: str, known: tuple[str, ...], otherwise: str) -> str:
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f'did you mean "{near[0]}"?' if near else otherwise


def _form_hint(context: Mapping[str, Any]) -> str:
    pattern = str(context.get("pattern", ""))
    if "[0-9]{4}" in pattern:
        return "an id is two to five capital letters, a hyphen and four digits: PRN-0007"
    if "a-z0-9" in pattern:
        return "small letters, digits and single hyphens: hp-laserjet"
    if "mailto:" in pattern:
        return f"begin with mailto:{', https: or tel:' if 'tel:' in pattern else ' or https:'}"
    return "shorten it" if not pattern else f"it has the form {pattern}"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _quote(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value[:60]}{"…" if len(value) > 60 else ""}"'
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else f'"{value}"'
