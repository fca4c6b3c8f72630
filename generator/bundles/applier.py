"""Checks and installs bundles where there is nothing but Python 3.11.

    python kb-update.py hamburg-2026.11.22-1a2b3c4d.zip --to FOLDER

The file `kb-update.py` is put together from the modules that `kb bundle` itself uses.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import BinaryIO

from generator.bundles.disk import Disk
from generator.bundles.downloading import TRIES, Line, size_text
from generator.bundles.fetching import fetch
from generator.bundles.installing import START, apply, go_back, installed
from generator.bundles.minisign import read_public_key
from generator.bundles.parts import join
from generator.bundles.refusals import RefusedError
from generator.bundles.updating import receive
from generator.bundles.verifying import Trust, check_newer, warnings

DONE, REFUSED, FAULT = 0, 1, 3
UNTOUCHED = "    What was in use is still in use."


def main(arguments: Sequence[str], keys: Sequence[str], here: Path) -> int:
    """Do what the arguments say, trusting `keys`, in `here` where no folder is named; returns the
    exit code: 0 done, 1 refused, 2 wrong usage, 3 the machine failed."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    wanted = _parser().parse_args(arguments)
    folder = wanted.to or (here if installed(here) else None)
    try:
        given = tuple(map(read_public_key, (*keys, *wanted.key)))
        if wanted.rollback and folder is not None:
            then = go_back(folder, Disk())
            print(f"in use again: {then.manifest().site} {then.manifest().version}")
            print(f"open {then.folder / START}")
            return DONE
        if wanted.join:
            name, content = join({str(each): each.read_bytes() for each in _named(wanted.join)})
            Disk().put(Path(name), (content,))
            print(f"joined: {name}")
            return DONE
        trust = Trust(given, frozenset(), wanted.unsigned)
        if wanted.place and folder is not None:
            return _fetch(Line(wanted.place, print, _moved, wanted.tries), folder, trust)
        if wanted.file is None or (folder is None and not wanted.check):
            _parser().error("name a FILE or a URL, and with --to the folder it is installed in")
        with wanted.file.open("rb") as file:
            return _take(file, folder, trust, wanted.check)
    except RefusedError as error:
        what = "the parts" if wanted.join else wanted.file or wanted.place or folder
        print(f"refused: {what}", file=sys.stderr)
        for reason in error.reasons:
            print(f"    {reason}", file=sys.stderr)
        print(UNTOUCHED, file=sys.stderr)
        return REFUSED
    except FileNotFoundError as error:
        print(f'failed: there is no file "{error.filename}"', file=sys.stderr)
        print(UNTOUCHED, file=sys.stderr)
        return FAULT
    except OSError as error:
        print(f"failed: {error}", file=sys.stderr)
        print(f"{UNTOUCHED} Mend that, then run this again: it goes on.", file=sys.stderr)
        return FAULT
    except KeyboardInterrupt:
        print(f"stopped\n{UNTOUCHED} Run this again: it goes on.", file=sys.stderr)
        return FAULT


def _named(parts: Sequence[Path]) -> list[Path]:
    """Return the files that are meant; a shell of Windows leaves `*.part` as it is."""
    return [
        path
        for part in parts
        for path in (not part.exists() and sorted(part.parent.glob(part.name))) or [part]
    ]


def _take(file: BinaryIO, folder: Path | None, trust: Trust, only_check: bool) -> int:
    incoming = receive(file, trust, folder)
    manifest = incoming.manifest
    now = installed(folder) if folder else None
    check_newer(manifest, now.manifest() if now else None)
    for warning in warnings(manifest, incoming.signer, date.today()):
        print(f"warning: {warning}", file=sys.stderr)
    if folder is None or only_check:
        print(f"genuine and whole: {manifest.site} {manifest.version}, {len(manifest.files)} files")
        return DONE
    then = apply(incoming, folder, Disk())
    print(f"in use: {manifest.site} {manifest.version}")
    print(f"open {then.folder / START}")
    return DONE


def _fetch(line: Line, folder: Path, trust: Trust) -> int:
    fetched = fetch(line, folder, trust, Disk())
    manifest = fetched.manifest
    for warning in warnings(manifest, fetched.signer, date.today()):
        print(f"warning: {warning}", file=sys.stderr)
    now = "in use" if fetched.is_new else "nothing newer is published; in use"
    print(f"{now}: {manifest.site} {manifest.version}")
    print(f"open {fetched.then.folder / START}")
    return DONE


def _moved(here: int, size: int) -> None:
    """Show how much came, on one line of a terminal."""
    if sys.stderr.isatty():
        end = "\n" if here == size else "\r"
        print(f"  {size_text(here)} of {size_text(size)}   ", end=end, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kb-update.py", description="Checks and installs a bundle or an update."
    )
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the bundle or update")
    parser.add_argument(
        "--to",
        type=Path,
        metavar="FOLDER",
        help="where it is installed; where this program lies, if left out",
    )
    parser.add_argument("--check", action="store_true", help="check it, install nothing")
    parser.add_argument(
        "--join", nargs="+", type=Path, metavar="PART", help="join parts into a file here"
    )
    parser.add_argument(
        "--from",
        dest="place",
        metavar="URL",
        help="fetch the newest version from there, install it",
    )
    parser.add_argument(
        "--tries", type=int, default=TRIES, help="how often in a row the line may bring nothing"
    )
    parser.add_argument("--rollback", action="store_true", help="go back to the version before")
    parser.add_argument("--key", action="append", default=[], help="a public key to trust as well")
    parser.add_argument("--unsigned", action="store_true", help="take a bundle without a signature")
    return parser
