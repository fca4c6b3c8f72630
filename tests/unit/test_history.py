"""Who changed what, read from a real repository."""

from __future__ import annotations

import os
import subprocess
from datetime import date
from pathlib import Path

import pytest

from generator.history import NO_STAMP, read_history

KEEP_OUT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.com",
}


@pytest.fixture(autouse=True)
def own_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the user's own Git settings and hooks out of the tests."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in KEEP_OUT.items():
        monkeypatch.setenv(name, value)


def git(folder: Path, *words: str, day: str = "2026-11-01") -> None:
    """Run git in a folder, on a fixed day."""
    when = {"GIT_AUTHOR_DATE": f"{day}T12:00:00Z", "GIT_COMMITTER_DATE": f"{day}T12:00:00Z"}
    subprocess.run(
        ["git", *words], cwd=folder, env=os.environ | when, check=True, capture_output=True
    )


def commit(folder: Path, files: dict[str, str | None], message: str, day: str) -> None:
    """Write or remove files and commit them."""
    for name, text in files.items():
        path = folder / name
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-m", message, day=day)


def test_changes_newest_first(tmp_path: Path) -> None:
    """Every file has its commits, newest first, with day, subject and the team of the trailer."""
    git(tmp_path, "init")
    commit(tmp_path, {"kb/a.yml": "1", "other.txt": "1"}, "first", "2026-10-01")
    commit(tmp_path, {"kb/a.yml": "2", "kb/b.yml": "1"}, "second\n\nTeam: network\n", "2026-10-02")
    history = read_history(tmp_path)
    assert [(each.subject, each.on, each.team) for each in history.changes["kb/a.yml"]] == [
        ("second", date(2026, 10, 2), "network"),
        ("first", date(2026, 10, 1), None),
    ]
    assert history.changes.keys() == {"kb/a.yml", "kb/b.yml"}
    assert history.stamp.is_clean and history.stamp.version.startswith("2026.10.02-")


def test_removed_files_are_remembered(tmp_path: Path) -> None:
    """A file that was removed keeps its history, so that its id is never given again."""
    git(tmp_path, "init")
    commit(tmp_path, {"kb/cases/printing/PRN-0009.yml": "1"}, "in", "2026-10-01")
    commit(tmp_path, {"kb/cases/printing/PRN-0009.yml": None, "kb/x.yml": ""}, "out", "2026-10-02")
    assert len(read_history(tmp_path).changes["kb/cases/printing/PRN-0009.yml"]) == 2


def test_names_in_any_script(tmp_path: Path) -> None:
    """File names with Chinese letters, spaces and quotes are the files' own names."""
    git(tmp_path, "init")
    names = {"kb/打印机.yml": "1", "kb/a b.yml": "1", 'kb/q"q.yml': "1"}
    commit(tmp_path, dict(names), "odd names", "2026-10-01")
    assert read_history(tmp_path).changes.keys() == names.keys()


def test_project_inside_a_larger_repository(tmp_path: Path) -> None:
    """Paths begin at the project's root, wherever it lies in the repository."""
    git(tmp_path, "init")
    commit(tmp_path, {"sub/project/kb/a.yml": "1", "kb/other.yml": "1"}, "both", "2026-10-01")
    assert read_history(tmp_path / "sub" / "project").changes.keys() == {"kb/a.yml"}


def test_local_changes_are_marked(tmp_path: Path) -> None:
    """A knowledge base that differs from its commit says so in its version."""
    git(tmp_path, "init")
    commit(tmp_path, {"kb/a.yml": "1"}, "first", "2026-10-01")
    (tmp_path / "kb" / "b.yml").write_text("", encoding="utf-8")
    assert read_history(tmp_path).stamp.version.endswith("+")


def test_subject_with_odd_characters(tmp_path: Path) -> None:
    """A commit message may hold anything that Git lets through."""
    git(tmp_path, "init")
    commit(tmp_path, {"kb/a.yml": "1"}, "a\x1eb\x1fc %H 中文", "2026-10-01")
    assert read_history(tmp_path).changes["kb/a.yml"][0].subject.endswith("中文")


def test_without_git(tmp_path: Path) -> None:
    """Outside Git, and before the first commit, there is no history and a fixed stamp."""
    (tmp_path / "kb").mkdir()
    assert read_history(tmp_path).stamp == NO_STAMP
    git(tmp_path, "init")
    assert read_history(tmp_path).changes == {}
