"""What makes a site an application that opens without a network: its manifest, its list of files.

In go the organisation's words and the artifacts of a site, out come two small files. The list's
version changes with any file on it, so that the service worker (`templates/theme/sw.js`) renews
what it kept; no page names the version.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from generator.model import EditionProfile, Organisation
from generator.writing import Artifact, digest_of, of_bytes

SHARDS_LIMIT = 1000
"""A larger index is kept as far as it was used, not fetched whole by every reader."""
_SHELL = re.compile(r"index\.html|[a-z]{2}/(?:search/)?index\.html|assets/.+|search/[^/]+\.js")


def manifest(organisation: Organisation, profile: EditionProfile) -> Artifact:
    """Return what a browser asks for before it offers to install the site."""
    language = organisation.languages[0]
    name = getattr(organisation.name, language)
    data = {
        "name": f"{name} · {getattr(profile.names, language)}",
        "short_name": name,
        "lang": language,
        "start_url": "index.html",
        "scope": "./",
        "display": "standalone",
        "background_color": "#fbfaf7",
        "theme_color": "#0f6e63",
        "icons": [{"src": "assets/kb-icon.svg", "sizes": "any", "type": "image/svg+xml"}],
    }
    return of_bytes("manifest.json", json.dumps(data, ensure_ascii=False, indent=1).encode())


def kept_files(artifacts: Iterable[Artifact]) -> Artifact:
    """Return the list of what is kept from the first visit on: styles, scripts, home, search."""
    keys = {each.path: each.key for each in artifacts}
    shards = [path for path in keys if path.startswith("search/")]
    kept = {path for path in keys if _SHELL.fullmatch(path)}
    if len(shards) <= SHARDS_LIMIT:
        kept.update(shards)
    files = sorted(kept)
    version = digest_of(*(f"{path} {keys[path]}" for path in files))
    data = json.dumps({"version": version, "files": files}, separators=(",", ":"))
    return of_bytes("offline.js", f"self.kbOffline = {data};\n".encode())
