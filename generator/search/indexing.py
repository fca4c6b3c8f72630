"""An edition's records as search sees them: in goes an `Edition`, out come `SearchEntry`s.

Only what the edition shows is in them; texts that stand there for want of a translation are not,
since the record's own language has an entry of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import chain

from generator.editions import Edition, Entry, ForeignText
from generator.markup import to_plain
from generator.model import Case, Command, Record, Runbook, Vocabulary
from generator.routes import record_page
from generator.search.entries import EntrySource, SearchEntry
from generator.search.glossary import Terms, phrases
from generator.shapes import parts, texts
from generator.views import Row

_OWN_FIELD = {"symptoms": "symptoms", "asked_as": "asked_as"}


def entry_sources(edition: Edition, rows: Mapping[str, Row], key: str) -> Iterator[EntrySource]:
    """Yield an entry for each record that is really there in the edition's language.

    `key` changes when the tool or the vocabulary does.
    """
    heads = _heads(edition)
    for id, row in rows.items():
        if isinstance(row.title, ForeignText):
            continue
        yield EntrySource(
            (id, edition.language),
            f"{edition.key(id)}-{key}-{heads.get(id, '')}",
            partial(_entry, edition, row, heads.get(id, "")),
        )


def search_terms(vocabulary: Vocabulary) -> Terms:
    """Return the glossary as search uses it: each term's phrases in all languages."""
    return {
        term.id: phrases(chain(term.names.model_dump().values(), *term.synonyms.values()))
        for term in sorted(vocabulary.glossary, key=lambda term: term.id)
    }


def _heads(edition: Edition) -> dict[str, str]:
    """Return, for each duplicate or superseded record of an edition, the one that stands."""
    later: dict[str, str] = {}
    for id in edition.ids:
        record = edition.knowledge.records[id].record
        if isinstance(record, Case) and edition.shows(Case, "supersedes"):
            later.update((old, id) for old in record.supersedes if old in edition)
    for id in edition.ids:
        record = edition.knowledge.records[id].record
        if isinstance(record, Case) and edition.shows(Case, "duplicate_of"):
            head = record.duplicate_of
            later.update([(id, head)] if head and head in edition else [])
    heads: dict[str, str] = {}
    for id in later:
        head, seen = id, {id}
        while head in later and later[head] not in seen:
            head = later[head]
            seen.add(head)
        heads[id] = head
    return heads


def _entry(edition: Edition, row: Row, group: str) -> SearchEntry:
    entry = edition.entry(row.id)
    return SearchEntry(
        id=row.id,
        language=edition.language,
        kind=str(row.kind),
        path=record_page(edition.language, row.kind, row.id) + ".html",
        title=to_plain(row.title),
        fields=tuple(_fields(edition, entry)),
        facets=(
            ("issue_type", (row.issue_type,)),
            ("product", row.products),
            ("platform", row.platforms),
            ("tier", tuple(map(str, row.tiers))),
            ("confidence", (row.confidence,)),
            ("audience", (row.audience,) if row.audience else ()),
        ),
        group=group,
    )


def _fields(edition: Edition, entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield (field of the index, plain text); several values of a field stand one a line."""
    record = entry.record
    yield "id", record.id
    if isinstance(record, Case):
        yield "error_codes", "\n".join(record.issue.error_codes)
    if isinstance(record, Runbook):
        yield "asked_as", "\n".join(record.alerts)
    yield "environment", "\n".join(_environment(edition, record))
    collected: dict[str, list[str]] = {}
    for trail, text in texts(record):
        if trail == ("title",) or isinstance(text, ForeignText):
            continue
        own = _OWN_FIELD.get(str(trail[1])) if trail[0] == "issue" else None
        name = own or ("resolution" if trail[0] in ("resolution", "workaround") else "rest")
        collected.setdefault(name, []).append(to_plain(text))
    commands = [command.run for _, command in parts(record, Command)]
    collected.setdefault("rest", []).extend(commands)
    for name in ("asked_as", "symptoms", "resolution", "rest"):
        if collected.get(name):
            yield name, "\n".join(collected[name])


def _environment(edition: Edition, record: Record) -> Iterator[str]:
    vocabulary, language = edition.knowledge.vocabulary, edition.language
    issue_type = edition.knowledge.issue_types[record.issue_type]
    yield getattr(issue_type.names, language)
    if not isinstance(record, Case | Runbook):
        return
    for product in vocabulary.products:
        if product.id in record.environment.products:
            yield from (product.name, product.vendor or "", *product.aliases)
    yield from record.environment.versions
