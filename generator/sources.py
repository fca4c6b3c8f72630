"""Walks `kb/`: in goes a folder, out come its files' texts with their digests, and findings."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from generator.drawings import active_part
from generator.findings import Finding, Location

TEXT_LIMIT = 1024 * 1024
PICTURE_LIMIT = 2 * 1024 * 1024
RECORD_SUFFIXES = frozenset({".yml", ".yaml", ".md"})
PICTURE_SUFFIXES = frozenset({".svg", ".png", ".jpg", ".jpeg"})
# NUL and friends, and the characters that turn the reading direction (U+202A..E, U+2066..9)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Source:
    """One text file: its path relative to the project's root, its text, its digest (hex)."""

    path: str
    text: str
    digest: str


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its path relative to `kb/`, where it lies, its digest (hex)."""

    name: str
    file: Path
    digest: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """Every file of a knowledge base, sorted by path."""

    sources: tuple[Source, ...]
    pictures: tuple[Picture, ...]
    findings: tuple[Finding, ...]

    @property
    def unread(self) -> tuple[str, ...]:
        """Paths of files that are there and could not be read."""
        read = {source.path for source in self.sources}
        return tuple(sorted({finding.location.path for finding in self.findings} - read))


def gather(root: Path) -> Gathered:
    """Return all files below `root/kb`; files that cannot be used end in a finding."""
    sources: list[Source] = []
    pictures: list[Picture] = []
    findings: list[Finding] = []
    for entry in _walk(str(root / "kb"), root, findings):
        path = _shown(entry.path, root)
        try:
            _take(entry, path, root, sources, pictures, findings)
        except OSError as error:
            findings.append(_unreadable(path, error))
    return Gathered(tuple(sources), tuple(pictures), tuple(findings))


def _walk(folder: str, root: Path, findings: list[Finding]) -> Iterator[os.DirEntry[str]]:
    """Yield every file below `folder`; not by recursion, however deep the folders are."""
    waiting = _entries(folder, root, findings)
    while waiting:
        entry = waiting.pop()
        if entry.name.startswith(".") or entry.name.endswith("~"):
            continue
        if entry.is_dir(follow_symlinks=False):
            waiting.extend(_entries(entry.path, root, findings))
        else:
            yield entry


def _entries(folder: str, root: Path, findings: list[Finding]) -> list[os.DirEntry[str]]:
    """Return what lies in a folder, last name first."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name, reverse=True)
    except OSError as error:
        findings.append(_unreadable(_shown(folder, root), error))
        return []


def _shown(path: str, root: Path) -> str:
    """Return a path relative to `root`; characters that cannot be printed are written as codes."""
    relative = path[len(str(root)) + 1 :].replace(os.sep, "/")
    if relative.isprintable():
        return relative
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in relative
    )


def _unreadable(path: str, error: OSError) -> Finding:
    message = f"this cannot be read: {error.strerror}"
    return Finding(Location(path), "KB107", message, "mend its rights or its name")


def _take(
    entry: os.DirEntry[str],
    path: str,
    root: Path,
    sources: list[Source],
    pictures: list[Picture],
    findings: list[Finding],
) -> None:
    def complain(code: str, message: str, hint: str) -> None:
        findings.append(Finding(Location(path), code, message, hint))

    if not entry.name.isprintable() or not entry.path.isprintable():
        return complain("KB107", "the name holds characters that cannot be shown", "rename it")
    if entry.is_symlink():
        target = Path(os.path.realpath(entry.path))
        if not target.is_relative_to((root / "kb").resolve()) or not target.is_file():
            where = "leads to no file" if not target.is_file() else "leaves kb/"
            return complain("KB103", f"this link {where}", "copy the file in, or remove the link")
    if not entry.is_file():
        return complain("KB107", "this is neither a file nor a folder", "remove it")
    suffix = os.path.splitext(entry.name)[1].lower()
    limit = TEXT_LIMIT if suffix in RECORD_SUFFIXES else PICTURE_LIMIT
    if suffix not in RECORD_SUFFIXES | PICTURE_SUFFIXES:
        return complain("KB106", f'"{entry.name}" is no record and no picture', "move it elsewhere")
    size = entry.stat().st_size
    if size > limit:
        return complain(
            "KB102", f"{size:,} bytes; the limit is {limit:,}", "cut it down or move it elsewhere"
        )
    with open(entry.path, "rb") as file:
        content = file.read()
    digest = blake2b(content, digest_size=16).hexdigest()
    active = active_part(content) if suffix == ".svg" else None
    if active:
        hint = "save it as a plain drawing, or as PNG"
        return complain("KB607", f'"{active}" in a picture', hint)
    if suffix in PICTURE_SUFFIXES:
        pictures.append(Picture(path.removeprefix("kb/"), Path(entry.path), digest))
        return None
    text = _decode(content, path, findings)
    if text is not None:
        sources.append(Source(path, text, digest))
    return None


def _decode(content: bytes, path: str, findings: list[Finding]) -> str | None:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        findings.append(
            Finding(
                Location(path, line, column),
                "KB101",
                f"the byte 0x{content[error.start]:02x} is not UTF-8",
                "save the file again as UTF-8",
            )
        )
        return None
    if text.startswith("\ufeff"):
        text = text[1:]
        findings.append(
            Finding(
                Location(path),
                "KB104",
                "the file begins with a byte order mark",
                'save it as "UTF-8" without BOM',
            )
        )
    if "\r" in text:
        line = text.count("\n", 0, text.index("\r")) + 1
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        findings.append(
            Finding(
                Location(path, line),
                "KB105",
                "the line ends in CR LF",
                "save the file with LF line ends",
            )
        )
    hidden = _CONTROLS.search(text)
    if hidden:
        line = text.count("\n", 0, hidden.start()) + 1
        column = hidden.start() - (text.rfind("\n", 0, hidden.start()) + 1) + 1
        findings.append(
            Finding(
                Location(path, line, column),
                "KB119",
                f"the character U+{ord(hidden.group()):04X} cannot be seen",
                "remove it",
            )
        )
        return None
    return text
