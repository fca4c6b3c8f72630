"""Makes updates: what changed between two bundles, each file the shortest way.

In go two bundles of one site and a key, out comes an update.
"""

from __future__ import annotations

import hashlib
import zlib

from generator.bundles.manifests import NAME, SIGNATURE, Held
from generator.bundles.patches import make_patch
from generator.bundles.refusals import RefusedError
from generator.bundles.signing import PrivateKey
from generator.bundles.updating import PATCH, UPDATE, UPDATE_SIGNATURE, WHOLE, Notice
from generator.bundles.verifying import Bundle
from generator.bundles.zips import DEFLATED, STORED, closed, packed


def make_update(old: Bundle, new: Bundle, key: PrivateKey | None) -> bytes:
    """Return the update that leads from one bundle to another. Raises `RefusedError`."""
    one, other = old.manifest, new.manifest
    if one.site != other.site or one.date > other.date:
        raise RefusedError(
            f"{one.site} {one.version} cannot be updated to {other.site} {other.version}"
        )
    before, after = dict(old.heads), dict(new.heads)
    files = [(PATCH + NAME, make_patch(before[NAME], after[NAME]), STORED)]
    if SIGNATURE in after:
        files.append((WHOLE + SIGNATURE, after[SIGNATURE], DEFLATED))
    sources = {entry.name: entry for entry in old.entries}
    for entry in new.entries:
        if one.files.get(entry.name) == other.files[entry.name]:
            continue
        content = new.archive.read(entry)
        source = sources.get(entry.name)
        was = old.archive.read(source) if source else None
        files.append(_shortest(entry.name, was, content))
    moment = new.archive.entries[0].moment
    body = packed(files, moment)
    notice = Notice(
        site=other.site,
        start=one.version,
        start_sha256=hashlib.sha256(before[NAME]).hexdigest(),
        version=other.version,
        manifest_size=len(after[NAME]),
        packed=Held(len(body), hashlib.sha256(body).hexdigest()),
    ).to_json()
    heads = [(UPDATE, notice, STORED)]
    if key is not None:
        heads.append((UPDATE_SIGNATURE, key.sign(notice, f"file:{UPDATE}\thashed"), STORED))
    return closed(packed(heads, moment) + body)


def _shortest(name: str, was: bytes | None, content: bytes) -> tuple[str, bytes, int]:
    """Return a file as a patch where that is shorter, whole where not."""
    if was is not None:
        patch = make_patch(was, content)
        if len(patch) < len(zlib.compress(content, 9)):
            return PATCH + name, patch, STORED
    return WHOLE + name, content, DEFLATED
