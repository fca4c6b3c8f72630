"""The knowledge base for programs: static JSON, one file a record and a list, per edition.

In goes an edition, out come artifacts below `api/v1/`. A field that the edition's readers may not
see is not there; a text without a translation is the source's, and named in `foreign`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from generator.editions import Edition, ForeignText
from generator.routes import api_record
from generator.shapes import texts
from generator.views import Row, row
from generator.writing import Artifact, of_bytes

VERSION = 1


def records(edition: Edition, rows: tuple[Row, ...], key: str) -> Iterator[Artifact]:
    """Yield the files of one edition in its language; `key` changes when the tool does."""
    for each in rows:
        path = api_record(edition.language, each.id)
        yield Artifact(path, f"{edition.key(each.id)}-{key}", partial(_record, edition, each.id))
    listing = {
        "version": VERSION,
        "edition": edition.name,
        "language": edition.language,
        "records": [_summary(each) for each in rows],
    }
    yield of_bytes(f"api/v1/{edition.language}/index.json", _json(listing))


def _summary(each: Row) -> dict[str, Any]:
    summary = {
        "id": each.id,
        "kind": str(each.kind),
        "title": each.title,
        "issue_type": each.issue_type,
        "products": each.products,
        "platforms": each.platforms,
        "error_codes": each.error_codes,
        "confidence": each.confidence,
        "page": f"{each.path}.html",
    }
    if each.tiers:
        summary["tiers"] = [str(tier) for tier in each.tiers]
    if each.audience:
        summary["audience"] = each.audience
    return summary


def _record(edition: Edition, id: str) -> bytes:
    entry = edition.entry(id)
    # what is permitted was copied without being checked again, so it is not checked here either
    content = entry.record.model_dump(
        mode="json", exclude_none=True, exclude_unset=True, warnings=False
    )
    foreign = sorted(
        ".".join(map(str, trail))
        for trail, text in texts(entry.record)
        if isinstance(text, ForeignText)
    )
    return _json(
        {
            "version": VERSION,
            "edition": edition.name,
            "language": edition.language,
            "kind": str(entry.kind),
            "written_in": entry.language,
            "languages": entry.languages,
            "is_stale": entry.is_stale,
            "foreign": foreign,
            "page": f"{row(edition, id).path}.html",
            "related": edition.related(id),
            "mentioned_in": edition.backlinks(id),
            "record": content,
        }
    )


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
