"""The lists by which a record is found without searching: in go an edition and its rows, out come
`ListView`s, each a page; long ones are cut into several.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.editions import Edition
from generator.model import Case, Confidence, Kind, Record
from generator.routes import list_page
from generator.texts import Say
from generator.views import ListView, Row, WordLink, in_parts, site_views

RECENT = 100
CODES_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class _List:
    """A list before it is cut into pages."""

    name: str
    word: str
    title: str
    rows: tuple[Row, ...]
    describes: str = ""


def lists(edition: Edition, rows: tuple[Row, ...], say: Say) -> Iterator[ListView]:
    """Yield every list of an edition: by one word, of the words of a kind, and of all codes."""
    language = edition.language
    by_word = [*_by_word(edition, rows, say)]
    for each in (*by_word, *_by_kind(rows, say)):
        yield from _pages(language, each)
    titles = {"products": say("Products"), "platforms": say("Platforms")}
    if edition.shows(Case, "handling"):
        titles["tiers"] = say("Tiers")
    for name, title in titles.items():
        links = [_link(language, each) for each in by_word if each.name == name]
        yield _words(language, name, title, sorted(links, key=lambda link: link.title.casefold()))
    yield from _codes(language, rows, say("Error codes"))
    sites = [WordLink(view.site.name, view.path, len(view.rows)) for view in site_views(edition)]
    if sites:
        yield _words(language, "sites", say("Remote sites"), sites)


def recent(rows: tuple[Row, ...]) -> list[Row]:
    """Return the rows whose change has a date, newest first."""
    dated = [each for each in rows if each.changed_on is not None]
    return sorted(dated, key=lambda each: (each.changed_on, each.id), reverse=True)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What somebody must go through; empty where the edition does not show review dates."""

    overdue: tuple[Row, ...] = ()
    """Records whose review date has passed, the longest overdue first."""
    unproven: tuple[Row, ...] = ()
    """Records that nobody has validated, among those that are not overdue."""

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.overdue) + len(self.unproven)


def waiting(edition: Edition, rows: tuple[Row, ...]) -> Waiting:
    """Return what waits for review on the day of the settings."""
    if not edition.shows(Record, "review_by"):
        return Waiting()
    records, today = edition.knowledge.records, edition.knowledge.settings.today
    alive = [each for each in rows if each.confidence != Confidence.ARCHIVED]
    due = {each.id: day for each in alive if (day := records[each.id].record.review_by)}
    overdue = [each for each in alive if each.id in due and due[each.id] < today]
    unproven = (Confidence.WIP, Confidence.NOT_VALIDATED)
    return Waiting(
        tuple(sorted(overdue, key=lambda each: (due[each.id], each.id))),
        tuple(each for each in alive if each.confidence in unproven and each not in overdue),
    )


def most_named(edition: Edition, rows: tuple[Row, ...], limit: int) -> list[Row]:
    """Return the cases and runbooks that most other records of the edition visibly name.

    How many records name one at all is known; what an edition shows of them is looked at only
    for those that can still be among the first.
    """
    names = edition.knowledge.backlinks
    able = [each for each in rows if each.kind is not Kind.GUIDE and each.id in names]
    found: list[tuple[int, Row]] = []
    for each in sorted(able, key=lambda each: (-len(names[each.id]), each.id)):
        if len(found) >= limit and found[limit - 1][0] >= len(names[each.id]):
            break
        found.append((len(edition.backlinks(each.id)), each))
        found.sort(key=lambda pair: (-pair[0], pair[1].id))
    return [each for count, each in found[:limit] if count > 1]


def _by_word(edition: Edition, rows: tuple[Row, ...], say: Say) -> Iterator[_List]:
    """Yield a list for each issue type, product, platform and tier that has a record."""
    language, vocabulary = edition.language, edition.knowledge.vocabulary
    for issue_type in vocabulary.issue_types:
        title = getattr(issue_type.names, language)
        describes = getattr(issue_type.describes, language)
        chosen = tuple(each for each in rows if each.issue_type == issue_type.id)
        yield from _unless_empty(_List("types", issue_type.id, title, chosen, describes))
    for product in vocabulary.products:
        chosen = tuple(each for each in rows if product.id in each.products)
        yield from _unless_empty(_List("products", product.id, product.name, chosen))
    for platform in sorted({name for each in rows for name in each.platforms}):
        chosen = tuple(each for each in rows if platform in each.platforms)
        yield _List("platforms", platform, say(f"platform {platform}"), chosen)
    for tier in sorted({tier for each in rows for tier in each.tiers}):
        chosen = tuple(each for each in rows if tier in each.tiers)
        yield _List("tiers", tier.lower(), say(f"tier {tier}"), chosen)


def _unless_empty(made: _List) -> Iterator[_List]:
    if made.rows:
        yield made


def _by_kind(rows: tuple[Row, ...], say: Say) -> Iterator[_List]:
    guides = tuple(each for each in rows if each.kind is Kind.GUIDE)
    yield _List("guides", "index", say("Step-by-step guides"), guides)
    runbooks = tuple(each for each in rows if each.kind is Kind.RUNBOOK)
    yield from _unless_empty(_List("runbooks", "index", say("Runbooks"), runbooks))
    newest = tuple(recent(rows)[:RECENT])
    yield _List("recent", "index", say("Recently changed"), newest)


def _pages(language: str, made: _List) -> Iterator[ListView]:
    parts = in_parts(made.rows)
    numbers = range(1, len(parts) + 1)
    paths = tuple(list_page(language, made.name, made.word, number) for number in numbers)
    for number, part in zip(numbers, parts, strict=True):
        yield ListView(
            path=paths[number - 1],
            language=language,
            title=made.title,
            describes=made.describes,
            rows=part,
            number=number,
            pages=paths,
        )


def _link(language: str, made: _List) -> WordLink:
    return WordLink(made.title, list_page(language, made.name, made.word), len(made.rows))


def _words(language: str, name: str, title: str, links: list[WordLink]) -> ListView:
    path = list_page(language, name, "index")
    return ListView(path=path, language=language, title=title, links=tuple(links), pages=(path,))


def _codes(language: str, rows: tuple[Row, ...], title: str) -> Iterator[ListView]:
    """Yield the pages of all error codes with their records, in the order of a dictionary."""
    by_code: dict[str, list[Row]] = {}
    for each in rows:
        for code in each.error_codes:
            by_code.setdefault(code, []).append(each)
    groups = sorted(by_code.items(), key=lambda item: (item[0].casefold(), item[0]))
    starts = range(0, max(len(groups), 1), CODES_A_PAGE)
    paths = tuple(list_page(language, "codes", "index", n + 1) for n in range(len(starts)))
    for number, start in enumerate(starts):
        part = groups[start : start + CODES_A_PAGE]
        yield ListView(
            path=paths[number],
            language=language,
            title=title,
            groups=tuple((code, tuple(found)) for code, found in part),
            number=number + 1,
            pages=paths,
        )
