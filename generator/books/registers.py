"""The ways into a handbook without a search box: what callers say, error codes, products.

In goes a language's edition, out come plain entries with the ids of the records they lead to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.books.collation import letter, sort_key
from generator.editions import Edition
from generator.markup import to_plain
from generator.model import Case, Kind
from generator.texts import SELF_NAMES, Say
from generator.views import Row, record_view, row

EMERGENCY, GUIDES, RUNBOOKS = "emergency", "guides", "runbooks"
"""The sections that are no issue types."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a register: its text, its language, the records it leads to."""

    text: str
    language: str
    ids: tuple[str, ...]


def sections(edition: Edition) -> Mapping[str, Sequence[Row]]:
    """Return the records by the section of the book they stand in, in the book's order.

    What is most urgent comes first, then guides, cases by issue type, the other runbooks.
    """
    found: dict[str, list[Row]] = {}
    for id in edition.ids:
        found.setdefault(_section(edition, it := row(edition, id)), []).append(it)
    types = (each.id for each in edition.knowledge.vocabulary.issue_types)
    return {name: found[name] for name in (EMERGENCY, GUIDES, *types, RUNBOOKS) if name in found}


def section_name(edition: Edition, say: Say, section: str) -> str:
    """Return what a section of the book is called in the edition's language."""
    names = {
        EMERGENCY: say("In an emergency"),
        GUIDES: say("Step-by-step guides"),
        RUNBOOKS: say("Runbooks"),
    }
    types = edition.knowledge.issue_types
    return names.get(section) or str(getattr(types[section].names, edition.language))


def _section(edition: Edition, it: Row) -> str:
    if it.kind is Kind.CASE:
        return it.issue_type
    if it.kind is Kind.GUIDE:
        return GUIDES
    return EMERGENCY if record_view(edition, it.id).priority == "P1" else RUNBOOKS


def callers_words(edition: Edition, without: Collection[str] = ()) -> list[tuple[str, list[Entry]]]:
    """Return what callers say, in alphabetical order, below each letter.

    A case that is not there in the language stands at the end, below its language's name; languages
    in `without` are left out.
    """
    said = _said(edition)
    return _by_letter(edition, (it for it in said if getattr(it[0], "language", "") not in without))


def _said(edition: Edition) -> Iterator[tuple[str, str]]:
    for id in edition.ids:
        record = edition.entry(id).record
        if isinstance(record, Case):
            for text in record.issue.asked_as or (edition.title(id),):
                yield text, id


def _by_letter(edition: Edition, said: Iterable[tuple[str, str]]) -> list[tuple[str, list[Entry]]]:
    ids: dict[tuple[str, str], list[str]] = {}
    for text, id in said:
        language = getattr(text, "language", edition.language)
        known = ids.setdefault((to_plain(text), language), [])
        if id not in known:
            known.append(id)
    groups: dict[str, list[Entry]] = {}
    order = sorted(ids, key=lambda each: (each[1] != edition.language, each[1], sort_key(*each)))
    for text, language in order:
        native = language == edition.language
        name = letter(text, language) if native else SELF_NAMES[language]
        entry = Entry(text, language, tuple(ids[text, language]))
        groups.setdefault(name, []).append(entry)
    return list(groups.items())


def error_codes(edition: Edition) -> list[tuple[str, list[str]]]:
    """Return each error code with the cases that know it."""
    by_code: dict[str, list[str]] = {}
    for id in edition.ids:
        for code in row(edition, id).error_codes:
            by_code.setdefault(code, []).append(id)
    return sorted(by_code.items(), key=lambda item: (item[0].casefold(), item[0]))


def products(edition: Edition) -> list[tuple[str, list[str]]]:
    """Return each product's name with the records about it."""
    names = {each.id: each.name for each in edition.knowledge.vocabulary.products}
    by_product: dict[str, list[str]] = {}
    for id in edition.ids:
        for product in row(edition, id).products:
            by_product.setdefault(names[product], []).append(id)
    return sorted(by_product.items(), key=lambda item: sort_key(item[0], edition.language))
