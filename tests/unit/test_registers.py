"""The ways into a handbook: sections, what callers say, codes, products."""

from __future__ import annotations

import shutil

import pytest

from generator.books.registers import EMERGENCY, callers_words, error_codes, products, sections
from generator.editions import Edition, make_edition
from generator.loading import load
from generator.model import Case
from generator.settings import Settings
from generator.texts import SELF_NAMES
from tests.conftest import FULL, TODAY


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Edition]:
    """Return every edition of the full sample in German."""
    root = tmp_path_factory.mktemp("registers")
    shutil.copytree(FULL, root, dirs_exist_ok=True)
    knowledge = load(Settings(root, TODAY)).knowledge
    assert knowledge is not None
    return {
        each.id: make_edition(knowledge, each, "de") for each in knowledge.organisation.editions
    }


def test_every_record_stands_in_one_section(editions: dict[str, Edition]) -> None:
    """Sections hold each record once; only those who see priorities have an urgent one."""
    for edition in editions.values():
        held = [row.id for rows in sections(edition).values() for row in rows]
        assert sorted(held) == sorted(edition.ids)
        assert all(row.id.startswith("RB") for row in sections(edition).get(EMERGENCY, ()))


def test_every_case_is_found_by_words(editions: dict[str, Edition]) -> None:
    """Each case has a line; lines in another language stand last, below that language's name."""
    for edition in editions.values():
        groups = callers_words(edition)
        cases = {id for id in edition.ids if isinstance(edition.entry(id).record, Case)}
        assert {id for _, lines in groups for line in lines for id in line.ids} == cases
        foreign = [name in SELF_NAMES.values() for name, _ in groups]
        assert foreign == sorted(foreign)


def test_registers_hold_what_the_edition_shows(editions: dict[str, Edition]) -> None:
    """No register leads to a record that is not in the edition."""
    for edition in editions.values():
        for _, ids in (*error_codes(edition), *products(edition)):
            assert set(ids) <= set(edition.ids)
