"""Builds the project twice from nothing and compares every byte: what `make twice` runs.

Two copies of `kb/`, the templates and the history lie in folders of different depth; the builds run
in another time zone, locale and order of hashing, with another number of threads. Ends with 0 where
all is the same, with 1 and the first differences where it is not.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
NEEDED = ("kb", "templates", "mkdocs.yml", ".git")
OUTPUTS = ("pages", "site", "handbooks", "bundles", "index")
RUNS = {
    "one": {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8", "RAYON_NUM_THREADS": "1"},
    "two/deeper": {
        "PYTHONHASHSEED": "4242",
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "C",
        "RAYON_NUM_THREADS": "4",
    },
}
"""Folder of a build → the environment that must not matter to it."""
SHOWN = 10
AROUND = 60


def main() -> int:
    """Build twice, compare, print; return the exit code."""
    with tempfile.TemporaryDirectory(prefix="twice-") as folder:
        roots = [Path(folder) / name for name in RUNS]
        started = [
            _start(root, environment)
            for root, environment in zip(roots, RUNS.values(), strict=True)
        ]
        codes = [_ended(build) for build in started]
        if any(codes):
            print(f"twice: the builds ended with {codes[0]} and {codes[1]}")
            return 1
        return _compare(*(root / "build" for root in roots))


def _start(root: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    """Copy the project to `root` and start its build there."""
    root.mkdir(parents=True)
    for name in NEEDED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, symlinks=True)
        elif source.is_file():
            shutil.copy2(source, root / name)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    today = os.environ.get("KB_TODAY") or date.today().isoformat()
    return subprocess.Popen(
        [sys.executable, "-m", "generator", "build", "--unsigned", "--quiet"],
        cwd=root,
        env={**inherited, **environment, "PYTHONPATH": str(ROOT), "KB_TODAY": today},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )


def _ended(build: subprocess.Popen[str]) -> int:
    said, _ = build.communicate()
    if build.returncode:
        print(said)
    return build.returncode


def _compare(one: Path, other: Path) -> int:
    """Print what is the same, or the first differences; return the exit code."""
    differences: list[str] = []
    for output in OUTPUTS:
        files = [_files(folder / output) for folder in (one, other)]
        if not files[0]:
            differences.append(f"{output}: nothing was made")
        for name in sorted(files[0].keys() ^ files[1].keys()):
            differences.append(f"{output}/{name}: only in build {1 if name in files[0] else 2}")
        size = 0
        for name in sorted(files[0].keys() & files[1].keys()):
            contents = files[0][name].read_bytes(), files[1][name].read_bytes()
            size += len(contents[0])
            if contents[0] != contents[1]:
                differences.append(_difference(f"{output}/{name}", files[0][name], files[1][name]))
        print(f"{output:>10}  {len(files[0]):>6} files  {size:>12,} bytes")
    if not differences:
        print("twice: the same, byte for byte")
        return 0
    print(f"twice: {len(differences)} differences")
    print("\n".join(differences[:SHOWN]))
    return 1


def _files(folder: Path) -> dict[str, Path]:
    return {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }


def _difference(name: str, one: Path, other: Path) -> str:
    """Return where two files differ first; for an archive, which of its files do."""
    if name.endswith(".zip"):
        inside = dict.fromkeys(path for path, _ in sorted(_sums(one) ^ _sums(other)))
        return f"{name}: {', '.join(list(inside)[:SHOWN]) or 'packed in another way'}"
    contents = one.read_bytes(), other.read_bytes()
    shortest = min(map(len, contents))
    at = next((n for n in range(shortest) if contents[0][n] != contents[1][n]), shortest)
    around = (content[max(0, at - AROUND) : at + AROUND] for content in contents)
    return "\n".join((f"{name}: byte {at:,}", *(f"    {each!r}" for each in around)))


def _sums(archive: Path) -> set[tuple[str, int]]:
    with zipfile.ZipFile(archive) as held:
        return {(each.filename, each.CRC) for each in held.infolist()}


if __name__ == "__main__":
    sys.exit(main())
