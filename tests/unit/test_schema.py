"""The JSON Schemas take every good file as an editor reads it, and refuse what is wrong."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.schema import GLOBS, KINDS, schema_of
from tests.conftest import SAMPLES

ROOT = Path(__file__).parents[2]
FULL = SAMPLES / "full"


class Core(yaml.SafeLoader):
    """YAML 1.2 as editors read it: null, true, false, numbers; everything else is text."""


Core.yaml_implicit_resolvers = {}
for _tag, _form in (
    ("null", r"~|null|Null|NULL|"),
    ("bool", r"true|True|TRUE|false|False|FALSE"),
    ("int", r"[-+]?[0-9]+|0x[0-9a-fA-F]+"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"),
):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_form})$"), None)


def faults(value: Any, schema: Any, root: Any, at: str = "") -> list[str]:
    """Return where a value breaks a schema: as much of JSON Schema as ours use."""
    if "$ref" in schema:
        return faults(value, root["$defs"][schema["$ref"].rsplit("/", 1)[-1]], root, at)
    if "if" in schema:
        branch = "else" if faults(value, schema["if"], root) else "then"
        return faults(value, schema[branch], root, at)
    if "oneOf" in schema:
        tried = [faults(value, each, root, at) for each in schema["oneOf"]]
        return [] if [] in tried else min(tried, key=len)
    kinds = schema.get("type", [])
    if kinds and not any(
        _is(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)
    ):
        return [f"{at}: {value!r} is no {kinds}"]
    found = [f"{at}: {value!r}" for _ in [0] if "enum" in schema and value not in schema["enum"]]
    if "const" in schema and value != schema["const"]:
        found.append(f"{at}: {value!r}")
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        found.append(f"{at}: {value!r} has not the form {schema['pattern']}")
    if isinstance(value, dict):
        found += [
            f"{at}.{name} missing" for name in schema.get("required", ()) if name not in value
        ]
        known, other = schema.get("properties", {}), schema.get("additionalProperties", {})
        for name, inner in value.items():
            if name not in known and other is False:
                found.append(f"{at}.{name} unknown")
            elif name in known or other is not True:
                found += faults(inner, known.get(name, other), root, f"{at}.{name}")
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            found.append(f"{at} is too short")
        for number, inner in enumerate(value):
            found += faults(inner, schema.get("items", {}), root, f"{at}.{number}")
    return found


def _is(value: Any, kind: str) -> bool:
    if kind == "null" or value is None:
        return kind == "null" and value is None
    if isinstance(value, bool):
        return kind == "boolean"
    if isinstance(value, int | float):
        return kind == "number" or (kind == "integer" and isinstance(value, int))
    return {"object": dict, "array": list, "string": str}.get(kind, int) is type(value)


def files(root: Path) -> list[tuple[str, Path]]:
    """Return (kind, file) of every YAML file below a project's kb/."""
    found = []
    for path in sorted((root / "kb").rglob("*.yml")):
        name = path.relative_to(root).as_posix()
        kinds = [kind for kind, glob in GLOBS.items() if fnmatch(name, glob)]
        assert len(kinds) == 1, f"{name}: {kinds}"
        found.append((kinds[0], path))
    return found


@pytest.mark.parametrize("root", [SAMPLES / "small", FULL, ROOT], ids=["small", "full", "kb"])
def test_good_files_fit(root: Path) -> None:
    """Every file of the samples and of our own kb/ fits the schema of its place."""
    for kind, path in files(root):
        schema = schema_of(kind)
        value = yaml.load(path.read_text(encoding="utf-8"), Loader=Core)
        assert faults(value, schema, schema) == [], path


def test_front_matter_fits() -> None:
    """A runbook's front matter fits without the fields that stand below headings."""
    schema = schema_of("runbook")
    for path in (FULL / "kb" / "runbooks").glob("RB-????.md"):
        front = yaml.load(path.read_text(encoding="utf-8").split("---\n")[1], Loader=Core)
        assert faults(front, schema, schema) == [], path


@pytest.mark.parametrize("kind", KINDS)
def test_schemas_tell_what_fields_mean(kind: str) -> None:
    """Every schema is JSON and says in words what its fields mean; none offers an empty value."""
    schema = schema_of(kind)
    text = json.dumps(schema)
    assert '"description"' in text
    assert ('{"type": "null"}' in text) is False
    assert schema["title"] == kind


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"titel": "x"}, ".titel unknown"),
        ({"confidence": "done"}, ".confidence"),
        ({"related": ["prn-1"]}, ".related.0"),
        ({"issue": {}}, ".issue.symptoms missing"),
        ({"cause": None}, ".cause"),
        ({"handling": {"L1": {"steps": [{"expect": "x"}]}}}, ".handling.L1.steps.0.action missing"),
    ],
)
def test_wrong_records_do_not_fit(change: dict[str, Any], place: str) -> None:
    """A misspelt field, an unknown word, a wrong form, a hole: the editor underlines them."""
    good = {"id": "PRN-0001", "title": 7, "issue_type": "printing", "issue": {"symptoms": [0x7B]}}
    schema = schema_of("case")
    assert faults(good, schema, schema) == []
    found = faults({**good, **change}, schema, schema)
    assert found and found[0].startswith(place)


def test_editor_settings_name_every_schema() -> None:
    """`.vscode/settings.json` maps every schema to its files, and the schemas are there."""
    settings = json.loads((ROOT / ".vscode" / "settings.json").read_text(encoding="utf-8"))
    assert settings["yaml.schemas"] == {
        f"docs/reference/schema/{kind}.json": glob for kind, glob in GLOBS.items()
    }
    for kind in GLOBS:
        assert (ROOT / "docs" / "reference" / "schema" / f"{kind}.json").is_file()
