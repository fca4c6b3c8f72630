"""How well a knowledge base is kept: in go an edition and its rows, out comes a `HealthView`.

Pure: it reads what was loaded and the day of the settings, follows no link and asks no network.
What the checks know (overdue, stale, weak links) is asked of them, not worked out again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from generator.checks.content import Weakness, weak_links
from generator.checks.lifecycle import days_overdue
from generator.editions import Edition
from generator.model import Audience, Case, CaseType, Confidence, Record
from generator.routes import list_page
from generator.shapes import strings, texts
from generator.texts import Say, say_date, say_number
from generator.views import Row, team_names

SHOWN = 100
"""How many records a measure names; the oldest come first."""


@dataclass(frozen=True, slots=True)
class Need:
    """One record that somebody should see to."""

    row: Row
    owner: str
    since: str
    """The day it began, as its readers write it; empty where Git does not know."""
    note: str = ""
    languages: tuple[str, ...] = ()
    """The languages it is about."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that can be wrong with a record, and the records where it is."""

    name: str
    title: str
    describes: str
    since: str
    """What the day of each record means."""
    about: str
    """What is said of each record beside its day; empty where nothing is."""
    count: int
    of: int
    """How many records could have it."""
    needs: tuple[Need, ...]
    """The first `SHOWN` of them."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many records are there in a language, and how many of those are older than the source."""

    language: str
    there: int
    stale: int


@dataclass(frozen=True, slots=True)
class TypeCoverage:
    """How many records of an issue type are there in each language."""

    name: str
    path: str
    count: int
    languages: tuple[Coverage, ...]


@dataclass(frozen=True, slots=True)
class HealthView:
    """The page that says what a knowledge base needs."""

    path: str
    language: str
    day: str
    count: int
    """How many records are kept: all but those that are archived."""
    measures: tuple[Measure, ...]
    languages: tuple[Coverage, ...]
    types: tuple[TypeCoverage, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A record that needs something, before it is put into words."""

    id: str
    since: date | None
    note: str = ""
    languages: tuple[str, ...] = ()


def health_view(edition: Edition, rows: Mapping[str, Row], say: Say) -> HealthView | None:
    """Return the view of an edition's health; None where its readers do not see reviews."""
    if not edition.shows(Case, "review_by"):
        return None
    records = {id: edition.knowledge.records[id].record for id in edition.ids}
    kept = {
        id: record for id, record in records.items() if record.confidence is not Confidence.ARCHIVED
    }
    language = edition.language
    return HealthView(
        path=list_page(language, "health", "index"),
        language=language,
        day=say_date(edition.knowledge.settings.today, language),
        count=len(kept),
        measures=tuple(_measures(edition, kept, rows, say)),
        languages=_coverage(edition, kept),
        types=tuple(
            TypeCoverage(
                getattr(issue_type.names, language),
                list_page(language, "types", issue_type.id),
                len(chosen),
                _coverage(edition, chosen),
            )
            for issue_type in edition.knowledge.vocabulary.issue_types
            if (chosen := {i: r for i, r in kept.items() if r.issue_type == issue_type.id})
        ),
    )


def _measures(
    edition: Edition, kept: Mapping[str, Record], rows: Mapping[str, Row], say: Say
) -> Iterator[Measure]:
    def measure(
        name: str, words: tuple[str, str, str, str], of: int, found: Iterator[_Found]
    ) -> Measure:
        needs = sorted(found, key=lambda each: (each.since or date.max, each.id))
        shown = tuple(_in_words(edition, rows, each) for each in needs[:SHOWN])
        return Measure(name, *words, count=len(needs), of=of, needs=shown)

    reviewed = [record for record in kept.values() if record.review_by is not None]
    yield measure(
        "overdue",
        (
            say("Reviews overdue"),
            say("The day by which the record was to be gone through again has passed."),
            say("Due"),
            say("Days overdue"),
        ),
        len(reviewed),
        _overdue(edition, kept),
    )
    yield measure(
        "never-verified",
        (
            say("Never verified"),
            say("Nobody has said on which day the steps were last gone through and worked."),
            say("Here since"),
            "",
        ),
        len(kept),
        _those(edition, kept, lambda record: record.verified_on is None),
    )
    yield measure(
        "stale",
        (
            say("Translations that are stale"),
            say("The original has changed since the translation was made."),
            say("Original changed"),
            say("Languages"),
        ),
        len(kept),
        _stale(edition, kept),
    )
    yield measure(
        "missing",
        (
            say("Languages that are missing"),
            say("Requesters of these languages can read these records in the original only."),
            say("Here since"),
            say("Languages"),
        ),
        sum(map(_is_for_requesters, kept.values())),
        _missing(edition, kept),
    )
    yield measure(
        "no-self-service",
        (
            say("Cases without self-service"),
            say("Requesters find these cases, and nothing in them that they can do alone."),
            say("Here since"),
            "",
        ),
        sum(map(_could_be_solved_alone, kept.values())),
        _those(edition, kept, _leaves_requesters_alone),
    )
    yield measure(
        "links",
        (
            say("Links that look broken"),
            say(
                "Told from the address alone: no host, not reachable from outside, not encrypted, "
                "or with a user name in it. No link is followed, so a page that has gone is not "
                "noticed."
            ),
            say("Changed"),
            say("Link"),
        ),
        len(kept),
        _weak(edition, kept, say),
    )


def _in_words(edition: Edition, rows: Mapping[str, Row], found: _Found) -> Need:
    record = edition.knowledge.records[found.id].record
    owner = record.owner or edition.knowledge.issue_types[record.issue_type].owner
    since = say_date(found.since, edition.language) if found.since else ""
    name = team_names(edition).get(owner, owner)
    return Need(rows[found.id], name, since, found.note, found.languages)


def _those(
    edition: Edition, kept: Mapping[str, Record], is_meant: Callable[[Record], bool]
) -> Iterator[_Found]:
    for id, record in kept.items():
        if is_meant(record):
            yield _Found(id, _day(edition, id, -1))


def _day(edition: Edition, id: str, position: int) -> date | None:
    """Return the day of a record's last change (0) or of its first one (-1)."""
    source = edition.knowledge.records[id].source
    changes = edition.knowledge.history.changes.get(source.path)
    return changes[position].on if changes else None


def _overdue(edition: Edition, kept: Mapping[str, Record]) -> Iterator[_Found]:
    for id, record in kept.items():
        late = days_overdue(record, edition.knowledge.settings.today)
        if late:
            yield _Found(id, record.review_by, say_number(late, edition.language))


def _stale(edition: Edition, kept: Mapping[str, Record]) -> Iterator[_Found]:
    for id in kept:
        stale = tuple(each for each in _others(edition, id) if _is_stale(edition, id, each))
        if stale:
            yield _Found(id, _day(edition, id, 0), languages=stale)


def _missing(edition: Edition, kept: Mapping[str, Record]) -> Iterator[_Found]:
    found = edition.knowledge.translations
    for id, record in kept.items():
        missing = tuple(each for each in _others(edition, id) if (id, each) not in found)
        if missing and _is_for_requesters(record):
            yield _Found(id, _day(edition, id, -1), languages=missing)


def _others(edition: Edition, id: str) -> Iterator[str]:
    """Yield the languages that a record is to be translated to."""
    knowledge = edition.knowledge
    own = knowledge.language_of(knowledge.records[id].record)
    return (each for each in knowledge.organisation.languages if each != own)


def _is_stale(edition: Edition, id: str, language: str) -> bool:
    translation = edition.knowledge.translations.get((id, language))
    return translation is not None and edition.knowledge.is_stale(translation)


def _is_for_requesters(record: Record) -> bool:
    return record.audience in (Audience.PUBLIC, Audience.CUSTOMER)


def _could_be_solved_alone(record: Record) -> bool:
    is_a_way = isinstance(record, Case) and record.type is not CaseType.INFORMATION
    return is_a_way and _is_for_requesters(record)


def _leaves_requesters_alone(record: Record) -> bool:
    return (
        isinstance(record, Case) and _could_be_solved_alone(record) and record.self_service is None
    )


def _weak(edition: Edition, kept: Mapping[str, Record], say: Say) -> Iterator[_Found]:
    reasons = {
        Weakness.NOT_ENCRYPTED: say("not encrypted"),
        Weakness.NO_HOST: say("no host"),
        Weakness.NOT_REACHABLE: say("not reachable from outside"),
        Weakness.HOLDS_A_NAME: say("holds a user name"),
    }
    knowledge = edition.knowledge
    for id, record in kept.items():
        written = [knowledge.translations.get((id, each)) for each in _others(edition, id)]
        translations = [each for each in written if each]
        sources = (knowledge.records[id].source, *(each.source for each in translations))
        if not any("http" in source.text.lower() for source in sources):
            continue
        held = [text for _, text in texts(record)]
        held += [text for each in translations for _, text in strings(each.texts)]
        weak = dict(each for text in held for each in weak_links(text))
        if weak:
            note = ", ".join(f"{address} ({reasons[why]})" for address, why in weak.items())
            yield _Found(id, _day(edition, id, 0), note)


def _coverage(edition: Edition, chosen: Mapping[str, Record]) -> tuple[Coverage, ...]:
    knowledge = edition.knowledge
    return tuple(
        Coverage(
            language,
            there=sum(
                knowledge.language_of(record) == language
                or (id, language) in knowledge.translations
                for id, record in chosen.items()
            ),
            stale=sum(_is_stale(edition, id, language) for id in chosen),
        )
        for language in knowledge.organisation.languages
    )
