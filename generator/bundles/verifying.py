"""Whether a bundle is genuine and whole: its form, its signature, then every file.

In go an open file and whom to trust, out comes a `Bundle`, or the reasons why there is none.
Nothing is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from generator.bundles.manifests import (
    LARGEST_MANIFEST,
    NAME,
    SIGNATURE,
    Held,
    Manifest,
    read_manifest,
)
from generator.bundles.minisign import LARGEST_SIGNATURE, PublicKey, read_signature, verify
from generator.bundles.refusals import RefusedError
from generator.bundles.zips import STORED, Archive, Entry, open_archive


@dataclass(frozen=True, slots=True)
class Trust:
    """Which signatures count."""

    keys: tuple[PublicKey, ...]
    revoked: frozenset[str] = frozenset()
    takes_unsigned: bool = False


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle whose manifest is genuine; its files are checked by `check_files`."""

    archive: Archive
    manifest: Manifest
    entries: tuple[Entry, ...]
    """All files but the manifest and its signature."""
    heads: tuple[tuple[str, bytes], ...]
    """The manifest and its signature, name and content."""
    signer: str
    """The id of the key; empty where it is not signed."""


def open_bundle(file: BinaryIO, trust: Trust) -> Bundle:
    """Return the bundle in a file when its manifest is genuine. Raises `RefusedError`."""
    archive = open_archive(file)
    heads = [each for each in archive.entries[:2] if each.name in (NAME, SIGNATURE)]
    if [each.name for each in heads] not in ([NAME], [NAME, SIGNATURE]):
        raise RefusedError(f"it does not begin with {NAME}: it is no bundle")
    limits = (LARGEST_MANIFEST, LARGEST_SIGNATURE)
    for head, limit in zip(heads, limits, strict=False):
        if head.method != STORED or head.size > limit:
            raise RefusedError(f'"{head.name}" is packed or larger than it can be')
    read = [archive.read(head) for head in heads]
    signer = _signer(read, trust)
    manifest = read_manifest(read[0])
    if signer in manifest.revoked:
        raise RefusedError(f"it revokes the key {signer} that it is signed with")
    entries = archive.entries[len(heads) :]
    named = tuple(zip((head.name for head in heads), read, strict=True))
    return Bundle(archive, manifest, entries, named, signer)


def _signer(read: list[bytes], trust: Trust) -> str:
    if len(read) == 1:
        if trust.takes_unsigned:
            return ""
        raise RefusedError("it is not signed: nobody can say who made it")
    return verify(read[0], read_signature(read[1]), trust.keys, trust.revoked).id


def check_files(bundle: Bundle) -> None:
    """Compare every file with the manifest. Raises `RefusedError` naming each bad one."""
    listed = bundle.manifest.files
    held = {entry.name for entry in bundle.entries}
    faults = [f'"{name}" is missing' for name in sorted(listed.keys() - held)]
    faults += [f'"{name}" is not in the manifest' for name in sorted(held - listed.keys())]
    for entry in bundle.entries:
        wanted = listed.get(entry.name)
        if wanted is not None and (entry.size != wanted.size or _is_bad(bundle, entry, wanted)):
            faults.append(f'"{entry.name}" is not as the manifest says: it was altered or damaged')
    if faults:
        raise RefusedError(*faults)
    start = bundle.entries[0].offset if bundle.entries else 0
    end = bundle.entries[-1].end if bundle.entries else 0
    digest = hashlib.sha256()
    for chunk in bundle.archive.raw(start, end):
        digest.update(chunk)
    if Held(end - start, digest.hexdigest()) != bundle.manifest.packed:
        raise RefusedError("the archive was packed anew or altered, though its files are whole")


def _is_bad(bundle: Bundle, entry: Entry, wanted: Held) -> bool:
    digest = hashlib.sha256()
    try:
        for chunk in bundle.archive.chunks(entry):
            digest.update(chunk)
    except RefusedError:
        return True
    return digest.hexdigest() != wanted.sha256


def check_newer(manifest: Manifest, installed: Manifest | None) -> None:
    """Refuse what is for another site, or older than what is installed."""
    if installed is None:
        return
    if manifest.site != installed.site:
        raise RefusedError(f'it is for the site "{manifest.site}", here is "{installed.site}"')
    if manifest.date < installed.date:
        raise RefusedError(
            f"its version {manifest.version} is older than {installed.version}, which is installed"
        )


def warnings(manifest: Manifest, signer: str, today: date) -> Iterable[str]:
    """Yield what a reader should know of a bundle that is genuine and whole."""
    if not signer:
        yield "it is not signed: nobody can say who made it"
    if manifest.valid_until and manifest.valid_until < today.isoformat():
        yield f"it was valid until {manifest.valid_until}: ask for a newer one"
