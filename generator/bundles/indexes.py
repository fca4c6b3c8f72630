"""What is published for a site: `index.json`, written and read strictly.

In go a site's files, out come the same bytes every time; and back. And in goes the version in use,
out come the files that lead from it to the newest one, the cheapest first.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from generator.bundles.manifests import Held
from generator.bundles.names import fault_of
from generator.bundles.refusals import RefusedError

INDEX = "index.json"
INDEX_FORMAT = 1
LARGEST_INDEX = 2**20
"""Bytes; one with ten versions has 5,000."""
_VERSION_SHAPE = r"\d{4}\.\d\d\.\d\d-[0-9a-f]{8}\+?"
_INDEX_SHAPES = {
    "site": re.compile(r"[a-z0-9][a-z0-9-]{0,63}"),
    "version": re.compile(_VERSION_SHAPE),
    "manifest_sha256": re.compile(r"[0-9a-f]{64}"),
    "date": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
}
_OFFER_SHAPES = {
    "name": re.compile(r"[a-z0-9][A-Za-z0-9.+-]*"),
    "sha256": re.compile(r"[0-9a-f]{64}"),
    "version": re.compile(_VERSION_SHAPE),
    "from": re.compile(f"(?:{_VERSION_SHAPE})?"),
    "from_sha256": re.compile(r"(?:[0-9a-f]{64})?"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One file that is published: a bundle, or an update."""

    name: str
    """It holds the version and the file's digest, so what is behind a name never changes."""
    held: Held
    version: str
    """To which it leads."""
    start: str = ""
    """The version that an update starts from; empty for a bundle."""
    start_sha256: str = ""
    """The digest of that version's manifest."""


@dataclass(frozen=True, slots=True)
class Index:
    """What is published for one site."""

    site: str
    version: str
    """The newest."""
    manifest_sha256: str
    """The digest of its manifest."""
    date: str
    """When its commit was made (UTC)."""
    offers: tuple[Offer, ...]

    def to_json(self) -> bytes:
        """Return the index's bytes."""
        said = {
            "format": INDEX_FORMAT,
            **{name: getattr(self, name) for name in _INDEX_SHAPES},
            "files": [
                {
                    "name": each.name,
                    "size": each.held.size,
                    "sha256": each.held.sha256,
                    "version": each.version,
                    "from": each.start,
                    "from_sha256": each.start_sha256,
                }
                for each in self.offers
            ],
        }
        return (json.dumps(said, indent=1) + "\n").encode()


def lasting_name(index: bytes) -> str:
    """Return under which name an index is kept too; its signature is beside that one.

    Named by its digest, so that an index from a cache never meets another one's signature.
    """
    return f"index-{hashlib.sha256(index).hexdigest()[:16]}.json"


def read_index(content: bytes) -> Index:
    """Return what an index says. Raises `RefusedError`."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"{INDEX} cannot be read: {error}") from error
    number = said.get("format") if isinstance(said, dict) else None
    if isinstance(number, int) and number > INDEX_FORMAT:
        raise RefusedError(f"{INDEX} is of format {number}, newer than this tool: renew it")
    files = said.get("files") if number == INDEX_FORMAT else None
    if not isinstance(files, list) or not _fits(said, _INDEX_SHAPES):
        raise RefusedError(f"{INDEX} cannot be used: something is missing, or not in its form")
    for each in files:
        size = each.get("size") if isinstance(each, dict) else None
        if type(size) is not int or size < 1 or not _fits(each, _OFFER_SHAPES):
            raise RefusedError(f"{INDEX} cannot be used: a file in it is not described in full")
        fault = fault_of(each["name"])
        if fault:
            raise RefusedError(f'{INDEX} cannot be used: "{each["name"]}" {fault}')
    return Index(**{name: said[name] for name in _INDEX_SHAPES}, offers=tuple(map(_offer, files)))


def _offer(said: dict[str, Any]) -> Offer:
    held = Held(said["size"], said["sha256"])
    return Offer(said["name"], held, said["version"], said["from"], said["from_sha256"])


def _fits(said: dict[str, Any], shapes: dict[str, re.Pattern[str]]) -> bool:
    values = [(said.get(name), shape) for name, shape in shapes.items()]
    return all(isinstance(value, str) and shape.fullmatch(value) for value, shape in values)


def ways(index: Index, manifest_sha256: str) -> list[Offer]:
    """Return the files that lead to the newest version, cheapest first: the updates of the version
    whose manifest has this digest, and the bundle. Raises `RefusedError` where there is none."""
    found = [
        each
        for each in index.offers
        if each.version == index.version and each.start_sha256 in ("", manifest_sha256)
    ]
    if all(each.start for each in found):
        raise RefusedError(f"{INDEX} names no bundle of {index.version}: it was not made by kb")
    return sorted(found, key=lambda each: (each.held.size, each.start == ""))
