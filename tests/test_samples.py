"""The samples are what the other tests take them for."""

from __future__ import annotations

import shutil
from enum import StrEnum
from pathlib import Path
from typing import get_args

import pytest

from generator import model
from generator.knowledge import KnowledgeBase
from generator.loading import load
from generator.model import Audience, Part
from generator.settings import Settings
from generator.shapes import shapes, texts
from tests.canaries import CANARY, canaries, in_all_languages, leaves
from tests.conftest import SAMPLES, TODAY

RECORDS = (model.Case, model.Runbook, model.Guide, model.Site)


@pytest.fixture
def full(tmp_path: Path) -> KnowledgeBase:
    """Return the knowledge base with every field once."""
    shutil.copytree(SAMPLES / "full", tmp_path, dirs_exist_ok=True)
    loaded = load(Settings(root=tmp_path, today=TODAY))
    assert loaded.knowledge is not None
    return loaded.knowledge


@pytest.mark.parametrize("name", ["small", "full"])
def test_sample_passes(name: str, tmp_path: Path) -> None:
    """The small and the full sample have no finding, not even a warning."""
    shutil.copytree(SAMPLES / name, tmp_path, dirs_exist_ok=True)
    assert load(Settings(root=tmp_path, today=TODAY)).findings == ()


def _parts_of(part: type[Part]) -> set[type[Part]]:
    found = {part}
    for shape in shapes(part):
        for inner in shape.parts:
            found |= _parts_of(inner)
    return found


def _used(part: Part) -> set[tuple[str, str]]:
    """Return (part, field) of every field of a record that is written in its file."""
    used = {(type(part).__name__, name) for name in part.model_fields_set}
    for name in part.model_fields_set:
        value = getattr(part, name)
        inner = value.values() if isinstance(value, dict) else value
        for each in inner if isinstance(value, dict | tuple) else (value,):
            used |= _used(each) if isinstance(each, Part) else set()
    return used


def test_full_sample_uses_every_field(full: KnowledgeBase) -> None:
    """Every field of every part of a case, runbook, guide and site stands somewhere."""
    records: list[Part] = [filed.record for filed in full.records.values()]
    records += [filed.record for filed in full.sites.values()]
    used = set().union(*map(_used, records))
    wanted = {
        (part.__name__, name)
        for record in RECORDS
        for part in _parts_of(record)
        for name in part.model_fields
    }
    assert wanted - used == set()


def test_full_sample_uses_every_audience_and_language(full: KnowledgeBase) -> None:
    """Every audience, confidence, governance and case type has a record, every language a text."""
    records = [filed.record for filed in full.records.values()]
    for name, words in (
        ("audience", model.Audience),
        ("confidence", model.Confidence),
        ("governance", model.Governance),
    ):
        held: set[StrEnum] = {getattr(record, name) for record in records}
        assert held == set(words), name
    kinds = {record.type for record in records if isinstance(record, model.Case)}
    assert kinds == set(model.CaseType)
    languages = {language for _, language in full.translations}
    assert languages == set(get_args(model.LanguageCode))


def test_every_hidden_text_is_a_canary(full: KnowledgeBase) -> None:
    """Every text that the public may not see, in every language, carries a canary of its own."""
    known, seen = canaries(full), set[str]()
    for name, record in in_all_languages(full):
        is_hidden = record.id in known
        wanted = {trail for trail, _ in texts(record)} if is_hidden else set()
        for trail, value, shown in leaves(record):
            is_word = isinstance(value, str) and not isinstance(value, StrEnum)
            if shown is not model.FOLLOWS and is_word and not _FIXED & set(trail):
                wanted.add(trail)
            if trail not in wanted:
                continue
            words = CANARY.findall(str(value))
            assert words, f"{name} {trail}: {value!r} carries no canary"
            assert known.keys() >= set(words)
            # names and values of settings are the same in every language
            if trail in {each for each, _ in texts(record)}:
                assert not seen & set(words), f"{name} {trail}: {words} stand elsewhere too"
                seen.update(words)


_FIXED = frozenset({"image", "to", "team", "supersedes", "duplicate_of", "domains", "owner"})
"""Fields that name something else, so that they cannot carry any word."""


def test_canaries_are_in_the_files(full: KnowledgeBase) -> None:
    """Every canary word of the files is known to the table or belongs to a team."""
    texts = (filed.source.text for filed in full.records.values())
    others = (translation.source.text for translation in full.translations.values())
    written = {word for text in (*texts, *others) for word in CANARY.findall(text)}
    assert written - canaries(full).keys() == set()


def test_canaries_follow_the_audience(full: KnowledgeBase) -> None:
    """The wider the audience, the more is hidden from it; public fields carry no canary."""
    hidden = [canaries(full, each).keys() for each in (Audience.PUBLIC, Audience.CUSTOMER)]
    assert hidden[1] < hidden[0]
    assert "PRN-0005" in hidden[1] and "PRN-0003" in hidden[0] - hidden[1]
    assert "PRN-0001" not in hidden[0]
