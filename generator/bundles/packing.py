"""Packs what the others made for one remote site into one file, signed or not.

In go files by their path in the bundle, out comes a zip whose manifest names every path with its
size and SHA-256. Same files, same key, same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from generator.bundles.manifests import NAME, SIGNATURE, Held, Manifest
from generator.bundles.minisign import PublicKey
from generator.bundles.names import clashes, fault_of
from generator.bundles.refusals import RefusedError
from generator.bundles.signing import PrivateKey
from generator.bundles.zips import DEFLATED, MOST_FILES, STORED, closed, moment_of, packed
from generator.history import Stamp

_PACKED_ALREADY = (".png", ".jpg", ".webp", ".woff2", ".epub")


@dataclass(frozen=True, slots=True)
class Contents:
    """What a bundle is for and what it holds."""

    site: str
    edition: str
    stamp: Stamp
    files: Mapping[str, Path]
    """Files on disk by their path in the bundle."""
    pages: Mapping[str, bytes]
    """Files made for the bundle itself, such as its start page."""
    keys: tuple[PublicKey, ...] = ()
    """Whom those who install it trust from then on."""
    revoked: tuple[str, ...] = ()
    valid_until: str = ""
    """The last day to rely on it, YYYY-MM-DD; empty for ever."""


def last_day(stamp: Stamp, days: int | None) -> str:
    """Return the last day of a bundle of that commit, YYYY-MM-DD; empty where it has none."""
    if days is None:
        return ""
    return f"{datetime.fromtimestamp(stamp.time, UTC) + timedelta(days):%Y-%m-%d}"


def pack(contents: Contents, key: PrivateKey | None) -> bytes:
    """Return the bundle as a zip archive: manifest first, its signature where there is a key, then
    the files, sorted; every time the commit's. Raises `RefusedError` where a path cannot be held.
    """
    held = {**{path: file.read_bytes() for path, file in contents.files.items()}, **contents.pages}
    names = sorted(held)
    faults = [f'"{name}" {fault}' for name in names if (fault := fault_of(name))]
    faults += clashes([*names, NAME, SIGNATURE])
    if len(names) + 2 > MOST_FILES:
        faults.append(f"{len(names)} files are more than a bundle can hold ({MOST_FILES})")
    if faults:
        raise RefusedError(*faults)
    moment = moment_of(contents.stamp.time)
    files = [(name, held[name], _method(name)) for name in names]
    body = packed(files, moment)
    manifest = _manifest(contents, held, _held(body)).to_json()
    heads = [(NAME, manifest, STORED)]
    if key is not None:
        comment = f"timestamp:{contents.stamp.time}\tfile:{NAME}\thashed"
        heads.append((SIGNATURE, key.sign(manifest, comment), STORED))
    return closed(packed(heads, moment) + body)


def _manifest(contents: Contents, held: Mapping[str, bytes], body: Held) -> Manifest:
    stamp = contents.stamp
    moment = datetime.fromtimestamp(stamp.time, UTC)
    return Manifest(
        site=contents.site,
        edition=contents.edition,
        version=stamp.version,
        commit=stamp.commit,
        date=moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        previous=stamp.previous,
        valid_until=contents.valid_until,
        keys=contents.keys,
        revoked=contents.revoked,
        packed=body,
        files={name: _held(content) for name, content in held.items()},
    )


def _method(name: str) -> int:
    return STORED if name.endswith(_PACKED_ALREADY) else DEFLATED


def _held(content: bytes) -> Held:
    return Held(len(content), hashlib.sha256(content).hexdigest())
