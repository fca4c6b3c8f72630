"""Words for the customer in every language, and what each audience is given to work with."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.editions import Edition, make_edition
from generator.loading import load
from generator.outputs.site import call_limits, report_address
from generator.settings import Settings
from generator.texts import say_change, say_number
from generator.views import record_view
from tests.conftest import TODAY

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def editions() -> dict[str, Edition]:
    """Return the editions of our own `kb/` in German, by name."""
    knowledge = load(Settings(ROOT, TODAY)).knowledge
    assert knowledge is not None
    profiles = knowledge.organisation.editions
    return {profile.id: make_edition(knowledge, profile, "de") for profile in profiles}


def test_words_in_every_language(editions: dict[str, Edition]) -> None:
    """The edition's language comes first, then all that the record has."""
    view = record_view(editions["internal"], "PRN-0001")
    assert list(view.spoken["L1"]) == ["de", "zh", "en", "th"]
    assert len(set(view.spoken["L1"].values())) == 4
    assert view.spoken.keys() == {"L1"}
    assert view.step_counts == {"self-service": 5, "L1": 6, "L2": 5, "L3": 3}
    untranslated = record_view(editions["internal"], "SRV-0001")
    assert next(iter(untranslated.spoken["L1"])) == "zh"


def test_the_public_is_given_nothing_to_work_with(editions: dict[str, Edition]) -> None:
    """No words for the customer, no tiers to jump to, no place for ticks, no limits of a call."""
    view = record_view(editions["public"], "PRN-0001")
    assert (view.spoken, view.work, view.priority_name) == ({}, "", "")
    assert view.step_counts == {"self-service": 5, "L1": 0, "L2": 0, "L3": 0}
    assert call_limits(editions["public"]) == {}
    assert call_limits(editions["internal"]) == {"respond_within": 5, "handle_within": 30}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (None, ""),
        ("mailto:kb@a.example", "mailto:kb@a.example?subject={title}&body={body}"),
        (
            "https://a.example/new?labels=kb",
            "https://a.example/new?labels=kb&title={title}&body={body}",
        ),
        (
            "https://a.example/new?issue[title]={title}",
            "https://a.example/new?issue[title]={title}",
        ),
    ],
)
def test_where_a_mistake_is_reported(given: str | None, wanted: str) -> None:
    """Places for title and body are added where the address has none."""
    assert report_address(given) == wanted


def test_figures_are_written_as_readers_write_them() -> None:
    """Separators and the percent sign follow the language."""
    assert (say_number(1840.5, "de"), say_number(1840.5, "zh")) == ("1.840,5", "1,840.5")
    assert (say_change(-0.92, "de"), say_change(0.5, "en")) == ("-92\u00a0%", "+50%")
