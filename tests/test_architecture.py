"""Who may import whom, and which module is the door to which library.

The page `docs/explanation/architecture.md` shows a part of the table here; both must agree.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.bundles import assembly

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "generator"
PAGE = ROOT / "docs" / "explanation" / "architecture.md"

LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(line.split())
    for line in (
        "reference __main__",
        "cli",
        "cli_transport",
        "cli_bundles",
        "cli_keys",
        "cli_passwords",
        "build preview console",
        "publishing printing",
        "protection ebook",
        "outputs bundles engines scaffolds schema feedback",
        "search books",
        "loading lists health",
        "views checks",
        "tiers",
        "editions",
        "knowledge",
        "records translations history",
        "sections complaints",
        "documents outline",
        "sources shapes routes templating report diagram charts desks",
        "model findings settings markup writing texts jumps pictures passages",
        "pdf",
    )
)
"""From top to bottom. An import points down; names on one line do not know each other."""

SEARCH_LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(f"search/{name}" for name in line.split())
    for line in (
        "selftest gaps",
        "results",
        "store indexing",
        "cache probes ranking",
        "entries shards",
        "pinyin glossary snippets",
        "analysis",
        "traditional levels latin postings __init__",
    )
)
"""The same inside `search/`."""

BUNDLES_LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(f"bundles/{name}" for name in line.split())
    for line in (
        "applier packing keyring assembly publishing",
        "fetching differing",
        "updating downloading",
        "installing",
        "verifying signing indexes",
        "manifests protection",
        "minisign zips parts disk patches places",
        "names ed25519",
        "refusals __init__",
    )
)
"""The same inside `bundles/`."""

BOOKS_LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(f"books/{name}" for name in line.split())
    for line in (
        "chapters",
        "leaves exercises fonts",
        "registers",
        "typesetting collation xhtml volumes __init__",
    )
)
"""The same inside `books/`."""

PDF_LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(f"pdf/{name}" for name in line.split())
    for line in (
        "booklet glyphs places steady syllables",
        "truetype __init__",
    )
)
"""The same inside `pdf/`."""
INNER = {
    "search": SEARCH_LAYERS,
    "bundles": BUNDLES_LAYERS,
    "books": BOOKS_LAYERS,
    "pdf": PDF_LAYERS,
}
GUESTS = {"books": "outputs engines printing", "pdf": "engines printing build"}
"""Who may import what lives in a folder, beside those who live there."""

DOORS: dict[str, frozenset[str]] = {
    library: frozenset(modules.split())
    for library, modules in {
        "pydantic": "model shapes complaints",
        "yaml": "documents",
        "jinja2": "templating engines/mkdocs",  # MkDocs hands its own environment to its plugins
        "markupsafe": "templating",
        "markdown": "markup",
        "nh3": "markup",
        "git": "history",
        "whoosh": "search/postings search/store outputs/terminal",
        "babel": "texts",
        "mkdocs": "engines/mkdocs preview",
        "typst": "engines/typst",
        "pikepdf": "engines/typst protection "
        "pdf/booklet pdf/glyphs pdf/places pdf/steady pdf/syllables",
        "pypinyin": "search/pinyin books/collation",
        "fontTools": "books/fonts pdf/truetype",
        "segno": "books/leaves",
        "sqlite3": "writing search/cache",
        "zipfile": "",  # an archive that must not differ in a byte is written by bundles/zips
        "cryptography": "bundles/signing bundles/protection",
        "zstandard": "bundles/patches",
        "subprocess": "",
        "click": "cli cli_bundles cli_transport cli_keys cli_passwords console reference",
        "wcwidth": "console",
        "rich": "cli cli_transport",
    }.items()
}
"""Which modules may import a library; nobody else does."""

WRITERS = {
    "writing": "the door",
    "engines/mkdocs": "lays out the scratch folder that MkDocs reads",
    "engines/typst": "lays out the scratch folder that Typst reads",
    "bundles/disk": "goes into kb-update.py, which has nothing else",
    "search/cache": "SQLite writes its own file",
    "outputs/terminal": "Whoosh writes its own files",
}
"""Modules that may write, and why."""
_WRITES = frozenset(
    {"write_text", "write_bytes", "mkdir", "rmdir", "unlink", "touch", "symlink_to"}
)
_OS_WRITES = frozenset({"replace", "rename", "remove", "makedirs", "mkdir", "unlink", "rmdir"})


def _modules() -> dict[str, ast.Module]:
    return {
        path.relative_to(PACKAGE).with_suffix("").as_posix(): ast.parse(path.read_bytes())
        for path in sorted(PACKAGE.rglob("*.py"))
        if path != PACKAGE / "__init__.py"
    }


MODULES = _modules()


def _layer(name: str) -> tuple[int, int]:
    """Return the layer of a module, or of the folder that holds it, and that inside the folder."""
    top = name.split("/")[0]
    found = [number for number, line in enumerate(LAYERS) if top in line]
    assert len(found) == 1, f'"{top}" stands on {len(found)} lines of LAYERS; give it one'
    inner = [number for number, line in enumerate(INNER.get(top, ())) if name in line]
    assert top not in INNER or "/" not in name or len(inner) == 1, f'"{name}": no layer in {top}/'
    return found[0], inner[0] if inner else 0


def _imports(tree: ast.AST) -> Iterator[tuple[str, ast.stmt]]:
    """Yield (module, statement) of every import, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from ((name, node) for name in _from(node))


def _from(node: ast.ImportFrom) -> list[str]:
    """Return the modules of `from X import a, b`: X, or X.a where a is a module of ours."""
    holder = node.module or ""
    inside = [f"{holder}.{alias.name}" for alias in node.names]
    ours = [name for name in inside if _file(name) is not None]
    return ours or [holder]


def _file(name: str) -> Path | None:
    path = PACKAGE.parent / name.replace(".", "/")
    found = [file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()]
    return found[0] if found else None


def _ours(name: str) -> str | None:
    """Return `records` for `generator.records`; None for other libraries."""
    parts = name.split(".")
    return "/".join(parts[1:]) if parts[0] == "generator" and len(parts) > 1 else None


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down(module: str) -> None:
    """A module imports only modules of the layers below its own."""
    here = module.removesuffix("/__init__")
    for name, node in _imports(MODULES[module]):
        target = _ours(name)
        if target is None:
            continue
        gathers = module.endswith("/__init__") and target.startswith(f"{here}/")
        assert gathers or _layer(target) > _layer(module), (
            f"{module} (line {node.lineno}) imports {target}, which is not below it"
        )


@pytest.mark.parametrize("module", MODULES)
def test_only_guests_come_in(module: str) -> None:
    """What is in `books/` and `pdf/` is known only to those who make books and files of them."""
    here = module.split("/")[0]
    for name, node in _imports(MODULES[module]):
        folder = (_ours(name) or "").split("/")[0]
        assert folder not in GUESTS or here in {folder, *GUESTS[folder].split()}, (
            f"{module} (line {node.lineno}) imports {name}"
        )


@pytest.mark.parametrize("module", MODULES)
def test_imports_stand_at_the_top(module: str) -> None:
    """The command line imports inside functions, so that every command starts at once.

    And those who ask for pinyin, because few builds need its dictionaries, which take longest of
    all to load.
    """
    if module.startswith("cli") or module in ("search/pinyin", "books/collation"):
        return
    top = {id(node) for node in MODULES[module].body}
    for name, node in _imports(MODULES[module]):
        is_optional = (module, name) == ("bundles/patches", "zstandard")
        assert is_optional or id(node) in top, f"{module} (line {node.lineno}): {name} in a block"


@pytest.mark.parametrize("module", MODULES)
def test_one_door_for_each_library(module: str) -> None:
    """A library is imported only by the module that is its door."""
    for name, node in _imports(MODULES[module]):
        doors = DOORS.get(name.split(".")[0])
        assert doors is None or module in doors, (
            f"{module} (line {node.lineno}) imports {name}; its door is "
            f"{', '.join(sorted(doors)) or 'nowhere'}"
        )


def test_every_door_is_used() -> None:
    """A door that nobody goes through any more is taken off the table."""
    used = {
        (name.split(".")[0], module) for module in MODULES for name, _ in _imports(MODULES[module])
    }
    doors = {(library, module) for library, modules in DOORS.items() for module in modules}
    assert sorted(doors - used) == []


@pytest.mark.parametrize("module", MODULES)
def test_only_writing_writes(module: str) -> None:
    """No other module puts, moves or removes a file."""
    if module in WRITERS:
        return
    for node in ast.walk(MODULES[module]):
        if isinstance(node, ast.Call):
            assert not _writes(node), f"{module} (line {node.lineno}) writes to disk"


def _writes(call: ast.Call) -> bool:
    name = call.func
    if isinstance(name, ast.Attribute):
        holder = name.value.id if isinstance(name.value, ast.Name) else ""
        if holder == "os":
            return name.attr in _OS_WRITES
        return (
            name.attr in _WRITES or holder == "shutil" or (name.attr == "open" and _mode(call, 0))
        )
    return isinstance(name, ast.Name) and name.id == "open" and _mode(call, 1)


def _mode(call: ast.Call, position: int) -> bool:
    """Return whether a call of `open` opens for writing."""
    given = [*call.args[position : position + 1]]
    given += [keyword.value for keyword in call.keywords if keyword.arg == "mode"]
    modes = [mode.value for mode in given if isinstance(mode, ast.Constant)]
    return any(isinstance(mode, str) and set(mode) & set("wax+") for mode in modes)


def _told() -> dict[str, int]:
    """Return the line of each module in the table of the architecture page."""
    table = re.search(r"\n## Who may import whom\n.*?```\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    assert table is not None
    lines = table.group(1).strip().splitlines()
    return {
        name.strip().removesuffix("/*"): number
        for number, line in enumerate(lines)
        for name in line.split("|")
    }


def test_the_page_tells_the_truth() -> None:
    """On the architecture page too every import points down; each module there exists."""
    told = _told()
    folders = {module.split("/")[0] for module in MODULES}
    assert sorted(told.keys() - folders) == []
    wrong = {
        f"{module} imports {target}"
        for module, tree in MODULES.items()
        for name, _ in _imports(tree)
        if (target := _ours(name) or "").split("/")[0] in told
        and (here := module.split("/")[0]) in told
        and here != target.split("/")[0]
        and told[target.split("/")[0]] <= told[here]
    }
    assert sorted(wrong) == []


def test_the_page_names_every_door() -> None:
    """Every module that the architecture page calls a door is one, and the other way round."""
    said = re.search(r"Each library has one door: (.*?)\n\n", PAGE.read_text("utf-8"), re.S)
    assert said is not None
    libraries = {"pydantic", "yaml", "jinja2", "markdown", "git", "whoosh", "babel", "mkdocs"} | {
        "cryptography",
        "pypinyin",
        "segno",
        "pikepdf",
        "zstandard",
    }
    doors = {module for name in libraries for module in DOORS[name]} | DOORS["typst"]
    known = set(MODULES) | {module.removesuffix("/__init__") for module in MODULES}
    named = set(re.findall(r"`([a-z_/]+)`", said.group(1))) & known
    assert named == doors | {"writing"}


def test_checks_do_not_know_each_other() -> None:
    """Modules inside `checks/`, `outputs/` and `engines/` do not import each other."""
    for module, tree in MODULES.items():
        folder, _, name = module.rpartition("/")
        if folder in ("checks", "outputs", "engines") and name != "__init__":
            for imported, node in _imports(tree):
                target = _ours(imported) or ""
                assert not target.startswith(f"{folder}/"), f"{module} (line {node.lineno})"


def test_bottom_of_the_tool_is_light() -> None:
    """What every command loads first (`cli`, `settings`, `findings`) needs only click."""
    light = {"click", "generator"}
    command_line = (each for each in MODULES if each.startswith("cli"))
    for module in (*command_line, "settings", "findings"):
        for node in MODULES[module].body:
            for name, _ in _imports(node) if isinstance(node, ast.Import | ast.ImportFrom) else ():
                top = name.split(".")[0]
                assert top in light or top in sys.stdlib_module_names, (
                    f"{module} loads {name} at once"
                )


def _loaded(module: str, seen: set[str]) -> set[str]:
    """Add what loading a module loads of ours: what it imports at its top, and what that does."""
    name = module if module in MODULES else f"{module}/__init__"
    if name in MODULES and name not in seen:
        seen.add(name)
        _loaded(module.rpartition("/")[0], seen)
        body = (it for it in MODULES[name].body if isinstance(it, ast.Import | ast.ImportFrom))
        for imported, _ in _imports(ast.Module([*body], [])):
            _loaded(_ours(imported) or "", seen)
    return seen


def test_a_handbook_is_made_without_mkdocs() -> None:
    """What `kb handbook` and `kb search` load does not load MkDocs."""
    for start in ("loading", "printing", "search/results", "console"):
        loaded = _loaded(start, set())
        assert start in loaded and not loaded & set(DOORS["mkdocs"]), start


def test_what_travels_in_a_bundle_needs_only_python() -> None:
    """The modules of `kb-update.py` import each other, in order, and the standard library."""
    seen: set[str] = set()
    for name in assembly.MODULES:
        for imported, node in _imports(MODULES[f"bundles/{name}"]):
            top, *rest = imported.split(".")
            ours = top == "generator" and rest[0] == "bundles" and rest[1] in seen
            done_without = (name, top) == ("patches", "zstandard")
            known = ours or done_without or top in sys.stdlib_module_names
            assert known, f"{name} (line {node.lineno})"
        seen.add(name)
