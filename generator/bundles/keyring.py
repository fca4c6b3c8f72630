"""Revokes a key in the text of `kb/settings.yml`, leaving the rest as its people wrote it.

In go the text and what it says, out comes the new text.
"""

from __future__ import annotations

import re

from generator.bundles.minisign import read_public_key
from generator.bundles.refusals import RefusedError
from generator.model import Organisation

_FIELD = re.compile(r"^revoked_keys:[^\n]*\n(?:[ \t-][^\n]*\n)*", re.MULTILINE)


def revoked_in(text: str, organisation: Organisation, id: str) -> str:
    """Return the settings with the key `id` revoked. Raises `RefusedError`."""
    known = {read_public_key(each).id for each in organisation.trusted_keys}
    if id in organisation.revoked_keys:
        raise RefusedError(f"{id} is revoked already")
    if id not in known:
        raise RefusedError(f"there is no key {id}; trusted are: {', '.join(sorted(known))}")
    revoked = sorted({*organisation.revoked_keys, id})
    if not known - set(revoked):
        raise RefusedError(
            f"{id} is the last key that is trusted: make another first (kb keys new)"
        )
    line = f"revoked_keys: [{', '.join(revoked)}]\n"
    found = _FIELD.search(text)
    if found is None:
        return f"{text.rstrip()}\n{line}"
    return text[: found.start()] + line + text[found.end() :]
