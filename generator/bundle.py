"""Packs what the others made for one remote site into one file.

In go files by their path in the bundle, out comes a zip with a manifest that names every path with
its size and SHA-256. Same files, same bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from generator.history import Stamp

FORMAT = 1
MANIFEST = "MANIFEST.json"


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


def pack(contents: Contents) -> bytes:
    """Return the bundle as a zip archive: sorted, every time the commit's, manifest first."""
    held = {**{path: file.read_bytes() for path, file in contents.files.items()}, **contents.pages}
    moment = datetime.fromtimestamp(contents.stamp.time, UTC)
    time = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, content in [(MANIFEST, _manifest(contents, held)), *sorted(held.items())]:
            info = zipfile.ZipInfo(path, time)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o100644 << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def _manifest(contents: Contents, held: Mapping[str, bytes]) -> bytes:
    moment = datetime.fromtimestamp(contents.stamp.time, UTC)
    manifest = {
        "format": FORMAT,
        "site": contents.site,
        "edition": contents.edition,
        "version": contents.stamp.version,
        "commit": contents.stamp.commit,
        "date": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "files": {
            path: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for path, content in sorted(held.items())
        },
    }
    return (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()
