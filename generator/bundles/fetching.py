"""Fetches the newest version to a site: reads the index, takes the cheapest file that leads there,
installs it.

In go a line and a folder, out comes what is in use then. What came over the line lies in
`versions/<sha256>.download` until it is installed, so that the next try goes on from it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from generator.bundles.disk import Disk
from generator.bundles.downloading import Line, download, read_small, size_text
from generator.bundles.indexes import (
    INDEX,
    LARGEST_INDEX,
    Index,
    Offer,
    lasting_name,
    read_index,
    ways,
)
from generator.bundles.installing import (
    VERSIONS,
    Installed,
    apply,
    check_room,
    damaged,
    installed,
    trust_at,
)
from generator.bundles.manifests import NAME, Manifest
from generator.bundles.minisign import LARGEST_SIGNATURE
from generator.bundles.patches import reads_patches
from generator.bundles.places import LineError, MissingError
from generator.bundles.refusals import RefusedError
from generator.bundles.updating import receive
from generator.bundles.verifying import Trust, signer_of

_ENDING = ".download"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What is in use after a fetch."""

    manifest: Manifest
    signer: str
    """The id of the key that signed the index or the bundle; empty where it is not signed."""
    then: Installed
    is_new: bool
    """Whether anything was installed."""


def fetch(line: Line, folder: Path, given: Trust, disk: Disk) -> Fetched:
    """Install the newest version that is published. Raises `RefusedError` or `OSError`; then the
    version in use is still in use, and the next try goes on from here."""
    now = installed(folder)
    check_room(folder, now)
    index, signer = _newest(line, trust_at(folder, given), now)
    if now is not None and _digest(now) == index.manifest_sha256:
        manifest = now.manifest()
        if not damaged(now.place(now.current), manifest):
            return Fetched(manifest, signer, now, is_new=False)
        line.told("the version in use is damaged: it is made whole")
    if not (folder / VERSIONS).resolve().is_relative_to(folder.resolve()):
        raise RefusedError(f"{VERSIONS} in {folder} is a link to another place")
    offers = _offers(index, now)
    for offer in offers:
        path = folder / VERSIONS / f"{offer.held.sha256}{_ENDING}"
        for other in sorted((folder / VERSIONS).glob(f"*{_ENDING}")):
            if other != path:
                disk.remove(other)
        _tell(line, offer, path)
        try:
            download(line, offer.name, offer.held, path, disk)
            with path.open("rb") as file:
                incoming = receive(file, given, folder)
                then = apply(incoming, folder, disk)
        except (RefusedError, MissingError) as error:
            if offer == offers[-1]:
                raise
            for reason in str(error).splitlines():
                line.told(f"    {reason}")
            line.told("this update cannot be used here: the full bundle is taken")
        else:
            disk.remove(path)
            return Fetched(incoming.manifest, incoming.signer, then, is_new=True)
    raise AssertionError("the last way returns or raises")


def save(line: Line, folder: Path | None, given: Trust, place: Path, disk: Disk) -> Path:
    """Write what leads to the newest version to a file, or under its own name into a folder, to be
    carried on from there; from what is installed in `folder`, where one is named."""
    now = installed(folder) if folder else None
    index, _ = _newest(line, trust_at(folder, given) if folder else given, now)
    offer = _offers(index, now)[0]
    path = place / offer.name if place.is_dir() else place
    begun = path.with_name(f"{offer.held.sha256}{_ENDING}")
    _tell(line, offer, begun)
    download(line, offer.name, offer.held, begun, disk)
    disk.move(begun, path)
    return path


def _tell(line: Line, offer: Offer, begun: Path) -> None:
    """Say what is fetched, and what of it is here from another time."""
    here = f", {size_text(begun.stat().st_size)} of it are here" if begun.is_file() else ""
    line.told(f"{offer.name}, {size_text(offer.held.size)}{here}")


def _newest(line: Line, trust: Trust, now: Installed | None) -> tuple[Index, str]:
    """Return the index of what is published and the key that signed it. Raises `RefusedError`
    where nobody we trust did, or it is older than what is installed."""
    if not trust.keys and not trust.takes_unsigned:
        raise RefusedError(
            "nobody is trusted here yet: give the key that you were told (--key RW…)"
        )
    content, signature = _read_index(line)
    for _ in range(line.tries):
        try:
            signer = signer_of(content, signature, trust)
            break
        except RefusedError as error:
            # where a server says a wrong length, only their last line shows that they were cut
            again = _read_index(line)
            if again == (content, signature) and all(each[-1:] == b"\n" for each in again if each):
                reasons = (f"the index: {reason}" for reason in error.reasons)
                raise RefusedError(*reasons) from error
            content, signature = again
    else:
        raise LineError(f"{INDEX} comes otherwise each time, or not whole")
    index = read_index(content)
    if now is not None:
        _check_index(index, now.manifest())
    return index, signer


def _read_index(line: Line) -> tuple[bytes, bytes | None]:
    """Return the index and its signature, where it has one."""
    try:
        content = read_small(line, INDEX, LARGEST_INDEX)
    except MissingError as error:
        example = "https://…/hamburg-warehouse"
        raise MissingError(f"{error}; the address is that of a site's folder: {example}") from error
    if content.lstrip().startswith(b"<"):
        raise RefusedError(
            "instead of the index a web page came: does this network want you to sign in first?"
        )
    try:
        return content, read_small(line, f"{lasting_name(content)}.minisig", LARGEST_SIGNATURE)
    except MissingError:
        return content, None


def _check_index(index: Index, manifest: Manifest) -> None:
    if index.site != manifest.site:
        raise RefusedError(f'the index is of the site "{index.site}", here is "{manifest.site}"')
    if index.date < manifest.date:
        raise RefusedError(
            f"the index is stale: its newest version {index.version} is older than "
            f"{manifest.version}, which is in use; a cache on the way or an old copy answered, "
            "try again later"
        )


def _offers(index: Index, now: Installed | None) -> list[Offer]:
    """Return what can be used here, cheapest first."""
    digest = _digest(now) if now else ""
    found = ways(index, digest)
    return [each for each in found if not each.start or reads_patches()]


def _digest(now: Installed) -> str:
    return hashlib.sha256((now.place(now.current) / NAME).read_bytes()).hexdigest()
