"""A knowledge base as one audience reads it in one language.

In go the knowledge base, a profile (who reads) and a language; out comes an `Edition`. A record is
made by copying the fields its readers may see, never by taking fields away; a text that is not
there in the language is the source's, as `ForeignText`. Nothing after this tests an audience.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, TypeVar, cast

from generator.knowledge import REFERENCE, KnowledgeBase, is_as_wide, references
from generator.model import (
    FOLLOWS,
    INTERNAL,
    Audience,
    Confidence,
    EditionProfile,
    Guidance,
    Guide,
    Kind,
    Link,
    Node,
    Part,
    Record,
    Selection,
    Shown,
    Site,
    Step,
)
from generator.records import Filed, kind_of
from generator.shapes import parts, shapes
from generator.translations import translate
from generator.writing import digest_of

P = TypeVar("P", bound=Part)


class ForeignText(str):
    """A text in another language than the edition's, for want of a translation."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, text: str, language: str) -> ForeignText:
        made = super().__new__(cls, text)
        made.language = language
        return made


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of an edition."""

    id: str
    kind: Kind
    record: Record
    language: str
    """The language it was written in."""
    is_fallback: bool
    """Whether it is not there in the edition's language at all."""
    is_stale: bool
    """Whether the translation is older than its source."""
    languages: tuple[str, ...]
    """All languages it is there in, the source's first."""


@cache
def _is_shown(model: type[Part], name: str, marks: tuple[Shown, ...]) -> bool:
    return any(shape.name == name and shape.shown in marks for shape in shapes(model))


@dataclass(frozen=True)
class Edition:
    """What one audience sees in one language; records are made when they are asked for."""

    knowledge: KnowledgeBase
    profile: EditionProfile
    language: str
    ids: tuple[str, ...]
    """The records that are in it, sorted."""
    sites: tuple[str, ...]
    """The remote sites that it tells of."""
    _made: dict[str, Entry] = field(default_factory=dict, repr=False, compare=False)
    _keys: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    _mentioned: dict[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def name(self) -> str:
        """The edition's folder: `internal`."""
        return self.profile.id

    @property
    def seal(self) -> str:
        """What each printed page says of who may read it; empty where everyone may."""
        is_open = self.profile.audience is Audience.PUBLIC
        return "" if is_open else str(getattr(self.profile.names, self.language))

    @property
    def marks(self) -> tuple[Shown, ...]:
        """The marks of the fields that its readers see."""
        is_internal = self.profile.audience is Audience.INTERNAL
        return (FOLLOWS, INTERNAL) if is_internal else (FOLLOWS,)

    def shows(self, model: type[Part], name: str) -> bool:
        """Return whether its readers see a field of a model."""
        return _is_shown(model, name, self.marks)

    @cached_property
    def _members(self) -> frozenset[str]:
        return frozenset(self.ids)

    def __contains__(self, id: str) -> bool:
        return id in self._members

    def entry(self, id: str) -> Entry:
        """Return a record as this edition's readers see it. Raises `KeyError` where it is not."""
        if id not in self._members:
            raise KeyError(id)
        made = self._made.get(id)
        if made is None:
            made = self._made[id] = self._make(id)
        return made

    def title(self, id: str) -> str:
        """Return a record's title without making the whole record."""
        record = self.knowledge.records[id].record
        own = self.knowledge.language_of(record)
        if own == self.language:
            return record.title
        translation = self.knowledge.translations.get((id, self.language))
        title = translation.texts.get("title") if translation else None
        return title.strip() if isinstance(title, str) else ForeignText(record.title, own)

    def related(self, id: str) -> tuple[str, ...]:
        """Return the records that a record names as related and that are in this edition."""
        record = self.knowledge.records[id].record
        return tuple(other for other in record.related if other in self._members)

    def backlinks(self, id: str) -> tuple[str, ...]:
        """Return the records of this edition that visibly name this one, sorted."""
        return tuple(
            other
            for other in self.knowledge.backlinks.get(id, ())
            if other in self._members and id in self._visible_mentions(other)
        )

    def _visible_mentions(self, id: str) -> frozenset[str]:
        """Return the ids named in what this edition shows of a record."""
        if INTERNAL in self.marks:
            return self.knowledge.mentions[id]
        known = self._mentioned.get(id)
        if known is None:
            known = self._mentioned[id] = self._look_for_mentions(id)
        return known

    def _look_for_mentions(self, id: str) -> frozenset[str]:
        record = self.entry(id).record
        shown = record.model_dump_json(exclude={"related"})
        led_to = frozenset[str]()
        if isinstance(record, Guide):
            led_to = frozenset(reference.target for reference in references(record))
        return frozenset(REFERENCE.findall(shown)) | frozenset(self.related(id)) | led_to

    def key(self, id: str) -> str:
        """Return a digest of everything a rendering of this record can depend on."""
        known = self._keys.get(id)
        if known is None:
            known = self._keys[id] = self._key(id)
        return known

    @cached_property
    def _profile_key(self) -> str:
        return f"{self.profile.model_dump_json()} {self.language}"

    def _key(self, id: str) -> str:
        filed = self.knowledge.records[id]
        around = sorted(
            self.knowledge.mentions[id].union(self.knowledge.backlinks.get(id, ())) & self._members
        )
        paths = [filed.source.path, *(each.source.path for each in self._translations(id))]
        return digest_of(
            filed.source.digest,
            *(each.source.digest for each in self._translations(id)),
            self._profile_key,
            " ".join(self._languages(id)),
            *(f"{other} {self.title(other)}" for other in around),
            repr([self.knowledge.history.changes.get(path) for path in paths]),
            *(self._pictures_key(filed) if filed.has_pictures else ()),
        )

    def _pictures_key(self, filed: Filed[Any]) -> Iterator[str]:
        """Yield what a page says of its pictures: their sizes, and whether there is a dark one."""
        pictures = self.knowledge.pictures
        for _, step in parts(filed.record, Step):
            found = pictures.get(step.image or "")
            if found is not None:
                yield f"{found.width} {found.height} {self.knowledge.dark(found.name)}"

    def _translations(self, id: str) -> list[Any]:
        found = self.knowledge.translations
        return [
            found[id, language]
            for language in self.knowledge.organisation.languages
            if (id, language) in found
        ]

    def _languages(self, id: str) -> tuple[str, ...]:
        own = self.knowledge.language_of(self.knowledge.records[id].record)
        return (own, *(each.language for each in self._translations(id)))

    def _make(self, id: str) -> Entry:
        filed = self.knowledge.records[id]
        own = self.knowledge.language_of(filed.record)
        translation = self.knowledge.translations.get((id, self.language))
        record = _in_language(self.knowledge, filed, self.language)
        permitted = _narrow_guide(permit(record, self.marks), self._members)
        return Entry(
            id=id,
            kind=kind_of(filed.record),
            record=permitted,
            language=own,
            is_fallback=own != self.language and translation is None,
            is_stale=translation is not None and self.knowledge.is_stale(translation),
            languages=self._languages(id),
        )


def _in_language(knowledge: KnowledgeBase, filed: Filed[Any], language: str) -> Any:
    """Return the record in `language`, what is missing there marked as foreign."""
    own = knowledge.language_of(filed.record)
    if own == language:
        return filed.record
    translation = knowledge.translations.get((filed.record.id, language))
    mirrored: Mapping[str, Any] = translation.texts if translation else {}
    return translate(filed.record, mirrored, lambda text: ForeignText(text, own)).record


def permit(part: P, allowed: tuple[Shown, ...]) -> P:
    """Return a copy of `part` that holds only the fields whose mark is allowed."""
    copied: dict[str, Any] = {}
    for shape in shapes(type(part)):
        if shape.shown not in allowed:
            continue
        value = getattr(part, shape.name)
        if not shape.parts or value is None:
            copied[shape.name] = value
        elif shape.repeats == "list":
            copied[shape.name] = tuple(permit(item, allowed) for item in value)
        elif shape.repeats == "mapping":
            copied[shape.name] = {key: permit(item, allowed) for key, item in value.items()}
        else:
            copied[shape.name] = permit(value, allowed)
    return cast(P, type(part).model_construct(**copied))


def _narrow_guide(record: Record, members: frozenset[str]) -> Record:
    """Take the ways to records that are not in the edition out of a guide, and of `related`."""
    record = record.model_copy(
        update={"related": tuple(other for other in record.related if other in members)}
    )
    if not isinstance(record, Guide):
        return record
    nodes: dict[str, Node] = {}
    for key, node in record.nodes.items():
        if isinstance(node, Guidance) and node.case is not None and node.case not in members:
            node = node.model_copy(update={"case": None})
        elif isinstance(node, Link) and node.guide not in members:
            continue
        nodes[key] = node
    return record.model_copy(update={"nodes": nodes})


def is_seen_by(record: Record, profile: EditionProfile) -> bool:
    """Return whether an edition holds a record; `wip` and `archived` never leave the house."""
    if record.audience is Audience.DOMAIN:
        return profile.audience is Audience.INTERNAL and bool(
            set(record.domains) & set(profile.domains)
        )
    if profile.audience is Audience.INTERNAL:
        return True
    is_open = record.confidence in (Confidence.NOT_VALIDATED, Confidence.VALIDATED)
    return is_open and is_as_wide(record.audience, profile.audience)


def make_edition(knowledge: KnowledgeBase, profile: EditionProfile, language: str) -> Edition:
    """Return everything `profile` may see, in `language`."""
    ids = tuple(id for id, filed in knowledge.records.items() if is_seen_by(filed.record, profile))
    sites = (each.record for each in knowledge.sites.values())
    reading = tuple(each.id for each in sites if each.edition == profile.id)
    return Edition(knowledge, profile, language, ids, reading)


def site_edition(knowledge: KnowledgeBase, site: Site, language: str) -> Edition:
    """Return what a remote site takes along: its edition, only the records it needs, no other
    site."""
    profile = next(each for each in knowledge.organisation.editions if each.id == site.edition)
    whole = make_edition(knowledge, profile, language)
    ids = tuple(id for id in whole.ids if _is_chosen(knowledge.records[id].record, site.records))
    return Edition(knowledge, profile, language, ids, (site.id,))


def site_key(edition: Edition, site: Site) -> str:
    """Return a digest of all that a book of a site in an edition's language can say."""
    knowledge, stamp = edition.knowledge, edition.knowledge.history.stamp
    translation = knowledge.translations.get((site.id, edition.language))
    # a reference says the title of a record that its readers see elsewhere, too
    whole = make_edition(knowledge, edition.profile, edition.language)
    return digest_of(
        f"{stamp.version} {stamp.commit} {stamp.time}",
        knowledge.sites[site.id].source.digest,
        translation.source.digest if translation else "",
        edition.language,
        knowledge.organisation.model_dump_json(),
        knowledge.vocabulary.model_dump_json(exclude={"glossary"}),
        *map(whole.key, edition.ids),
    )


def _is_chosen(record: Record, selection: Selection) -> bool:
    if record.id in selection.without:
        return False
    environment = getattr(record, "environment", None)
    return (
        record.id in selection.ids
        or record.issue_type in selection.issue_types
        or (environment is not None and environment.scenario in selection.scenarios)
        or (environment is not None and bool(set(environment.products) & set(selection.products)))
    )


def site_in_language(knowledge: KnowledgeBase, id: str, language: str) -> Site:
    """Return a site with its texts in `language`, what is missing there marked as foreign."""
    site: Site = _in_language(knowledge, knowledge.sites[id], language)
    return site
