"""Protected bundles: only the password opens them, only as they were written, 7-Zip as well."""

from __future__ import annotations

import base64
import io
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.bundles import applier
from generator.bundles.protection import (
    LONGEST,
    READ_ME,
    Protected,
    password_fault,
    protect,
    protected,
    protected_name,
)
from generator.bundles.refusals import RefusedError
from generator.bundles.zips import LARGEST_ARCHIVE, in_memory, moment_of
from tests.bundles.sample import NOON, ONE, signed, taken

PASSWORD = "correct horse battery"
NAME = "quay-2026.11.01-1a2b3c4d.zip"
TEXT = "受保护。\r\nprotected\r\n"
SEVEN_ZIP = shutil.which("7zz") or shutil.which("7z")
BY_SEVEN_ZIP = (
    "E8hMIDUWQEeDS+QWRt72QVIDeOgqKC+syLg1jTYrf/Rt3hJ23C4llHA2Ut8vwfztEgSdHPSNkl2vG3RM13TPHxNgLK84"
)
"""What 7-Zip made of 41 bytes with the password: salt, proof, content, sum."""


def made(content: bytes = b"", password: str = PASSWORD, name: str = NAME) -> bytes:
    """Return a protected archive."""
    return protect(content or signed(), name, TEXT, moment_of(NOON), password)


def found(content: bytes) -> Protected:
    """Return the protected archive that bytes are."""
    archive = protected(io.BytesIO(content))
    assert archive is not None
    return archive


def inside(content: bytes, password: str = PASSWORD) -> bytes:
    """Return what a protected archive holds."""
    return b"".join(found(content).content(password))


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 2**20, 2**20 + 1, 2**21 + 33])
def test_what_goes_in_comes_out(size: int) -> None:
    """Contents of any length come back, over the ends of blocks and chunks."""
    content = random.Random(size).randbytes(size)
    archive = found(protect(content, NAME, TEXT, moment_of(NOON), PASSWORD))
    assert b"".join(archive.content(PASSWORD)) == content
    assert (archive.name, archive.text, archive.moment) == (NAME, TEXT, moment_of(NOON))


def test_what_seven_zip_wrote_is_read() -> None:
    """The cipher, its counter and its sum are WinZip's: 7-Zip's bytes give the text."""
    body = base64.b64decode(BY_SEVEN_ZIP)
    archive = Protected(io.BytesIO(body), "", 0, NAME, 0, len(body) - 28)
    assert b"".join(archive.content(PASSWORD)) == b"sixteen bytes and more: 7-Zip wrote this."


@pytest.mark.skipif(SEVEN_ZIP is None, reason="7-Zip is not installed")
def test_seven_zip_opens_it(tmp_path: Path) -> None:
    """7-Zip unpacks text and bundle with the password, and nothing but the text without."""
    assert SEVEN_ZIP is not None
    path = tmp_path / protected_name(NAME)
    path.write_bytes(made())

    def unpack(password: str) -> int:
        words = [SEVEN_ZIP, "x", f"-p{password}", "-y", f"-o{tmp_path / password[:4]}", str(path)]
        return subprocess.run(words, capture_output=True).returncode

    assert unpack(PASSWORD) == 0
    assert (tmp_path / "corr" / NAME).read_bytes() == signed()
    assert (tmp_path / "corr" / READ_ME).read_text("utf-8") == TEXT.replace("\r\n", "\n")
    assert unpack("wrong password") != 0
    assert signed() not in [file.read_bytes() for file in (tmp_path / "wron").iterdir()]


def test_nothing_of_it_can_be_read() -> None:
    """The archive shows its text and a name; no other byte of what it holds, nor twice the same."""
    content = signed()
    one, other = made(content), made(content)
    assert TEXT.encode() in one and PASSWORD.encode() not in one
    assert b"MANIFEST" not in one and content[1000:1016] not in one
    same = sum(a == b for a, b in zip(one[200:-200], other[200:-200], strict=True))
    assert same < len(one) / 20


def test_a_wrong_password_gives_nothing() -> None:
    """Not one byte comes before password and sum were found right."""
    archive = found(made())
    assert archive.opens(PASSWORD)
    for wrong in ("", PASSWORD[:-1], PASSWORD.upper(), "密码密码密码密码", "\udc80" * 12):
        assert not archive.opens(wrong)
        with pytest.raises(RefusedError, match="password does not fit"):
            next(archive.content(wrong))


def test_no_changed_byte_is_taken() -> None:
    """Wherever a byte of it is changed, cut or added, it is refused, or its signature is missed."""
    whole = made(signed({"site/a.txt": b"a" * 3000}))
    chance = random.Random(20261122)
    for at in range(len(whole)):
        changed = whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :]
        _refused(changed)
    for other in (whole[:-1], whole[:500], whole[:40], whole + b"\0", b"\0" + whole, whole * 2):
        _refused(other)


def _refused(content: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        archive = protected(io.BytesIO(content))
        # one that no longer begins as a protected archive is read as a bundle
        taken(content if archive is None else b"".join(archive.content(PASSWORD)))
    assert all(len(reason) > 10 for reason in refused.value.reasons)


def _renamed(name: bytes) -> bytes:
    assert len(name) == len(NAME)
    return made().replace(NAME.encode(), name)


def _with(old: bytes, new: bytes) -> bytes:
    content = made()
    assert content.count(old) == 2 and len(old) == len(new)
    return content.replace(old, new)


CRAFTED: dict[str, Callable[[], bytes]] = {
    "absolute path": lambda: _renamed(b"/" + NAME.encode()[1:]),
    "upwards": lambda: _renamed(b"../" + NAME.encode()[3:]),
    "backslash": lambda: _renamed(b"..\\" + NAME.encode()[3:]),
    "drive": lambda: _renamed(b"C:" + NAME.encode()[2:]),
    "device": lambda: _renamed(b"nul." + NAME.encode()[4:]),
    "not a zip": lambda: _renamed(NAME.encode()[:-3] + b"exe"),
    "called as the text": lambda: made().replace(NAME.encode(), READ_ME.encode()),
    "a link": lambda: made().replace(b"\0\0\xa4\x81", b"\0\0\xff\xa1"),
    "weaker cipher": lambda: _with(b"AE\x03\0\0", b"AE\x01\0\0"),
    "older sum": lambda: _with(b"\x01\x99\x07\0\x02\0", b"\x01\x99\x07\0\x01\0"),
    "packed": lambda: _with(b"AE\x03\0\0", b"AE\x03\x08\0"),
    "another entry": lambda: made()[:-22] + made(),
    "protected twice": lambda: made(made()),
    "no bundle": lambda: made(b"PK\x05\x06" + bytes(18)),
    "text as large as a bomb": lambda: made().replace(
        len(TEXT.encode()).to_bytes(4, "little") * 2, b"\xff" * 8
    ),
    "larger than the file": lambda: made().replace(
        len(signed()).to_bytes(4, "little"), (LARGEST_ARCHIVE - 1).to_bytes(4, "little")
    ),
}


@pytest.mark.parametrize("name", CRAFTED)
def test_crafted_archives_are_refused(name: str) -> None:
    """Archives made to be trouble are refused before anything of them is taken."""
    _refused(CRAFTED[name]())


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "12 to 99"),
        ("x7#" * 34, "12 to 99"),
        ("", "12 to 99"),
        ("aaaaaaaaaaaaaaaa", "different"),
        ("密码密码密码密码密码密码", "code page"),
        ("Passwörter sind lang", "code page"),
        (" " + PASSWORD, "code page"),
        ("twelve\tcharacters", "code page"),
    ],
)
def test_a_password_is_one_that_opens_everywhere(password: str, reason: str) -> None:
    """One that is short, or that 7-Zip on another machine would read otherwise, protects nothing;
    the reason does not repeat it."""
    fault = password_fault(password)
    assert fault is not None and reason in fault and (not password or password not in fault)
    with pytest.raises(RefusedError):
        made(password=password)


def test_good_passwords() -> None:
    """Twelve characters of a keyboard are enough, spaces between them too."""
    for password in (PASSWORD, "k7#Qx-92mZ~p", "correct"[:5] + "k7" * 40):
        assert password_fault(password) is None and len(password) <= LONGEST


def test_names() -> None:
    """A protected file says so before its end."""
    assert protected_name("quay-1.zip") == "quay-1-protected.zip"
    assert protected_name("quay-2-from-1.update.zip") == "quay-2-from-1-protected.update.zip"


def test_a_bundle_is_not_a_protected_one() -> None:
    """What begins as a bundle, or as nothing at all, is left to those who read bundles."""
    for content in (signed(), b"", b"PK\x03\x04", b"MANIFEST"):
        assert protected(io.BytesIO(content)) is None
    assert in_memory(inside(made())).entries


def test_a_bare_python_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`kb-update.py` cannot decrypt; it says what can."""
    path = tmp_path / protected_name(NAME)
    path.write_bytes(made())
    assert applier.main([str(path), "--check"], [ONE.public.text], tmp_path) == applier.REFUSED
    said = capsys.readouterr().err
    assert "7-Zip" in said and "inside" in said
