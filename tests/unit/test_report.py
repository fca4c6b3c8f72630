"""Findings as text, annotations, JSON and SARIF."""

from __future__ import annotations

import json

from generator.findings import Finding, Location
from generator.report import FORMATS, as_ci, as_json, as_sarif, as_text, count

ERROR = Finding(
    Location("kb/a.yml", 7, 3),
    "KB301",
    '"PRN-0001" is taken',
    "rename it",
    (Location("kb/b.yml", 2),),
)
WARNING = Finding(Location("kb/c.yml"), "KB402", "review is 41 days overdue")


def test_text_is_the_documented_form() -> None:
    """A finding is PATH:LINE:COLUMN: LEVEL CODE message, then hint and other place, indented."""
    assert as_text([ERROR]).split("\n") == [
        'kb/a.yml:7:3: error KB301 "PRN-0001" is taken',
        "    hint: rename it",
        "    also: kb/b.yml:2",
        "1 error; kb explain KB301 says more",
    ]


def test_last_line_counts() -> None:
    """The last line counts errors and warnings, in the singular and the plural."""
    assert count([]) == "no findings"
    assert count([WARNING]) == "1 warning; kb explain KB402 says more"
    assert count([ERROR, ERROR, WARNING]).startswith("2 errors and 1 warning; ")
    assert count([WARNING, ERROR]).endswith("kb explain KB301 says more"), "what stops comes first"


def test_ci_is_one_line_each() -> None:
    """A workflow command is one line, whatever the message holds."""
    odd = Finding(Location("kb/a,b:c.yml"), "KB203", "100% odd\nline", "do\nthis")
    lines = as_ci([ERROR, odd]).split("\n")
    assert len(lines) == 2
    assert lines[0] == (
        '::error file=kb/a.yml,line=7,col=3,title=KB301::"PRN-0001" is taken%0Arename it'
    )
    assert lines[1] == (
        "::error file=kb/a%2Cb%3Ac.yml,line=1,col=1,title=KB203::100%25 odd%0Aline%0Ado%0Athis"
    )


def test_json_holds_every_part() -> None:
    """JSON holds place, level, code, message and hint of every finding."""
    held = json.loads(as_json([ERROR, WARNING]))
    assert [each["code"] for each in held] == ["KB301", "KB402"]
    assert held[0] | {"line": 7, "column": 3, "level": "error", "hint": "rename it"} == held[0]


def test_sarif_names_every_rule_that_it_uses() -> None:
    """Every result of a SARIF log has its rule, once, and a place that begins at 1."""
    run = json.loads(as_sarif([ERROR, WARNING, WARNING]))["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["KB301", "KB402"]
    assert [result["ruleId"] for result in run["results"]] == ["KB301", "KB402", "KB402"]
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 7, "startColumn": 3}


def test_no_findings_is_a_form_too() -> None:
    """Every format can say that there is nothing."""
    assert {name: form([]) for name, form in FORMATS.items() if name != "sarif"} == {
        "text": "no findings",
        "ci": "",
        "json": "[]",
    }
