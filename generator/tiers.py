"""What the tiers of a case do, beyond the fields themselves: their words in every language, counts.

In goes a case as its readers see it, out come plain mappings for its page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.editions import Edition
from generator.jumps import SELF_SERVICE
from generator.model import Case, Tier


def spoken(edition: Edition, case: Case) -> dict[str, dict[str, str]]:
    """Return each tier's words for the customer by language, the edition's own first.

    Only tiers whose words are in `case`, which holds what its readers may see.
    """
    told = {tier: getattr(case.handling, tier) for tier in Tier}
    return {
        str(tier): _by_language(edition, case.id, tier)
        for tier, handling in told.items()
        if handling is not None and handling.say is not None
    }


def _by_language(edition: Edition, id: str, tier: Tier) -> dict[str, str]:
    entry = edition.entry(id)
    source: Any = edition.knowledge.records[id].record
    said = {entry.language: getattr(source.handling, tier).say}
    for language in entry.languages[1:]:
        found: Any = edition.knowledge.translations[id, language].texts
        for key in ("handling", tier, "say"):
            found = found.get(key) if isinstance(found, Mapping) else None
        if isinstance(found, str) and found.strip():
            said[language] = found.strip()
    first = edition.language if edition.language in said else entry.language
    return {first: said[first]} | said


def step_counts(case: Case) -> dict[str, int]:
    """Return how many steps each part of a case's page has, by the part's address."""
    counts = {SELF_SERVICE: len(case.self_service.steps) if case.self_service else 0}
    handled = ((tier, getattr(case.handling, tier)) for tier in Tier)
    return counts | {str(tier): len(each.steps) if each else 0 for tier, each in handled}
