"""Documents to records: what lies where, what kind it is, and whether it fits the model.

In go `Source`s, out come `Filed` records, `Translation`s, vocabulary, settings and findings.
What was read without a finding is remembered by its content, so that it is never parsed twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Generic, TypeVar, get_args

from generator.complaints import fit
from generator.documents import Document, parse
from generator.findings import Finding, Location
from generator.model import (
    Case,
    Guide,
    Kind,
    LanguageCode,
    Organisation,
    Part,
    Record,
    Runbook,
    Site,
    Vocabulary,
)
from generator.sections import unfold
from generator.sources import Source

Trail = tuple[str | int, ...]
R = TypeVar("R", bound=Part)
_LANGUAGES: frozenset[str] = frozenset(get_args(LanguageCode))
_MENTION = re.compile(r'(?:\[\[|")([A-Z]{2,5}-[0-9]{4})(?:\]\]|")')
MODELS: dict[Kind, type[Record]] = {Kind.CASE: Case, Kind.RUNBOOK: Runbook, Kind.GUIDE: Guide}
VOCABULARIES = tuple(Vocabulary.model_fields)
_NAME = re.compile(r"([^.]+)(?:\.([a-z]{2}))?\.(yml|yaml|md)")
_IMAGE = '"image":"'
_SETTINGS = "kb/settings.yml"


@dataclass(frozen=True, slots=True)
class Filed(Generic[R]):
    """A record and the file it came from."""

    record: R
    source: Source
    mentions: frozenset[str] = frozenset()
    """Everything in it that looks like a record's id."""
    has_pictures: bool = False

    def location(self, trail: Trail = (), of_key: bool = False) -> Location:
        """Return where a part of the record stands; reads the file's text again for it."""
        document = _read(self.source)[0]
        return document.location(trail, of_key) if document else Location(self.source.path)


@dataclass(frozen=True, slots=True)
class Translation:
    """The texts of one record in one language, as a file beside its source holds them."""

    id: str
    language: str
    source_digest: str
    texts: Mapping[str, Any]
    """Mappings, lists and texts that mirror the source's text fields."""
    source: Source

    def location(self, trail: Trail = (), of_key: bool = False) -> Location:
        """Return where a part of the translation stands."""
        document = _read(self.source)[0]
        return document.location(trail, of_key) if document else Location(self.source.path)


@dataclass(frozen=True, slots=True)
class Filing:
    """Everything under `kb/` that could be read, sorted by path."""

    organisation: Organisation | None
    vocabulary: Vocabulary
    records: tuple[Filed[Record], ...]
    sites: tuple[Filed[Site], ...]
    translations: tuple[Translation, ...]
    findings: tuple[Finding, ...]
    remembered: Mapping[str, str]
    """What to hand in next time: clean records as JSON, by path and content digest."""
    unread: frozenset[str] = frozenset()
    """Ids of records, and paths of vocabularies, that are there but have a fault."""


@dataclass(frozen=True, slots=True)
class _Place:
    """What a path says of a file."""

    folder: str
    stem: str
    language: str | None
    kind: Kind | None


def kind_of(record: Record) -> Kind:
    """Return which kind of record this is."""
    return next(kind for kind, model in MODELS.items() if isinstance(record, model))


def file_all(
    sources: tuple[Source, ...], remembered: Mapping[str, str], unreadable: tuple[str, ...] = ()
) -> Filing:
    """Return all records in `sources`; `remembered` is what an earlier run gave back.

    `unreadable` are paths of files that are there but never became a source.
    """
    shelf = _Shelf(remembered, {_unread_name(path) for path in unreadable})
    for source in sources:
        shelf.put(source)
    if shelf.organisation is None and not any(source.path == _SETTINGS for source in sources):
        message = "the knowledge base has no settings that can be read"
        hint = "write its name, languages and editions there; see docs/reference/settings.md"
        shelf.findings.append(Finding(Location(_SETTINGS), "KB201", message, hint))
    return Filing(
        shelf.organisation,
        Vocabulary.model_construct(None, **shelf.vocabulary),
        tuple(shelf.records),
        tuple(shelf.sites),
        tuple(shelf.translations),
        tuple(shelf.findings),
        shelf.fresh,
        frozenset(shelf.unread),
    )


@dataclass(slots=True)
class _Shelf:
    """Where sources are put, each in its kind's place."""

    remembered: Mapping[str, str]
    unread: set[str]
    findings: list[Finding] = field(default_factory=list)
    records: list[Filed[Record]] = field(default_factory=list)
    sites: list[Filed[Site]] = field(default_factory=list)
    translations: list[Translation] = field(default_factory=list)
    vocabulary: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    organisation: Organisation | None = None
    fresh: dict[str, str] = field(default_factory=dict)

    def put(self, source: Source) -> None:
        """Read a source as what its path says it is."""
        place = _place(source.path)
        if place is None:
            self.findings.append(_misplaced(source))
        elif place.folder == "vocabulary":
            self.put_vocabulary(source, place.stem)
        elif place.folder == "settings":
            self.organisation = self.one(source, Organisation)
        elif place.language is not None:
            self.put_translation(source, place.stem, place.language)
        elif place.kind is None:
            self.put_site(source, place.stem)
        else:
            self.put_record(source, place.stem, MODELS[place.kind])

    def put_record(self, source: Source, stem: str, model: type[Record]) -> None:
        """Take a case, runbook or guide; one that was read before is not parsed again."""
        key = _memory_key(source)
        known = self.remembered.get(key)
        if known is None:
            record = self.one(source, model)
            if record is None:
                self.unread.add(stem)
                return
            known = _memory(record.model_dump_json(exclude_unset=True))
        else:
            record = model.model_validate_json(known[known.index("{") :])
        self.fresh[key] = known
        mentions = known[: known.index("{")].split()
        self.records.append(Filed(record, source, frozenset(mentions), _IMAGE in known))

    def put_site(self, source: Source, stem: str) -> None:
        """Take a remote site."""
        site = self.one(source, Site)
        if site is None:
            self.unread.add(stem)
        else:
            self.sites.append(Filed(site, source))

    def put_translation(self, source: Source, stem: str, language: str) -> None:
        """Take a translation; whether it mirrors its source is not asked here."""
        key = _memory_key(source)
        known = self.remembered.get(key)
        if known is not None:
            digest, texts = json.loads(known)
        else:
            document = self.read(source)
            if document is None or not self.is_translation(document, language):
                return
            texts = dict(document.data)
            digest = str(texts.pop("source_digest", None) or "")
        self.fresh[key] = known or json.dumps([digest, texts], ensure_ascii=False)
        self.translations.append(Translation(stem, language, digest, texts, source))

    def is_translation(self, document: Document, language: str) -> bool:
        """Return whether this can be one; a finding says why not."""
        if language not in _LANGUAGES:
            message = f'"{language}" is no language of this tool'
            hint = "one of: " + ", ".join(sorted(_LANGUAGES))
            self.findings.append(Finding(document.location(()), "KB409", message, hint))
            return False
        return self.is_mapping(document, "a translation is a mapping of text fields")

    def put_vocabulary(self, source: Source, name: str) -> None:
        """Take a vocabulary file, without the entries that have a fault."""
        if name not in VOCABULARIES:
            self.findings.append(_misplaced(source))
            return
        document, before = self.read(source), len(self.findings)
        entries: list[Part] = []
        if document is not None and not isinstance(document.data, list):
            message, hint = "a vocabulary is a list", 'begin with "- id:"'
            self.findings.append(Finding(document.location(()), "KB202", message, hint))
        elif document is not None:
            part: type[Part] = get_args(Vocabulary.model_fields[name].annotation)[0]
            for number, given in enumerate(document.data):
                entry, faults = fit(document, part, given, (number,))
                self.findings.extend(faults)
                entries.extend([entry] if entry is not None else [])
        self.vocabulary[name] = tuple(entries)
        if document is None or len(self.findings) > before:
            self.unread.add(source.path)

    def one(self, source: Source, model: type[R]) -> R | None:
        """Read a file that holds one part of the model."""
        document = self.read(source)
        if document is None or not self.is_mapping(document, "a record is a mapping of fields"):
            return None
        record, faults = fit(document, model, document.data)
        self.findings.extend(faults)
        return record

    def is_mapping(self, document: Document, message: str) -> bool:
        """Return whether a document holds fields; a finding says why not."""
        if isinstance(document.data, dict):
            return True
        hint = 'write "field: value" lines'
        self.findings.append(Finding(document.location(()), "KB202", message, hint))
        return False

    def read(self, source: Source) -> Document | None:
        """Parse a source; None and a finding where it cannot be."""
        document, faults = _read(source)
        self.findings.extend(faults)
        return document


def _memory_key(source: Source) -> str:
    return f"{source.path} {source.digest}"


def _unread_name(path: str) -> str:
    place = _place(path)
    is_record = place is not None and place.language is None and place.folder != "vocabulary"
    return place.stem if place is not None and is_record else path


def _place(path: str) -> _Place | None:
    parts = path.split("/")
    if path == _SETTINGS:
        return _Place("settings", "settings", None, None)
    match = _NAME.fullmatch(parts[-1])
    if match is None or len(parts) < 3:
        return None
    stem, language, suffix = match.groups()
    if parts[1] == "cases" and len(parts) == 4:
        return _Place(parts[2], stem, language, Kind.CASE)
    if parts[1] == "runbooks" and len(parts) == 3:
        is_guide = suffix != "md"
        return _Place("runbooks", stem, language, Kind.GUIDE if is_guide else Kind.RUNBOOK)
    if parts[1] == "sites" and len(parts) == 3 and suffix != "md":
        return _Place("sites", stem, language, None)
    if parts[1] == "vocabulary" and len(parts) == 3 and language is None and suffix != "md":
        return _Place("vocabulary", stem, None, None)
    return None


def _memory(record: str) -> str:
    """Return what is remembered of a record: the ids it names beside its own, then its JSON."""
    mentions = sorted(set(_MENTION.findall(record, record.index(","))))
    return " ".join([*mentions, record])


def _misplaced(source: Source) -> Finding:
    return Finding(
        Location(source.path),
        "KB314",
        f'no record can lie at "{source.path}"',
        "cases: kb/cases/<issue-type>/<ID>.yml; runbooks and guides: kb/runbooks/<ID>.md or .yml",
    )


@lru_cache(maxsize=4)
def _read(source: Source) -> tuple[Document | None, tuple[Finding, ...]]:
    document, findings = parse(source)
    if document is None or not document.sections:
        return document, findings
    return unfold(document, source.path.startswith("kb/runbooks/"))
