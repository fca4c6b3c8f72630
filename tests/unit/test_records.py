"""Documents to records; complaints in our own words."""

from __future__ import annotations

import pytest

from generator.findings import Finding
from generator.model import Case, Guide, Runbook, Site
from generator.records import Filing, file_all, kind_of
from generator.sources import Source

CASE = "id: PRN-0001\ntitle: 标题\nissue_type: printing\nissue: {symptoms: [一]}\n"
PATH = "kb/cases/printing/PRN-0001.yml"


def filed(*files: tuple[str, str], unreadable: tuple[str, ...] = ()) -> Filing:
    """Return the filing of files; the finding about missing settings is left out."""
    sources = tuple(Source(path, text, f"digest of {text}") for path, text in files)
    return file_all(sources, {}, unreadable)


def findings(text: str, path: str = PATH) -> list[Finding]:
    """Return what is said of one file."""
    return [each for each in filed((path, text)).findings if each.location.path == path]


def test_the_path_says_what_a_file_is() -> None:
    """Cases, runbooks, guides, sites and translations are told apart by where they lie."""
    runbook = "---\nid: RB-0001\ntitle: t\nissue_type: printing\n---\n" + "".join(
        f"## {heading}\nx\n" for heading in ("含义", "影响", "诊断", "缓解", "验证")
    )
    guide = (
        "id: GD-0001\ntitle: t\nissue_type: printing\nstart: a\n"
        "nodes: {a: {kind: guidance, text: x}, b: {kind: link, guide: GD-0002}}"
    )
    site = (
        "id: mill\nname: n\nedition: public\nlanguages: [zh]\ntime_zone: Asia/Bangkok\n"
        "records: {}\ncontacts: [{role: r, channel: c, hours: h}]"
    )
    filing = filed(
        (PATH, CASE),
        ("kb/runbooks/RB-0001.md", runbook),
        ("kb/runbooks/GD-0001.yml", guide),
        ("kb/sites/mill.yml", site),
        ("kb/cases/printing/PRN-0001.de.yml", "source_digest: x\ntitle: Titel"),
    )
    assert [type(each.record) for each in filing.records] == [Case, Runbook, Guide]
    assert [type(each.record) for each in filing.sites] == [Site]
    assert [(each.id, each.language) for each in filing.translations] == [("PRN-0001", "de")]
    assert [kind_of(each.record) for each in filing.records] == ["case", "runbook", "guide"]


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("sla\uff1a {x: 1}", "KB203", "its colon is full-width"),
        ("titel: x", "KB203", 'a case has no field "titel" did you mean "title"?'),
        ("related: PRN-0002", "KB202", '"related" is "PRN-0002" write a list'),
        ("related: [prn-2]", "KB205", '"prn-2" is no "0" an id is two to five capital letters'),
        ("confidence: done", "KB204", '"confidence" cannot be "done" one of: wip, not_validated'),
        ("review_by: 1.12.2026", "KB202", "write a date as 2026-11-01"),
        ("review_by: 20261201", "KB202", "write a date as 2026-11-01"),
        ("cause: ''", "KB206", '"cause" is empty'),
        ("cause:", "KB206", '"cause" is empty'),
        ("cause: [a]", "KB202", '"cause" is a list write one text here'),
        ("handling: {L4: {}}", "KB203", 'a handling has no field "L4"'),
        ("environment: {platforms: [win]}", "KB204", 'did you mean "windows"?'),
        (
            "self_service: {steps: [{action: a, command: {shell: fish, run: x}}]}",
            "KB204",
            '"shell" cannot be "fish"',
        ),
        (
            "root_cause_report: {trigger: a, impact_scope: b, optimisation_path: [c], "
            "expected_outcome: d, evidence: [{metric: m, unit: u, before: few, after: 2, "
            "source: s}]}",
            "KB202",
            '"before" is "few" write a number',
        ),
    ],
)
def test_complaints_in_our_own_words(line: str, code: str, words: str) -> None:
    """A complaint names the field and quotes the value; the hint says what to write."""
    found = findings(CASE + line)
    assert [each.code for each in found] == [code]
    assert words in f"{found[0].message} {found[0].hint}"
    assert found[0].location.line == 5


@pytest.mark.parametrize("figure", ["nan", "inf", "-inf", "1e999"])
def test_figures_are_finite(figure: str) -> None:
    """A figure that is no number would break JSON; it is told."""
    report = (
        "root_cause_report: {trigger: a, impact_scope: b, optimisation_path: [c], "
        "expected_outcome: d, evidence: [{metric: m, unit: u, "
        f"before: {figure}, after: 2, source: s}}]}}"
    )
    assert [each.code for each in findings(CASE + report)] == ["KB202"]


def test_all_complaints_in_one_run() -> None:
    """One record's faults are all told, each at its own place."""
    found = findings("id: x\ntitle: ''\nissue_type: printing\nisue: {}\n")
    assert sorted((each.code, each.location.line) for each in found) == [
        ("KB201", 1),
        ("KB203", 4),
        ("KB205", 1),
        ("KB206", 2),
    ]


def test_union_nodes_are_told_by_their_kind() -> None:
    """A fault inside a guide's node is told at the node, with the fields of its own kind."""
    text = (
        "id: GD-0001\ntitle: t\nissue_type: printing\nstart: a\nnodes:\n"
        "  a: {kind: question, text: t, answers: [{text: a, next: b}, {txt: b, next: b}]}\n"
        "  b: {kind: guidance, text: x, answer: y}\n  c: {kind: riddle}\n  d: {text: x}\n"
    )
    found = findings(text, "kb/runbooks/GD-0001.yml")
    assert sorted((each.location.line, each.code) for each in found) == [
        (6, "KB201"),
        (6, "KB203"),
        (7, "KB203"),
        (8, "KB204"),
        (9, "KB201"),
    ]
    assert any('a guidance has no field "answer"' in each.message for each in found)


def test_what_was_clean_is_not_parsed_again() -> None:
    """A remembered record is the same as a parsed one, and a changed file is parsed anew."""
    first = filed((PATH, CASE))
    source = first.records[0].source
    again = file_all((source,), first.remembered)
    assert again.records == first.records
    changed = Source(PATH, CASE.replace("标题", "新"), "another digest")
    assert file_all((changed,), first.remembered).records[0].record.title == "新"


def test_a_faulty_file_is_known_to_be_there() -> None:
    """Ids of files with a fault are kept, so that nobody is told that they do not exist."""
    filing = filed(
        (PATH, "id: ["),
        ("kb/vocabulary/teams.yml", "- {id: X}"),
        unreadable=("kb/cases/printing/PRN-0009.yml", "kb/images/a.svg"),
    )
    assert {"PRN-0001", "PRN-0009", "kb/vocabulary/teams.yml"} <= filing.unread


def test_mentions_are_found_in_texts_and_fields() -> None:
    """A record mentions what it names in fields and as [[ID]] in texts; other ids are words."""
    text = CASE.replace("标题", "见 [[NET-0001]] 与 ABC-1234") + "related: [PRN-0007]\n"
    assert filed((PATH, text)).records[0].mentions >= {"NET-0001", "PRN-0007"}
    assert "ABC-1234" not in filed((PATH, text)).records[0].mentions
