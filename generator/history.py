"""Who changed which file under `kb/` and when, read from Git in one pass."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

# GitPython refuses to be imported where there is no git, unless told to wait until it is used
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")

import git

# a commit begins with this mark and its hash; with NUL between all parts nothing can look like it
_RECORD = "\x1e"
_COMMIT = re.compile("\n?\x1e([0-9a-f]{40,64})")
_TEAM = re.compile(r"^Team:\s*([a-z0-9-]+)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Change:
    """One commit that touched a file: its day, its subject, the team of its `Team:` trailer."""

    commit: str
    on: date
    subject: str
    team: str | None


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which state of the knowledge base this is: the last commit's hash and time (Unix seconds)."""

    commit: str
    time: int
    is_clean: bool
    previous: str = ""
    """The version before: that of the commit's first parent; empty where there is none."""

    @property
    def on(self) -> date:
        """The day of the commit (UTC)."""
        return date.fromordinal(date(1970, 1, 1).toordinal() + self.time // 86400)

    @property
    def version(self) -> str:
        """The day and the short hash, with a mark where files differ from the commit."""
        mark = "" if self.is_clean else "+"
        return f"{self.on:%Y.%m.%d}-{self.commit[:8]}{mark}"


NO_STAMP = Stamp("00000000", 315532800, False)
"""Outside Git: the first day that a zip archive can hold."""


@dataclass(frozen=True, slots=True)
class History:
    """The changes of every file, newest first, by path relative to the project's root."""

    changes: Mapping[str, tuple[Change, ...]]
    stamp: Stamp


def read_history(root: Path) -> History:
    """Return the history of `root/kb`; empty where there is no Git or no commit."""
    try:
        repository = git.Repo(root, search_parent_directories=True)
        head = repository.head.commit
        prefix = root.resolve().relative_to(Path(repository.working_dir).resolve()).as_posix()
        dirty = bool(repository.git.status("--porcelain", "--", str(root / "kb")))
        log = repository.git.log(
            f"--format={_RECORD}%H%x00%ct%x00%s%x00%b%x00",
            "--name-only",
            "--no-renames",
            "-z",
            "--",
            str(root / "kb"),
        )
    except (git.InvalidGitRepositoryError, git.GitCommandError, OSError, ValueError):
        return History({}, NO_STAMP)
    parents = [Stamp(each.hexsha, each.committed_date, True).version for each in head.parents[:1]]
    stamp = Stamp(head.hexsha, head.committed_date, not dirty, "".join(parents))
    return History(_changes(log, "" if prefix == "." else prefix + "/"), stamp)


def _changes(log: str, prefix: str) -> dict[str, tuple[Change, ...]]:
    changes: dict[str, list[Change]] = {}
    parts = iter(log.split("\0"))
    change: Change | None = None
    for part in parts:
        commit = _COMMIT.fullmatch(part)
        if commit:
            change = _change(commit.group(1), next(parts), next(parts), next(parts))
        elif change is not None:
            name = part.lstrip("\n")
            if name.startswith(prefix + "kb/"):
                changes.setdefault(name.removeprefix(prefix), []).append(change)
    return {name: tuple(each) for name, each in changes.items()}


def _change(commit: str, time: str, subject: str, body: str) -> Change:
    day = date.fromordinal(date(1970, 1, 1).toordinal() + int(time) // 86400)
    team = _TEAM.search(body)
    return Change(commit[:8], day, subject, team.group(1) if team else None)
