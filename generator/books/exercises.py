"""Exercises for a training with the handbook in hand: which cases are asked for, and how.

In go editions in one or more languages, out come questions. What is chosen follows from the cases'
ids, so a changed record changes its own exercise, and one exercise more leaves the others alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, islice, zip_longest
from typing import TypeVar

from generator.editions import Edition
from generator.model import Case, Escalation, Step
from generator.writing import digest_of

T = TypeVar("T")

STEPS_SHOWN = 2
"""How many steps an answer names."""


class Asks(StrEnum):
    """What the reader is told of a case."""

    WORDS = "words"
    """What a caller says."""
    SYMPTOM = "symptom"
    """What can be seen."""
    CODE = "code"
    """An error code."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """One question, the case that answers it, and what is done first about it."""

    id: str
    asks: Asks
    text: str
    """Markdown; an error code is plain."""
    steps: tuple[Step, ...]
    escalate: Escalation | None
    """Whom it is passed to; None where the readers are not told, or nobody is needed."""


def exercises(editions: Sequence[Edition], count: int) -> list[list[Exercise]]:
    """Return at most `count` exercises for each edition, the same cases in each, kinds in turn.

    Cases without steps, and those that are not there in every language, are not asked for.
    """
    if not count:
        return [[] for _ in editions]
    first, *others = [_found(edition) for edition in editions]
    types = (each.id for each in editions[0].knowledge.vocabulary.issue_types)
    by_type: dict[str, list[str]] = {each: [] for each in types}
    for id in sorted(first, key=digest_of):
        if all(id in found for found in others):
            by_type[editions[0].knowledge.records[id].record.issue_type].append(id)
    turns = chain(*zip_longest(*by_type.values()))
    chosen = list(islice((id for id in turns if id is not None), count))
    return [[found[id] for id in chosen] for found in (first, *others)]


def _found(edition: Edition) -> dict[str, Exercise]:
    """Return the exercises that an edition's cases make."""
    entries = (edition.entry(id) for id in edition.ids)
    cases = (each.record for each in entries if not each.is_fallback)
    made = (_exercise(each) for each in cases if isinstance(each, Case))
    return {each.id: each for each in made if each is not None}


def _exercise(case: Case) -> Exercise | None:
    handling = getattr(case, "handling", None)
    tiers = [getattr(handling, tier, None) for tier in ("L1", "L2", "L3")]
    told = (tiers[0], case.self_service, *tiers[1:])
    first = next((each for each in told if each is not None and each.steps), None)
    if first is None:
        return None
    asks, text = _question(case)
    escalate = getattr(first, "escalate", None)
    return Exercise(case.id, asks, text, first.steps[:STEPS_SHOWN], escalate)


def _question(case: Case) -> tuple[Asks, str]:
    issue = case.issue
    texts = {Asks.WORDS: issue.asked_as, Asks.SYMPTOM: issue.symptoms, Asks.CODE: issue.error_codes}
    # few cases have codes: those that do are asked for by them every other time
    kinds = (Asks.WORDS, Asks.CODE, Asks.SYMPTOM, Asks.CODE)
    asks = _one([each for each in kinds if texts[each]], f"{case.id} asks")
    return asks, _one(texts[asks], case.id)


def _one(several: Sequence[T], word: str) -> T:
    """Return one of several, the same for the same word."""
    return several[int(digest_of(word), 16) % len(several)]
