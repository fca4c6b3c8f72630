"""What a template may see: a record with everything around it, or a list of records.

In goes an `Edition` and an id, out come frozen views. They hold Markdown texts and page paths,
never HTML or Typst; a template turns the ones into the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from generator.editions import Edition, Entry, site_edition, site_in_language
from generator.model import (
    Case,
    Guide,
    IssueType,
    Kind,
    Product,
    Record,
    Runbook,
    Site,
    Sla,
    Tier,
)
from generator.routes import list_page, record_page
from generator.texts import say_date
from generator.tiers import spoken, step_counts

LIST_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same page in another language."""

    language: str
    path: str
    is_translated: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One record in a list."""

    id: str
    kind: Kind
    title: str
    path: str
    issue_type: str
    issue_type_name: str
    products: tuple[str, ...]
    platforms: tuple[str, ...]
    error_codes: tuple[str, ...]
    tiers: tuple[Tier, ...]
    confidence: str
    audience: str
    changed_on: date | None


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change of a record."""

    day: str
    subject: str
    team: str


@dataclass(frozen=True, slots=True)
class PictureView:
    """A picture of a step: its path, its size in pixels, its variant for dark pages."""

    path: str
    width: int
    height: int
    dark: str | None


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record's page."""

    path: str
    language: str
    edition: str
    entry: Entry
    record: Record
    issue_type: IssueType
    issue_type_name: str
    owner: str
    """The owner's name; empty where its readers do not see owners."""
    audience: str
    """How wide it is; empty where its readers do not see that."""
    priority: str
    """Its priority; empty where its readers do not see priorities."""
    sla: Sla | None
    priority_name: str
    work: str
    """What its readers' ticks and notes are kept under; empty where they do not work on cases."""
    spoken: dict[str, dict[str, str]]
    """A tier's words for the customer by language, the page's own first."""
    step_counts: dict[str, int]
    """How many steps each part of the page has, by the part's address."""
    products: tuple[Product, ...]
    related: tuple[Row, ...]
    backlinks: tuple[Row, ...]
    alternates: tuple[Alternate, ...]
    changes: tuple[ChangeView, ...]
    verified_on: str
    guide: Row | None
    """The guide of the issue type, where the record is not that guide itself."""
    team_names: dict[str, str]


@dataclass(frozen=True, slots=True)
class WordLink:
    """A word with a list of its own: its name, the list's path, how many records are in it."""

    title: str
    path: str
    count: int


@dataclass(frozen=True, slots=True)
class ListView:
    """One page of a list of records."""

    path: str
    language: str
    title: str
    pages: tuple[str, ...]
    """The paths of all its pages."""
    number: int = 1
    """Which of them this is, from 1."""
    describes: str = ""
    rows: tuple[Row, ...] = ()
    groups: tuple[tuple[str, tuple[Row, ...]], ...] = ()
    """Records below a word, for words that have no page of their own."""
    links: tuple[WordLink, ...] = ()
    """Words that have a list of their own."""


def team_names(edition: Edition) -> dict[str, str]:
    """Return each team's name in the edition's language."""
    return {
        team.id: getattr(team.names, edition.language)
        for team in edition.knowledge.vocabulary.teams
    }


def record_view(edition: Edition, id: str) -> RecordView:
    """Return the view of one record."""
    entry = edition.entry(id)
    record, language = entry.record, edition.language
    vocabulary = edition.knowledge.vocabulary
    issue_type = edition.knowledge.issue_types[record.issue_type]
    teams = team_names(edition)
    shows_priority = edition.shows(type(record), "priority")
    priority = (record.priority or issue_type.priority) if shows_priority else ""
    shows_owner = edition.shows(type(record), "owner")
    environment = record.environment if isinstance(record, Case | Runbook) else None
    wanted = environment.products if environment else ()
    guide = issue_type.guide
    sla = next((sla for sla in vocabulary.sla if sla.priority == priority), None)
    return RecordView(
        path=record_page(language, entry.kind, id),
        language=language,
        edition=edition.name,
        entry=entry,
        record=record,
        issue_type=issue_type,
        issue_type_name=getattr(issue_type.names, language),
        owner=teams.get(record.owner or issue_type.owner, "") if shows_owner else "",
        audience=str(record.audience) if edition.shows(type(record), "audience") else "",
        priority=str(priority),
        sla=sla,
        priority_name=getattr(sla.names, language) if sla else "",
        work=f"{edition.name}/{id}" if edition.shows(Case, "handling") else "",
        spoken=spoken(edition, record) if isinstance(record, Case) else {},
        step_counts=step_counts(record) if isinstance(record, Case) else {},
        products=tuple(product for product in vocabulary.products if product.id in wanted),
        related=tuple(row(edition, other) for other in edition.related(id)),
        backlinks=tuple(
            row(edition, other)
            for other in edition.backlinks(id)
            if other not in edition.related(id)
        ),
        alternates=alternates(edition, entry),
        changes=tuple(_changes(edition, id, teams)),
        verified_on=say_date(record.verified_on, language) if record.verified_on else "",
        guide=row(edition, guide) if guide and guide != id and guide in edition else None,
        team_names=teams,
    )


def alternates(edition: Edition, entry: Entry) -> tuple[Alternate, ...]:
    """Return the record's page in every language of the knowledge base."""
    return tuple(
        Alternate(
            language, record_page(language, entry.kind, entry.id), language in entry.languages
        )
        for language in edition.knowledge.organisation.languages
    )


def picture_view(edition: Edition, name: str) -> PictureView:
    """Return one picture of a step."""
    found = edition.knowledge.pictures[name]
    return PictureView(name, found.width, found.height, edition.knowledge.dark(name))


def _changes(edition: Edition, id: str, teams: dict[str, str]) -> Iterator[ChangeView]:
    path = edition.knowledge.records[id].source.path
    for change in edition.knowledge.history.changes.get(path, ())[:10]:
        team = teams.get(change.team or "", "") if edition.shows(Case, "owner") else ""
        subject = change.subject if edition.shows(Case, "owner") else ""
        yield ChangeView(say_date(change.on, edition.language), subject, team)


def changed_on(edition: Edition, id: str) -> date | None:
    """Return the day of a record's last change in Git, or of its verification."""
    filed = edition.knowledge.records[id]
    changes = edition.knowledge.history.changes.get(filed.source.path)
    return changes[0].on if changes else filed.record.verified_on


def row(edition: Edition, id: str) -> Row:
    """Return one record as a list shows it; reads only what every audience may see."""
    record = edition.knowledge.records[id].record
    kind = (
        Kind.CASE
        if isinstance(record, Case)
        else Kind.GUIDE
        if isinstance(record, Guide)
        else Kind.RUNBOOK
    )
    issue_type = edition.knowledge.issue_types[record.issue_type]
    environment = record.environment if isinstance(record, Case | Runbook) else None
    return Row(
        id=id,
        kind=kind,
        title=edition.title(id),
        path=record_page(edition.language, kind, id),
        issue_type=issue_type.id,
        issue_type_name=getattr(issue_type.names, edition.language),
        products=environment.products if environment else (),
        platforms=tuple(map(str, environment.platforms)) if environment else (),
        error_codes=record.issue.error_codes if isinstance(record, Case) else (),
        tiers=record.tiers if isinstance(record, Case) and edition.shows(Case, "handling") else (),
        confidence=str(record.confidence),
        audience=str(record.audience) if edition.shows(Case, "audience") else "",
        changed_on=changed_on(edition, id),
    )


def rows_of(edition: Edition) -> dict[str, Row]:
    """Return every record of an edition as a list shows it, by id."""
    return {id: row(edition, id) for id in edition.ids}


def in_parts(rows: Iterable[Row]) -> list[tuple[Row, ...]]:
    """Cut a list into pages of `LIST_LIMIT` rows; at least one page."""
    all_rows = tuple(rows)
    return [
        all_rows[start : start + LIST_LIMIT]
        for start in range(0, max(len(all_rows), 1), LIST_LIMIT)
    ]


@dataclass(frozen=True, slots=True)
class SiteView:
    """A remote site's page."""

    path: str
    language: str
    site: Site
    rows: tuple[Row, ...]
    languages: tuple[str, ...]


def site_views(edition: Edition) -> Iterator[SiteView]:
    """Yield the view of each site that reads this edition."""
    for id in edition.sites:
        filed = edition.knowledge.sites[id]
        site = site_in_language(edition.knowledge, id, edition.language)
        chosen = site_edition(edition.knowledge, filed.record, edition.language)
        yield SiteView(
            path=list_page(edition.language, "sites", id),
            language=edition.language,
            site=site,
            rows=tuple(row(edition, other) for other in chosen.ids),
            languages=edition.knowledge.organisation.languages,
        )
