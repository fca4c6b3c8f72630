"""Whether a bundle is genuine and whole: its form, its signature, then every file.

In go an archive and whom to trust, out comes a `Bundle`, and when its files were compared an
`Incoming`, or the reasons why there is none. Nothing is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

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
from generator.bundles.zips import STORED, Archive, Entry


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


@dataclass(frozen=True, slots=True)
class Incoming:
    """A version that was found genuine and whole, ready to be installed."""

    manifest: Manifest
    heads: tuple[tuple[str, bytes], ...]
    content: Callable[[str], Iterator[bytes]]
    """Yields a file's bytes by its path; they are compared with the manifest once more."""
    signer: str


def open_bundle(archive: Archive, trust: Trust) -> Bundle:
    """Return the bundle in an archive when its manifest is genuine. Raises `RefusedError`."""
    heads, signer = opened_heads(archive, (NAME, SIGNATURE), trust)
    manifest = read_manifest(heads[0][1])
    check_own_key(manifest, signer)
    return Bundle(archive, manifest, archive.entries[len(heads) :], heads, signer)


def opened_heads(
    archive: Archive, names: tuple[str, str], trust: Trust
) -> tuple[tuple[tuple[str, bytes], ...], str]:
    """Return what an archive begins with, name and content, and the id of the key that signed it.

    Raises `RefusedError` where it begins otherwise or nobody we trust signed it.
    """
    heads = [each for each in archive.entries[:2] if each.name in names]
    if tuple(each.name for each in heads) not in (names[:1], names):
        raise RefusedError(f"it does not begin with {names[0]}: it is no bundle")
    for head, limit in zip(heads, (LARGEST_MANIFEST, LARGEST_SIGNATURE), strict=False):
        if head.method != STORED or head.size > limit:
            raise RefusedError(f'"{head.name}" is packed or larger than it can be')
    read = [archive.read(head) for head in heads]
    signer = signer_of(read[0], read[1] if len(read) == 2 else None, trust)
    return tuple(zip(names, read, strict=False)), signer


def signer_of(content: bytes, signature: bytes | None, trust: Trust) -> str:
    """Return the id of the trusted key that signed; empty where unsigned is taken."""
    if signature is None:
        if trust.takes_unsigned:
            return ""
        raise RefusedError("it is not signed: nobody can say who made it")
    return verify(content, read_signature(signature), trust.keys, trust.revoked).id


def check_own_key(manifest: Manifest, signer: str) -> None:
    """Refuse a manifest that revokes the key that signed it: somebody else has to say so."""
    if signer in manifest.revoked:
        raise RefusedError(f"it revokes the key {signer} that it is signed with")


def check_files(bundle: Bundle) -> Incoming:
    """Compare every file with the manifest. Raises `RefusedError` naming each bad one."""
    listed = bundle.manifest.files
    held = {entry.name: entry for entry in bundle.entries}
    faults = [f'"{name}" is missing' for name in sorted(listed.keys() - held.keys())]
    faults += [f'"{name}" is not in the manifest' for name in sorted(held.keys() - listed.keys())]
    for entry in bundle.entries:
        wanted = listed.get(entry.name)
        if wanted is not None and (entry.size != wanted.size or _is_bad(bundle, entry, wanted)):
            faults.append(f'"{entry.name}" is not as the manifest says: it was altered or damaged')
    if faults:
        raise RefusedError(*faults)
    check_packed(bundle.archive, bundle.entries, bundle.manifest.packed)
    chunks = bundle.archive.chunks
    return Incoming(bundle.manifest, bundle.heads, lambda name: chunks(held[name]), bundle.signer)


def check_packed(archive: Archive, entries: tuple[Entry, ...], wanted: Held) -> None:
    """Compare the archive's own bytes with their digest. Raises `RefusedError`."""
    start, end = (entries[0].offset, entries[-1].end) if entries else (0, 0)
    digest = hashlib.sha256()
    for chunk in archive.raw(start, end):
        digest.update(chunk)
    if Held(end - start, digest.hexdigest()) != wanted:
        raise RefusedError("the archive was altered, or packed anew by another tool")


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
