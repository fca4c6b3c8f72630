"""Findings: the table of codes, places, order."""

from __future__ import annotations

import re

from generator.findings import CODES, Finding, Level, Location


def test_every_code_is_told_in_full() -> None:
    """A code has a number of three digits, a short title and a sentence that says what to do."""
    for number, code in CODES.items():
        assert re.fullmatch(r"KB[1-69]\d\d", number)
        assert code.number == number
        assert 3 <= len(code.title) <= 40 and not code.title.endswith(".")
        assert code.explanation.endswith(".") and len(code.explanation) > 40


def test_findings_are_sorted_by_place() -> None:
    """Findings come by path, line and column, as a reader goes through the files."""
    places = [
        Location("b.yml", 1),
        Location("a.yml", 10),
        Location("a.yml", 2, 5),
        Location("a.yml", 2),
    ]
    findings = sorted(Finding(place, "KB101", "") for place in places)
    assert [str(each.location) for each in findings] == [
        "a.yml:2:1",
        "a.yml:2:5",
        "a.yml:10:1",
        "b.yml:1:1",
    ]


def test_level_is_the_codes() -> None:
    """A finding is as bad as its code."""
    assert Finding(Location("a"), "KB101", "").is_error
    assert Finding(Location("a"), "KB402", "").level is Level.WARNING
