"""The command line: what it prints, and with which code it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator.findings import CODES
from generator.settings import Settings
from tests.conftest import KbFrom

CHECKOUT = Path(__file__).parents[2]


def run(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `kb` as a user would, with nothing on standard input."""
    return subprocess.run(
        [sys.executable, "-m", "generator", *words],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "KB_TODAY": "2026-11-22", **environment},
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_clean(small: Settings) -> None:
    """A knowledge base without findings ends with 0 and says so."""
    done = run("validate", "--strict", cwd=small.root)
    assert (done.returncode, done.stdout, done.stderr) == (0, "no findings\n", "")


def test_findings(kb_from: KbFrom) -> None:
    """Errors end with 1, warnings only with --strict; the place, code and hint are printed."""
    root = kb_from({"kb/cases/printing/x.txt": ""}).root
    assert run("validate", cwd=root).returncode == 0
    assert run("validate", "--strict", cwd=root).returncode == 1
    (root / "kb" / "cases" / "printing" / "PRN-0001.yml").write_text("a: [", encoding="utf-8")
    done = run("validate", cwd=root)
    assert done.returncode == 1
    assert "kb/cases/printing/PRN-0001.yml:2:1: error KB110" in done.stdout
    assert done.stdout.endswith("1 error and 1 warning; kb explain KB110 says more\n")


def test_paths_narrow_what_is_shown(kb_from: KbFrom) -> None:
    """Paths narrow the findings that are shown; a path that is not there is wrong usage."""
    files = {f"kb/cases/{name}/x.txt": "" for name in ("printing", "network")}
    root = kb_from(files).root
    shown = run("validate", "kb/cases/network", cwd=root).stdout
    assert "network/x.txt" in shown and "printing/x.txt" not in shown
    done = run("validate", "kb/cases/netwrok", cwd=root)
    assert done.returncode == 2 and "netwrok" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("validate", "--nonsense"),
        ("explain", "KB999"),
        ("schema", "nonsense"),
        ("stamp",),
        ("stamp", "PRN-0404"),
        ("new", "case"),
        ("new", "case", "--type", "nonsense", "--title", "t"),
        ("new", "translation", "PRN-0001", "fr"),
    ],
)
def test_wrong_usage(words: tuple[str, ...], small: Settings) -> None:
    """Wrong usage ends with 2 and one message without a traceback; nothing is written."""
    before = sorted(small.kb.rglob("*"))
    done = run(*words, cwd=small.root)
    assert done.returncode == 2 and done.stderr and "Traceback" not in done.stderr
    assert sorted(small.kb.rglob("*")) == before


def test_no_project(tmp_path: Path) -> None:
    """Outside a project the user is told where to go."""
    done = run("validate", cwd=tmp_path)
    assert done.returncode == 2 and "--project" in done.stderr


def test_wrong_day(small: Settings) -> None:
    """A KB_TODAY that is no date is wrong usage."""
    done = run("validate", cwd=small.root, KB_TODAY="tomorrow")
    assert done.returncode == 2 and "tomorrow" in done.stderr


def test_a_fault_of_the_tool_is_told_calmly(small: Settings) -> None:
    """An unexpected exception ends with 3, one message, and a traceback only with --debug."""
    (small.root / "build").write_text("a file where a folder should be", encoding="utf-8")
    done = run("validate", cwd=small.root)
    assert done.returncode == 3 and "Traceback" not in done.stderr and "--debug" in done.stderr
    assert "Traceback" in run("--debug", "validate", cwd=small.root).stderr


def test_explain_knows_every_code(small: Settings) -> None:
    """Every code is explained, in small letters too."""
    for code in list(CODES)[:3]:
        assert CODES[code].title in run("explain", code.lower(), cwd=small.root).stdout


def test_a_poor_terminal(kb_from: KbFrom) -> None:
    """A terminal that cannot show Chinese gets codes for it, and never a traceback."""
    root = kb_from({"kb/cases/printing/打印.txt": ""}).root
    done = run("validate", cwd=root, PYTHONIOENCODING="cp1252")
    assert done.returncode == 0 and "\\u6253\\u5370" in done.stdout


def test_new_translate_stamp(small: Settings) -> None:
    """The way of a translation: begin it, fill it, change the source, stamp it."""
    root = small.root
    done = run("new", "case", "--type", "printing", "--title", "卡纸", cwd=root)
    assert done.returncode == 0 and "kb/cases/printing/PRN-0002.yml" in done.stdout
    path = "kb/cases/printing/PRN-0001.en.yml"
    assert run("new", "translation", "PRN-0001", "en", cwd=root).returncode == 0
    assert run("new", "translation", "PRN-0001", "en", cwd=root).returncode == 2
    source = root / "kb/cases/printing/PRN-0001.yml"
    source.write_text(source.read_text("utf-8").replace("打印机脱机", "打印机离线"), "utf-8")
    assert "KB403" in run("validate", cwd=root).stdout
    inside = run("stamp", "PRN-0001.en.yml", cwd=root / "kb/cases/printing")
    assert inside.stdout == f"{path}: stamped\n"
    assert "KB403" not in run("validate", cwd=root).stdout
    assert "nothing to stamp" in run("stamp", "--all", cwd=root).stdout


def test_feedback_names_the_files_it_leaves_out(small: Settings) -> None:
    """What can be read is reported with its title; what cannot is named, and the exit code is 1."""
    row = {"id": "PRN-0001", "language": "zh", "helped": False, "comment": "step\x1b[2J 3"}
    rows = [row | {"at": "2026-11-20T10:00:00Z"}, {"id": 7}]
    content = {"format": "tierbook-feedback-1", "device": "d", "answers": rows}
    (small.root / "good.json").write_text(json.dumps(content), encoding="utf-8")
    (small.root / "bad.json").write_text("[", encoding="utf-8")
    done = run("feedback", "good.json", cwd=small.root)
    assert done.returncode == 0
    assert "1 did not help, 0 helped  PRN-0001  " in done.stdout
    assert "1 device · zh · last 2026-11-20" in done.stdout
    assert "- step [2J 3" in done.stdout and "\x1b" not in done.stdout
    assert "good.json: 1 entries are no answers" in done.stderr
    done = run("feedback", "bad.json", "gone.json", "good.json", "--json", cwd=small.root)
    assert done.returncode == 1
    assert "left out: bad.json is not JSON" in done.stderr and "gone.json" in done.stderr
    assert json.loads(done.stdout)[0]["failed"] == 1


def test_every_command_has_an_example(small: Settings) -> None:
    """`--help` of every command shows a worked example."""
    for words in (["validate"], ["explain"], ["schema"], ["stamp"], ["new"], ["new", "case"]):
        assert "Example:  kb " in run(*words, "--help", cwd=small.root).stdout
