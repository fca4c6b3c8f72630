"""A small bundle, signed and not, and a way to pack whatever one likes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from generator.bundles.assembly import assemble
from generator.bundles.installing import APPLIER, START
from generator.bundles.manifests import NAME, SIGNATURE, Held, Manifest
from generator.bundles.packing import Contents, pack
from generator.bundles.signing import PrivateKey
from generator.bundles.verifying import Bundle, Trust, check_files, open_bundle
from generator.bundles.zips import DEFLATED, STORED, closed, in_memory, moment_of, packed
from generator.history import Stamp

ONE = PrivateKey(bytes(range(8)), bytes(range(32)))
TWO = PrivateKey(bytes(range(1, 9)), bytes(range(1, 33)))
STRANGER = PrivateKey(b"stranger", bytes(32))
TRUST = Trust((ONE.public, TWO.public))
DAY = 86400
NOON = 1_793_534_400
"""2026-11-01 12:00 UTC."""
FILES: dict[str, bytes] = {
    START: b"<!doctype html><title>start</title>" + b" " * 300,
    "site/index.html": b"<!doctype html>" + b"page " * 200,
    "site/zh/cases/PRN-0001.html": "打印机脱机".encode() * 40,
    "handbook.pdf": b"%PDF-1.7 " + bytes(range(256)) * 4,
    "site/empty.txt": b"",
}


def stamp(days: int = 0, commit: str = "1a2b3c4d") -> Stamp:
    """Return the state of a knowledge base so many days after another."""
    return Stamp(commit * 5, NOON + days * DAY, True)


def contents(files: Mapping[str, bytes] = FILES, days: int = 0, **more: object) -> Contents:
    """Return what a bundle holds."""
    keys = (ONE.public, TWO.public)
    made = Contents("quay", "public", stamp(days), {}, files, keys)
    return replace(made, **more)  # type: ignore[arg-type]


@cache
def with_applier() -> dict[str, bytes]:
    """Return the files of a bundle that carries the program that installs it."""
    return FILES | {APPLIER: assemble((ONE.public.text, TWO.public.text))}


def signed(
    files: Mapping[str, bytes] = FILES, days: int = 0, key: PrivateKey | None = ONE, **more: object
) -> bytes:
    """Return a bundle."""
    return pack(contents(files, days, **more), key)


def opened(content: bytes, trust: Trust = TRUST) -> Bundle:
    """Return the bundle that bytes are, its signature checked."""
    return open_bundle(in_memory(content), trust)


def taken(content: bytes, trust: Trust = TRUST) -> Bundle:
    """Return the bundle that bytes are, wholly checked."""
    bundle = opened(content, trust)
    check_files(bundle)
    return bundle


def manifest_of(content: bytes) -> bytes:
    """Return a bundle's manifest."""
    archive = in_memory(content)
    return archive.read(archive.entries[0])


def sealed(
    names: list[tuple[str, bytes]], listed: Mapping[str, bytes] | None = None, manifest: bytes = b""
) -> bytes:
    """Return a bundle as somebody hostile who holds a trusted key could pack it: any names."""
    moment = moment_of(NOON)
    body = packed([(name, content, DEFLATED) for name, content in names], moment)
    if not manifest:
        held = {name: _held(content) for name, content in (listed or dict(names)).items()}
        base = Manifest(
            site="quay", edition="public", version="2026.11.01-1a2b3c4d", commit="1a2b3c4d",
            date="2026-11-01T12:00:00Z", previous="", valid_until="",
            keys=(ONE.public, TWO.public), revoked=(), packed=_held(body), files=held,
        )  # fmt: skip
        manifest = base.to_json()
    heads = [(NAME, manifest, STORED), (SIGNATURE, ONE.sign(manifest, "c"), STORED)]
    return closed(packed(heads, moment) + body)


def _held(content: bytes) -> Held:
    return Held(len(content), hashlib.sha256(content).hexdigest())
