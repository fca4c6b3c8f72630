"""Installing: one step, wherever it ends; what is refused; going back; the program that travels."""

from __future__ import annotations

import ast
import errno
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest

from generator.bundles.assembly import assemble
from generator.bundles.disk import Disk
from generator.bundles.installing import (
    APPLIER,
    START,
    apply,
    damaged,
    go_back,
    installed,
)
from generator.bundles.manifests import NAME
from generator.bundles.parts import split
from generator.bundles.refusals import RefusedError
from generator.bundles.updating import receive
from generator.bundles.verifying import Trust, warnings
from tests.bundles.sample import (
    FILES,
    ONE,
    TRUST,
    TWO,
    opened,
    signed,
    with_applier,
)
from tests.conftest import TODAY

KILLS, FULL = 200, 20
NEW = FILES | {f"site/new/{n}.html": b"%d" % n * n for n in range(30)}
NEW["site/index.html"] = b"new " * 999
del NEW["site/empty.txt"]


class Killed(BaseException):
    """The machine went dark."""


class Failing(Disk):
    """A disk that ends at its n-th act, in the middle of it where it has one."""

    def __init__(self, acts: int, error: BaseException) -> None:
        self.left = acts
        self.error = error

    def _is_last(self) -> bool:
        self.left -= 1
        return self.left == 0

    def make_folder(self, path: Path) -> None:
        super().make_folder(path)
        if self._is_last():
            raise self.error

    def append(self, file: BinaryIO, chunk: bytes) -> None:
        if self._is_last():
            file.write(chunk[: len(chunk) // 2])
            file.flush()
            raise self.error
        super().append(file, chunk)

    def settle(self, file: BinaryIO) -> None:
        if self._is_last():
            raise self.error

    def move(self, new: Path, path: Path) -> None:
        if self._is_last():
            raise self.error
        super().move(new, path)

    def remove(self, path: Path) -> None:
        if self._is_last():
            raise self.error
        super().remove(path)

    def remove_folder(self, path: Path) -> None:
        if self._is_last():
            next(each for each in path.rglob("*") if each.is_file()).unlink()
            raise self.error
        super().remove_folder(path)


class Fast(Disk):
    """A disk that does not wait."""

    def settle(self, file: BinaryIO) -> None:
        pass


def install(folder: Path, content: bytes, disk: Disk | None = None, trust: Trust = TRUST) -> None:
    """Install a bundle, trusting what is trusted in the folder."""
    apply(receive(BytesIO(content), trust, folder), folder, disk or Fast())


def in_use(folder: Path) -> dict[str, bytes]:
    """Return the files that the folder's start page leads to, without the manifest's two."""
    now = installed(folder)
    assert now is not None
    page = (folder / START).read_text()
    (target,) = re.findall(r'url=([^"]+)"', page)
    place = (folder / target).parent
    assert place == now.place(now.current) and damaged(place, now.manifest()) == []
    found = {path.relative_to(place).as_posix(): path for path in place.rglob("*")}
    return {
        name: path.read_bytes()
        for name, path in found.items()
        if path.is_file() and not name.startswith(NAME)
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one version before and one in use."""
    install(tmp_path / "kb", signed(FILES | {"site/old.html": b"older"}, days=-1))
    install(tmp_path / "kb", signed(FILES))
    return tmp_path / "kb"


def test_a_bundle_is_installed_whole(folder: Path) -> None:
    """The folder holds exactly the bundle's files, and the start page leads to them."""
    assert in_use(folder) == FILES
    install(folder, signed(NEW, days=1))
    assert in_use(folder) == NEW
    assert len(list((folder / "versions").iterdir())) == 2


def _acts(folder: Path) -> int:
    disk = Failing(10**9, Killed())
    install(folder, signed(NEW, days=1), disk)
    return 10**9 - disk.left


@pytest.mark.parametrize("error", [Killed(), OSError(errno.ENOSPC, "No space left on device")])
def test_ended_anywhere_the_version_in_use_is_whole(tmp_path: Path, error: BaseException) -> None:
    """Killed, or without space, at any act: the old version or the new one is there, never less;
    the next try ends the work and writes only what is missing; going back still works."""
    before, old, new = signed(FILES | {"a": b"1"}, days=-1), signed(FILES), signed(NEW, days=1)

    def fresh(number: int) -> Path:
        install(tmp_path / str(number), before)
        install(tmp_path / str(number), old)
        return tmp_path / str(number)

    total = _acts(fresh(0))
    chance = random.Random(6)
    seen = Counter[str]()
    for number in range(1, (KILLS if isinstance(error, Killed) else FULL) + 1):
        here = fresh(number)
        # in each second round, the second try ends early too
        for acts in [chance.randint(1, total) for _ in range(1 + number % 2)]:
            with suppress(Killed, OSError):
                install(here, new, Failing(acts, error))
            held = in_use(here)
            assert held in (FILES, NEW), acts
            seen["new" if held == NEW else "old"] += 1
        install(here, new)
        assert in_use(here) == NEW
        assert {path.name for path in here.iterdir()} == {START, "versions"}
        go_back(here, Fast())
        assert in_use(here) == FILES
        shutil.rmtree(here)
    assert total > 100 and seen["old"] and seen["new"]


def test_what_was_written_is_not_written_again(folder: Path) -> None:
    """The next try after an interruption keeps files that are whole."""
    new = signed(NEW, days=1)
    total = _acts_of(new, folder)
    with pytest.raises(Killed):
        install(folder, new, Failing(total // 2, Killed()))
    left = _acts_of(new, folder)
    assert left < total


def _acts_of(content: bytes, folder: Path) -> int:
    """Return how many acts it takes to install a bundle in a copy of the folder."""

    copy = folder.parent / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    disk = Failing(10**9, Killed())
    install(copy, content, disk)
    return 10**9 - disk.left


def test_going_back_and_forth(folder: Path) -> None:
    """The version before is put in use again; then the newer one can be taken again."""
    install(folder, signed(NEW, days=1))
    go_back(folder, Fast())
    assert in_use(folder) == FILES
    go_back(folder, Fast())
    assert in_use(folder) == NEW


def test_nothing_to_go_back_to(tmp_path: Path) -> None:
    """Where no earlier version is kept, or it is damaged, nothing changes."""
    install(tmp_path / "kb", signed())
    with pytest.raises(RefusedError, match="no earlier version"):
        go_back(tmp_path / "kb", Fast())
    install(tmp_path / "kb", signed(NEW, days=1))
    now = installed(tmp_path / "kb")
    assert now is not None
    (now.place(now.previous) / "handbook.pdf").write_bytes(b"rot")
    with pytest.raises(RefusedError, match=r"handbook\.pdf"):
        go_back(tmp_path / "kb", Fast())
    assert in_use(tmp_path / "kb") == NEW


def test_an_older_version_is_refused(folder: Path) -> None:
    """A bundle older than the one in use is not taken, nor one of another site."""
    with pytest.raises(RefusedError, match="older than"):
        install(folder, signed(NEW, days=-3))
    with pytest.raises(RefusedError, match='site "mill"'):
        install(folder, signed(NEW, days=1, site="mill"))
    assert in_use(folder) == FILES


def test_the_same_bundle_again_mends(folder: Path) -> None:
    """Installing the version in use again writes what was damaged; the one before is kept."""
    now = installed(folder)
    assert now is not None
    (now.place(now.current) / "handbook.pdf").write_bytes(b"rot")
    (now.place(now.current) / "stray.html").write_bytes(b"x")
    install(folder, signed(FILES))
    assert in_use(folder) == FILES and installed(folder) == now


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    """A folder that holds other things is not written into."""
    (tmp_path / "thesis.doc").write_bytes(b"x")
    with pytest.raises(RefusedError, match="something else"):
        install(tmp_path, signed())
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]


def test_a_link_in_the_folder_is_not_followed(tmp_path: Path) -> None:
    """Where `versions` leads elsewhere, nothing is written."""
    (tmp_path / "kb").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "kb/versions").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RefusedError, match="link"):
        install(tmp_path / "kb", signed())
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_trust_comes_with_what_is_installed(folder: Path) -> None:
    """Keys of a signed version count from then on; a key it revokes never again."""
    nobody = Trust(())
    install(folder, signed(NEW, days=1, key=TWO, revoked=(ONE.public.id,)), trust=nobody)
    with pytest.raises(RefusedError, match="revoked"):
        install(folder, signed(FILES, days=2), trust=TRUST)
    go_back(folder, Fast())
    with pytest.raises(RefusedError, match="revoked"):
        install(folder, signed(FILES, days=2), trust=TRUST)


def test_an_unsigned_version_gives_no_trust(tmp_path: Path) -> None:
    """Keys that an unsigned bundle names are not trusted."""
    lax = Trust((), frozenset(), takes_unsigned=True)
    install(tmp_path / "kb", signed(key=None), trust=lax)
    with pytest.raises(RefusedError, match="not trusted"):
        install(tmp_path / "kb", signed(NEW, days=1), trust=Trust(()))


def test_an_old_bundle_warns() -> None:
    """A bundle past its last day is taken with a warning."""
    manifest = opened(signed(valid_until="2026-11-11")).manifest
    assert manifest.valid_until == "2026-11-11"
    assert [each for each in warnings(manifest, "key", TODAY) if "valid until 2026-11-11" in each]
    assert list(warnings(opened(signed(valid_until="2027-01-30")).manifest, "key", TODAY)) == []


# --- the program that travels in the bundle


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Return the program, alone in a folder."""
    (tmp_path / "stick").mkdir()
    path = tmp_path / "stick" / APPLIER
    path.write_bytes(assemble((ONE.public.text, TWO.public.text)))
    return path


def _run(program: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    # -I: neither this folder nor any package can be imported
    command = [sys.executable, "-I", "-S", program, *words]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def _bundle(folder: Path, content: bytes) -> Path:
    path = folder / "bundle.zip"
    path.write_bytes(content)
    return path


def test_no_name_of_the_program_is_made_twice() -> None:
    """The modules put into one file do not overwrite each other's names."""
    made: list[str] = []
    for node in ast.parse(assemble(())).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            made.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            made += [each.id for target in targets for each in ast.walk(target)
                     if isinstance(each, ast.Name)]  # fmt: skip
    assert [name for name, count in Counter(made).items() if count > 1] == []
    assert b"import generator" not in assemble(()) and b"from generator" not in assemble(())


def test_the_program_installs_and_goes_back(program: Path, tmp_path: Path) -> None:
    """With Python alone a bundle is checked and installed; from its folder the next one is too."""
    kb = tmp_path / "kb"
    done = _run(program, _bundle(tmp_path, signed(with_applier())), "--check")
    assert (done.returncode, done.stderr) == (0, "") and "genuine and whole" in done.stdout
    assert not kb.exists()
    done = _run(program, tmp_path / "bundle.zip", "--to", kb)
    assert done.returncode == 0 and "in use: quay" in done.stdout, done.stderr
    new = {**with_applier(), "site/index.html": b"newer"}
    done = _run(kb / APPLIER, _bundle(tmp_path, signed(new, days=1)))
    assert done.returncode == 0, done.stderr
    assert in_use(kb) == new
    done = _run(kb / APPLIER, "--rollback")
    assert done.returncode == 0 and in_use(kb) == with_applier()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (signed(key=None), "not signed"),
        (signed()[:-1], "end is missing"),
        (signed(days=-5), "older than"),
        (signed(site="mill", days=1), 'site "mill"'),
    ],
)
def test_the_program_refuses(program: Path, tmp_path: Path, content: bytes, said: str) -> None:
    """The same checks, the same words; what is in use stays."""
    kb = tmp_path / "kb"
    install(kb, signed(with_applier()))
    done = _run(kb / APPLIER, _bundle(tmp_path, content))
    assert done.returncode == 1 and said in done.stderr and "still in use" in done.stderr
    assert in_use(kb) == with_applier()


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_the_program_is_killed(program: Path, tmp_path: Path) -> None:
    """Killed for real at ten moments, what is in use is whole; the last run ends the work."""
    kb = tmp_path / "kb"
    install(kb, signed(with_applier()))
    new = {**with_applier(), **{f"site/p{n}.html": b"page %d" % n * 99 for n in range(300)}}
    path = _bundle(tmp_path, signed(new, days=1))
    for number in range(10):
        command = [sys.executable, "-I", "-S", str(kb / APPLIER), str(path)]
        started = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.1 + number * 0.05)
        started.send_signal(signal.SIGKILL)
        started.wait()
        assert in_use(kb) in (with_applier(), new)
    assert _run(kb / APPLIER, path).returncode == 0
    assert in_use(kb) == new


def test_wrong_use_of_the_program(program: Path, tmp_path: Path) -> None:
    """Without a file, or without a folder, it says what to name."""
    for words in ((), ("--rollback",), (_bundle(tmp_path, signed()),)):
        done = _run(program, *words)
        assert done.returncode == 2 and "name a FILE" in done.stderr
    done = _run(program, tmp_path / "none.zip", "--check")
    assert done.returncode == 3 and "there is no file" in done.stderr


def test_the_program_joins_parts(program: Path, tmp_path: Path) -> None:
    """Parts are joined with Python alone, or what is missing is said."""
    made = dict(split("b.zip", signed(with_applier()), 6000))
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    paths = [tmp_path / name for name in made]
    command = [sys.executable, "-I", "-S", program, "--join", *paths]
    done = subprocess.run(
        command[:-1], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 1 and "missing" in done.stderr
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "b.zip").read_bytes() == signed(with_applier())
    (tmp_path / "b.zip").unlink()
    pattern = [*command[:5], tmp_path / "*.part"]  # as shells of Windows give it
    done = subprocess.run(pattern, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0 and (tmp_path / "b.zip").is_file(), done.stderr
