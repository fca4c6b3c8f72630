"""Every code has a sample with one fault; each sample lies over `samples/small`.

`samples/broken/<CODE>-<words>/kb` holds the faulty file, `expected.txt` what must be said of it.
What Git, editors or some file systems cannot hold is made here, by `MADE`.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.findings import CODES, Finding
from generator.loading import load
from generator.settings import Settings
from tests.conftest import SAMPLES, SMALL, TODAY

BROKEN = SAMPLES / "broken"
NAMES = sorted(folder.name for folder in BROKEN.iterdir() if folder.is_dir())
CASE = "kb/cases/printing/PRN-0002.yml"
GOOD = "id: PRN-0002\ntitle: 打印很慢\nissue_type: printing\nresolution: 改用有线网络。\n" + (
    "issue: {symptoms: [一页要等一分钟], asked_as: [打印太慢了]}\n"
)


def _bytes(content: bytes) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        (root / CASE).write_bytes(content)

    return make


def _sized(name: str, megabytes: int) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        (root / name).parent.mkdir(exist_ok=True)
        with (root / name).open("wb") as file:
            file.truncate(megabytes * 1024 * 1024)

    return make


def _link(target: str) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        (root / CASE).symlink_to(target)

    return make


def _named(name: bytes) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        folder = os.fsencode(root / "kb" / "cases" / "printing")
        with open(folder + b"/" + name, "wb") as file:
            file.write(GOOD.encode())

    return make


MADE: dict[str, Callable[[Path], None]] = {
    "KB101-not-utf-8": _bytes(GOOD.encode("gbk")),
    "KB102-fifty-megabytes": _sized(CASE, 50),
    "KB102-large-picture": _sized("kb/images/panel.png", 3),
    "KB103-link-out-of-kb": _link("/etc/passwd"),
    "KB103-link-in-a-circle": _link("PRN-0002.yml"),
    "KB104-byte-order-mark": _bytes(GOOD.encode("utf-8-sig")),
    "KB105-windows-line-ends": _bytes(GOOD.replace("\n", "\r\n").encode()),
    "KB107-name-not-utf-8": _named(b"PRN-\xff.yml"),
    "KB107-name-with-a-line-break": _named(b"PRN-0002\n.yml"),
    "KB112-hundred-thousand-brackets": _bytes(b"title: " + b"[" * 100_000),
    "KB119-nul": _bytes(GOOD.replace("很慢", "很\0慢").encode()),
    "KB201-no-settings": lambda root: (root / "kb" / "settings.yml").unlink(),
}
NEEDS_POSIX = {"KB103-link-out-of-kb", "KB103-link-in-a-circle", "KB107-name-with-a-line-break"}
NEEDS_LINUX = {"KB107-name-not-utf-8"}


def as_lines(findings: tuple[Finding, ...]) -> str:
    """Return findings as `expected.txt` holds them: place, level, code, message; and the hint."""
    lines: list[str] = []
    for finding in findings:
        lines.append(f"{finding.location}: {finding.level} {finding.code} {finding.message}\n")
        if finding.hint:
            lines.append(f"    hint: {finding.hint}\n")
    return "".join(lines)


def lay_out(name: str, root: Path) -> Settings:
    """Return the settings of a project that is `samples/small` with one sample's fault in it."""
    shutil.copytree(SMALL, root, dirs_exist_ok=True)
    shutil.copytree(BROKEN / name, root, dirs_exist_ok=True)
    if name in MADE:
        MADE[name](root)
    return Settings(root=root, today=TODAY)


@pytest.mark.parametrize("name", NAMES)
def test_sample(name: str, tmp_path: Path) -> None:
    """A broken sample is told by exactly the findings written down beside it, and nothing else."""
    if name in NEEDS_POSIX and os.name != "posix":
        pytest.skip("this file system cannot hold the sample")
    if name in NEEDS_LINUX and sys.platform != "linux":
        pytest.skip("this file system cannot hold the sample")
    findings = load(lay_out(name, tmp_path)).findings
    assert as_lines(findings) == (BROKEN / name / "expected.txt").read_text(encoding="utf-8")
    assert {finding.code for finding in findings} == {name.split("-")[0]}


def test_second_run_says_the_same(tmp_path: Path) -> None:
    """What is remembered between two runs never hides a finding."""
    for name in NAMES:
        settings = lay_out(name, tmp_path / name)
        assert load(settings).findings == load(settings).findings, name


def test_every_code_has_a_sample() -> None:
    """Every code of reading, shape, links, lifecycle, content and safety has a sample."""
    codes = {code for code in CODES if code < "KB9"}
    assert codes == {name.split("-")[0] for name in NAMES}


def test_every_made_sample_has_a_folder() -> None:
    """A sample that is made by this test has a folder with what is expected of it."""
    assert MADE.keys() <= set(NAMES)
