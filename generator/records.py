"""Documents to records: what lies where, what kind it is, and whether it fits the model.

In go `Source`s, out come `Filed` records, `Translation`s, vocabulary, settings and findings.
What was read without a finding is remembered by its content, so that it is never parsed twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any, Generic, TypeVar, get_args

from pydantic import ValidationError

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
_SETTINGS = "kb/settings.yml"
_COMPLAINTS = 100


@dataclass(frozen=True, slots=True)
class Filed(Generic[R]):
    """A record and the file it came from."""

    record: R
    source: Source
    mentions: frozenset[str] = frozenset()
    """Everything in it that looks like a record's id."""

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
    findings: list[Finding] = []
    records: list[Filed[Record]] = []
    sites: list[Filed[Site]] = []
    translations: list[Translation] = []
    vocabulary: dict[str, tuple[Any, ...]] = {}
    organisation: Organisation | None = None
    fresh: dict[str, str] = {}
    unread = {_unread_name(path) for path in unreadable}
    for source in sources:
        key = f"{source.path} {source.digest}"
        place = _place(source.path)
        if place is None:
            findings.append(_misplaced(source))
            continue
        if place.folder == "vocabulary":
            if place.stem in VOCABULARIES:
                before = len(findings)
                vocabulary[place.stem] = _vocabulary(source, place.stem, findings)
                if len(findings) > before:
                    unread.add(source.path)
            else:
                findings.append(_misplaced(source))
        elif place.folder == "settings":
            organisation = _one(source, Organisation, findings)
        elif place.language is not None:
            translation = _translation(source, place, remembered.get(key), findings)
            if translation is not None:
                translations.append(translation)
                fresh[key] = json.dumps(
                    [translation.source_digest, translation.texts], ensure_ascii=False
                )
        elif place.kind is None:
            site = _one(source, Site, findings)
            if site is None:
                unread.add(place.stem)
            else:
                sites.append(Filed(site, source))
        else:
            record = _record(source, MODELS[place.kind], remembered.get(key), findings)
            if record is None:
                unread.add(place.stem)
            else:
                fresh[key] = remembered.get(key) or record.model_dump_json(exclude_unset=True)
                records.append(Filed(record, source, _mentions(fresh[key])))
    if organisation is None and not any(source.path == _SETTINGS for source in sources):
        message = "the knowledge base has no settings that can be read"
        hint = "write its name, languages and editions there; see docs/reference/settings.md"
        findings.append(Finding(Location(_SETTINGS), "KB201", message, hint))
    return Filing(
        organisation,
        Vocabulary.model_construct(None, **vocabulary),
        tuple(records),
        tuple(sites),
        tuple(translations),
        tuple(findings),
        fresh,
        frozenset(unread),
    )


def _unread_name(path: str) -> str:
    place = _place(path)
    is_record = place is not None and place.language is None and place.folder != "vocabulary"
    return place.stem if place is not None and is_record else path


def _place(path: str) -> _Place | None:
    parts = PurePosixPath(path).parts
    name = parts[-1]
    if path == _SETTINGS:
        return _Place("settings", "settings", None, None)
    match = re.fullmatch(r"([^.]+)(?:\.([a-z]{2}))?\.(yml|yaml|md)", name)
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


def _mentions(record: str) -> frozenset[str]:
    """Return the ids that a record's JSON names after its own, which comes first."""
    return frozenset(_MENTION.findall(record, record.index(",")))


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


def _record(
    source: Source, model: type[Record], remembered: str | None, findings: list[Finding]
) -> Record | None:
    if remembered is not None:
        return model.model_validate_json(remembered)
    return _one(source, model, findings)


def _one(source: Source, model: type[R], findings: list[Finding]) -> R | None:
    document, faults = _read(source)
    findings.extend(faults)
    if document is None:
        return None
    if not isinstance(document.data, dict):
        findings.append(
            Finding(
                document.location(()),
                "KB202",
                "a record is a mapping of fields",
                'write "field: value" lines',
            )
        )
        return None
    return _validate(document, model, document.data, (), findings)


def _vocabulary(source: Source, name: str, findings: list[Finding]) -> tuple[Any, ...]:
    document, faults = _read(source)
    findings.extend(faults)
    if document is None:
        return ()
    if not isinstance(document.data, list):
        findings.append(
            Finding(document.location(()), "KB202", "a vocabulary is a list", 'begin with "- id:"')
        )
        return ()
    model = Vocabulary.model_fields[name].annotation
    part: type[Part] = get_args(model)[0]
    entries = (
        _validate(document, part, entry, (number,), findings)
        for number, entry in enumerate(document.data)
    )
    return tuple(entry for entry in entries if entry is not None)


def _translation(
    source: Source, place: _Place, remembered: str | None, findings: list[Finding]
) -> Translation | None:
    assert place.language is not None
    if remembered is not None:
        digest, texts = json.loads(remembered)
        return Translation(place.stem, place.language, digest, texts, source)
    document, faults = _read(source)
    findings.extend(faults)
    if document is None:
        return None
    if place.language not in _LANGUAGES or not isinstance(document.data, dict):
        known = ", ".join(sorted(_LANGUAGES))
        is_mapping = isinstance(document.data, dict)
        message = (
            f'"{place.language}" is no language of this tool'
            if is_mapping
            else "a translation is a mapping of text fields"
        )
        code = "KB409" if is_mapping else "KB202"
        findings.append(Finding(document.location(()), code, message, f"one of: {known}"))
        return None
    texts = dict(document.data)
    digest = texts.pop("source_digest", None)
    return Translation(place.stem, place.language, str(digest or ""), texts, source)


def _validate(
    document: Document, model: type[R], data: Any, at: Trail, findings: list[Finding]
) -> R | None:
    try:
        record = model.model_validate(data)
    except ValidationError as error:
        # a file with more faults than anybody mends in one go says the first ones
        for complaint in error.errors(include_url=False)[:_COMPLAINTS]:
            if not _is_echo(dict(complaint)):
                findings.append(_finding(document, model, at, dict(complaint)))
        return None
    hollow = [_hollow(document, trail) for trail in _nothings(data, at)]
    findings.extend(hollow)
    return None if hollow else record


def _is_echo(complaint: dict[str, Any]) -> bool:
    """Return whether a list is called too short only because some of its entries have a fault."""
    given, least = complaint.get("input"), complaint.get("ctx", {}).get("min_length", 0)
    is_short = complaint["type"] == "too_short"
    return is_short and isinstance(given, list | dict) and len(given) >= least


def _nothings(data: Any, trail: Trail) -> Iterator[Trail]:
    """Yield where a field stands without a value."""
    if data is None:
        yield trail
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _nothings(value, (*trail, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _nothings(value, (*trail, number))


def _hollow(document: Document, trail: Trail) -> Finding:
    where = document.location(trail, of_key=True)
    return Finding(where, "KB206", f'"{trail[-1]}" is empty', "fill it, or take it out")


def _finding(
    document: Document, model: type[Part], at: Trail, complaint: dict[str, Any]
) -> Finding:
    """Say a complaint of pydantic in our own words."""
    is_key = complaint["loc"][-1:] == ("[key]",)
    loc = complaint["loc"][:-1] if is_key else complaint["loc"]
    trail = _real_trail(document.data, (*at, *loc))
    name = str(loc[-2 if is_key and len(loc) > 1 else -1]) if loc else "record"
    kind, context = complaint["type"], complaint.get("ctx", {})
    value = _quote(complaint.get("input"))
    here = document.location(trail, of_key=is_key)
    if kind == "union_tag_not_found":
        return Finding(here, "KB201", 'the field "kind" is missing', _WANTED[kind])
    if kind == "union_tag_invalid":
        here, name, complaint = (
            document.location((*trail, "kind")),
            "kind",
            {"input": context["tag"]},
        )
        value = _quote(context["tag"])
    if kind == "missing":
        return Finding(here, "KB201", f'the field "{name}" is missing', "add it")
    if kind == "extra_forbidden":
        holder = _holder(model, complaint["loc"][:-1])
        hint = _nearest(name, tuple(holder.model_fields), "see docs/reference/fields.md")
        message = f'a {_words(holder)} has no field "{name}"'
        return Finding(document.location(trail, of_key=True), "KB203", message, hint)
    if kind in ("enum", "literal_error", "union_tag_invalid"):
        expected = str(context.get("expected") or context.get("expected_tags", ""))
        words = tuple(re.findall(r"'([^']+)'", expected))
        hint = _nearest(_plain(complaint.get("input")), words, "one of: " + ", ".join(words))
        return Finding(here, "KB204", f'"{name}" cannot be {value}', hint)
    if kind in ("string_pattern_mismatch", "string_too_long"):
        message = f'{value} cannot be a name in "{name}"' if is_key else f'{value} is no "{name}"'
        return Finding(here, "KB205", message, _form_hint(context))
    if kind == "too_short" and context.get("actual_length"):
        message = f'"{name}" has {context["actual_length"]} of at least {context["min_length"]}'
        return Finding(here, "KB205", message, "add what is missing")
    if kind in ("string_too_short", "too_short") or complaint.get("input") is None:
        return Finding(here, "KB206", f'"{name}" is empty', "fill it, or take it out")
    if kind.startswith(("greater", "less")):
        return Finding(here, "KB205", f"{value} is out of range", complaint["msg"])
    wanted = _WANTED.get(kind, complaint["msg"])
    return Finding(here, "KB202", f'"{name}" is {value}', wanted)


_WANTED = {
    "string_type": "write one text here, in quotes where it holds a colon",
    "tuple_type": 'write a list here: "[a, b]", or lines that begin with "- "',
    "dict_type": 'write a mapping here: lines of "name: value"',
    "model_type": 'write a mapping here: lines of "name: value"',
    "model_attributes_type": 'write a mapping here: lines of "name: value"',
    "bool_parsing": "write true or false",
    "int_parsing": "write a whole number",
    "float_parsing": "write a number",
    "date_from_datetime_parsing": "write a date as 2026-11-01",
    "date_parsing": "write a date as 2026-11-01",
    "date_from_datetime_inexact": "write a date as 2026-11-01",
    "finite_number": "write a number",
    "int_parsing_size": "write a whole number",
    "union_tag_not_found": 'say which it is: "kind: question", "kind: guidance" or "kind: link"',
}


def _real_trail(data: Any, trail: Trail) -> Trail:
    """Drop the parts of a trail that are pydantic's own, such as a union's tag."""
    real: list[str | int] = []
    for part in trail:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            if part == trail[-1]:
                real.append(part)
            continue
        real.append(part)
    return tuple(real)


def _holder(model: type[Part], trail: Trail) -> type[Part]:
    """Return the part of the model that a trail leads to."""
    from_here = model
    for part in trail:
        info = from_here.model_fields.get(str(part))
        inner = _parts(info.annotation) if info is not None else ()
        if len(inner) == 1:
            from_here = inner[0]
        elif info is None:
            tagged = [
                kind
                for kind in _UNION_PARTS
                if str(part) == kind.__name__.casefold() and from_here is Guide
            ]
            from_here = tagged[0] if tagged else from_here
    return from_here


def _parts(annotation: Any) -> tuple[type[Part], ...]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return (annotation,)
    return tuple(part for argument in get_args(annotation) for part in _parts(argument))


_UNION_PARTS = _parts(Guide.model_fields["nodes"].annotation)


def _words(part: type[Part]) -> str:
    return re.sub(r"(?<!^)([A-Z])", r" \1", part.__name__).casefold()


def _nearest(word: str, known: tuple[str, ...], otherwise: str) -> str:
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f'did you mean "{near[0]}"?' if near else otherwise


def _form_hint(context: Mapping[str, Any]) -> str:
    pattern = str(context.get("pattern", ""))
    if "[0-9]{4}" in pattern:
        return "an id is two to five capital letters, a hyphen and four digits: PRN-0007"
    if "a-z0-9" in pattern:
        return "small letters, digits and single hyphens: hp-laserjet"
    return "shorten it" if not pattern else f"it has the form {pattern}"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _quote(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value[:60]}{"…" if len(value) > 60 else ""}"'
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else f'"{value}"'
