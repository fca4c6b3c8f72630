"""What a new version costs a remote site on a bad line.

    python bench/bundle.py [3000]

Makes a knowledge base of so many cases, one remote site that takes all of them along, and its
bundle. Then one line is edited, one record retitled, 20 records changed, each as a commit of its
own; for each it prints the size of the update, beside the changed files zipped as they are and
zstd's patch of the whole tree as one tar, and says how many files changed. rsync is asked for the
bytes it would send, where it is installed.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent))

from generated import write_knowledge_base
from generator.bundles.differing import make_update
from generator.bundles.patches import make_patch
from generator.bundles.verifying import Bundle, Trust, open_bundle
from generator.bundles.zips import in_memory

SITE = """id: far-mine
name: 远矿
edition: internal
languages: [zh]
time_zone: Asia/Shanghai
records: {issue_types: [%s]}
contacts:
  - {role: 调度室, channel: 对讲机 1 频道, hours: 全天}
"""
WHO = ("-c", "user.name=bench", "-c", "user.email=bench@example.com")


def _cases(root: Path) -> list[Path]:
    return sorted((root / "kb/cases").glob("*/*.yml"))


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text, f"{path}: {old}"
    path.write_text(text.replace(old, new, 1), "utf-8")


def _one_line(root: Path) -> None:
    cases = _cases(root)
    _edit(cases[len(cases) // 2], 'cause: "', 'cause: "改过一行。')


def _retitled(root: Path) -> None:
    cases = _cases(root)
    _edit(cases[len(cases) // 3], 'title: "', 'title: "新的标题 ')


def _twenty(root: Path) -> None:
    cases = _cases(root)
    for path in cases[:: max(1, len(cases) // 20)][:20]:
        _edit(path, 'cause: "', 'cause: "先核对型号。')


CHANGES: dict[str, Callable[[Path], None]] = {
    "one line edited": _one_line,
    "one record retitled": _retitled,
    "20 records changed": _twenty,
}


def _bundle(root: Path, said: str) -> bytes:
    """Commit what is there, return its bundle."""
    for words in (("add", "kb"), ("commit", "-q", "-m", said)):
        subprocess.run(["git", *WHO, *words], cwd=root, check=True)
    command = [sys.executable, "-m", "generator", "bundle", "--unsigned"]
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, encoding="utf-8")
    return Path(done.stdout.strip().splitlines()[-1]).read_bytes()


def _files(bundle: Bundle) -> Iterator[tuple[str, bytes]]:
    for entry in bundle.entries:
        yield entry.name, bundle.archive.read(entry)


def _tar(bundle: Bundle) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in _files(bundle):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def _zipped(files: dict[str, bytes]) -> int:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return len(buffer.getvalue())


def _rsync(folder: Path, old: dict[str, bytes], new: dict[str, bytes]) -> str:
    if shutil.which("rsync") is None:
        return "rsync is not installed: not compared"
    for name, files in (("old", old), ("new", new)):
        for path, content in files.items():
            (folder / name / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / name / path).write_bytes(content)
    command = ["rsync", "-rzc", "--no-whole-file", "--delete", "--stats", "new/", "old/"]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, encoding="utf-8")
    sent = next(line for line in done.stdout.splitlines() if line.startswith("Total bytes sent"))
    return f"rsync sends {int(sent.split()[-1].replace(',', '')) / 1000:.1f} kB"


def measure(cases: int) -> None:
    """Print what changes cost a site that has `cases` cases."""
    lax = Trust((), frozenset(), takes_unsigned=True)
    with tempfile.TemporaryDirectory(prefix="tierbook-bench-") as name:
        root = Path(name)
        write_knowledge_base(root, cases)
        types = ", ".join(sorted(path.name for path in (root / "kb/cases").iterdir()))
        (root / "kb/sites").mkdir(exist_ok=True)
        (root / "kb/sites/far-mine.yml").write_text(SITE % types, "utf-8")
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
        before = _bundle(root, "all")
        print(f"{cases} cases: full bundle {len(before) / 1e6:.2f} MB", flush=True)
        for said, change in CHANGES.items():
            change(root)
            after = _bundle(root, said)
            old, new = (open_bundle(in_memory(each), lax) for each in (before, after))
            update = make_update(old, new, None)
            held, made = dict(_files(old)), dict(_files(new))
            changed = {name: each for name, each in made.items() if held.get(name) != each}
            print(
                f"{said:>22}: update {len(update) / 1000:8.1f} kB   {len(changed)} files changed, "
                f"zipped {_zipped(changed) / 1000:.1f} kB; zstd's patch of the tar "
                f"{len(make_patch(_tar(old), _tar(new))) / 1000:.1f} kB; "
                + _rsync(root / "rsync", held, made),
                flush=True,
            )
            parts = sorted((each.packed, each.name) for each in in_memory(update).entries)
            print("      most: " + ", ".join(f"{n} {size}" for size, n in parts[:-6:-1]))
            shutil.rmtree(root / "rsync", ignore_errors=True)
            before = after


if __name__ == "__main__":
    os.environ["PYTHONPATH"] = str(Path(__file__).parent.parent)
    os.environ["KB_TODAY"] = "2026-11-22"
    for wanted in sys.argv[1:] or ("3000",):
        measure(int(wanted))
