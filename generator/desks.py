"""Where readers turn to when a page did not help: in go an edition's desks, out come their views.

Hours are said in words, in the desk's own time zone, and as plain figures for the script that
turns them into the reader's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generator.model import Desk, EditionProfile, Weekday
from generator.texts import Say, say_weekday, say_zone

_ORDER = tuple(Weekday)


@dataclass(frozen=True, slots=True)
class DeskView:
    """One desk in the reader's language."""

    name: str
    address: str
    label: str
    """The address as it is read out: without `mailto:`, `tel:` or `https://`."""
    zone: str
    zone_name: str
    hours: tuple[tuple[str, str], ...]
    """Pairs of days and hours: `Monday to Friday`, `08:00–20:00`."""
    openings: str
    """The same as JSON: `[[0, "08:00", "20:00"], …]`, Monday is 0."""


def desk_views(profile: EditionProfile, language: str, say: Say) -> tuple[DeskView, ...]:
    """Return the desks of an edition; nothing where its readers are given none."""
    return tuple(_view(desk, language, say) for desk in profile.desks)


def _view(desk: Desk, language: str, say: Say) -> DeskView:
    scheme, _, rest = desk.address.partition(":")
    return DeskView(
        name=getattr(desk.names, language),
        address=desk.address,
        label=rest.removeprefix("//").rstrip("/") if scheme == "https" else rest,
        zone=desk.time_zone,
        zone_name=say_zone(desk.time_zone, language),
        hours=tuple(_hours(desk, language, say)),
        openings=json.dumps(_openings(desk)),
    )


def _openings(desk: Desk) -> list[tuple[int, str, str]]:
    return sorted(
        (_ORDER.index(day), opening.opens, opening.closes)
        for opening in desk.hours
        for day in opening.days
    )


def _hours(desk: Desk, language: str, say: Say) -> Iterator[tuple[str, str]]:
    for opening in desk.hours:
        days = sorted({_ORDER.index(day) for day in opening.days})
        is_whole_day = (opening.opens, opening.closes) == ("00:00", "24:00")
        hours = f"{opening.opens}–{opening.closes}"
        yield _days(days, language, say), say("around the clock") if is_whole_day else hours


def _days(days: list[int], language: str, say: Say) -> str:
    """Return days of the week in words, those that follow each other as one span."""
    if len(days) == len(_ORDER):
        return say("Every day")
    names = [
        say_weekday(span[0], language)
        if len(span) == 1
        else say("{first} to {last}")
        .replace("{first}", say_weekday(span[0], language))
        .replace("{last}", say_weekday(span[-1], language))
        for span in _spans(days)
    ]
    return "、".join(names) if language == "zh" else ", ".join(names)


def _spans(days: Iterable[int]) -> list[list[int]]:
    """Return sorted days cut where one is missing; two days in a row stay two."""
    spans: list[list[int]] = []
    for day in days:
        if spans and spans[-1][-1] == day - 1:
            spans[-1].append(day)
        else:
            spans.append([day])
    pairs = ([[day] for day in span] if len(span) == 2 else [span] for span in spans)
    return [span for group in pairs for span in group]
