"""Updates: what changed from one version to another, as one signed file.

In go an update and the version it starts from, out comes the new version, byte for byte as its full
bundle would give it. The archive is of the same one writing as a bundle; it begins with
`UPDATE.json` and its signature, then come `whole/<path>` and `patch/<path>`. What is in neither is
as it was; what the new manifest does not name is gone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from generator.bundles.installing import Installed, holds, installed, trust_at
from generator.bundles.manifests import NAME, SIGNATURE, Held, Manifest, read_manifest
from generator.bundles.patches import apply_patch
from generator.bundles.refusals import RefusedError
from generator.bundles.verifying import (
    Incoming,
    Trust,
    check_files,
    check_own_key,
    check_packed,
    open_bundle,
    opened_heads,
    signer_of,
)
from generator.bundles.zips import Archive, Entry, open_archive

UPDATE, UPDATE_SIGNATURE = "UPDATE.json", "UPDATE.json.minisig"
WHOLE, PATCH = "whole/", "patch/"
UPDATE_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Notice:
    """What an update says of itself: from which version it leads to which."""

    site: str
    start: str
    """The version it starts from."""
    start_sha256: str
    """The digest of that version's manifest."""
    version: str
    manifest_size: int
    """Bytes of the new manifest."""
    packed: Held
    """The archive's own bytes behind the notice and its signature."""

    def to_json(self) -> bytes:
        """Return the notice's bytes."""
        said = {
            "format": UPDATE_FORMAT,
            "site": self.site,
            "from": self.start,
            "from_sha256": self.start_sha256,
            "version": self.version,
            "manifest_size": self.manifest_size,
            "packed": {"size": self.packed.size, "sha256": self.packed.sha256},
        }
        return (json.dumps(said, indent=1) + "\n").encode()


def receive(file: BinaryIO, given: Trust, folder: Path | None) -> Incoming:
    """Return the version that a file brings, a bundle or an update of what is installed in a
    folder, when it is genuine and whole. Raises `RefusedError`."""
    archive = open_archive(file)
    trust = trust_at(folder, given) if folder else given
    if archive.entries and archive.entries[0].name == UPDATE:
        return _updated(archive, trust, installed(folder) if folder else None)
    return check_files(open_bundle(archive, trust))


def _updated(archive: Archive, trust: Trust, now: Installed | None) -> Incoming:
    heads, _ = opened_heads(archive, (UPDATE, UPDATE_SIGNATURE), trust)
    notice = _read_notice(heads[0][1])
    entries = archive.entries[len(heads) :]
    check_packed(archive, entries, notice.packed)
    if now is None:
        raise RefusedError(
            f"it is an update from {notice.start}, and nothing is installed to update: say with "
            "--to where that version is installed, or ask for the full bundle"
        )
    place = now.place(now.current)
    before = (place / NAME).read_bytes()
    old = read_manifest(before)
    if old.version == notice.version:
        raise RefusedError(
            f"it leads to {notice.version}, which is in use already: nothing is left to do"
        )
    if hashlib.sha256(before).hexdigest() != notice.start_sha256:
        raise RefusedError(
            f"it leads from {notice.start} to {notice.version}, but {old.site} {old.version} is in "
            f"use: ask for an update from {old.version}, or for the full bundle"
        )
    held = {entry.name: entry for entry in entries}
    manifest, new_heads, signer = _new_heads(archive, held, before, notice, trust)
    _check_sources(manifest, old, held, now)

    def content(name: str) -> Iterator[bytes]:
        whole, patch = held.get(WHOLE + name), held.get(PATCH + name)
        if whole is not None:
            yield from archive.chunks(whole)
            return
        was = (place / name).read_bytes()
        size = manifest.files[name].size
        yield was if patch is None else apply_patch(was, archive.read(patch), size)

    return Incoming(manifest, new_heads, content, signer)


def _new_heads(
    archive: Archive, held: dict[str, Entry], before: bytes, notice: Notice, trust: Trust
) -> tuple[Manifest, tuple[tuple[str, bytes], ...], str]:
    """Return the new manifest, it and its signature as bytes, and who signed it."""
    if PATCH + NAME not in held:
        raise RefusedError("the new manifest is missing in the update")
    made = apply_patch(before, archive.read(held[PATCH + NAME]), notice.manifest_size)
    signed = held.get(WHOLE + SIGNATURE)
    signature = archive.read(signed) if signed else None
    signer = signer_of(made, signature, trust)
    heads = ((NAME, made), (SIGNATURE, signature)) if signature else ((NAME, made),)
    manifest = read_manifest(made)
    check_own_key(manifest, signer)
    return manifest, heads, signer


def _check_sources(
    manifest: Manifest, old: Manifest, held: dict[str, Entry], now: Installed
) -> None:
    """Refuse where a file of the new version can be made neither of the update nor of the old."""
    brought = {name.partition("/")[2] for name in held if name.startswith(WHOLE)}
    patched = {name.partition("/")[2] for name in held if name.startswith(PATCH)}
    faults = []
    for name, wanted in manifest.files.items():
        was = old.files.get(name)
        if name in brought:
            continue
        if was is None or (name not in patched and was != wanted):
            faults.append(f'"{name}" is missing in the update')
        elif not holds(now.place(now.current) / name, was):
            faults.append(f'"{name}" as it was is missing or damaged in the version in use')
    if faults:
        raise RefusedError(*faults, "ask for the full bundle")


def _read_notice(content: bytes) -> Notice:
    try:
        said = json.loads(content)
        if said["format"] != UPDATE_FORMAT:
            raise RefusedError(f"it is an update of format {said['format']}: renew this tool")
        notice = Notice(
            site=said["site"],
            start=said["from"],
            start_sha256=said["from_sha256"],
            version=said["version"],
            manifest_size=said["manifest_size"],
            packed=Held(said["packed"]["size"], said["packed"]["sha256"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise RefusedError(f"{UPDATE} cannot be read: {error}") from error
    texts = notice.site, notice.start, notice.start_sha256, notice.version
    if not all(isinstance(each, str) for each in texts) or type(notice.manifest_size) is not int:
        raise RefusedError(f"{UPDATE} cannot be used")
    return notice
