"""Installs a bundle in a folder and switches to it in one step; goes back to the one before.

In go a bundle and a folder. The folder holds each version in a folder of its own below `versions/`,
and `START-HERE.html`, which leads to the one in use: replacing that one small file is the switch.
Whatever happens before it leaves the version in use untouched; what was written by then is used by
the next try.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generator.bundles.disk import Disk
from generator.bundles.manifests import NAME, SIGNATURE, Held, Manifest, read_manifest
from generator.bundles.refusals import RefusedError
from generator.bundles.verifying import Incoming, Trust, check_newer

START, APPLIER, VERSIONS = "START-HERE.html", "kb-update.py", "versions"
_VERSION = r"\d{4}\.\d\d\.\d\d-[0-9a-f]{8}\+?\.[0-9a-f]{8}"
_POINTER = re.compile(rf'<meta name="kb-(current|previous)" content="({_VERSION})">')


@dataclass(frozen=True, slots=True)
class Installed:
    """What a folder holds: names of folders below `versions/`."""

    folder: Path
    current: str
    previous: str
    """Empty where there is none."""

    def place(self, name: str) -> Path:
        """Return where a version lies."""
        return self.folder / VERSIONS / name

    def manifest(self) -> Manifest:
        """Return what the version in use says of itself. Raises `RefusedError`."""
        return _manifest(self.place(self.current))


def installed(folder: Path) -> Installed | None:
    """Return what is installed in a folder; None where nothing is."""
    try:
        page = (folder / START).read_text("utf-8", errors="replace")
    except FileNotFoundError:
        return None
    found = dict(_POINTER.findall(page))
    if "current" not in found:
        return None
    return Installed(folder, found["current"], found.get("previous", ""))


def trust_at(folder: Path, given: Trust) -> Trust:
    """Return whom to trust in a folder: the keys given and those that the signed version in use
    names, but none that any version there revokes."""
    now = installed(folder)
    if now is None:
        return given
    keys, revoked = given.keys, given.revoked
    for name in filter(None, (now.current, now.previous)):
        place = now.place(name)
        if (place / SIGNATURE).is_file():
            held = _manifest(place)
            revoked |= set(held.revoked)
            keys += held.keys if name == now.current else ()
    return Trust(keys, revoked, given.takes_unsigned)


def apply(incoming: Incoming, folder: Path, disk: Disk) -> Installed:
    """Install a version and switch to it. Raises `RefusedError` or `OSError`; then the version in
    use is still in use, and the next try goes on from here."""
    now = installed(folder)
    check_newer(incoming.manifest, now.manifest() if now else None)
    check_room(folder, now)
    name = name_of(incoming)
    previous = "" if now is None else now.previous if now.current == name else now.current
    then = Installed(folder, name, previous)
    if not then.place(name).resolve().is_relative_to(folder.resolve()):
        raise RefusedError(f"{VERSIONS} in {folder} is a link to another place")
    keep = {name, previous, now.current if now else ""}
    _remove_others(then, keep, disk)
    _fill(incoming, then.place(name), disk)
    _switch(then, disk)
    _remove_others(then, {name, previous}, disk)
    return then


def check_room(folder: Path, now: Installed | None) -> None:
    """Refuse a folder that holds something of others."""
    if now is None and folder.is_dir() and any(each.name != VERSIONS for each in folder.iterdir()):
        raise RefusedError(f"{folder} holds something else: name an empty folder or a new one")


def go_back(folder: Path, disk: Disk) -> Installed:
    """Switch to the version before. Raises `RefusedError` where there is none, or not whole."""
    now = installed(folder)
    if now is None or not now.previous:
        raise RefusedError(f"no earlier version is kept in {folder}")
    place = now.place(now.previous)
    bad = damaged(place, _manifest(place))
    if bad:
        raise RefusedError(*(f'"{name}" of the earlier version is damaged' for name in bad))
    then = Installed(folder, now.previous, now.current)
    _switch(then, disk)
    return then


def damaged(place: Path, manifest: Manifest) -> list[str]:
    """Return which files of an installed version are missing or not as its manifest says."""
    return [name for name, held in manifest.files.items() if not holds(place / name, held)]


def name_of(incoming: Incoming) -> str:
    """Return the name of a version's folder: with the first digits of its manifest's digest."""
    digest = hashlib.sha256(incoming.heads[0][1]).hexdigest()
    return f"{incoming.manifest.version}.{digest[:8]}"


def _fill(incoming: Incoming, place: Path, disk: Disk) -> None:
    """Make a folder hold exactly a version's files."""
    names = {name for name, _ in incoming.heads} | incoming.manifest.files.keys()
    for path in sorted(place.rglob("*")) if place.is_dir() else ():
        if not path.is_dir() and path.relative_to(place).as_posix() not in names:
            disk.remove(path)
    for name, held in incoming.manifest.files.items():
        if not holds(place / name, held):
            disk.put(place / name, _checked(incoming, name, held))
    for name, content in incoming.heads:
        disk.put(place / name, (content,))


def _checked(incoming: Incoming, name: str, held: Held) -> Iterator[bytes]:
    """Yield a file's content; it is looked at again, since its stick may have been pulled."""
    digest = hashlib.sha256()
    for chunk in incoming.content(name):
        digest.update(chunk)
        yield chunk
    if digest.hexdigest() != held.sha256:
        raise RefusedError(f'"{name}" changed while it was read')


def _switch(then: Installed, disk: Disk) -> None:
    page = _pointer(then, then.manifest())
    disk.put(then.folder / START, (page.encode(),))
    applier = then.place(then.current) / APPLIER
    if applier.is_file():
        disk.put(then.folder / APPLIER, (applier.read_bytes(),))


def _remove_others(then: Installed, keep: set[str], disk: Disk) -> None:
    folder = then.folder / VERSIONS
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name not in keep and re.fullmatch(_VERSION, path.name):
            disk.remove_folder(path)


def holds(path: Path, held: Held) -> bool:
    """Return whether a file is there as a manifest says."""
    try:
        if path.is_symlink() or path.stat().st_size != held.size:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == held.sha256
    except OSError:
        return False


def _manifest(place: Path) -> Manifest:
    try:
        return read_manifest((place / NAME).read_bytes())
    except OSError as error:
        raise RefusedError(f"the manifest in {place} cannot be read: {error.strerror}") from error


def _pointer(then: Installed, manifest: Manifest) -> str:
    """Return the page that leads to the version in use."""
    page = html.escape(f"{VERSIONS}/{then.current}/{START}")
    previous = f'\n<meta name="kb-previous" content="{then.previous}">' if then.previous else ""
    return f"""<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="kb-current" content="{then.current}">{previous}
<meta http-equiv="refresh" content="0; url={page}">
<title>{manifest.site} {manifest.version}</title>
</head>
<body>
<p><a href="{page}">{manifest.site} {manifest.version}</a></p>
</body>
</html>
"""
