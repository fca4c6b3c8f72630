"""Checks over a knowledge base: each is one function that yields findings.

Checks of `ON_RECORD` look at one record (or translation) and the settings, so that their silence
is remembered by the record's content; checks of `ON_KNOWLEDGE` look at several.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generator.checks import content, lifecycle, links, safety, translations
from generator.findings import Finding
from generator.knowledge import KnowledgeBase
from generator.model import Record
from generator.records import Filed

RecordCheck = Callable[[Filed[Record]], Iterator[Finding]]
KnowledgeCheck = Callable[[KnowledgeBase], Iterator[Finding]]

ON_RECORD: tuple[RecordCheck, ...] = (*content.ON_RECORD, *safety.ON_RECORD, *links.ON_RECORD)
ON_KNOWLEDGE: tuple[KnowledgeCheck, ...] = (
    *links.ON_KNOWLEDGE,
    *lifecycle.ON_KNOWLEDGE,
    *translations.ON_KNOWLEDGE,
    *content.ON_KNOWLEDGE,
    *safety.ON_KNOWLEDGE,
)


def check(
    knowledge: KnowledgeBase, known_clean: frozenset[str]
) -> tuple[tuple[Finding, ...], frozenset[str]]:
    """Return all findings, and the records found clean, to hand in next time."""
    findings: list[Finding] = []
    clean: set[str] = set()
    for filed in knowledge.records.values():
        key = f"{filed.source.path} {filed.source.digest}"
        if key not in known_clean:
            found = [finding for look in ON_RECORD for finding in look(filed)]
            findings.extend(found)
            if found:
                continue
        clean.add(key)
    for look in ON_KNOWLEDGE:
        findings.extend(look(knowledge))
    return tuple(findings), frozenset(clean)
