"""Lays out a folder that any web server or object store serves: a site's bundles, updates to the
newest one, and the index that names them.

In go a bundle and the folder as it was published before, out comes the folder as it is then. No
reader ever finds an index that names a file which is not there: files come first, the index is
replaced in one step, and what only the indexes before it name stays until they are two behind.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.bundles.differing import make_update
from generator.bundles.indexes import INDEX, Index, Offer, lasting_name, read_index
from generator.bundles.manifests import LARGEST_MANIFEST, Held, read_manifest
from generator.bundles.refusals import RefusedError
from generator.bundles.signing import PrivateKey
from generator.bundles.verifying import Bundle, Trust, check_files, open_bundle
from generator.bundles.zips import in_memory, open_archive
from generator.writing import remove, replace

KEPT_INDEXES = 2
"""So many indexes before the newest still find their files: caches may give them for a while."""
_UPDATE_ENDING = ".update.zip"
_SIGNATURE_ENDING = ".minisig"


@dataclass(frozen=True, slots=True)
class Laid:
    """What is published now, and what had to change for it: names of files in the folder."""

    index: Index
    written: tuple[str, ...]
    removed: tuple[str, ...]
    left_out: tuple[str, ...]
    """Why an earlier bundle is not offered any more: a sentence each."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A bundle, checked, and the file it is."""

    bundle: Bundle
    content: bytes

    @property
    def manifest_sha256(self) -> str:
        return _sha256(self.bundle.heads[0][1])

    @property
    def date(self) -> str:
        return self.bundle.manifest.date


def lay_out(folder: Path, file: Path, trust: Trust, key: PrivateKey | None, most: int) -> Laid:
    """Publish a bundle in its site's folder, with updates from `most` earlier ones that are there.

    The index is signed with `key`. Raises `RefusedError` where the bundle cannot be published.
    """
    newest = _kept(file, trust)
    manifest = newest.bundle.manifest
    found, left_out = _earlier(folder, newest, trust)
    offers = {_offer(newest, None, newest.content): newest.content}
    for each in found[:most]:
        update = make_update(each.bundle, newest.bundle, key)
        if len(update) < len(newest.content):
            offers[_offer(newest, each, update)] = update
    offers |= {_offer(each, None, each.content): each.content for each in found[:most]}
    index = Index(
        manifest.site, manifest.version, newest.manifest_sha256, manifest.date, tuple(offers)
    )
    files = {offer.name: content for offer, content in offers.items()}
    return _lay(folder, index, files, key, left_out)


def newest_of(paths: Iterable[Path]) -> Path:
    """Return the bundle of the latest commit, whichever was written or copied last; of one commit
    the one written last. It is not checked. Raises `RefusedError` where one is no bundle."""

    def age(path: Path) -> tuple[str, int]:
        with path.open("rb") as file:
            archive = open_archive(file)
            head = next(iter(archive.entries), None)
            if head is None or head.size > LARGEST_MANIFEST:
                raise RefusedError(f"{path} is no bundle")
            return read_manifest(archive.read(head)).date, path.stat().st_mtime_ns

    return max(paths, key=age)


def _earlier(folder: Path, newest: _Kept, trust: Trust) -> tuple[list[_Kept], list[str]]:
    """Return the earlier bundles in a folder, newest first, and why others are none."""
    found: dict[str, _Kept] = {}
    left_out: list[str] = []
    for path in sorted(folder.glob("*.zip")):
        if path.name.endswith(_UPDATE_ENDING):
            continue
        try:
            kept = _kept(path, trust)
        except RefusedError as error:
            left_out.append(f"{path.name} is left out: {error}")
            continue
        here, other = newest.bundle.manifest, kept.bundle.manifest
        if kept.date > newest.date and other.site == here.site:
            raise RefusedError(
                f"{other.version} is published already, newer than {here.version}: sites do not "
                "go back, so take a wrong change back with a new commit"
            )
        if kept.manifest_sha256 != newest.manifest_sha256 and other.site == here.site:
            found[kept.manifest_sha256] = kept
    ranked = sorted(found.items(), key=lambda each: (each[1].date, each[0]), reverse=True)
    return [kept for _, kept in ranked], left_out


def _kept(path: Path, trust: Trust) -> _Kept:
    content = path.read_bytes()
    bundle = open_bundle(in_memory(content), trust)
    check_files(bundle)
    return _Kept(bundle, content)


def _offer(new: _Kept, old: _Kept | None, content: bytes) -> Offer:
    """Return how a bundle, or the update from another to it, is named in the index."""
    manifest, digest = new.bundle.manifest, _sha256(content)
    held = Held(len(content), digest)
    unsigned = "" if new.bundle.signer else "-unsigned"
    name = f"{manifest.site}-{manifest.version}"
    if old is None:
        return Offer(f"{name}{unsigned}.{digest[:16]}.zip", held, manifest.version)
    start = old.bundle.manifest.version
    name = f"{name}-from-{start}{unsigned}.{digest[:16]}{_UPDATE_ENDING}"
    return Offer(name, held, manifest.version, start, old.manifest_sha256)


def _lay(
    folder: Path,
    index: Index,
    files: Mapping[str, bytes],
    key: PrivateKey | None,
    left_out: list[str],
) -> Laid:
    text = index.to_json()
    lasting = lasting_name(text)
    wanted = {**files, lasting: text}
    if key is not None:
        wanted[lasting + _SIGNATURE_ENDING] = key.sign(text, f"file:{INDEX}\thashed")
    stays = set(wanted) | set(_still_named(folder, lasting))
    written = []
    for name, content in [*wanted.items(), (INDEX, text)]:
        if _content(folder / name) != content:
            replace(folder / name, content)
            written.append(name)
    ours = re.compile(rf"\.?({index.site}-.*\.zip|index.*\.json({_SIGNATURE_ENDING})?)(\.new)?")
    names = sorted(path.name for path in folder.iterdir() if ours.fullmatch(path.name))
    removed = [name for name in names if name not in stays and name != INDEX]
    for name in removed:
        remove(folder, name)
    return Laid(index, tuple(written), tuple(removed), tuple(left_out))


def _still_named(folder: Path, lasting: str) -> Iterator[str]:
    """Yield the files of the last indexes before this one: the one in use until now among them."""
    in_use = lasting_name(_content(folder / INDEX))
    dated = []
    for path in folder.glob("index-*.json"):
        try:
            dated.append((path.name == in_use, read_index(path.read_bytes()), path.name))
        except RefusedError:
            continue
    before = [each for each in dated if each[2] != lasting]
    before.sort(key=lambda each: (each[0], each[1].date, each[2]), reverse=True)
    for _, index, name in before[:KEPT_INDEXES]:
        yield from (name, name + _SIGNATURE_ENDING, *(each.name for each in index.offers))


def _content(path: Path) -> bytes:
    """Return what a file holds; nothing where there is none."""
    return path.read_bytes() if path.is_file() else b""


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
