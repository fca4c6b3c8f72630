"""What is made of the full sample is what was made before: `make golden`, and read the difference.

Two readers are kept, to be small: the house in Chinese, the public in Thai and Chinese; one
handbook as the manuscript that Typst sets, a few pages of one as an e-book, one bundle's manifest
without what engines decide.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from generator.build import PARTS, make
from generator.knowledge import KnowledgeBase
from generator.loading import load
from generator.printing import handbooks
from generator.settings import Settings
from tests.conftest import FULL, TODAY

pytestmark = pytest.mark.engine

GOLDEN = Path(__file__).parent / "golden"
LIMIT = 600_000
"""Bytes that the golden files may have together: somebody must read their differences."""
KEPT = {"internal": ("zh",), "public": ("zh", "th")}
HANDBOOK, BUNDLE = "mill", "quay"
EBOOK = "mill-th"
EBOOK_FILES = ("package.opf", "nav.xhtml", "start.xhtml", "emergency.xhtml", "PRN-0001.xhtml")
_HASHED = re.compile(r"\.[0-9a-f]{8}\.min\.")
SHOWN_FILES, SHOWN_LINES = 3, 12


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """Return the full sample, everything made from it."""
    root = tmp_path_factory.mktemp("golden")
    shutil.copytree(FULL, root, dirs_exist_ok=True)
    knowledge = load(Settings(root, TODAY)).knowledge
    assert knowledge is not None
    assert [each.findings for each in make(knowledge, PARTS) if each.findings] == []
    return knowledge


def _pages(knowledge: KnowledgeBase) -> Iterator[tuple[str, str]]:
    for edition, languages in KEPT.items():
        folder = knowledge.settings.build / "pages" / edition
        yield f"{edition}/site.json", (folder / ".site.json").read_text("utf-8")
        for language in languages:
            for path in sorted((folder / language).rglob("*.md")):
                yield f"{edition}/{path.relative_to(folder).as_posix()}", path.read_text("utf-8")


def _api(knowledge: KnowledgeBase) -> Iterator[tuple[str, str]]:
    for edition, languages in KEPT.items():
        for language in languages:
            folder = knowledge.settings.build / "site" / edition / "api" / "v1" / language
            for path in sorted(folder.glob("*.json")):
                held = json.loads(path.read_bytes())
                text = json.dumps(held, ensure_ascii=False, indent=1)
                yield f"{edition}/{language}/{path.name}", text + "\n"


def _handbook(knowledge: KnowledgeBase) -> Iterator[tuple[str, str]]:
    for book in handbooks(knowledge, knowledge.sites[HANDBOOK].record):
        yield f"{book.name}.typ", book.manuscript().source + "\n"


def _epub(knowledge: KnowledgeBase) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(knowledge.settings.build / "handbooks" / f"{EBOOK}.epub") as archive:
        for name in EBOOK_FILES:
            yield f"{EBOOK}/{name}", archive.read(f"EPUB/{name}").decode()


def _bundle(knowledge: KnowledgeBase) -> Iterator[tuple[str, str]]:
    (path,) = (knowledge.settings.build / "bundles").rglob(f"{BUNDLE}-*.zip")
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("MANIFEST.json"))
        yield f"{BUNDLE}-START-HERE.html", archive.read("START-HERE.html").decode()
    engines = {"packed": "…", "files": _paths(manifest["files"])}
    told = json.dumps(manifest | engines, indent=1, ensure_ascii=False)
    yield f"{BUNDLE}-MANIFEST.json", told + "\n"


def _paths(files: Mapping[str, object]) -> list[str]:
    """Return the paths of a manifest, without the digests in the names of Material's files."""
    return sorted({_HASHED.sub(".HASH.min.", path) for path in files})


MAKERS = {"pages": _pages, "api": _api, "handbook": _handbook, "epub": _epub, "bundle": _bundle}


@pytest.mark.parametrize("output", MAKERS)
def test_golden(output: str, full: KnowledgeBase, request: pytest.FixtureRequest) -> None:
    """Every file of the output is the golden one; no file is new or gone."""
    folder, made = GOLDEN / output, dict(MAKERS[output](full))
    assert made
    if request.config.getoption("--rewrite-golden"):
        shutil.rmtree(folder, ignore_errors=True)
        for name, text in made.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text.encode())
    golden = {
        path.relative_to(folder).as_posix(): path.read_bytes().decode()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    if golden != made:
        pytest.fail("\n".join(_told(output, golden, made)), pytrace=False)


def _told(output: str, golden: Mapping[str, str], made: Mapping[str, str]) -> Iterator[str]:
    """Yield which files differ, where the first ones do, and what to do."""
    changed = sorted(name for name in golden.keys() & made.keys() if golden[name] != made[name])
    for word, names in (
        ("differs", changed),
        ("is new", sorted(made.keys() - golden.keys())),
        ("is gone", sorted(golden.keys() - made.keys())),
    ):
        yield from (f"tests/golden/{output}/{name} {word}" for name in names)
    for name in changed[:SHOWN_FILES]:
        old, new = golden[name].splitlines(), made[name].splitlines()
        lines = list(difflib.unified_diff(old, new, "golden", "made", lineterm="", n=1))
        yield f"\n{output}/{name}:"
        yield from (line[:200] for line in lines[2 : 2 + SHOWN_LINES])
    yield "\nIf this is what you meant: make golden, and commit the difference with the change."


def test_the_manifest_names_every_file(full: KnowledgeBase) -> None:
    """The manifest holds exactly the bundle's files, each with its true size and SHA-256."""
    (path,) = (full.settings.build / "bundles").rglob(f"{BUNDLE}-*.zip")
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("MANIFEST.json"))
        held = {name: archive.read(name) for name in archive.namelist()}
    del held["MANIFEST.json"]
    assert manifest["files"] == {
        name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in held.items()
    }


def test_golden_stays_small(request: pytest.FixtureRequest) -> None:
    """The golden files are few enough to be read when they change."""
    if request.config.getoption("--rewrite-golden"):
        pytest.skip("the golden files are being written")
    files = [path for path in GOLDEN.rglob("*") if path.is_file()]
    assert {path.relative_to(GOLDEN).parts[0] for path in files} == set(MAKERS)
    assert sum(path.stat().st_size for path in files) < LIMIT
