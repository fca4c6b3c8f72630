"""A record and the texts of its translation to the record in that language.

In go a record and texts that mirror it, out come the record with those texts, the trails that are
still in the source's language, and the texts that mirror nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Generic, TypeVar

from generator.model import Part
from generator.shapes import Shape, Trail, shapes, texts

P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class Misfit:
    """A part of a translation that mirrors nothing: where, and why."""

    trail: Trail
    message: str


@dataclass(frozen=True, slots=True)
class Translated(Generic[P]):
    """A record in another language."""

    record: P
    missing: frozenset[Trail]
    """Texts that are still the source's."""
    misfits: tuple[Misfit, ...]


def text_digest(record: Part) -> str:
    """Return a digest (16 hex digits) of a record's texts: what a translation was made from."""
    digest = blake2b(digest_size=8)
    for trail, text in texts(record):
        digest.update(f"{trail}\0{text}\0".encode())
    return digest.hexdigest()


def translate(
    record: P, mirrored: Mapping[str, Any], mark: Callable[[str], str] = str
) -> Translated[P]:
    """Return `record` with the texts of `mirrored` in place of its own.

    `mark` is given each text that has no translation and returns what stands in its place.
    """
    missing: dict[Trail, str] = {}
    misfits: list[Misfit] = []
    translated = _part(record, mirrored, (), _Gaps(missing, mark), misfits)
    return Translated(translated, frozenset(missing), tuple(misfits))


@dataclass(frozen=True, slots=True)
class _Gaps:
    """Where texts without a translation are noted, and how they are marked."""

    found: dict[Trail, str]
    mark: Callable[[str], str]

    def take(self, trail: Trail, text: str) -> str:
        self.found[trail] = text
        return self.mark(text)


def _part(part: P, data: Any, trail: Trail, gaps: _Gaps, misfits: list[Misfit]) -> P:
    if not isinstance(data, Mapping):
        if data is not None:
            misfits.append(Misfit(trail, "here the source has several fields, not one text"))
        data = {}
    known = {shape.name: shape for shape in shapes(type(part)) if shape.is_text or shape.parts}
    for name in data:
        if name not in known:
            misfits.append(Misfit((*trail, name), f'"{name}" is no text field of the source'))
        elif not known[name].is_per_language and getattr(part, name) in (None, ()):
            misfits.append(Misfit((*trail, name), f'the source has no "{name}" here'))
    changed = {
        name: _value(getattr(part, name), shape, data.get(name), (*trail, name), gaps, misfits)
        for name, shape in known.items()
        if getattr(part, name) is not None
    }
    return part.model_copy(update=changed)


def _value(
    value: Any, shape: Shape, data: Any, trail: Trail, gaps: _Gaps, misfits: list[Misfit]
) -> Any:
    if shape.repeats == "list":
        if shape.is_per_language and isinstance(data, list):
            own = tuple(text.strip() for text in data if isinstance(text, str) and text.strip())
            if own:
                return own
            data = None
        if isinstance(data, list) and len(data) != len(value) and value:
            message = f"the list has {len(data)} of {len(value)} entries"
            misfits.append(Misfit(trail, message))
        given = data if isinstance(data, list) and len(data) == len(value) else [None] * len(value)
        if data is not None and not isinstance(data, list):
            misfits.append(Misfit(trail, "the source has a list here"))
        return tuple(
            _single(item, shape, other, (*trail, number), gaps, misfits)
            for number, (item, other) in enumerate(zip(value, given, strict=True))
        )
    if shape.repeats == "mapping":
        given_map = data if isinstance(data, Mapping) else {}
        misfits.extend(
            Misfit((*trail, key), f'the source has no "{key}" here')
            for key in given_map
            if key not in value
        )
        return {
            key: _single(item, shape, given_map.get(key), (*trail, key), gaps, misfits)
            for key, item in value.items()
        }
    return _single(value, shape, data, trail, gaps, misfits)


def _single(
    value: Any, shape: Shape, data: Any, trail: Trail, gaps: _Gaps, misfits: list[Misfit]
) -> Any:
    if not shape.is_text:
        return _part(value, data, trail, gaps, misfits)
    if isinstance(data, str):
        if data.strip():
            return data.strip()
    elif data is not None:
        misfits.append(Misfit(trail, "one text is wanted here"))
    return gaps.take(trail, value)
