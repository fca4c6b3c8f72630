"""What must not be found in an edition of `samples/full`: derived by walking the model.

In goes a knowledge base, out come its canaries: words, ids and days that stand only in fields or
records which an audience may not see, each with the trail that leads to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from generator.knowledge import KnowledgeBase
from generator.model import (
    FOLLOWS,
    NOBODY,
    Audience,
    Confidence,
    Part,
    Record,
    Shown,
)
from generator.shapes import Trail, shapes, values
from generator.translations import translate

CANARY = re.compile(r"CANARY-[0-9]+-[a-z]+", re.IGNORECASE)
_ID = re.compile(r"[A-Z]{2,5}-[0-9]{4}")
_WIDEST_FIRST = (Audience.PUBLIC, Audience.CUSTOMER, Audience.PARTNER)
_OPEN = (Confidence.NOT_VALIDATED, Confidence.VALIDATED)


def canaries(
    knowledge: KnowledgeBase, audience: Audience = Audience.PUBLIC
) -> dict[str, tuple[str, Trail]]:
    """Return every canary that an edition for `audience` must not hold: record and trail by word.

    For `PRN-0001` in English the record is called `PRN-0001.en`. `audience` is public, customer or
    partner. Who sees what is worked out here once more, not asked of the code that is tested.
    """
    found: dict[str, tuple[str, Trail]] = {}
    for name, record in in_all_languages(knowledge):
        is_hidden = not _is_seen(record, audience)
        if is_hidden:
            found[record.id] = (name, ("id",))
        for trail, value, shown in leaves(record):
            if is_hidden or shown is not FOLLOWS:
                found |= dict.fromkeys(_words(value), (name, trail))
    for team in knowledge.vocabulary.teams:
        for word in CANARY.findall(team.model_dump_json()):
            found[word] = (f"team {team.id}", ())
    shown_ids = {record.id for record in _records(knowledge) if _is_seen(record, audience)}
    return {word: where for word, where in found.items() if word not in shown_ids}


def _is_seen(record: Record, audience: Audience) -> bool:
    """Return whether a record is written for this audience or a wider one, and is finished."""
    wide_enough = _WIDEST_FIRST[: _WIDEST_FIRST.index(audience) + 1]
    return record.audience in wide_enough and record.confidence in _OPEN


def _records(knowledge: KnowledgeBase) -> Iterator[Record]:
    return (filed.record for filed in knowledge.records.values())


def in_all_languages(knowledge: KnowledgeBase) -> Iterator[tuple[str, Record]]:
    """Yield (name, record) of every record as it is written, and of every translation."""
    for record in _records(knowledge):
        yield record.id, record
    for (id, language), translation in knowledge.translations.items():
        if id in knowledge.records:
            translated = translate(knowledge.records[id].record, translation.texts)
            yield f"{id}.{language}", translated.record


def leaves(
    part: Part, trail: Trail = (), widest: Shown = FOLLOWS
) -> Iterator[tuple[Trail, object, Shown]]:
    """Yield (trail, value, how widely it may be shown) of every single value in a part."""
    for shape in shapes(type(part)):
        shown = _narrower(widest, shape.shown)
        for inner, value in values(part, shape):
            if isinstance(value, Part):
                yield from leaves(value, (*trail, *inner), shown)
            else:
                yield (*trail, *inner), value, shown


def _narrower(one: Shown, other: Shown) -> Shown:
    if NOBODY in (one, other):
        return NOBODY
    return other if one is FOLLOWS else one


def _words(value: object) -> list[str]:
    """Return what is unique in a value: canary words, another record's id, a day."""
    if isinstance(value, date):
        return [value.isoformat()] if value.year > 2030 else []
    if not isinstance(value, str) or isinstance(value, StrEnum):
        return []
    return CANARY.findall(value) or _ID.findall(value if _ID.fullmatch(value) else "")
