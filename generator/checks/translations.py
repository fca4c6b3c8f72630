"""Translations mirror their source, are complete and fresh."""

from __future__ import annotations

from collections.abc import Iterator

from generator.findings import Finding
from generator.knowledge import KnowledgeBase
from generator.model import Audience, Confidence
from generator.records import Translation
from generator.translations import translate


def mirrors(knowledge: KnowledgeBase) -> Iterator[Finding]:
    """KB403, KB404, KB406, KB409: each translation fits its source as it is now."""
    for (id, language), translation in sorted(knowledge.translations.items()):
        filed = knowledge.records.get(id) or knowledge.sites[id]
        own = knowledge.language_of(filed.record)
        if language not in knowledge.organisation.languages or language == own:
            known = [each for each in knowledge.organisation.languages if each != own]
            message = f'"{language}" is not a language that {id} is translated to'
            hint = "one of: " + ", ".join(known)
            yield Finding(translation.location(), "KB409", message, hint)
            continue
        translated = translate(filed.record, translation.texts)
        for misfit in translated.misfits:
            where = translation.location(misfit.trail, of_key=True)
            hint = f"compare with {filed.source.path}"
            yield Finding(where, "KB404", misfit.message, hint)
        if translated.misfits:
            continue
        yield from _gaps(translation, len(translated.missing), sorted(map(str, translated.missing)))
        if knowledge.is_stale(translation):
            message = f"{filed.source.path} has changed since this was translated"
            hint = f"compare the two, then: kb stamp {translation.source.path}"
            where = translation.location(("source_digest",))
            yield Finding(where, "KB403", message, hint)


def _gaps(translation: Translation, count: int, trails: list[str]) -> Iterator[Finding]:
    if count:
        message = f"{count} text(s) of the source are missing"
        hint = "the first: " + trails[0].strip("()").replace("'", "").replace(", ", ".").rstrip(",")
        yield Finding(translation.location(), "KB406", message, hint)


def public_in_english(knowledge: KnowledgeBase) -> Iterator[Finding]:
    """KB407: what the public reads is there in English."""
    if "en" not in knowledge.organisation.languages:
        return
    for id, filed in knowledge.records.items():
        record = filed.record
        is_public = record.audience is Audience.PUBLIC and record.confidence in (
            Confidence.VALIDATED,
            Confidence.NOT_VALIDATED,
        )
        if not is_public or knowledge.language_of(record) == "en":
            continue
        if (id, "en") not in knowledge.translations:
            hint = f"kb new translation {id} en"
            where = filed.location(("title",))
            yield Finding(where, "KB407", "public, but there is no English translation", hint)


ON_KNOWLEDGE = (mirrors, public_in_english)
