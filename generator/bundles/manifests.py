"""What a bundle says of itself: `MANIFEST.json`, written and read strictly.

In goes what the bundle is for and its files, out come the same bytes every time; and back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.bundles.minisign import PublicKey, read_public_key
from generator.bundles.names import clashes, fault_of
from generator.bundles.refusals import RefusedError

FORMAT = 1
NAME, SIGNATURE = "MANIFEST.json", "MANIFEST.json.minisig"
LARGEST_MANIFEST = 2**25
"""Bytes: 65,000 files take 10 million."""
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SHAPES = {
    "site": re.compile(r"[a-z0-9][a-z0-9-]{0,63}"),
    "edition": re.compile(r"[a-z0-9][a-z0-9-]{0,63}"),
    "version": re.compile(r"\d{4}\.\d\d\.\d\d-[0-9a-f]{8}\+?"),
    "commit": re.compile(r"[0-9a-f]{8,64}"),
    "date": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
    "previous": re.compile(r"(?:\d{4}\.\d\d\.\d\d-[0-9a-f]{8}\+?)?"),
    "valid_until": re.compile(r"(?:\d{4}-\d\d-\d\d)?"),
}


@dataclass(frozen=True, slots=True)
class Held:
    """A file's size in bytes and its SHA-256 in hexadecimal digits."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle is and what it holds."""

    site: str
    edition: str
    version: str
    commit: str
    date: str
    """When the commit was made (UTC); a later one is a newer version."""
    previous: str
    """The version before it; empty where there is none."""
    valid_until: str
    """The last day it should be relied on; empty for ever."""
    keys: tuple[PublicKey, ...]
    """The keys trusted from this version on."""
    revoked: tuple[str, ...]
    """Ids of keys never to be trusted again."""
    packed: Held
    """The archive's own bytes from behind the manifest and its signature to its directory."""
    files: Mapping[str, Held]
    """Every other file by its path."""

    def to_json(self) -> bytes:
        """Return the manifest's bytes."""
        held = {path: [each.size, each.sha256] for path, each in sorted(self.files.items())}
        head = {
            "format": FORMAT,
            **{name: getattr(self, name) for name in _SHAPES},
            "keys": [key.text for key in self.keys],
            "revoked": list(self.revoked),
            "packed": {"size": self.packed.size, "sha256": self.packed.sha256},
            "files": {path: {"size": size, "sha256": sha} for path, (size, sha) in held.items()},
        }
        return (json.dumps(head, ensure_ascii=False, indent=1) + "\n").encode()


def read_manifest(content: bytes) -> Manifest:
    """Return what a manifest says. Raises `RefusedError`."""
    try:
        held = json.loads(content, object_pairs_hook=_without_twins)
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"{NAME} cannot be read: {error}") from error
    _need(isinstance(held, dict), "it is no mapping")
    number = held.get("format")
    if isinstance(number, int) and number > FORMAT:
        raise RefusedError(f"it is of format {number}, which is newer than this tool: renew it")
    _need(number == FORMAT, f"its format is {number!r}, not {FORMAT}")
    for name, shape in _SHAPES.items():
        value = held.get(name)
        good = isinstance(value, str) and shape.fullmatch(value)
        _need(bool(good), f'"{name}" is {value!r}')
    keys, revoked = held.get("keys"), held.get("revoked")
    _need(_is_texts(keys) and _is_texts(revoked), '"keys" or "revoked" is no list of texts')
    files = held.get("files")
    _need(isinstance(files, dict), '"files" is no mapping')
    faults = [f'"{path}" {fault}' for path in files if (fault := fault_of(path))]
    faults += clashes([*files, NAME, SIGNATURE])
    if faults:
        raise RefusedError(*faults)
    return Manifest(
        **{name: held[name] for name in _SHAPES},
        keys=tuple(map(read_public_key, keys)),
        revoked=tuple(revoked),
        packed=_held("packed", held.get("packed")),
        files={path: _held(path, each) for path, each in files.items()},
    )


def _held(name: str, value: Any) -> Held:
    good = (
        isinstance(value, dict)
        and type(value.get("size")) is int
        and value["size"] >= 0
        and isinstance(value.get("sha256"), str)
        and _DIGEST.fullmatch(value["sha256"])
    )
    _need(bool(good), f'"{name}" has no size and SHA-256')
    return Held(value["size"], value["sha256"])


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _need(good: bool, why: str) -> None:
    if not good:
        raise RefusedError(f"{NAME} cannot be used: {why}")


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands there twice")
    return made
