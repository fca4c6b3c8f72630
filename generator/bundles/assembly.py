"""Puts `kb-update.py` together: one file for a bare Python, from the modules used here.

In go the keys to trust, out comes a program.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import cache

from generator.settings import PACKAGE

MODULES = (
    "refusals",
    "ed25519",
    "minisign",
    "names",
    "zips",
    "parts",
    "manifests",
    "verifying",
    "disk",
    "installing",
    "patches",
    "updating",
    "indexes",
    "places",
    "downloading",
    "fetching",
    "applier",
)
"""In this order each comes after those it uses; they import nothing else but Python's own."""
_HEAD = '''#!/usr/bin/env python3
"""Checks and installs a bundle of the knowledge base; needs Python 3.11 or newer, nothing else.

    python kb-update.py BUNDLE.zip --to FOLDER    check it, install it, switch to it
    python kb-update.py BUNDLE.zip --check        only check it
    python kb-update.py --from URL --to FOLDER    fetch the newest version, install it
    python kb-update.py --join PART PART …        join what came in parts
    python kb-update.py --rollback --to FOLDER    go back to the version before

Use the kb-update.py that lies in your folder already, not one that came with a new bundle: it
knows whom to trust.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):
    sys.exit("kb-update.py needs Python 3.11 or newer")

'''


def assemble(keys: Sequence[str]) -> bytes:
    """Return the program; it trusts `keys` (lines of Base64) and what its folder trusts."""
    listed = "".join(f'    "{key}",\n' for key in keys)
    tail = (
        f"KEYS: tuple[str, ...] = (\n{listed})\n\n"
        'if __name__ == "__main__":\n'
        "    sys.exit(main(sys.argv[1:], KEYS, Path(__file__).resolve().parent))\n"
    )
    return (_HEAD + _bodies() + tail).encode()


@cache
def _bodies() -> str:
    return "".join(
        _body((PACKAGE / "bundles" / f"{name}.py").read_text("utf-8")) for name in MODULES
    )


def _body(source: str) -> str:
    """Return a module without its docstring and without what it imports from us."""
    lines = source.splitlines(keepends=True)
    for node in reversed(ast.parse(source).body):
        holder = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        if node.lineno == 1 or holder.split(".")[0] in ("generator", "__future__"):
            del lines[node.lineno - 1 : node.end_lineno]
    return "".join(lines).strip("\n") + "\n\n\n"
