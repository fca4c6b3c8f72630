"""The handbook's fonts, which come from packages: where they lie, which characters they have.

In goes a manuscript, out comes one that only holds characters with a picture, and findings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from fontTools.ttLib import TTFont

from generator.books.typesetting import Manuscript, Passage
from generator.findings import Finding, Location

PACKAGES = (
    "fontpkg-noto-sans",
    "fontpkg-noto-sans-thai",
    "fontpkg-jetbrains-mono",
    "manimgx-fonts-cjk",
)
REPLACEMENT = "□"
_SIMPLIFIED_CHINESE = 2
"""The place of Noto Sans CJK SC in its collection."""
_UNSEEN = frozenset((0xAD, 0x200B, 0x200C, 0x2060))


def folders() -> tuple[Path, ...]:
    """Return the folders that hold the fonts. Raises `ModuleNotFoundError`."""
    return tuple(map(_folder, PACKAGES))


def _folder(package: str) -> Path:
    spec = find_spec(package.replace("-", "_"))
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"the fonts of {package} are not installed", name=package)
    folder = Path(spec.submodule_search_locations[0])
    return folder / "files" if (folder / "files").is_dir() else folder


def versions() -> str:
    """Return the fonts' packages with their versions: other fonts are other pages."""
    return " ".join(f"{package} {version(package)}" for package in PACKAGES)


@cache
def covered() -> frozenset[int]:
    """Return the characters that the fonts have."""
    found: set[int] = set(range(0x20, 0x7F)) | _UNSEEN
    for folder in folders():
        for file in sorted(folder.glob("*.[ot]t[fc]")):
            number = _SIMPLIFIED_CHINESE if file.suffix == ".ttc" else -1
            with TTFont(file, fontNumber=number, lazy=True) as font:
                # asked is whether there is a glyph; to read the names takes five times as long
                font.setGlyphOrder([""] * font["maxp"].numGlyphs)
                found.update(font.getBestCmap())
    return frozenset(found)


def mended(
    manuscript: Manuscript, characters: frozenset[int]
) -> tuple[Manuscript, tuple[Finding, ...]]:
    """Return the manuscript with a box for each character that is not among `characters`.

    Outside of string literals a manuscript is ASCII, so this touches texts only.
    """
    passages: list[Passage] = []
    findings: dict[Finding, None] = {}
    for passage in manuscript.passages:
        missing = {ord(each) for each in set(passage.text)} - characters - {ord("\n")}
        if missing:
            findings.update(dict.fromkeys(_findings(manuscript, passage, sorted(missing))))
            text = passage.text.translate(dict.fromkeys(missing, REPLACEMENT))
            passage = replace(passage, text=text)
        passages.append(passage)
    return replace(manuscript, passages=tuple(passages)), tuple(findings)


def _findings(manuscript: Manuscript, passage: Passage, missing: list[int]) -> Iterator[Finding]:
    for code in missing:
        message = f"the handbook's fonts have no {chr(code)} (U+{code:04X})"
        yield Finding(
            _place(manuscript, passage, chr(code)), "KB902", message, "use another character"
        )


def _place(manuscript: Manuscript, passage: Passage, character: str) -> Location:
    for source in (*passage.sources, *manuscript.sources):
        before, found, _ = source.text.partition(character)
        if found:
            line = before.count("\n") + 1
            return Location(source.path, line, len(before) - before.rfind("\n"))
    return Location(passage.sources[0].path if passage.sources else manuscript.path)
