"""What the documents say is so: reference pages are fresh, everything is named, examples parse."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from generator import reference
from generator.cli import EXIT_CODES, kb
from generator.cli_bundles import WithDefault
from generator.findings import CODES
from generator.loading import load
from generator.model import Case, EditionProfile, Guide, Organisation, Part, Runbook, Site
from generator.sections import HEADING_NAMES, LABEL_NAMES
from generator.shapes import shapes
from tests.conftest import SMALL, KbFrom

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
REFERENCE = DOCS / "reference"


def read(name: str) -> str:
    """Return a page of the reference."""
    return (REFERENCE / name).read_text(encoding="utf-8")


def test_reference_is_fresh() -> None:
    """The reference pages are what the code makes of itself."""
    assert reference.stale() == [], "run: python -m generator.reference"


def test_every_code_is_documented() -> None:
    """Every code has a heading in the reference."""
    page = read("findings.md")
    assert [code for code in CODES if f"### {code}: " not in page] == []


def _parts_of(part: type[Part]) -> set[type[Part]]:
    return {part}.union(*(_parts_of(inner) for shape in shapes(part) for inner in shape.parts))


def test_every_field_is_documented() -> None:
    """Every field of every record and of the settings has a line that says what it means."""
    pages = read("fields.md") + read("settings.md")
    for record in (Case, Runbook, Guide, Site, Organisation, EditionProfile):
        for part in _parts_of(record):
            for name, info in part.model_fields.items():
                line = re.search(rf"^\| `{name}` \|.*\| (.*) \|$", pages, re.MULTILINE)
                assert line, f"{part.__name__}.{name}"
                is_plain = name in ("kind", "zh", "en", "de", "th", "id", "audience", "names")
                assert is_plain or info.description, f"{part.__name__}.{name} says nothing"


def test_every_heading_is_documented() -> None:
    """Every heading and label of Markdown records, in every language, is in the reference."""
    page = read("fields.md")
    for _, names in (*HEADING_NAMES, *LABEL_NAMES):
        assert all(name in page for name in names)


def _commands(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, click.Command]]:
    yield " ".join(path), command
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from _commands(inner, (*path, name))


COMMANDS = dict(_commands(kb, ("kb",)))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name: str) -> None:
    """Every command has a heading in the reference, and its help an example of itself."""
    assert f"\n## {name}\n" in read("commands.md")
    assert f"{name} " in (COMMANDS[name].help or ""), f"{name} --help has no example"


def test_every_exit_code_is_documented() -> None:
    """Every exit code is in the reference."""
    page = read("commands.md")
    assert sorted(EXIT_CODES) == [0, 1, 2, 3]
    assert all(f"| {code} | {meaning} |" in page for code, meaning in EXIT_CODES.items())


def _examples() -> Iterator[tuple[str, str]]:
    """Yield (where, command line) of every `kb ...` in documents, help texts and explanations."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        name = page.relative_to(ROOT).as_posix()
        for fence in re.findall(r"^ *```(?:\w+)?\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL):
            for line in re.findall(r"^ *(?:\$ )?(kb [^\n]+)", fence, re.MULTILINE):
                yield name, re.sub(r"\s{3,}.*", "", line)
        for line in re.findall(r"`(kb [^`\n]+)`", text):
            yield name, line
    for name, command in COMMANDS.items():
        for line in re.findall(
            r"^ *(?:Example:)? *(kb [a-z][^\n]*)", command.help or "", re.MULTILINE
        ):
            yield f"{name} --help", re.sub(r"\s{3,}.*", "", line)
    for code in CODES.values():
        for line in re.findall(r"`(kb [^`]+)`", code.explanation):
            yield code.number, line


EXAMPLES = sorted(set(_examples()))


@pytest.mark.parametrize(("where", "line"), EXAMPLES)
def test_every_example_parses(where: str, line: str) -> None:
    """An example is a command that exists, with options that exist."""
    words = shlex.split(re.split(r"\s[>|#]\s|\s…", line)[0])[1:]
    if "-" in "".join(words[:1])[:1] and words[0] in ("--version", "--help"):
        return
    command: click.Command = kb
    context = kb.make_context("kb", [], resilient_parsing=True)
    if words[:1] == ["--debug"]:
        words = words[1:]
    while isinstance(command, click.Group) and words:
        if isinstance(command, WithDefault):
            words = command.spelled_out(words)
        found = command.get_command(context, words[0])
        assert found is not None, f"{where}: kb has no command {words[0]!r}"
        command, words = found, words[1:]
        context = click.Context(command, info_name=command.name, parent=context)
    if words and "--help" not in words:
        command.parse_args(context, words)


def test_links_between_documents_lead_somewhere() -> None:
    """A link from one document to another file of the project is not broken."""
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def _yaml_examples() -> Iterator[tuple[str, str, str]]:
    """Yield (page, path, content) of fenced examples that say which file they are."""
    pattern = r"^`(kb/[^`]+)`:?\n\n(`{3,})\w+\n(.*?)^\2$"
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for path, _, content in re.findall(pattern, text, re.MULTILINE | re.DOTALL):
            yield page.relative_to(ROOT).as_posix(), path, content


@pytest.mark.parametrize("page", sorted({page for page, _, _ in _yaml_examples()}))
def test_records_in_documents_pass(page: str, kb_from: KbFrom) -> None:
    """The records that a document shows pass validation, all of one page together."""
    files = {path: content for name, path, content in _yaml_examples() if name == page}
    base = {
        "kb/cases/printing/PRN-0001.yml": (SMALL / "kb/cases/printing/PRN-0001.yml").read_text(
            "utf-8"
        )
    }
    found = load(kb_from({**base, **files})).findings
    assert [each for each in found if each.is_error] == []
