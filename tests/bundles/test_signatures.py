"""Ed25519 and minisign's format: vectors, the real tool, keys that must not be taken."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.bundles.ed25519 import is_signed_by
from generator.bundles.minisign import read_public_key, read_signature, verify
from generator.bundles.refusals import RefusedError
from generator.bundles.signing import PrivateKey, locked, new_key, unlocked
from tests.bundles.sample import ONE, STRANGER, TWO, manifest_of, opened, signed

WORK = 10
"""Enough work for a password of a test."""

RFC_8032 = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
        "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
)
"""Section 7.1: tests 1, 2, 3 and SHA(abc); the public key, the message, the signature."""
ORDER = 2**252 + 27742317777372353535851937790883648493


@pytest.mark.parametrize(("key", "message", "signature"), RFC_8032)
def test_vectors_of_rfc_8032(key: str, message: str, signature: str) -> None:
    """The vectors verify; with any one bit changed they do not."""
    parts = [bytes.fromhex(each) for each in (key, message, signature)]
    assert is_signed_by(*parts)
    for number, part in enumerate(parts):
        for at in range(0, len(part), 7):
            other = part[:at] + bytes([part[at] ^ 1 << at % 8]) + part[at + 1 :]
            assert not is_signed_by(*parts[:number], other, *parts[number + 1 :])


@settings(deadline=None, max_examples=30)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_agrees_with_the_library(seed: bytes, message: bytes) -> None:
    """What the library signs is verified, and nothing else."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert is_signed_by(public, message, signature)
    assert not is_signed_by(public, message + b"x", signature)


def test_signatures_that_only_look_right() -> None:
    """A signature written a second way, a key of small order or beyond the field: refused."""
    key, message, signature = (bytes.fromhex(each) for each in RFC_8032[1])
    scalar = int.from_bytes(signature[32:], "little") + ORDER
    assert not is_signed_by(key, message, signature[:32] + scalar.to_bytes(32, "little"))
    small = (1).to_bytes(32, "little")
    assert not is_signed_by(small, b"anything", small + bytes(32))
    assert not is_signed_by((2**255 - 18).to_bytes(32, "little"), b"", signature)
    assert not is_signed_by(key[:31], message, signature)


def test_a_key_is_locked_and_unlocked() -> None:
    """The password gives the key back; another one does not, nor does an altered file."""
    key = new_key()
    content = locked(key, "long enough", WORK)
    assert key.seed not in content and base64.b64encode(key.seed) not in content
    assert unlocked(content, "long enough") == key
    for wrong, password in ((content, "another one"), (b"x\ny\n", "p"), (content[:-20], "p")):
        with pytest.raises(RefusedError):
            unlocked(wrong, password)


def test_the_same_bytes_have_the_same_signature() -> None:
    """A bundle of one commit and one key is the same, byte for byte."""
    assert signed() == signed()


def _refused(key: PrivateKey, *revoked: str) -> str:
    content = b"manifest"
    with pytest.raises(RefusedError) as refused:
        made = read_signature(key.sign(content, "comment"))
        verify(content, made, (ONE.public, TWO.public), frozenset(revoked))
    return str(refused.value)


def test_whom_not_to_trust() -> None:
    """A stranger's key and a revoked one are refused, and named."""
    assert STRANGER.public.id in _refused(STRANGER) and "not trusted" in _refused(STRANGER)
    assert "revoked" in _refused(ONE, ONE.public.id)
    assert opened(signed(key=TWO)).signer == TWO.public.id


def test_a_bundle_cannot_revoke_its_own_key() -> None:
    """A revocation counts only when another key signed it."""
    with pytest.raises(RefusedError, match="revokes the key"):
        opened(signed(revoked=(ONE.public.id,)))
    assert opened(signed(revoked=(ONE.public.id,), key=TWO)).manifest.revoked == (ONE.public.id,)


@pytest.mark.parametrize("text", ["", "RW", "x" * 56, "RW" + "A" * 55, ONE.public.text + "\n"])
def test_what_is_no_key(text: str) -> None:
    """A text that is no public key is refused."""
    with pytest.raises(RefusedError, match="no public key"):
        read_public_key(text)


needs_minisign = pytest.mark.skipif(
    shutil.which("minisign") is None, reason="minisign is not installed"
)


def _minisign(*words: str | Path, said: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["minisign", *map(str, words)], input=said, capture_output=True, encoding="utf-8",
        check=False,
    )  # fmt: skip


@needs_minisign
def test_minisign_verifies_what_we_sign(tmp_path: Path) -> None:
    """The plain tool takes the manifest and signature of a bundle, and no other manifest."""
    bundle = opened(signed())
    for name, content in bundle.heads:
        (tmp_path / name).write_bytes(content)
    manifest = tmp_path / "MANIFEST.json"
    done = _minisign("-V", "-P", ONE.public.text, "-m", manifest)
    assert done.returncode == 0 and "verified" in done.stdout, done.stderr
    manifest.write_bytes(manifest_of(signed(days=1)))
    assert _minisign("-V", "-P", ONE.public.text, "-m", manifest).returncode != 0


@needs_minisign
def test_minisign_signs_with_our_keys(tmp_path: Path) -> None:
    """The plain tool unlocks a private key of ours; we verify what it signs with it."""
    (tmp_path / "kb.key").write_bytes(locked(ONE, "long enough", WORK))
    (tmp_path / "file").write_bytes(b"content")
    done = _minisign("-S", "-s", tmp_path / "kb.key", "-m", tmp_path / "file", said="long enough\n")
    assert done.returncode == 0, done.stderr
    made = read_signature((tmp_path / "file.minisig").read_bytes())
    assert verify(b"content", made, (ONE.public,), frozenset()) == ONE.public


@needs_minisign
def test_we_read_keys_of_minisign(tmp_path: Path) -> None:
    """A pair that the plain tool made signs our bundles."""
    words = ("-G", "-p", tmp_path / "a.pub", "-s", tmp_path / "a.key")
    done = _minisign(*words, said="long enough\nlong enough\n")
    if done.returncode:
        pytest.skip(f"minisign cannot make a key here: {done.stderr or done.stdout}")
    public = read_public_key((tmp_path / "a.pub").read_text().splitlines()[1])
    key = unlocked((tmp_path / "a.key").read_bytes(), "long enough")
    assert key.public == public
