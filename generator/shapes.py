"""What the model says of its own fields, so that others can walk any record without naming them.

In goes a part of a record, out come its fields' shapes, its values and its texts, each with its
trail: the keys and positions that lead to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from pydantic.fields import FieldInfo

from generator.model import NOBODY, Part, PerLanguage, Shown, Translatable

Trail = tuple[str | int, ...]
P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class Shape:
    """What one field of a part is: how it repeats, what it holds, who may see it."""

    name: str
    shown: Shown
    is_text: bool
    parts: tuple[type[Part], ...]
    """The parts it may hold, empty for plain values."""
    repeats: Literal["once", "list", "mapping"]
    is_required: bool
    is_per_language: bool
    """Whether a translation fills it with as many entries as it likes."""


@cache
def shapes(part: type[Part]) -> tuple[Shape, ...]:
    """Return the shape of every field of `part`, in the model's order."""
    return tuple(_shape(name, info) for name, info in part.model_fields.items())


def _shape(name: str, info: FieldInfo) -> Shape:
    shown = next((mark for mark in info.metadata if isinstance(mark, Shown)), NOBODY)
    leaves = list(_leaves(info.annotation))
    marks = [*info.metadata, *(mark for _, marks in leaves for mark in marks)]
    origins = {get_origin(inner) for inner in (info.annotation, *get_args(info.annotation))}
    repeats: Literal["once", "list", "mapping"] = (
        "list" if tuple in origins else "mapping" if dict in origins else "once"
    )
    return Shape(
        name=name,
        shown=shown,
        is_text=any(isinstance(mark, Translatable) for mark in marks),
        parts=tuple(
            kind for kind, _ in leaves if isinstance(kind, type) and issubclass(kind, Part)
        ),
        repeats=repeats,
        is_required=info.is_required(),
        is_per_language=any(isinstance(mark, PerLanguage) for mark in info.metadata),
    )


def _leaves(annotation: Any, marks: tuple[Any, ...] = ()) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        yield from _leaves(inner, (*marks, *more))
        return
    arguments = get_args(annotation)
    if not arguments or get_origin(annotation) is Literal:
        yield annotation, marks
        return
    for argument in arguments:
        yield from _leaves(argument, marks)


def values(part: Part, shape: Shape) -> Iterator[tuple[Trail, Any]]:
    """Yield (trail, value) of each single value a field holds; nothing where it is left out."""
    value = getattr(part, shape.name)
    if value is None:
        return
    if shape.repeats == "list":
        for number, item in enumerate(value):
            yield (shape.name, number), item
    elif shape.repeats == "mapping":
        for key, item in value.items():
            yield (shape.name, key), item
    else:
        yield (shape.name,), value


def texts(part: Part) -> Iterator[tuple[Trail, str]]:
    """Yield (trail, text) of every translatable text in `part`, in the model's order."""
    for shape in shapes(type(part)):
        if not (shape.is_text or shape.parts):
            continue
        for trail, value in values(part, shape):
            if shape.is_text and isinstance(value, str):
                yield trail, value
            elif isinstance(value, Part):
                for inner, text in texts(value):
                    yield (*trail, *inner), text


def parts(part: Part, kind: type[P]) -> Iterator[tuple[Trail, P]]:
    """Yield (trail, part) of every part of one kind inside `part`, in the model's order."""
    for shape in shapes(type(part)):
        if not shape.parts:
            continue
        for trail, value in values(part, shape):
            if isinstance(value, kind):
                yield trail, value
            elif isinstance(value, Part):
                for inner, found in parts(value, kind):
                    yield (*trail, *inner), found


def strings(data: Any, trail: Trail = ()) -> Iterator[tuple[Trail, str]]:
    """Yield (trail, text) of every text in plain data: mappings, lists and texts."""
    if isinstance(data, str):
        yield trail, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from strings(value, (*trail, key))
    elif isinstance(data, list | tuple):
        for number, value in enumerate(data):
            yield from strings(value, (*trail, number))
