"""Updates: small, and exactly the full bundle where they fit; where they do not, they say so."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from generator.bundles.differing import make_update
from generator.bundles.disk import Disk
from generator.bundles.installing import APPLIER, go_back, installed
from generator.bundles.manifests import NAME
from generator.bundles.refusals import RefusedError
from generator.bundles.signing import PrivateKey
from generator.bundles.verifying import Trust
from generator.bundles.zips import in_memory
from tests.bundles.sample import FILES, ONE, STRANGER, TRUST, TWO, opened, signed, with_applier
from tests.bundles.test_installing import Failing, Fast, Killed, in_use, install

FLIPS = 200
LARGE = random.Random(1).randbytes(200_000)
OLD = FILES | {"site/shard.js": LARGE, "site/gone.html": b"gone", "same.txt": b"same" * 50}
NEW = OLD | {
    "site/shard.js": LARGE[:90_000] + b"one new line" + LARGE[90_000:],
    "site/index.html": b"<!doctype html>" + b"page " * 150 + b"news",
    "site/added.html": b"added",
}
del NEW["site/gone.html"]


def update(
    old: Mapping[str, bytes] = OLD,
    new: Mapping[str, bytes] = NEW,
    days: int = 1,
    key: PrivateKey | None = ONE,
) -> bytes:
    """Return an update from one version's files to another's, so many days later."""
    return make_update(opened(signed(old)), opened(signed(new, days=days)), key)


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file of the version in use, the manifest and its signature too."""
    now = installed(folder)
    assert now is not None
    place = now.place(now.current)
    return {
        path.relative_to(place).as_posix(): path.read_bytes()
        for path in sorted(place.rglob("*"))
        if path.is_file()
    }


def test_an_update_gives_the_full_bundles_tree(tmp_path: Path) -> None:
    """Byte for byte, from the version before and from an older one; much smaller than whole."""
    install(tmp_path / "full", signed(NEW, days=2))
    install(tmp_path / "kb", signed(OLD))
    content = update(days=2)
    assert len(content) < 5_000 < len(signed(NEW)) / 20
    install(tmp_path / "kb", content)
    assert tree(tmp_path / "kb") == tree(tmp_path / "full")
    assert update(days=2) == content
    go_back(tmp_path / "kb", Fast())
    assert in_use(tmp_path / "kb") == OLD


def test_what_an_update_holds() -> None:
    """Small new files whole, large changed ones as patches; what stays or goes is not in it."""
    names = [entry.name for entry in in_memory(update()).entries]
    assert names[0] == "UPDATE.json" and f"patch/{NAME}" in names
    assert "patch/site/shard.js" in names and "whole/site/added.html" in names
    assert not any("same.txt" in name or "gone" in name for name in names)


def test_to_a_wrong_version(tmp_path: Path) -> None:
    """Elsewhere, and where nothing is installed, it says what to ask for; nothing changes."""
    install(tmp_path / "kb", signed(FILES))
    with pytest.raises(RefusedError, match=r"ask for an update from 2026\.11\.01"):
        install(tmp_path / "kb", update())
    assert in_use(tmp_path / "kb") == FILES
    with pytest.raises(RefusedError, match="nothing is installed"):
        install(tmp_path / "none", update())
    assert not (tmp_path / "none").exists()


def test_to_a_damaged_version(tmp_path: Path) -> None:
    """Every file that is needed and not as it was is named; what is not needed may be damaged."""
    install(tmp_path / "kb", signed(OLD))
    now = installed(tmp_path / "kb")
    assert now is not None
    place = now.place(now.current)
    (place / "site/gone.html").unlink()
    (place / "site/shard.js").write_bytes(LARGE[:-1] + b"x")
    (place / "handbook.pdf").unlink()
    with pytest.raises(RefusedError) as refused:
        install(tmp_path / "kb", update())
    assert [reason.split()[0] for reason in refused.value.reasons] == [
        '"handbook.pdf"',
        '"site/shard.js"',
        "ask",
    ]


def test_no_changed_byte_is_taken(tmp_path: Path) -> None:
    """An update with one byte changed, wherever, is refused; the version in use stays."""
    install(tmp_path / "kb", signed(OLD))
    content, chance = update(), random.Random(7)
    for _ in range(FLIPS):
        at = chance.randrange(len(content))
        changed = content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :]
        with pytest.raises(RefusedError):
            install(tmp_path / "kb", changed)
    assert in_use(tmp_path / "kb") == OLD


def test_whom_not_to_trust(tmp_path: Path) -> None:
    """An update is signed like a bundle; without a signature it is taken only when asked for."""
    install(tmp_path / "kb", signed(OLD))
    for key, said in ((STRANGER, "not trusted"), (None, "not signed")):
        with pytest.raises(RefusedError, match=said):
            install(tmp_path / "kb", update(key=key))
    install(tmp_path / "kb", update(key=None), trust=Trust(TRUST.keys, frozenset(), True))
    assert in_use(tmp_path / "kb") == NEW


def test_backwards() -> None:
    """There is no update to an older version, nor to another site."""
    with pytest.raises(RefusedError, match="cannot be updated"):
        update(days=-1)
    with pytest.raises(RefusedError, match="cannot be updated"):
        make_update(opened(signed()), opened(signed(site="mill", days=1)), TWO)


def test_killed_anywhere(tmp_path: Path) -> None:
    """An update that ends early leaves the old version; the next try ends the work."""
    for acts in range(1, 30, 2):
        folder = tmp_path / str(acts)
        install(folder, signed(OLD))
        with pytest.raises(Killed):
            install(folder, update(), Failing(acts, Killed()))
        assert in_use(folder) in (OLD, NEW)
        install(folder, update(), Disk())
        assert in_use(folder) == NEW


def test_python_alone_says_what_it_cannot_do(tmp_path: Path) -> None:
    """Without the library for patches the program asks for the full bundle; nothing changes."""
    old, new = OLD | with_applier(), NEW | with_applier()
    install(tmp_path / "kb", signed(old))
    path = tmp_path / "update.zip"
    path.write_bytes(update(old, new))
    command = [sys.executable, "-I", "-S", tmp_path / "kb" / APPLIER, path]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1 and "ask for the full bundle" in done.stderr
    command = [sys.executable, "-I", tmp_path / "kb" / APPLIER, path]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert in_use(tmp_path / "kb") == new
