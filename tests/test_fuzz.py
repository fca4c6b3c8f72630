"""Whatever a file holds, reading and checking it ends in findings and never in an exception."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from generator import checks
from generator.history import NO_STAMP, History
from generator.knowledge import join
from generator.records import file_all
from generator.report import FORMATS
from generator.settings import Settings
from generator.sources import gather
from tests.conftest import SAMPLES, SMALL, TODAY

FULL = SAMPLES / "full"
GOOD = tuple(sorted(path for path in (FULL / "kb").rglob("*") if path.suffix in (".yml", ".md")))
PLACES = (
    "kb/cases/printing/PRN-0002.yml",
    "kb/cases/printing/PRN-0002.md",
    "kb/cases/printing/PRN-0001.en.yml",
    "kb/runbooks/RB-0001.md",
    "kb/runbooks/GD-0001.yml",
    "kb/sites/mill.yml",
    "kb/vocabulary/teams.yml",
    "kb/settings.yml",
)
BOUNDED = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
FEWER = settings(BOUNDED, max_examples=80)


def read(project: Path, name: str, content: bytes) -> None:
    """Put one file into a project, go through all stages twice, and put back what was there."""
    path = project / name
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_bytes() if path.exists() else None
    path.write_bytes(content)
    try:
        told = [run(project, {}), run(project, {})]
        assert told[0] == told[1]
    finally:
        path.unlink()
        if before is not None:
            path.write_bytes(before)


def run(project: Path, remembered: dict[str, str]) -> str:
    """Return what is said of a project; what was remembered must not change it."""
    gathered = gather(project)
    filing = file_all(gathered.sources, remembered, gathered.unread)
    again = file_all(gathered.sources, filing.remembered, gathered.unread)
    assert (again.records, again.translations) == (filing.records, filing.translations)
    knowledge, joined = join(
        Settings(project, TODAY), filing, gathered.pictures, History({}, NO_STAMP)
    )
    findings = [*gathered.findings, *filing.findings, *joined]
    if knowledge is not None:
        findings.extend(checks.check(knowledge, frozenset())[0])
    for form in FORMATS.values():
        form(sorted(findings))
    return FORMATS["text"](sorted(findings))


_WORDS = """
id title issue symptoms handling L1 steps action command shell run escalate to when nodes kind
question guidance start answers next PRN-0002 GD-0001 printing 2026-11-01 source_digest null
[[PRN-0001]] ~ true 0x7b <b> ](javascript: 密码:Ab123456 *a &a !!str ``` ## --- 现象 L2 预期:
"""
_GLUE = (
    ": |\n|\n  |\n    |- |\n- |[|]|{|}|, |\"|'|#|\t|---\n|\n---\n|\n## |\n1. |\n   - |```\n|\r\n|? "
    "|\x85|\u2028"
)
YAMLISH = st.lists(
    st.one_of(
        st.sampled_from(_WORDS.split()),
        st.sampled_from([*_GLUE.split("|"), "|\n  "]),
        st.text(max_size=4),
    ),
    max_size=60,
).map("".join)


@BOUNDED
@given(name=st.sampled_from(PLACES), content=st.binary(max_size=400))
@example(name=PLACES[0], content=b"")
@example(name=PLACES[0], content=b"\xef\xbb\xbf")
@example(name=PLACES[1], content=b"---\n---")
def test_random_bytes(name: str, content: bytes) -> None:
    """Random bytes in the place of any file are told as findings."""
    with _project() as project:
        read(Path(project), name, content)


@BOUNDED
@given(name=st.sampled_from(PLACES), text=YAMLISH)
@example(name=PLACES[1], text="---\nissue: text\n---\n## 现象\n- a\n")
@example(name=PLACES[1], text="---\nhandling: {L1: {steps: [a]}}\n---\n## L1\n1. b\n   - 预期:c\n")
@example(name=PLACES[0], text="? [a]\n: b\n")
@example(name=PLACES[0], text="handling: {L1: {steps: {0: a}}}")
def test_random_yaml(name: str, text: str) -> None:
    """Text that looks like YAML or Markdown in the place of any file is told as findings."""
    with _project() as project:
        read(Path(project), name, text.encode("utf-8", "surrogatepass"))


@FEWER
@given(data=st.data())
def test_mutated_records(data: st.DataObject) -> None:
    """A good record with lines dropped, doubled, moved or replaced is told as findings."""
    path = data.draw(st.sampled_from(GOOD))
    lines = path.read_text(encoding="utf-8").split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        _mutate(lines, data)
    with _project(FULL) as project:
        read(Path(project), path.relative_to(FULL).as_posix(), "\n".join(lines).encode())


def _mutate(lines: list[str], data: st.DataObject) -> None:
    if not lines:
        return
    at, other = (data.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    key, colon, _ = lines[at].partition(":")
    kind = data.draw(st.sampled_from(["drop", "double", "swap", "replace", "cut", "indent"]))
    if kind == "drop":
        del lines[at]
    elif kind == "double":
        lines.insert(other, lines[at])
    elif kind == "swap":
        lines[at], lines[other] = lines[other], lines[at]
    elif kind == "replace":
        value = data.draw(
            st.sampled_from(["[]", "{}", "", "[a]", "{a: b}", "null", "1e999", "nan"])
        )
        lines[at] = f"{key}{colon or ':'} {value}"
    elif kind == "cut":
        lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
    else:
        lines[at] = "  " + lines[at]


def _project(sample: Path = SMALL) -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory()
    shutil.copytree(sample, folder.name, dirs_exist_ok=True)
    return folder
