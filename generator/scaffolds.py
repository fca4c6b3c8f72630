"""New records from templates, new translations from their sources, and stamps on translations.

In go a knowledge base and a few words, out come files to be: a path and what it holds. Nothing is
written here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import Template

from generator.documents import parse
from generator.knowledge import KnowledgeBase
from generator.model import IssueType, Part
from generator.records import Translation
from generator.shapes import shapes, values
from generator.sources import Source
from generator.translations import text_digest

LAST_NUMBER = 9999
RUNBOOK_PREFIX, GUIDE_PREFIX = "RB", "GD"
_DIGEST_LINE = re.compile(
    rb"""^(["']?source_digest["']?[ \t]*:[ \t]*)("[^"\r\n]*"|'[^'\r\n]*'|[^\s#]*)""", re.MULTILINE
)
_FRONT_MATTER = re.compile(rb"\A(?:\xef\xbb\xbf)?---[ \t]*(\r?\n)")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TOLD = {
    "zh": (
        "# {id} 的译文({language})。注释是原文,译文写在它下面;没有译的照原文显示并标明。",
        "# 命令、图片和编号取自原文,不用写。写完运行:kb validate {path}",
    ),
    "en": (
        "# {id} in another language ({language}). Comments hold the source's texts; write each",
        "# translation below its comment. Commands, pictures and codes come from the source.",
        "# What is left empty is shown in the source's language, marked. Then: kb validate {path}",
    ),
}


class WrongUseError(Exception):
    """What was asked for cannot be made; the text says why and what to say instead."""


@dataclass(frozen=True, slots=True)
class Scaffold:
    """A file to be: its path relative to the project's root, and its content."""

    path: str
    content: bytes


def issue_type_of(knowledge: KnowledgeBase, name: str) -> IssueType:
    """Return the issue type of that id. Raises `WrongUseError`."""
    found = knowledge.issue_types.get(name)
    if found is None:
        known = ", ".join(knowledge.issue_types)
        raise WrongUseError(f'there is no issue type "{name}"; the issue types: {known}')
    return found


def free_id(knowledge: KnowledgeBase, prefix: str) -> str:
    """Return the id after the highest ever given: in `kb/` now, or in its history."""
    names = {*knowledge.records, *knowledge.unread}
    names |= {path.rsplit("/", 1)[-1].split(".")[0] for path in knowledge.history.changes}
    pattern = re.compile(rf"{re.escape(prefix)}-([0-9]{{4}})")
    matches = [pattern.fullmatch(name) for name in names]
    number = 1 + max((int(match.group(1)) for match in matches if match), default=0)
    if number > LAST_NUMBER:
        raise WrongUseError(f'no number is left for "{prefix}"')
    return f"{prefix}-{number:04}"


def new_case(knowledge: KnowledgeBase, issue_type: str, title: str) -> Scaffold:
    """Return a new case of an issue type, with the next free number."""
    kind = issue_type_of(knowledge, issue_type)
    id = free_id(knowledge, kind.prefix)
    path = f"kb/cases/{kind.id}/{id}.yml"
    return _filled(knowledge, "case", path, id=id, issue_type=kind.id, title=title)


def new_runbook(knowledge: KnowledgeBase, issue_type: str, title: str) -> Scaffold:
    """Return a new runbook, with the next free number."""
    kind = issue_type_of(knowledge, issue_type)
    id = free_id(knowledge, RUNBOOK_PREFIX)
    path = f"kb/runbooks/{id}.md"
    return _filled(knowledge, "runbook", path, id=id, issue_type=kind.id, title=title)


def new_guide(knowledge: KnowledgeBase, issue_type: str, title: str) -> Scaffold:
    """Return a new guide, with the next free number."""
    kind = issue_type_of(knowledge, issue_type)
    id = free_id(knowledge, GUIDE_PREFIX)
    path = f"kb/runbooks/{id}.yml"
    return _filled(knowledge, "guide", path, id=id, issue_type=kind.id, title=title)


def new_site(knowledge: KnowledgeBase, id: str, name: str) -> Scaffold:
    """Return a new site. Raises `WrongUseError` where the id is taken or has not the right form."""
    if not _SLUG.fullmatch(id):
        raise WrongUseError(
            f'"{id}" is no id of a site; use small letters, digits and hyphens: mae-moh'
        )
    if id in knowledge.sites or id in knowledge.unread:
        raise WrongUseError(f'there is a site "{id}" already')
    organisation = knowledge.organisation
    path = f"kb/sites/{id}.yml"
    return _filled(
        knowledge,
        "site",
        path,
        id=id,
        title=name,
        edition=organisation.editions[-1].id,
        languages=", ".join(organisation.languages),
    )


def _filled(knowledge: KnowledgeBase, kind: str, path: str, **words: str) -> Scaffold:
    if not words["title"].strip():
        raise WrongUseError("the title is empty")
    suffix = path.rsplit(".", 1)[-1]
    folder = knowledge.settings.templates / "new"
    language = "zh" if knowledge.organisation.source_language == "zh" else "en"
    template = (folder / f"{kind}.{language}.{suffix}").read_text(encoding="utf-8")
    # JSON's quotes and escapes are YAML's; one line, so that no title becomes another field
    words["title"] = json.dumps(" ".join(words["title"].split()), ensure_ascii=False)
    return Scaffold(path, Template(template).substitute(words, path=path).encode())


def new_translation(knowledge: KnowledgeBase, id: str, language: str) -> Scaffold:
    """Return a translation to be filled: the source's texts as comments, and its digest.

    Raises `WrongUseError` where the record, the language or the place for the file is wrong.
    """
    filed = knowledge.records.get(id) or knowledge.sites.get(id)
    if filed is None:
        raise WrongUseError(f'there is no record "{id}" that can be read; kb validate says more')
    own = knowledge.language_of(filed.record)
    wanted = [each for each in knowledge.organisation.languages if each != own]
    if language not in wanted:
        raise WrongUseError(
            f'"{language}" is no language to translate {id} to; {", ".join(wanted)} are'
        )
    existing = knowledge.translations.get((id, language))
    if existing is not None:
        raise WrongUseError(f"{id} is translated already: {existing.source.path}")
    folder = filed.source.path.rpartition("/")[0]
    path = f"{folder}/{id}.{language}.yml"
    told = _TOLD["zh" if own == "zh" else "en"]
    lines = [line.format(id=id, language=language, path=path) for line in told]
    lines.append(f"source_digest: {text_digest(filed.record)}")
    lines.extend(_mirrored(filed.record, ""))
    return Scaffold(path, ("\n".join(lines) + "\n").encode())


def _mirrored(part: Part, indent: str) -> Iterator[str]:
    """Yield the lines of an empty translation of `part`: texts as comments above empty fields."""
    for shape in shapes(type(part)):
        if not (shape.is_text or shape.parts):
            continue
        entries = [(trail[-1], value) for trail, value in values(part, shape)]
        inner = indent + ("" if shape.repeats == "once" else "  ")
        bodies = [
            (key, list(_comment(value, inner) if shape.is_text else _mirrored(value, inner + "  ")))
            for key, value in entries
        ]
        if not any(body for _, body in bodies):
            continue
        if shape.repeats != "once":
            yield f"{indent}{shape.name}:"
        for key, body in bodies:
            opening = "-" if shape.repeats == "list" else f"{key}:"
            if shape.is_text:
                yield from body
                yield inner + opening
            elif body:
                yield inner + opening
                yield from body
            elif shape.repeats == "list":
                yield inner + "- {}"


def _comment(text: str, indent: str) -> Iterator[str]:
    return (f"{indent}# {line}".rstrip() for line in text.splitlines())


def stamps(knowledge: KnowledgeBase, names: tuple[str, ...]) -> tuple[Scaffold, ...]:
    """Return the stale ones of the named translations, with their sources' current digests.

    A name is a translation's path from the project's root, or an id, which means all translations
    of it; no name means every translation. All but the digest stays as it is, byte for byte.
    """
    chosen: dict[tuple[str, str], Translation] = {}
    for name in names:
        found = {
            key: translation
            for key, translation in knowledge.translations.items()
            if name in (key[0], translation.source.path)
        }
        if not found:
            raise WrongUseError(f'no translation "{name}" can be read; kb validate says more')
        chosen |= found
    return tuple(
        _stamped(knowledge, translation)
        for _, translation in sorted((chosen or dict(knowledge.translations)).items())
        if knowledge.is_stale(translation)
    )


def _stamped(knowledge: KnowledgeBase, translation: Translation) -> Scaffold:
    filed = knowledge.records.get(translation.id) or knowledge.sites[translation.id]
    digest, path = text_digest(filed.record), translation.source.path
    content = with_digest((knowledge.settings.root / path).read_bytes(), digest)
    document, _ = parse(Source(path, content.decode().removeprefix("\ufeff"), ""))
    if document is None or document.data.get("source_digest") != digest:
        raise WrongUseError(f"{path} has no line to stamp; write this one: source_digest: {digest}")
    return Scaffold(path, content)


def with_digest(content: bytes, digest: str) -> bytes:
    """Return a translation's file with another digest; a line for it is added where none is."""
    new = digest.encode()
    stamped, count = _DIGEST_LINE.subn(lambda match: _spaced(match.group(1)) + new, content, 1)
    if count:
        return stamped
    opening = _FRONT_MATTER.match(content)
    start = opening.end() if opening else 3 * content.startswith(b"\xef\xbb\xbf")
    end = opening.group(1) if opening else b"\r\n" if b"\r\n" in content else b"\n"
    return content[:start] + b"source_digest: " + new + end + content[start:]


def _spaced(key: bytes) -> bytes:
    return key if key.endswith((b" ", b"\t")) else key + b" "
