"""No altered bundle is taken: 500 changed bytes in every kind of place, and crafted archives."""

from __future__ import annotations

import io
import json
import random
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.bundles import zips
from generator.bundles.disk import Disk
from generator.bundles.installing import apply
from generator.bundles.manifests import NAME, SIGNATURE
from generator.bundles.names import clashes, fault_of
from generator.bundles.refusals import RefusedError
from generator.bundles.verifying import Trust
from generator.bundles.zips import STORED, closed, in_memory, moment_of, packed
from tests.bundles.sample import (
    FILES,
    NOON,
    ONE,
    STRANGER,
    manifest_of,
    sealed,
    signed,
    taken,
)

FLIPS = 500


def _places(content: bytes) -> dict[str, list[int]]:
    """Return every byte of a bundle by what it is part of."""
    archive = in_memory(content)
    found: dict[str, list[int]] = {}
    for entry in archive.entries:
        name_at = entry.start - len(entry.name.encode())
        inside = {NAME: "manifest", SIGNATURE: "signature"}.get(entry.name, "data")
        found.setdefault("header", []).extend(range(entry.offset, name_at))
        found.setdefault("name", []).extend(range(name_at, entry.start))
        found.setdefault(inside, []).extend(range(entry.start, entry.end))
    end = archive.entries[-1].end
    found["central directory"] = list(range(end, len(content) - 22))
    found["end"] = list(range(len(content) - 22, len(content)))
    assert sum(map(len, found.values())) == len(content)
    return found


def test_no_changed_byte_is_taken(tmp_path: Path) -> None:
    """A bundle with one byte changed, wherever, is refused with a reason; nothing is written."""
    content = signed()
    taken(content)
    places = _places(content)
    chance = random.Random(20261122)
    for number in range(FLIPS):
        place = list(places)[number % len(places)]
        at = chance.choice(places[place])
        changed = content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :]
        with pytest.raises(RefusedError) as refused:
            apply(taken(changed), tmp_path / "kb", Disk())
        assert all(len(reason) > 10 for reason in refused.value.reasons), (place, at)
    assert list(tmp_path.iterdir()) == []


def test_every_bit_of_the_last_bytes_of_data_counts() -> None:
    """Bits that a packed file does not use are noticed too."""
    content = signed()
    for entry in in_memory(content).entries[2:]:
        for bit in range(8 if entry.packed else 0):
            at = entry.end - 1
            changed = content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]
            with pytest.raises(RefusedError):
                taken(changed)


def _with(name: str) -> bytes:
    return sealed([*FILES.items(), (name, b"hostile")])


def _zipped(change: Callable[[zipfile.ZipFile], None]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        change(archive)
    return buffer.getvalue()


def _link(archive: zipfile.ZipFile) -> None:
    info = zipfile.ZipInfo("site/link")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    archive.writestr(info, "/etc/passwd")


def _json(change: Callable[[dict[str, object]], object]) -> bytes:
    held = json.loads(manifest_of(signed()))
    change(held)
    return sealed(list(FILES.items()), manifest=json.dumps(held).encode())


def _central(content: bytes, field: int, value: bytes) -> bytes:
    """Return an archive with a field of its directory's last entry changed."""
    at = content.rindex(b"PK\x01\x02") + field
    return content[:at] + value + content[at + len(value) :]


def _overlap() -> bytes:
    content = signed()
    return _central(content, 42, struct.pack("<I", 0))


def _bomb() -> bytes:
    body = packed([("site/bomb.txt", bytes(60_000_000), zips.DEFLATED)], moment_of(NOON))
    return closed(body)


def _lying_size() -> bytes:
    """A file that unpacks to far more than its headers and the manifest say."""
    content = sealed([("site/a.txt", bytes(5_000_000))], {"site/a.txt": b"0123456789"})
    small = struct.pack("<I", 10)
    return content.replace(struct.pack("<I", 5_000_000), small)


CRAFTED: dict[str, tuple[Callable[[], bytes], str]] = {
    "absolute path": (lambda: _with("/etc/cron.d/job"), "absolute"),
    "drive": (lambda: _with("C:/Windows/a.dll"), "absolute"),
    "drive without a slash": (lambda: _with("C:a.dll"), "absolute"),
    "share": (lambda: _with("\\\\server\\share\\a"), "absolute"),
    "upwards": (lambda: _with("../../evil.sh"), r"\.\."),
    "upwards in the middle": (lambda: _with("site/../../evil.sh"), r"\.\."),
    "upwards with backslashes": (lambda: _with("..\\evil.sh"), r"\.\."),
    "backslash": (lambda: _with("site\\evil.sh"), "Windows"),
    "empty part": (lambda: _with("site//a"), "empty part"),
    "dot": (lambda: _with("site/./a"), "empty part"),
    "folder": (lambda: _with("site/folder/"), "empty part"),
    "no name": (lambda: _with(""), "no name"),
    "twice": (lambda: sealed([*FILES.items(), ("site/index.html", b"b")], FILES), "twice"),
    "other case": (lambda: _with("site/INDEX.html"), "case only"),
    "folder in other case": (lambda: _with("SITE/b.html"), "case only"),
    "file and folder": (lambda: _with("handbook.pdf/a"), "file and a folder"),
    "device": (lambda: _with("site/NUL.txt"), "device"),
    "port": (lambda: _with("site/com1"), "device"),
    "stream": (lambda: _with("site/a.txt:hidden"), "Windows"),
    "star": (lambda: _with("site/a*.txt"), "Windows"),
    "trailing dot": (lambda: _with("site/a."), "dot"),
    "control character": (lambda: _with("site/a\nb"), "cannot be seen"),
    "right to left": (lambda: _with("site/\u202egpj.exe"), "cannot be seen"),
    "decomposed": (lambda: _with("site/a\u0308.html"), "composed"),
    "long": (lambda: _with("site/" + "a" * 300), "longer"),
    "link": (lambda: _zipped(_link), "is a link"),
    "made by another tool": (lambda: _zipped(lambda a: a.writestr("a", "b")), "no bundle"),
    "bomb": (_bomb, "zip bomb"),
    "lying size": (_lying_size, "damaged|altered"),
    "overlap": (_overlap, "lie where|over another"),
    "encrypted": (lambda: _central(signed(), 8, b"\x01\x08"), "encrypted"),
    "before it": (lambda: b"#!/bin/sh\n" + signed(), "before or behind"),
    "behind it": (lambda: signed() + b"more", "end is missing"),
    "cut short": (lambda: signed()[:-100], "end is missing"),
    "empty": (lambda: b"", "no bundle"),
    "no files": (lambda: closed(b""), "does not begin with"),
    "not listed": (lambda: sealed([*FILES.items(), ("x", b"")], FILES), "not in the manifest"),
    "missing": (lambda: sealed(list(FILES.items())[1:], FILES), "is missing"),
    "other content": (lambda: sealed(list(FILES.items()), FILES | {"handbook.pdf": b"x"}), "alter"),
    "stranger's key": (lambda: signed(key=STRANGER), "not trusted"),
    "no signature": (lambda: signed(key=None), "not signed"),
    "manifest no JSON": (lambda: sealed([], manifest=b"{"), "cannot be read"),
    "manifest nested": (lambda: sealed([], manifest=b"[" * 99_999), "cannot be read"),
    "manifest with twins": (lambda: sealed([], manifest=b'{"format":1,"format":1}'), "twice"),
    "newer format": (lambda: _json(lambda held: held.update(format=2)), "newer than this tool"),
    "path as version": (lambda: _json(lambda held: held.update(version="../../x")), "version"),
    "size as text": (lambda: _json(lambda held: held.update(packed={"size": "1"})), "packed"),
    "path in the manifest": (
        lambda: _json(lambda held: held.update(files={"../a": {"size": 0, "sha256": "0" * 64}})),
        r"\.\.",
    ),
}
"""What is wrong with an archive → the archive, and a pattern of what is said."""


@pytest.mark.parametrize("name", CRAFTED)
def test_crafted_archives(name: str, tmp_path: Path) -> None:
    """An archive made to do harm is refused, with the reason; nothing is written anywhere."""
    make, pattern = CRAFTED[name]
    content = make()
    with pytest.raises(RefusedError) as refused:
        apply(taken(content), tmp_path / "kb", Disk())
    assert re.search(pattern, str(refused.value)), refused.value
    assert list(tmp_path.iterdir()) == []


def test_each_bad_file_is_named() -> None:
    """All files that are not as the manifest says are named, not just the first."""
    others = FILES | {"handbook.pdf": b"x", "site/index.html": b"y"}
    with pytest.raises(RefusedError) as refused:
        taken(sealed(list(others.items()), FILES))
    assert len(refused.value.reasons) == 2
    assert '"handbook.pdf"' in str(refused.value) and '"site/index.html"' in str(refused.value)


def test_unsigned_only_when_asked_for() -> None:
    """A bundle without a signature is taken by somebody who says so; a bad signature never."""
    lax = Trust((ONE.public,), frozenset(), takes_unsigned=True)
    assert taken(signed(key=None), lax).signer == ""
    with pytest.raises(RefusedError):
        taken(signed(key=STRANGER), lax)


@pytest.mark.parametrize("name", ["zh/cases/PRN-0001.html", "con-1.html", "a b.txt", "打印.html"])
def test_names_that_are_fine(name: str) -> None:
    """Names that only look like forbidden ones are taken."""
    assert fault_of(name) is None and clashes([name, "zh/cases/PRN-0002.html"]) == []


def test_any_tool_opens_it() -> None:
    """A bundle is a plain zip archive: Python's own reader finds every file whole."""
    with zipfile.ZipFile(io.BytesIO(signed())) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[:2] == [NAME, SIGNATURE]
        assert {name: archive.read(name) for name in archive.namelist()[2:]} == FILES
        assert {each.compress_type for each in archive.infolist()[:2]} == {STORED}
