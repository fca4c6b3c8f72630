"""The reference pages, made from the code: fields, findings, commands, settings, JSON Schemas.

`python -m generator.reference` writes them to `docs/reference/`; with `--check` it only says which
are out of date and ends with 1.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import click

from generator.cli import EXIT_CODES, kb
from generator.findings import CODES
from generator.model import (
    Case,
    Desk,
    EditionProfile,
    Guide,
    Names,
    Opening,
    Organisation,
    Part,
    Runbook,
    Shown,
    Site,
    Vocabulary,
)
from generator.schema import GLOBS, KINDS, schema_of
from generator.sections import HEADING_NAMES, LABEL_NAMES
from generator.shapes import Shape, shapes
from generator.writing import replace

FOLDER = Path(__file__).parents[1] / "docs" / "reference"
_MADE = "<!-- Made by `python -m generator.reference` from the code. Do not edit. -->\n"
_LEVELS = {
    "1": "KB1: reading files",
    "2": "KB2: the shape of a record",
    "3": "KB3: identity and links",
    "4": "KB4: lifecycle and translations",
    "5": "KB5: content",
    "6": "KB6: safety",
    "9": "KB9: producing",
}
_SHOWN = {
    Shown.FOLLOWS: "as the record",
    Shown.INTERNAL: "internal",
    Shown.NOBODY: "nobody",
}


def pages() -> dict[str, str]:
    """Return every page by its path below `docs/reference`."""
    made = {
        "fields.md": _fields(),
        "findings.md": _findings(),
        "commands.md": _commands(),
        "settings.md": _settings(),
    }
    for kind in KINDS:
        schema = json.dumps(schema_of(kind), ensure_ascii=False, indent=2)
        made[f"schema/{kind}.json"] = schema + "\n"
    return made


def _fields() -> str:
    lines = [
        "# Fields\n",
        _MADE,
        "Every field of every record. **Seen by** says how widely a field may be shown: *as the "
        "record* means as widely as the record's `audience`; *internal* means inside the "
        "organisation only, however wide the record. A field that is not in these tables is an "
        "error (KB203).\n",
        "Texts (*text*) are Markdown and are translated; words (*word*) are the same in every "
        "language. `[[PRN-0001]]` in a text names another record.\n",
    ]
    seen: list[type[Part]] = []
    for record, where in (
        (Case, "`kb/cases/<issue-type>/<ID>.yml` or `<ID>.md`"),
        (Runbook, "`kb/runbooks/<ID>.md`"),
        (Guide, "`kb/runbooks/<ID>.yml`"),
        (Site, "`kb/sites/<site>.yml`"),
    ):
        lines += [f"## {record.__name__}\n", f"{record.__doc__} Lies at {where}.\n"]
        lines += [*_table(record, with_shown=True)]
        waiting = [part for shape in shapes(record) for part in shape.parts]
        while waiting:
            part = waiting.pop(0)
            if part in seen:
                continue
            seen.append(part)
            lines += [f"### {part.__name__}\n", f"{part.__doc__}\n", *_table(part, with_shown=True)]
            waiting += [inner for shape in shapes(part) for inner in shape.parts]
    lines += [
        "## Translation\n",
        "`<ID>.<language>.yml` beside its source holds `source_digest` (the digest of the source's "
        "texts when it was made; `kb stamp` sets it) and the source's texts, each in the same "
        "place. A runbook's translation may be `<ID>.<language>.md` too.\n",
        "## Headings of Markdown records\n",
        "Level-2 headings, in any of four languages; labels of list items below a tier or step.\n",
        "| field | headings |",
        "| --- | --- |",
        *(f"| `{'.'.join(trail)}` | {', '.join(names)} |" for trail, names in HEADING_NAMES),
        "",
        "| item | labels |",
        "| --- | --- |",
        *(f"| `{name}` | {', '.join(names)} |" for name, names in LABEL_NAMES),
    ]
    return _joined(lines)


def _table(part: type[Part], with_shown: bool) -> Iterator[str]:
    yield f"| field | takes | {'seen by | ' if with_shown else ''}meaning |"
    yield f"| --- | --- | {'--- | ' if with_shown else ''}--- |"
    for shape in shapes(part):
        info = part.model_fields[shape.name]
        shown = f"{_SHOWN[shape.shown]} | " if with_shown else ""
        need = ", **needed**" if shape.is_required else ""
        meaning = (info.description or "").replace("\n", " ").replace("|", "\\|")
        yield f"| `{shape.name}` | {_takes(shape, info.annotation)}{need} | {shown}{meaning} |"
    yield ""


def _takes(shape: Shape, annotation: Any) -> str:
    """Return in words what a field takes."""
    if shape.parts:
        noun = " or ".join(
            f"[{part.__name__}](#{part.__name__.casefold()})" for part in shape.parts
        )
    else:
        noun = "text" if shape.is_text else _word(annotation)
    if shape.repeats == "list":
        return f"list of {noun}"
    return f"{noun} by name" if shape.repeats == "mapping" else noun


def _word(annotation: Any) -> str:
    leaves = list(_leaves(annotation))
    words = [word for leaf in leaves for word in _choices(leaf)]
    if words:
        return " ".join(f"`{word}`" for word in words)
    names = {"str": "word", "int": "whole number", "float": "number", "bool": "true or false"}
    found = [leaf.__name__ for leaf in leaves if isinstance(leaf, type) and leaf is not type(None)]
    return names.get(found[0], found[0]) if found else "word"


def _leaves(annotation: Any) -> Iterator[Any]:
    inner = get_args(annotation)
    if not inner or get_origin(annotation) is Literal:
        yield annotation
        return
    for each in inner:
        yield from _leaves(each)


def _choices(leaf: Any) -> tuple[str, ...]:
    if get_origin(leaf) is Literal:
        return tuple(map(str, get_args(leaf)))
    is_enum = isinstance(leaf, type) and issubclass(leaf, StrEnum)
    return tuple(leaf) if is_enum else ()


def _findings() -> str:
    lines = [
        "# Findings\n",
        _MADE,
        "What `kb validate` can say. `kb explain CODE` says the same in a terminal. Errors stop a "
        "build; warnings count as errors with `--strict`.\n",
    ]
    for digit, title in _LEVELS.items():
        lines.append(f"## {title}\n")
        for code in (each for each in CODES.values() if each.number[2] == digit):
            lines.append(f"### {code.number}: {code.title} ({code.level})\n")
            lines.append(f"{code.explanation}\n")
    return _joined(lines)


def _commands() -> str:
    lines = ["# Commands\n", _MADE, "## Exit codes\n", "| code | meaning |", "| --- | --- |"]
    lines += [f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items()]
    lines.append("")
    for path, command in _walk(kb, ("kb",)):
        context = click.Context(
            command,
            info_name=" ".join(path),
            terminal_width=88,
            help_option_names=kb.context_settings["help_option_names"],
        )
        context.max_content_width = 88
        lines += [f"## {' '.join(path)}\n", "```text", command.get_help(context), "```", ""]
    return _joined(lines)


def _walk(
    command: click.Command, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from _walk(inner, (*path, name))


def _settings() -> str:
    lines = [
        "# Settings and vocabularies\n",
        _MADE,
        "## kb/settings.yml\n",
        f"{Organisation.__doc__}\n",
        *_table(Organisation, with_shown=False),
        "### EditionProfile\n",
        f"{EditionProfile.__doc__}\n",
        *_table(EditionProfile, with_shown=False),
        "### Desk\n",
        f"{Desk.__doc__}\n",
        *_table(Desk, with_shown=False),
        "### Opening\n",
        f"{Opening.__doc__}\n",
        *_table(Opening, with_shown=False),
        "### Names\n",
        f"{Names.__doc__}\n",
        *_table(Names, with_shown=False),
    ]
    for name, info in Vocabulary.model_fields.items():
        part: type[Part] = get_args(info.annotation)[0]
        lines += [
            f"## kb/vocabulary/{name}.yml\n",
            f"{part.__doc__} The file is a list of these.\n",
        ]
        lines += [*_table(part, with_shown=False)]
    lines += [
        "## Environment\n",
        "| variable | meaning |",
        "| --- | --- |",
        "| `KB_TODAY` | the day to take for today, as 2026-11-22: for repeatable builds |",
        "| `KB_KEY` | the file of the private key that signs bundles |",
        "| `KB_KEY_PASSWORD` | its password; without it somebody is asked |",
        "| `KB_PASSWORD` | what opens the files of protected sites; without it somebody is asked |",
        "",
        "## Editors\n",
        "`.vscode/settings.json` maps the schemas in `docs/reference/schema/` to these files:\n",
        "| schema | files |",
        "| --- | --- |",
        *(f"| `{kind}` | `{glob}` |" for kind, glob in GLOBS.items()),
    ]
    return _joined(lines)


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"


def stale() -> list[str]:
    """Return the pages that are not as the code says, by path below `docs/reference`."""
    made = pages()
    wrong = [
        name
        for name, text in made.items()
        if not (FOLDER / name).is_file() or (FOLDER / name).read_bytes() != text.encode()
    ]
    return sorted(wrong)


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with `--check` say which are out of date; returns the exit code."""
    wrong = stale()
    if "--check" in arguments:
        for name in wrong:
            click.echo(f"docs/reference/{name} is out of date: python -m generator.reference")
        return 1 if wrong else 0
    for name in wrong:
        replace(FOLDER / name, pages()[name].encode())
        click.echo(f"docs/reference/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
