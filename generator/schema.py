"""JSON Schemas for editors, from the model: in goes a kind of file, out comes its schema.

An editor reads YAML by the rules of YAML 1.2, where `0x7b` is a number and `true` a truth value; we
read every plain word as text. So wherever the model wants a text, a schema takes those too.
"""

from __future__ import annotations

from typing import Any, get_args

from generator.model import Case, Guide, Organisation, Part, Runbook, Site, Vocabulary
from generator.shapes import Shape, shapes

RECORDS: dict[str, type[Part]] = {"case": Case, "runbook": Runbook, "guide": Guide, "site": Site}
TRANSLATIONS = {f"{kind}-translation": record for kind, record in RECORDS.items()}
VOCABULARIES: dict[str, type[Part]] = {
    name.replace("_", "-"): get_args(info.annotation)[0]
    for name, info in Vocabulary.model_fields.items()
}
KINDS: tuple[str, ...] = (*RECORDS, *TRANSLATIONS, *VOCABULARIES, "settings")
"""Every kind of file under `kb/` that has a schema."""

GLOBS: dict[str, str] = {
    "case": "kb/cases/*/*.yml",
    "guide": "kb/runbooks/GD-*.yml",
    "runbook-translation": "kb/runbooks/RB-*.yml",
    "site": "kb/sites/*.yml",
    "settings": "kb/settings.yml",
    **{name: f"kb/vocabulary/{name.replace('-', '_')}.yml" for name in VOCABULARIES},
}
"""Which files an editor checks with which schema; a runbook's front matter it cannot see.

Nothing but `*` in them: editors differ in what else they know (redhat-developer/vscode-yaml#240).
"""

_DRAFT = "http://json-schema.org/draft-07/schema#"
_SCALARS = ["string", "number", "boolean"]
_BELOW_HEADINGS = frozenset({"meaning", "impact", "diagnosis", "mitigation", "verification"})


def schema_of(kind: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 7) of one of `KINDS`. Raises `KeyError`."""
    if kind in TRANSLATIONS:
        return {"$schema": _DRAFT, "title": kind, **_translation(TRANSLATIONS[kind])}
    if kind in VOCABULARIES:
        made = _list_of(VOCABULARIES[kind].model_json_schema())
    else:
        made = (Organisation if kind == "settings" else RECORDS[kind]).model_json_schema()
    if kind == "runbook":
        # below headings, not in the front matter, so that the front matter need not have them
        made["required"] = [name for name in made["required"] if name not in _BELOW_HEADINGS]
    schema = _for_editors(made)
    if kind in RECORDS and kind != "runbook":
        schema = _or_translation(schema, RECORDS[kind])
    return {"$schema": _DRAFT, "title": kind, **schema}


def _list_of(entry: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": entry, "$defs": entry.pop("$defs", {})}


def _or_translation(schema: dict[str, Any], record: type[Part]) -> dict[str, Any]:
    """Return one schema for a record and for its translations, which lie side by side."""
    definitions = schema.pop("$defs", {})
    return {
        "if": {"required": ["source_digest"]},
        "then": _translation(record),
        "else": schema,
        "$defs": definitions,
    }


def _for_editors(made: Any) -> Any:
    """Return a schema of pydantic's as an editor needs it."""
    if isinstance(made, list):
        return [_for_editors(each) for each in made]
    if not isinstance(made, dict):
        return made
    choices = [each for each in made.get("anyOf", ()) if each != {"type": "null"}]
    if "anyOf" in made and len(choices) == 1:
        # a field may be left out, never left empty
        rest = {key: value for key, value in made.items() if key != "anyOf"}
        return _for_editors({**choices[0], **rest})
    kept = {
        key: {name: _for_editors(each) for name, each in value.items()}
        if key in ("properties", "$defs")
        else _for_editors(value)
        for key, value in made.items()
        if key != "title" and not (key == "default" and value in (None, [], {}))
    }
    if kept.get("type") == "string" and not kept.keys() & {"enum", "const", "pattern", "format"}:
        kept["type"] = _SCALARS
    return kept


def _translation(record: type[Part]) -> dict[str, Any]:
    made = _mirror(record)
    digest = "The digest of the source's texts when this was written; `kb stamp` sets it."
    properties = {"source_digest": {"type": _SCALARS, "description": digest}, **made["properties"]}
    return {**made, "properties": properties, "required": ["source_digest"]}


def _mirror(*parts: type[Part]) -> dict[str, Any]:
    """Return the schema of the translation of a part, or of one of several parts."""
    properties: dict[str, Any] = {}
    for part in parts:
        for shape in shapes(part):
            if shape.is_text or shape.parts:
                made = _mirrored(shape)
                if made is not None:
                    description = part.model_fields[shape.name].description
                    properties[shape.name] = {**made, "description": description or ""}
    return {
        "type": ["object", "null"],
        "properties": properties,
        "additionalProperties": False,
    }


def _mirrored(shape: Shape) -> dict[str, Any] | None:
    inner = {"type": [*_SCALARS, "null"]} if shape.is_text else _mirror(*shape.parts)
    if not shape.is_text and not inner["properties"]:
        return None
    if shape.repeats == "list":
        return {"type": ["array", "null"], "items": inner}
    if shape.repeats == "mapping":
        return {"type": ["object", "null"], "additionalProperties": inner}
    return inner
