"""Artifacts, and the only code that writes: what is unchanged is left alone, what is stale goes.

In goes an iterable of `Artifact`s, out comes which paths were written and which were removed.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file to be: its path below the output's folder, a key, and how its bytes are made.

    The key stands for everything the bytes depend on; while it stays, nothing is made again.
    """

    path: str
    key: str
    make: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Written:
    """What a write changed: paths below the output's folder, sorted."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    collisions: tuple[str, ...]


def of_bytes(path: str, content: bytes) -> Artifact:
    """Return an artifact whose bytes are there already."""
    return Artifact(path, digest_of(content), lambda: content)


def digest_of(*parts: str | bytes) -> str:
    """Return a digest (hex) of texts or bytes, in their order."""
    contents = [part.encode() if isinstance(part, str) else part for part in parts]
    lengths = " ".join(str(len(content)) for content in contents)
    return blake2b(b"".join((lengths.encode(), b"\n", *contents)), digest_size=16).hexdigest()


def digest_of_files(paths: Iterable[Path]) -> str:
    """Return a digest (hex) of files' contents, in their order."""
    return digest_of(*(path.read_bytes() for path in paths))


def stale(folder: Path, artifacts: Iterable[Artifact], ledger: Path) -> frozenset[str]:
    """Return the paths that `write_all` would make again."""
    before = read_json(ledger) or {}
    return frozenset(
        artifact.path
        for artifact in artifacts
        if before.get(artifact.path) != [artifact.key, *_sight(f"{folder}/{artifact.path}")]
    )


def kept(folder: Path, paths: Iterable[str], ledger: Path) -> Iterator[Artifact]:
    """Yield those of the paths that the ledger knows, to be left as they are."""
    before = read_json(ledger) or {}
    for path in paths:
        if path in before and (folder / path).is_file():
            yield Artifact(path, str(before[path][0]), (folder / path).read_bytes)


def keys_digest(ledger: Path) -> str:
    """Return a digest of every path and key that a ledger holds: a name for a whole output."""
    held = read_json(ledger) or {}
    return digest_of(*(f"{path} {entry[0]}" for path, entry in sorted(held.items())))


def write_all(folder: Path, artifacts: Iterable[Artifact], ledger: Path) -> Written:
    """Make `folder` hold exactly these artifacts; `ledger` remembers their keys between runs.

    A file whose key, size and time are as the ledger says is not touched.
    """
    before: dict[str, list[object]] = read_json(ledger) or {}
    after: dict[str, list[object]] = {}
    written: list[str] = []
    collisions: list[str] = []
    folder_name = str(folder)
    if not before:
        # nothing is known of what lies there: whatever is not made now is left from another time
        before = {path.relative_to(folder).as_posix(): [] for path in _files(folder)}
    for artifact in artifacts:
        if artifact.path in after:
            collisions.append(artifact.path)
            continue
        target = f"{folder_name}/{artifact.path}"
        known = before.get(artifact.path)
        if known and known[0] == artifact.key and known[1:] == _sight(target):
            after[artifact.path] = known
            continue
        content = artifact.make()
        if not _holds(target, content):
            replace(Path(target), content)
            written.append(artifact.path)
        after[artifact.path] = [artifact.key, *_sight(target)]
    removed = sorted(before.keys() - after.keys())
    for path in removed:
        remove(folder, path)
    if after != before:
        replace(ledger, json.dumps(after, ensure_ascii=False, separators=(",", ":")).encode())
    return Written(tuple(sorted(written)), tuple(removed), tuple(sorted(collisions)))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if not path.is_dir()]


def _sight(path: str) -> list[object]:
    """Return what can be seen of a file without opening it: size and time of change."""
    try:
        status = os.stat(path)
    except OSError:
        return []
    return [status.st_size, status.st_mtime_ns]


def _holds(path: str, content: bytes) -> bool:
    try:
        return Path(path).read_bytes() == content
    except OSError:
        return False


def folder_at(path: Path) -> Path:
    """Return `path`, which is a folder from now on."""
    path.mkdir(parents=True, exist_ok=True)
    return path


def replace(path: Path, content: bytes) -> None:
    """Put `content` at `path` in one step: a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(content)
    new.replace(path)


def replace_private(path: Path, content: bytes) -> None:
    """Put a new file at `path` that only its owner may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def remove(folder: Path, path: str) -> None:
    """Remove a file below `folder`, and the folders that it leaves empty."""
    target = folder / path
    target.unlink(missing_ok=True)
    for parent in target.parents:
        if parent == folder or not parent.is_relative_to(folder):
            break
        try:
            parent.rmdir()
        except OSError:
            break


def read_json(path: Path) -> dict[str, list[object]] | None:
    """Return the mapping in a JSON file of our own; None where it is missing or broken."""
    try:
        held = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return held if isinstance(held, dict) else None


def remember(path: Path, entries: Mapping[str, str], before: Mapping[str, str]) -> None:
    """Keep a mapping of texts for the next run; only what differs from `before` is written.

    `before` is what `remembered` gave for this path.
    """
    gone = [(key,) for key in before.keys() - entries.keys()]
    new = [(key, value) for key, value in entries.items() if before.get(key) != value]
    if not gone and not new:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        _keep(path, gone, new)
    except sqlite3.DatabaseError:
        path.unlink(missing_ok=True)
        _keep(path, [], list(entries.items()))


def _keep(path: Path, gone: list[tuple[str]], new: list[tuple[str, str]]) -> None:
    with closing(sqlite3.connect(path)) as store, store:
        store.execute("create table if not exists kept (key text primary key, value text)")
        store.executemany("delete from kept where key = ?", gone)
        store.executemany("insert or replace into kept values (?, ?)", new)


def remembered(path: Path) -> dict[str, str]:
    """Return the mapping that `remember` kept; empty where it is missing or broken."""
    if not path.is_file():
        return {}
    try:
        with closing(sqlite3.connect(path)) as store:
            return dict(store.execute("select key, value from kept"))
    except sqlite3.DatabaseError:
        return {}
