"""Artifacts to files: nothing is written twice, nothing stale is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.writing import (
    Artifact,
    digest_of,
    of_bytes,
    read_json,
    remember,
    remembered,
    replace,
    write_all,
)


def files(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_folder_holds_exactly_the_artifacts(tmp_path: Path) -> None:
    """After a write the folder holds these artifacts; what an earlier one made and is gone goes."""
    out, ledger = tmp_path / "out", tmp_path / "ledger.json"
    first = write_all(out, [of_bytes("a/b.md", b"1"), of_bytes("c.md", b"2")], ledger)
    assert first.written == ("a/b.md", "c.md")
    second = write_all(out, [of_bytes("c.md", b"3")], ledger)
    assert (second.written, second.removed) == (("c.md",), ("a/b.md",))
    assert files(out) == {"c.md": b"3"}
    assert not (out / "a").exists()


def test_what_is_unchanged_is_not_made(tmp_path: Path) -> None:
    """While the key stays and the file is as it was, its bytes are not made again."""
    ledger = tmp_path / "ledger.json"
    write_all(tmp_path / "out", [Artifact("a", "key", lambda: b"1")], ledger)

    def never() -> bytes:
        raise AssertionError("made again")

    again = write_all(tmp_path / "out", [Artifact("a", "key", never)], ledger)
    assert again.written == ()


def test_a_changed_file_is_mended(tmp_path: Path) -> None:
    """A file that somebody else changed or removed is made again."""
    out, ledger = tmp_path / "out", tmp_path / "ledger.json"
    one = of_bytes("a", b"right")
    write_all(out, [one], ledger)
    (out / "a").write_bytes(b"wrong!")
    write_all(out, [one], ledger)
    assert files(out) == {"a": b"right"}
    (out / "a").unlink()
    write_all(out, [one], ledger)
    assert files(out) == {"a": b"right"}


def test_two_artifacts_for_one_path(tmp_path: Path) -> None:
    """The first of two artifacts for one path stays, and the path is named."""
    written = write_all(
        tmp_path / "out", [of_bytes("a", b"1"), of_bytes("a", b"2")], tmp_path / "l"
    )
    assert written.collisions == ("a",)
    assert files(tmp_path / "out") == {"a": b"1"}


def test_a_broken_ledger_is_no_ledger(tmp_path: Path) -> None:
    """What is remembered may be lost or broken: then everything is made again."""
    ledger = tmp_path / "ledger.json"
    ledger.write_bytes(b"{not json")
    assert read_json(ledger) is None
    assert write_all(tmp_path / "out", [of_bytes("a", b"1")], ledger).written == ("a",)
    remember(ledger, {"k": "打印"}, {})
    assert remembered(ledger) == {"k": "打印"}
    assert remembered(tmp_path / "none.json") == {}


def test_replacing_leaves_the_old_file_when_it_fails(tmp_path: Path) -> None:
    """A reader never sees half a file: where the new one cannot be put, the old one stays."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inside").write_bytes(b"1")
    with pytest.raises(OSError):
        replace(tmp_path / "folder", b"2")
    assert files(tmp_path / "folder") == {"inside": b"1"}


def test_digest_knows_where_parts_end() -> None:
    """Two lists of parts that read the same when joined have different digests."""
    assert digest_of("ab", "c") != digest_of("a", "bc")
    assert digest_of("打") == digest_of("打".encode())
