"""Publishing: what lies in the folder, in which order it gets there, and what goes."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from generator.bundles import publishing
from generator.bundles.indexes import INDEX, Index, read_index
from generator.bundles.minisign import read_signature, verify
from generator.bundles.publishing import Laid, lay_out
from generator.bundles.refusals import RefusedError
from generator.bundles.signing import PrivateKey
from generator.bundles.verifying import Trust
from tests.bundles.sample import FILES, ONE, STRANGER, TRUST, TWO, opened, signed


def bundle(days: int, key: PrivateKey | None = ONE, **more: object) -> bytes:
    """Return the bundle of a day."""
    page = b"<!doctype html>" + b"page " * 199 + b"%d" % days
    return signed(FILES | {"site/index.html": page}, days=days, key=key, **more)


def lay(
    folder: Path,
    content: bytes,
    key: PrivateKey | None = ONE,
    trust: Trust = TRUST,
    most: int = 3,
) -> Laid:
    """Publish a bundle in a folder."""
    file = folder.with_name("made.zip")
    file.write_bytes(content)
    return lay_out(folder, file, trust, key, most)


def files(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def names(index: Index) -> list[tuple[str, str]]:
    """Return to which version each file leads, and from which: their days only."""
    return [(each.version[8:10], each.start[8:10]) for each in index.offers]


def assert_whole(folder: Path, content: bytes) -> None:
    """Fail where an index names a file that is not there, or is another one."""
    for offer in read_index(content).offers:
        held = (folder / offer.name).read_bytes()
        assert len(held) == offer.held.size
        assert hashlib.sha256(held).hexdigest() == offer.held.sha256
        assert offer.held.sha256[:16] in offer.name and offer.version in offer.name


def test_what_is_published(tmp_path: Path) -> None:
    """The newest bundle, updates to it, the earlier bundles; all in a signed index."""
    folder = tmp_path / "quay"
    for days in range(5):
        laid = lay(folder, bundle(days))
    assert laid.left_out == ()
    assert names(laid.index) == [
        ("05", ""), ("05", "04"), ("05", "03"), ("05", "02"),
        ("04", ""), ("03", ""), ("02", ""),
    ]  # fmt: skip
    content = (folder / INDEX).read_bytes()
    assert_whole(folder, content)
    assert content == laid.index.to_json() and read_index(content) == laid.index
    (name,) = [each for each, held in files(folder).items() if held == content and each != INDEX]
    signature = read_signature((folder / f"{name}.minisig").read_bytes())
    assert verify(content, signature, TRUST.keys, frozenset()) == ONE.public
    assert laid.index.manifest_sha256 == hashlib.sha256(opened(bundle(4)).heads[0][1]).hexdigest()


def test_the_same_again_changes_nothing(tmp_path: Path) -> None:
    """Publishing twice writes nothing; the same history gives the same folder."""
    for folder in (tmp_path / "a" / "quay", tmp_path / "b" / "quay"):
        folder.parent.mkdir()
        for days in (0, 1, 2):
            lay(folder, bundle(days))
    assert files(tmp_path / "a/quay") == files(tmp_path / "b/quay")
    again = lay(tmp_path / "a/quay", bundle(2))
    assert (again.written, again.removed) == ((), ())


def test_a_stale_index_finds_its_files(tmp_path: Path) -> None:
    """What the two indexes before the newest name is still there; what older ones name is not."""
    folder = tmp_path / "quay"
    stale: list[bytes] = []
    for days in range(8):
        lay(folder, bundle(days), most=1)
        stale.append((folder / INDEX).read_bytes())
        for content in stale[-3:]:
            assert_whole(folder, content)
            assert f"index-{hashlib.sha256(content).hexdigest()[:16]}.json.minisig" in files(folder)
    assert len([name for name in files(folder) if name.endswith(".minisig")]) == 3
    with pytest.raises(FileNotFoundError):
        assert_whole(folder, stale[-4])


def test_at_no_moment_is_a_file_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After every single act the index that is there names only files that are there."""
    folder = tmp_path / "quay"
    acts = 0

    def looked(act: object) -> object:
        def replaced(*words: object) -> None:
            nonlocal acts
            act(*words)  # type: ignore[operator]
            acts += 1
            if (folder / INDEX).is_file():
                assert_whole(folder, (folder / INDEX).read_bytes())

        return replaced

    monkeypatch.setattr(publishing, "replace", looked(publishing.replace))
    monkeypatch.setattr(publishing, "remove", looked(publishing.remove))
    for days in range(6):
        lay(folder, bundle(days), most=2)
    assert acts > 30


def test_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ended anywhere, the folder serves the old index or the new one; the next try tidies up."""
    whole = tmp_path / "whole" / "quay"
    whole.parent.mkdir()
    for days in range(3):
        lay(whole, bundle(days))
    true = publishing.replace
    for number in range(1, 9):
        folder = tmp_path / str(number) / "quay"
        folder.parent.mkdir()
        for days in range(2):
            lay(folder, bundle(days))
        left = number

        def fails(path: Path, content: bytes) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                path.with_name(f".{path.name}.new").write_bytes(content[:9])
                raise OSError("no space")
            true(path, content)

        monkeypatch.setattr(publishing, "replace", fails)
        try:
            lay(folder, bundle(2))
        except OSError:
            assert_whole(folder, (folder / INDEX).read_bytes())
        monkeypatch.setattr(publishing, "replace", true)
        lay(folder, bundle(2))
        assert files(folder) == files(whole)


def test_what_others_put_there_stays(tmp_path: Path) -> None:
    """Only our own files go: a server's settings, a page, somebody's notes stay."""
    folder = tmp_path / "quay"
    folder.mkdir()
    for name in (".htaccess", "index.html", "notes.txt", "mill-1.txt"):
        (folder / name).write_text("theirs")
    for days in range(6):
        laid = lay(folder, bundle(days), most=1)
    assert laid.removed
    assert all((folder / name).is_file() for name in (".htaccess", "index.html", "notes.txt"))


def test_not_backwards(tmp_path: Path) -> None:
    """What is older than what is published is refused; nothing changes."""
    folder = tmp_path / "quay"
    lay(folder, bundle(3))
    before = files(folder)
    with pytest.raises(RefusedError, match="published already, newer"):
        lay(folder, bundle(2))
    assert files(folder) == before


def test_earlier_ones_that_cannot_be_used(tmp_path: Path) -> None:
    """A damaged bundle, or one of a key that was revoked, is no start any more, and it is said."""
    folder = tmp_path / "quay"
    lay(folder, bundle(0))
    lay(folder, bundle(1, TWO), TWO)
    (first,) = folder.glob("quay-2026.11.01*.zip")
    first.write_bytes(first.read_bytes()[:-30])
    trust = Trust(TRUST.keys, frozenset({TWO.public.id}))
    laid = lay(folder, bundle(2), trust=trust)
    assert names(laid.index) == [("03", "")]
    assert [each.split()[0][:15] for each in laid.left_out] == [
        "quay-2026.11.01",
        "quay-2026.11.02",
    ]
    assert "revoked" in laid.left_out[1]


def test_the_same_version_made_anew(tmp_path: Path) -> None:
    """A version that is packed anew, as with other settings, has another name and an update."""
    folder = tmp_path / "quay"
    lay(folder, bundle(0))
    laid = lay(folder, bundle(0, valid_until="2027-01-30"))
    assert names(laid.index) == [("01", ""), ("01", "01"), ("01", "")]
    assert len({offer.name for offer in laid.index.offers}) == 3


def test_no_updates_and_no_large_ones(tmp_path: Path) -> None:
    """`most` may be 0; an update that is no smaller than its bundle is not offered."""
    folder = tmp_path / "quay"
    lay(folder, signed({"a.html": b"a"}))
    laid = lay(folder, signed({"b.html": b"b"}, days=1))
    full, *updates = (each for each in laid.index.offers if each.version[8:10] == "02")
    assert all(each.held.size < full.held.size for each in updates)
    laid = lay(folder, bundle(2), most=0)
    assert names(laid.index) == [("03", "")]


def test_unsigned(tmp_path: Path) -> None:
    """Unsigned bundles say so in their names, and the index has no signature."""
    folder = tmp_path / "quay"
    lax = Trust(TRUST.keys, frozenset(), takes_unsigned=True)
    for days in (0, 1):
        laid = lay(folder, bundle(days, None), None, lax)
    assert all("-unsigned." in offer.name for offer in laid.index.offers)
    assert list(folder.glob("*.minisig")) == []
    with pytest.raises(RefusedError, match="not trusted"):
        lay(folder, bundle(2, STRANGER))


@pytest.mark.skipif(shutil.which("minisign") is None, reason="minisign is not installed")
def test_minisign_verifies_an_index(tmp_path: Path) -> None:
    """The plain tool says that an index is genuine."""
    lay(tmp_path / "quay", bundle(0))
    (path,) = (tmp_path / "quay").glob("index-*.json")
    command = ["minisign", "-V", "-P", ONE.public.text, "-m", path]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
