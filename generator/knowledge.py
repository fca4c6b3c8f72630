"""All records together: ids, references and who refers back, translations, what is out of place.

In goes a `Filing`, out comes a `KnowledgeBase` and findings. A record that cannot be identified is
dropped and reported; the others go on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from generator.findings import Finding
from generator.history import History
from generator.model import (
    Audience,
    Case,
    Guidance,
    Guide,
    IssueType,
    Link,
    Organisation,
    Record,
    Site,
    Vocabulary,
)
from generator.records import Filed, Filing, Translation
from generator.settings import Settings
from generator.shapes import Trail, texts
from generator.sources import Picture, Source
from generator.translations import text_digest

REFERENCE = re.compile(r"\[\[([A-Z]{2,5}-[0-9]{4})\]\]")
F = TypeVar("F", Record, Site)


@dataclass(frozen=True, slots=True)
class Reference:
    """One mention of another record: where it stands and whom it names."""

    trail: Trail
    target: str


@dataclass(frozen=True)
class KnowledgeBase:
    """Everything the outputs are made from."""

    settings: Settings
    organisation: Organisation
    vocabulary: Vocabulary
    records: Mapping[str, Filed[Record]]
    sites: Mapping[str, Filed[Site]]
    translations: Mapping[tuple[str, str], Translation]
    pictures: Mapping[str, Picture]
    history: History
    unread: frozenset[str] = frozenset()
    """Ids of records, and paths of vocabularies, that are there but have a fault."""

    @cached_property
    def mentions(self) -> dict[str, frozenset[str]]:
        """The existing records that each record names, anywhere in it."""
        return {
            id: frozenset(name for name in filed.mentions if name in self.records and name != id)
            for id, filed in self.records.items()
        }

    @cached_property
    def backlinks(self) -> dict[str, tuple[str, ...]]:
        """The records that name each record, sorted."""
        found: dict[str, list[str]] = {}
        for id in sorted(self.mentions):
            for target in self.mentions[id]:
                found.setdefault(target, []).append(id)
        return {id: tuple(names) for id, names in found.items()}

    @cached_property
    def issue_types(self) -> dict[str, IssueType]:
        """The issue types by id."""
        return {issue_type.id: issue_type for issue_type in self.vocabulary.issue_types}

    def dark(self, picture: str) -> str | None:
        """Return the variant of a picture for dark pages: `a.dark.svg` beside `a.svg`."""
        stem, dot, suffix = picture.rpartition(".")
        name = f"{stem}.dark{dot}{suffix}"
        return name if name in self.pictures else None

    def language_of(self, record: Record | Site) -> str:
        """Return the language a record is written in."""
        return record.language or self.organisation.source_language

    def sources_of(self, id: str, language: str) -> tuple[Source, ...]:
        """Return the files that a record or site in a language is made from, the nearest first."""
        translation = self.translations.get((id, language))
        source = (self.records.get(id) or self.sites[id]).source
        return (translation.source, source) if translation else (source,)

    def is_stale(self, translation: Translation) -> bool:
        """Return whether the source's texts changed after the translation was made."""
        return (translation.id, translation.language) in self._stale

    @cached_property
    def _stale(self) -> frozenset[tuple[str, str]]:
        digests: dict[str, str] = {}
        for id, _ in self.translations:
            if id not in digests:
                filed = self.records.get(id) or self.sites[id]
                digests[id] = text_digest(filed.record)
        found = self.translations.items()
        return frozenset(key for key, each in found if each.source_digest != digests[key[0]])


_WIDTH = {
    Audience.PUBLIC: 4,
    Audience.CUSTOMER: 3,
    Audience.PARTNER: 2,
    Audience.INTERNAL: 1,
    Audience.DOMAIN: 0,
}


def is_as_wide(one: Audience, other: Audience) -> bool:
    """Return whether everybody who may see `other` may see `one`."""
    return _WIDTH[one] >= _WIDTH[other]


def references(record: Record) -> Iterator[Reference]:
    """Yield every mention of another record, with its place, in the model's order."""
    for name in ("related", "supersedes"):
        for number, target in enumerate(getattr(record, name, ())):
            yield Reference((name, number), target)
    if isinstance(record, Case) and record.duplicate_of:
        yield Reference(("duplicate_of",), record.duplicate_of)
    if isinstance(record, Guide):
        for key, node in record.nodes.items():
            if isinstance(node, Guidance) and node.case:
                yield Reference(("nodes", key, "case"), node.case)
            elif isinstance(node, Link):
                yield Reference(("nodes", key, "guide"), node.guide)
    for trail, text in texts(record):
        for match in REFERENCE.finditer(text):
            yield Reference(trail, match.group(1))


def join(
    settings: Settings, filing: Filing, pictures: tuple[Picture, ...], history: History
) -> tuple[KnowledgeBase | None, tuple[Finding, ...]]:
    """Return the knowledge base of a filing; None only where `kb/settings.yml` is unusable."""
    findings: list[Finding] = []
    records = _by_id(filing.records, findings)
    sites = _by_id(filing.sites, findings)
    if filing.organisation is None:
        return None, tuple(findings)
    unread = filing.unread | _names(filing) - records.keys() - sites.keys()
    translations: dict[tuple[str, str], Translation] = {}
    for translation in filing.translations:
        source = records.get(translation.id) or sites.get(translation.id)
        first = translations.get((translation.id, translation.language))
        if source is None:
            if translation.id not in unread:
                findings.append(_no_source(translation))
        elif _folder(source.source.path) != _folder(translation.source.path):
            findings.append(_apart(translation, source.source.path))
        elif first is not None:
            findings.append(_twice(translation, first))
        else:
            translations[translation.id, translation.language] = translation
    knowledge = KnowledgeBase(
        settings=settings,
        organisation=filing.organisation,
        vocabulary=filing.vocabulary,
        records=records,
        sites=sites,
        translations=translations,
        pictures={picture.name: picture for picture in pictures},
        history=history,
        unread=unread,
    )
    return knowledge, tuple(findings)


def _names(filing: Filing) -> frozenset[str]:
    """Return every id that a record gives itself and every id that its file's name gives it."""
    filed: tuple[Filed[Record] | Filed[Site], ...] = (*filing.records, *filing.sites)
    return frozenset(name for one in filed for name in (one.record.id, _stem(one)))


def _stem(filed: Filed[Record] | Filed[Site]) -> str:
    return filed.source.path.rsplit("/", 1)[-1].split(".")[0]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _no_source(translation: Translation) -> Finding:
    hint = f"write the source first, or rename this file (source: {translation.id}.yml)"
    return Finding(translation.location(), "KB405", f'there is no "{translation.id}"', hint)


def _apart(translation: Translation, source: str) -> Finding:
    message = f'"{translation.id}" does not lie in this folder'
    return Finding(translation.location(), "KB405", message, f"move this file beside {source}")


def _twice(translation: Translation, first: Translation) -> Finding:
    message = f'"{translation.id}" is translated to "{translation.language}" twice'
    hint = f"keep one of the two; the other is {first.source.path}"
    return Finding(translation.location(), "KB301", message, hint, (first.location(),))


def _by_id(filed: tuple[Filed[F], ...], findings: list[Finding]) -> dict[str, Filed[F]]:
    found: dict[str, Filed[F]] = {}
    for one in filed:
        id, stem = one.record.id, _stem(one)
        if id != stem:
            where = one.location(("id",))
            hint = f'call the file "{id}.yml", or write "id: {stem}"'
            findings.append(Finding(where, "KB302", f'the id is "{id}", the file "{stem}"', hint))
            continue
        first = found.get(id)
        if first is not None:
            where, other = one.location(("id",)), first.location(("id",))
            hint = f"give one of the two the next free number; the other is {other.path}"
            findings.append(Finding(where, "KB301", f'"{id}" is taken', hint, (other,)))
            continue
        found[id] = one
    return dict(sorted(found.items()))
