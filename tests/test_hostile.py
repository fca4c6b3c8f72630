"""Files of a megabyte made to keep a reader busy: each is read, and told, like any other.

What is asserted is that a finding comes back; a search that never ends would be seen as a test that
never ends.
"""

from __future__ import annotations

import json

import pytest

from generator.loading import load
from tests.conftest import KbFrom

MEGABYTE = 1_000_000
CASE = "id: PRN-0002\ntitle: 标题\nissue_type: printing\nissue: {symptoms: [一], asked_as: [二]}\n"
PATH = "kb/cases/printing/PRN-0002.yml"
MARKDOWN = (
    "---\nid: PRN-0002\ntitle: 标题\nissue_type: printing\nresolution: 好了\n---\n"
    "## 现象\n- 一\n## 用户怎么说\n- 二\n"
)


def _times(word: str) -> str:
    return word * (900_000 // len(word.encode()))


TEXTS = {
    "mail": _times("a") + "@",
    "mail parts": _times("a@"),
    "autolinks": _times("<http://"),
    "definitions": _times("[a\n"),
    "links": _times("]("),
    "code": _times("`` "),
    "html": _times("<a "),
    "secrets": _times("token:"),
    "json web tokens": _times("eyJ-"),
    "numbers": _times("+1 "),
    "versions": _times("版本 1.2 "),
    "references": _times("[["),
}
COMMANDS = {
    "rm": "rm -" + _times("r"),
    "dd": _times("dd "),
    "find": _times("find "),
    "net": _times("net user "),
    "spaces": "rm" + _times(" "),
}
BODIES = {
    "heading of spaces": "## " + _times(" ") + "x",
    "fence of spaces": "## L1\n1. a\n```" + _times(" ") + "!",
    "bullet of spaces": "## L1\n" + _times(" ") + "x",
    "label": "## L1\n- " + _times("a"),
    "headings": _times("## x\n"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts(name: str, kb_from: KbFrom) -> None:
    """A text that makes a search begin again and again is searched once."""
    text = json.dumps(TEXTS[name], ensure_ascii=False)
    loaded = load(kb_from({PATH: f"{CASE}resolution: {text}\n"}))
    assert loaded.knowledge is not None


@pytest.mark.parametrize("name", COMMANDS)
def test_commands(name: str, kb_from: KbFrom) -> None:
    """A command that makes a search begin again and again is searched once."""
    step = {"action": "a", "command": {"shell": "bash", "run": COMMANDS[name]}}
    tiers = json.dumps({"L2": {"steps": [step]}}, ensure_ascii=False)
    loaded = load(kb_from({PATH: f"{CASE}resolution: a\nhandling: {tiers}\n"}))
    assert loaded.knowledge is not None


@pytest.mark.parametrize("name", BODIES)
def test_markdown(name: str, kb_from: KbFrom) -> None:
    """A Markdown record with one enormous line, or enormously many, ends in findings."""
    loaded = load(kb_from({PATH.replace(".yml", ".md"): MARKDOWN + BODIES[name] + "\n"}))
    assert loaded.has_errors


def test_unknown_fields_without_end(kb_from: KbFrom) -> None:
    """A file with a hundred thousand wrong fields tells the first hundred."""
    fields = "".join(f"f{number}: x\n" for number in range(100_000))
    findings = load(kb_from({PATH: CASE + fields})).findings
    assert len(findings) == 100 and {each.code for each in findings} == {"KB203"}


def test_findings_without_end(kb_from: KbFrom) -> None:
    """Thousands of findings in one file do not read that file thousands of times."""
    entries = "".join(f"- 61.135.{number % 250}.{number // 250 + 1}\n" for number in range(20_000))
    verification = "verification:\n" + entries
    findings = load(kb_from({PATH: f"{CASE}resolution: 好\n{verification}"})).findings
    assert len(findings) > 10_000


def test_long_guide(kb_from: KbFrom) -> None:
    """A guide of ten thousand questions in a row is walked once."""
    nodes = "".join(
        f"  n{at}: {{kind: question, text: t, answers: [{{text: a, next: n{at + 1}}},"
        f" {{text: b, next: n{at + 1}}}]}}\n"
        for at in range(9_000)
    )
    guide = (
        "id: GD-0001\ntitle: t\nissue_type: printing\nstart: n0\nnodes:\n"
        f"{nodes}  n9000: {{kind: guidance, text: x}}\n"
    )
    assert load(kb_from({"kb/runbooks/GD-0001.yml": guide})).findings == ()


def test_many_empty_files(kb_from: KbFrom) -> None:
    """A thousand faulty files are a thousand findings in one run."""
    files = {f"kb/cases/printing/PRN-{number:04}.yml": "" for number in range(1000)}
    assert len(load(kb_from(files)).findings) == 1000
