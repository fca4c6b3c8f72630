"""What a new version costs a remote site on a bad line.

    python bench/bundle.py [3000] [FOLDER]

Makes a knowledge base of so many cases, of the real articles in FOLDER (see `articles.py`) where
one is given; one remote site that takes all made-up cases along, or a seventh of the articles; and
its bundle. Then one line is edited, one record retitled, 20 records changed, each as a commit of
its own. For each it prints the size of the update, beside the changed files of plain
mkdocs-material on the same texts zipped, what rsync would send and zstd's patch of the whole tree
as one tar. What is not installed is skipped aloud.
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
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent))

import yaml

from articles import write_articles
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


PLAIN = "site_name: plain\ntheme: {name: material}\nuse_directory_urls: false\n"


def _cases(root: Path) -> list[Path]:
    """Return the cases that the site takes along."""
    wanted = (root / "wanted.txt").read_text("utf-8").split(", ")
    return [path for name in wanted for path in sorted((root / "kb/cases" / name).glob("*.yml"))]


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
        return "rsync SKIPPED: it is not installed"
    for name, files in (("old", old), ("new", new)):
        for path, content in files.items():
            (folder / name / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / name / path).write_bytes(content)
    command = ["rsync", "-rc", "--no-whole-file", "--delete", "--only-write-batch=batch"]
    subprocess.run([*command, "new/", "old/"], cwd=folder, check=True)
    batch = (folder / "batch").read_bytes()
    return f"rsync {len(zlib.compress(batch, 9)) / 1000:.1f} kB"


def _plain_site(root: Path, folder: Path) -> dict[str, bytes]:
    """Return the files of the site's cases as plain mkdocs-material makes them."""
    for path in _cases(root):
        case = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
        page = folder / "docs" / path.parent.name / f"{path.stem}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text("\n\n".join([f"# {case.pop('title')}", *_texts(case)]), "utf-8")
    (folder / "mkdocs.yml").write_text(PLAIN, "utf-8")
    subprocess.run([sys.executable, "-m", "mkdocs", "build", "-q"], cwd=folder, check=True)
    found = (path for path in (folder / "site").rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _changed(old: dict[str, bytes], new: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in new.items() if old.get(name) != content}


def _knowledge_base(root: Path, cases: int, articles: Path | None) -> str:
    """Write a project; return what it is made of."""
    if articles is None:
        write_knowledge_base(root, cases)
    elif not any(articles.glob("*zh-cn.jsonl")):
        sys.exit(f"SKIPPED: there are no articles in {articles}")
    else:
        cases = write_articles(root, articles, cases)
    types = sorted(path.name for path in (root / "kb/cases").iterdir())
    wanted = ", ".join(types if articles is None else types[-1:])
    (root / "wanted.txt").write_text(wanted, "utf-8")
    (root / "kb/sites").mkdir(exist_ok=True)
    (root / "kb/sites/far-mine.yml").write_text(SITE % wanted, "utf-8")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    kind = "cases" if articles is None else "articles"
    return f"{cases} {kind}, {len(_cases(root))} of them at the site"


def measure(cases: int, articles: Path | None) -> None:
    """Print what changes cost a site of a knowledge base with `cases` cases."""
    lax = Trust((), frozenset(), takes_unsigned=True)
    with tempfile.TemporaryDirectory(prefix="tierbook-bench-") as name:
        root = Path(name)
        said = _knowledge_base(root, cases, articles)
        before, plain = _bundle(root, "all"), _plain_site(root, root / "plain")
        print(f"{said}: full bundle {len(before) / 1e6:.2f} MB", flush=True)
        for said, change in CHANGES.items():
            change(root)
            after, beside = _bundle(root, said), _plain_site(root, root / "plain")
            old, new = (open_bundle(in_memory(each), lax) for each in (before, after))
            update = make_update(old, new, None)
            held, made = dict(_files(old)), dict(_files(new))
            print(
                f"{said:>22}: update {len(update) / 1000:.1f} kB   beside: "
                f"plain mkdocs-material {_zipped(_changed(plain, beside)) / 1000:.1f} kB, "
                f"our changed files zipped {_zipped(_changed(held, made)) / 1000:.1f} kB, "
                f"{_rsync(root / 'rsync', held, made)}, "
                f"zstd's patch of the tar {len(make_patch(_tar(old), _tar(new))) / 1000:.1f} kB",
                flush=True,
            )
            parts = sorted((each.packed, each.name) for each in in_memory(update).entries)
            print("      most: " + ", ".join(f"{n} {size}" for size, n in parts[:-6:-1]))
            shutil.rmtree(root / "rsync", ignore_errors=True)
            before, plain = after, beside


if __name__ == "__main__":
    os.environ["PYTHONPATH"] = str(Path(__file__).parent.parent)
    os.environ |= {"KB_TODAY": "2026-11-22", "NO_MKDOCS_2_WARNING": "1"}
    given = [*sys.argv[1:], "3000"][0]
    measure(int(given), Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else None)
