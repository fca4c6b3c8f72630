"""Exercises for a training: which cases are asked for, and what an answer holds."""

from __future__ import annotations

import shutil

import pytest

from generator.books.exercises import Asks, exercises
from generator.editions import Edition, make_edition
from generator.knowledge import KnowledgeBase
from generator.loading import load
from generator.settings import PACKAGE, Settings
from tests.conftest import FULL, TODAY


def _editions(knowledge: KnowledgeBase, languages: str) -> dict[str, list[Edition]]:
    return {
        profile.id: [make_edition(knowledge, profile, language) for language in languages.split()]
        for profile in knowledge.organisation.editions
    }


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Edition]]:
    """Return every edition of the full sample in Chinese and English."""
    root = tmp_path_factory.mktemp("exercises")
    shutil.copytree(FULL, root, dirs_exist_ok=True)
    knowledge = load(Settings(root, TODAY)).knowledge
    assert knowledge is not None
    return _editions(knowledge, "zh en")


@pytest.fixture(scope="module")
def ours() -> list[Edition]:
    """Return the project's own internal edition in Chinese; skips where it is not here."""
    root = PACKAGE.parent
    if not (root / "kb" / "sites").is_dir():
        pytest.skip("the project's own knowledge base is not here")
    knowledge = load(Settings(root, TODAY)).knowledge
    assert knowledge is not None
    return _editions(knowledge, "zh")["internal"]


def test_an_exercise_asks_what_its_case_says(full: dict[str, list[Edition]]) -> None:
    """Each language asks for the same cases, each in its own words; answers name first steps."""
    for editions in full.values():
        made = exercises(editions, 60)
        assert len({tuple(each.id for each in one) for one in made}) == 1
        for edition, found in zip(editions, made, strict=True):
            for each in found:
                issue = edition.entry(each.id).record.issue  # type: ignore[attr-defined]
                asked = {
                    Asks.WORDS: issue.asked_as,
                    Asks.SYMPTOM: issue.symptoms,
                    Asks.CODE: issue.error_codes,
                }
                assert each.text in asked[each.asks] and 1 <= len(each.steps) <= 2


def test_who_is_not_told_of_tiers_is_not_asked_for_them(full: dict[str, list[Edition]]) -> None:
    """Outside the house no answer names an escalation; inside some do."""
    escalates = {
        name: any(each.escalate for each in exercises(editions, 60)[0])
        for name, editions in full.items()
    }
    assert escalates["internal"]
    assert not any(found for name, found in escalates.items() if name != "internal")


def test_what_is_asked_stays(ours: list[Edition]) -> None:
    """One exercise more leaves the others; a case less takes at most its own exercise away."""
    (twelve,) = exercises(ours, 12)
    assert len(twelve) == 12 and exercises(ours, 13)[0][:12] == twelve
    gone = twelve[0].id
    edition = ours[0]
    left = Edition(
        edition.knowledge,
        edition.profile,
        edition.language,
        tuple(id for id in edition.ids if id != gone),
        edition.sites,
    )
    (after,) = exercises([left], 12)
    kept = [each for each in twelve if each in after]
    assert [each.id for each in twelve if each not in kept] == [gone]


def test_exercises_are_varied(ours: list[Edition]) -> None:
    """They go through the kinds of issue in turn, and ask by words, signs and a few codes."""
    (made,) = exercises(ours, 24)
    records = ours[0].knowledge.records
    kinds = [records[each.id].record.issue_type for each in made]
    assert len(set(kinds[:10])) == 10
    asked = [each.asks for each in made]
    assert all(asked.count(way) >= 3 for way in Asks)
