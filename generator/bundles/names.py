"""Which names a bundle may hold: such as Windows, macOS, Linux and Android all can.

In go paths with `/` between their parts, out come the reasons against them in plain words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

LONGEST = 200
"""Characters of a path: Windows takes 260 for the whole, and a folder stands before it."""
_FORBIDDEN = '<>:"|?*\\'
_DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"}
_PORTS = "123456789\u00b9\u00b2\u00b3"


def fault_of(name: str) -> str | None:
    """Return what is wrong with a path, or None."""
    if not name:
        return "has no name"
    if name.startswith(("/", "\\")) or (len(name) > 1 and name[1] == ":"):
        return "is an absolute path"
    parts = name.split("/")
    if ".." in parts or ".." in name.split("\\"):
        return 'leads out of the folder with ".."'
    if len(name) > LONGEST:
        return f"is longer than {LONGEST} characters"
    if "" in parts or "." in parts:
        return "has an empty part in its path"
    if unicodedata.normalize("NFC", name) != name:
        return "is not in Unicode's composed form, which macOS and others read differently"
    return next((fault for part in parts if (fault := _fault_of_part(part))), None)


def _fault_of_part(part: str) -> str | None:
    wrong = [each for each in part if each in _FORBIDDEN]
    if wrong:
        return f'has a "{wrong[0]}" in its name, which Windows cannot hold'
    if any(unicodedata.category(each) in ("Cc", "Cf", "Cs") for each in part):
        return "has a character in its name that cannot be seen"
    if part[-1] in " .":
        return "ends with a space or a dot, which Windows takes away"
    stem = part.split(".")[0].rstrip(" ").casefold()
    if stem in _DEVICES or (stem[:3] in ("com", "lpt") and stem[3:] and stem[3:] in _PORTS):
        return "is called as a device of Windows"
    if len(part.encode()) > 255:
        return "has a part longer than 255 bytes"
    return None


def clashes(names: Iterable[str]) -> list[str]:
    """Return what is wrong with paths beside each other: one twice, one that differs in case
    only, one that is a file here and a folder there."""
    seen: dict[str, str] = {}
    folders: dict[str, str] = {}
    found: list[str] = []
    for name in names:
        folded = _folded(name)
        if folded in seen:
            also = seen[folded]
            how = "is there twice" if also == name else f'differs from "{also}" in case only'
            found.append(f'"{name}" {how}')
        seen.setdefault(folded, name)
        parts = name.split("/")
        for end in range(1, len(parts)):
            folder = "/".join(parts[:end])
            also = folders.setdefault(_folded(folder), folder)
            if also != folder:
                found.append(f'the folder "{folder}" differs from "{also}" in case only')
    found += [f'"{name}" is a file and a folder' for at, name in seen.items() if at in folders]
    return list(dict.fromkeys(found))


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name.casefold())
