"""What the model says of its own fields."""

from __future__ import annotations

from generator.model import (
    FOLLOWS,
    INTERNAL,
    NOBODY,
    Case,
    Contact,
    Guide,
    Runbook,
    Site,
    Step,
    Team,
    TierHandling,
)
from generator.shapes import parts, shapes, strings, texts

CASE = Case.model_validate(
    {
        "id": "PRN-0001",
        "title": "T",
        "issue_type": "printing",
        "issue": {"symptoms": ["s1", "s2"], "error_codes": ["e"]},
        "handling": {"L2": {"steps": [{"action": "a"}], "tools": ["nmap"]}},
    }
)


def test_every_field_of_a_record_has_one_mark() -> None:
    """A field of a record is shown as its record or inside only; none is left without a mark."""
    for record in (Case, Runbook, Guide, Site, Step, TierHandling, Contact):
        for shape in shapes(record):
            if shape.name != "kind":
                assert shape.shown in (FOLLOWS, INTERNAL), f"{record.__name__}.{shape.name}"


def test_a_field_without_a_mark_is_for_nobody() -> None:
    """Default deny: what the model does not mark is shown to nobody."""
    assert {shape.shown for shape in shapes(Team)} == {NOBODY}


def test_depth_of_a_case_is_internal() -> None:
    """Cause, handling, prevention, parameters and the root cause report stay inside."""
    inside = {shape.name for shape in shapes(Case) if shape.shown is INTERNAL}
    assert inside >= {"cause", "handling", "prevention", "parameters", "root_cause_report"}
    assert inside.isdisjoint({"title", "issue", "self_service", "resolution", "verification"})


def test_how_fields_repeat() -> None:
    """Lists, mappings and single values are told apart, also behind "or nothing"."""
    kinds = {shape.name: shape.repeats for shape in (*shapes(Case), *shapes(Guide))}
    assert (kinds["title"], kinds["related"], kinds["nodes"]) == ("once", "list", "mapping")
    assert (kinds["cause"], kinds["self_service"], kinds["parameters"]) == ("once", "once", "list")


def test_texts_come_in_the_models_order() -> None:
    """Translatable texts come with the keys and positions that lead to them, and nothing else."""
    assert list(texts(CASE)) == [
        (("title",), "T"),
        (("issue", "symptoms", 0), "s1"),
        (("issue", "symptoms", 1), "s2"),
        (("handling", "L2", "steps", 0, "action"), "a"),
    ]


def test_parts_of_one_kind() -> None:
    """All steps of a record are found, wherever they stand."""
    assert [trail for trail, _ in parts(CASE, Step)] == [("handling", "L2", "steps", 0)]


def test_strings_of_plain_data() -> None:
    """Every text of mappings and lists is found with its trail."""
    assert list(strings({"a": ["x", {"b": "y"}], "c": None})) == [
        (("a", 0), "x"),
        (("a", 1, "b"), "y"),
    ]
