"""What the health page says, for small knowledge bases with one need each."""

from __future__ import annotations

import pytest

from generator.editions import make_edition
from generator.health import SHOWN, HealthView, health_view
from generator.loading import load
from generator.settings import Settings
from generator.texts import speaker
from generator.translations import text_digest
from generator.views import rows_of
from tests.conftest import KbFrom

CASE = """\
id: {id}
title: 打印很慢
issue_type: printing
audience: {audience}
confidence: {confidence}
resolution: {resolution}
issue: {{symptoms: [一页要等一分钟], asked_as: [打印太慢了]}}
"""
SELF_SERVICE = "self_service: {steps: [{action: 关机再开}]}\n"


def case(
    number: int = 2,
    audience: str = "public",
    confidence: str = "validated",
    resolution: str = "改用有线网络。",
    more: str = SELF_SERVICE + "verified_on: 2026-11-01\n",
) -> dict[str, str]:
    """Return one case as a file."""
    id = f"PRN-{number:04}"
    told = {"id": id, "audience": audience, "confidence": confidence, "resolution": resolution}
    return {f"kb/cases/printing/{id}.yml": CASE.format(**told) + more}


def seen(settings: Settings, edition: str = "internal", language: str = "en") -> HealthView | None:
    """Return the health page's view for one edition and language."""
    knowledge = load(settings).knowledge
    assert knowledge is not None
    profile = next(each for each in knowledge.organisation.editions if each.id == edition)
    made = make_edition(knowledge, profile, language)
    say = speaker(settings.templates / "locale", language)
    return health_view(made, rows_of(made), say)


def needs(settings: Settings) -> dict[str, list[str]]:
    """Return the ids that each measure names, for measures that name any."""
    view = seen(settings)
    assert view is not None
    return {each.name: [need.row.id for need in each.needs] for each in view.measures if each.needs}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (case(), set()),
        (case(audience="internal", more="verified_on: 2026-11-01\n"), set()),
        (case(more="verified_on: 2026-11-01\n"), {"no-self-service"}),
        (case(more="type: information\nverified_on: 2026-11-01\n"), set()),
        (case(more=SELF_SERVICE), {"never-verified"}),
        (case(confidence="archived", more="review_by: 2026-01-01\n"), set()),
        (
            case(more=SELF_SERVICE + "verified_on: 2025-11-01\nreview_by: 2026-11-21\n"),
            {"overdue"},
        ),
        (
            case(more=SELF_SERVICE + "verified_on: 2025-11-01\nreview_by: 2026-11-22\n"),
            set(),
        ),
        (case(resolution="见 [说明](https://docs.example.com/a)。"), set()),
        (case(resolution="见 [说明](http://docs.example.com/a)。"), {"links"}),
        (case(resolution="见 <https://printserver/a>。"), {"links"}),
        (case(resolution="见 [说明](https://192.168.3.4:9000/a)。"), {"links"}),
        (case(resolution="见 [说明](https:///a)。"), {"links"}),
        (case(resolution="见 [说明](https://docs.example.com:port/a)。"), {"links"}),
        (case(resolution="见 [说明](https://name@docs.example.com/a)。"), {"links"}),
        (case(resolution="打开 `http://printserver/`。"), set()),
    ],
)
def test_each_measure_names_its_records(
    kb_from: KbFrom, files: dict[str, str], expected: set[str]
) -> None:
    """A record stands in the measures it falls under, and in no other; code is no link."""
    found = needs(kb_from(files))
    assert found.pop("missing", ["PRN-0002"]) == ["PRN-0002"]
    assert found == {name: ["PRN-0002"] for name in expected}


def test_languages(kb_from: KbFrom) -> None:
    """A translation is there, there but stale, or missing; the view counts each."""
    settings = kb_from(case())
    told = settings.kb / "settings.yml"
    told.write_text(told.read_text("utf-8").replace("[zh, en]", "[zh, en, de, th]"), "utf-8")
    knowledge = load(settings).knowledge
    assert knowledge is not None
    digest = text_digest(knowledge.records["PRN-0002"].record)
    folder = settings.root / "kb" / "cases" / "printing"
    for language, stamp in (("en", digest), ("de", "0" * 16)):
        text = f"source_digest: {stamp}\ntitle: {language}\n"
        (folder / f"PRN-0002.{language}.yml").write_text(text, "utf-8")
    view = seen(settings)
    assert view is not None
    told = {each.language: (each.there, each.stale) for each in view.languages}
    assert told == {"zh": (1, 0), "en": (1, 0), "de": (1, 1), "th": (0, 0)}
    about = {each.name: [need.languages for need in each.needs] for each in view.measures}
    assert about["stale"] == [("de",)]
    assert about["missing"] == [("th",)]
    assert [(each.count, each.languages) for each in view.types] == [(1, view.languages)]


def test_the_oldest_come_first_and_a_table_ends(kb_from: KbFrom) -> None:
    """Of many records the longest overdue are named; all are counted."""
    files: dict[str, str] = {}
    for number in range(1, SHOWN + 6):
        day = f"verified_on: 2024-01-01\nreview_by: 20{25 - number % 2}-06-01\n"
        files |= case(number, more=SELF_SERVICE + day)
    view = seen(kb_from(files))
    assert view is not None
    overdue = view.measures[0]
    assert (overdue.name, overdue.count, len(overdue.needs)) == ("overdue", SHOWN + 5, SHOWN)
    assert [need.row.id for need in overdue.needs][:2] == ["PRN-0001", "PRN-0003"]
    assert overdue.needs[0].note == "904"
    assert overdue.needs[0].owner


def test_only_those_who_see_reviews_have_it(kb_from: KbFrom) -> None:
    """The public has no such page."""
    assert seen(kb_from(case()), "public") is None
