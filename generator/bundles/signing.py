"""Makes key pairs and signatures in minisign's format.

In goes a password, out come an encrypted private key and its public half; in go that key and some
bytes, out comes a `.minisig` file. `minisign` reads all of them. Ed25519 gives the same signature
for the same bytes every time.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from generator.bundles.minisign import PublicKey, read_public_key
from generator.bundles.refusals import RefusedError

WORK = 17
"""Unlocking a key costs 2^WORK steps of scrypt and 2^(WORK + 10) bytes: half a second, 128 MB."""
_MOST_WORK = 20
_KEY = struct.Struct("<2s2s2s32sQQ104s")


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """An unlocked key."""

    number: bytes
    seed: bytes

    @property
    def public(self) -> PublicKey:
        """The half that verifies."""
        point = self._signer().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return read_public_key(base64.b64encode(b"Ed" + self.number + point).decode())

    def _signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def sign(self, content: bytes, comment: str) -> bytes:
        """Return a signature file of `content` with a trusted comment."""
        signer = self._signer()
        value = signer.sign(hashlib.blake2b(content).digest())
        whole = signer.sign(value + comment.encode())
        lines = (
            "untrusted comment: verify with minisign or kb bundle verify",
            base64.b64encode(b"ED" + self.number + value).decode(),
            f"trusted comment: {comment}",
            base64.b64encode(whole).decode(),
        )
        return ("\n".join(lines) + "\n").encode()


def new_key() -> PrivateKey:
    """Return a key that nobody has."""
    return PrivateKey(secrets.token_bytes(8), secrets.token_bytes(32))


def locked(key: PrivateKey, password: str, work: int = WORK) -> bytes:
    """Return the text of a private key's file, encrypted with a password."""
    salt = secrets.token_bytes(32)
    memory, steps = 2 ** (work + 10), 2 ** (work + 5)
    pair = key.seed + key.public.point
    check = hashlib.blake2b(b"Ed" + key.number + pair, digest_size=32).digest()
    hidden = _mixed(key.number + pair + check, password, salt, work)
    packed = _KEY.pack(b"Ed", b"Sc", b"B2", salt, steps, memory, hidden)
    comment = f"untrusted comment: encrypted private key {key.public.id}"
    return f"{comment}\n{base64.b64encode(packed).decode()}\n".encode()


def unlocked(content: bytes, password: str) -> PrivateKey:
    """Return the key in a private key's file. Raises `RefusedError`."""
    try:
        packed = base64.b64decode(content.split(b"\n")[1], validate=True)
        signs, derives, sums, salt, steps, memory, hidden = _KEY.unpack(packed)
    except (IndexError, binascii.Error, struct.error) as error:
        raise RefusedError("the private key's file is not in minisign's format") from error
    work = memory.bit_length() - 11
    fits = memory == 2 ** (work + 10) and steps == memory // 32
    if (signs, derives, sums) != (b"Ed", b"Sc", b"B2") or not fits or not 10 <= work <= _MOST_WORK:
        raise RefusedError("the private key is not encrypted, or in a way that is not known")
    plain = _mixed(hidden, password, salt, work)
    number, seed, pair, check = plain[:8], plain[8:40], plain[8:72], plain[72:]
    if hashlib.blake2b(b"Ed" + number + pair, digest_size=32).digest() != check:
        raise RefusedError("the password does not fit the private key")
    return PrivateKey(number, seed)


def _mixed(content: bytes, password: str, salt: bytes, work: int) -> bytes:
    """Return the content with the password's stream of bytes laid over it, or off it again."""
    stream = hashlib.scrypt(
        password.encode(),
        salt=salt,
        n=2**work,
        r=8,
        p=1,
        maxmem=2 ** (work + 10) + 2**22,
        dklen=104,
    )
    return bytes(one ^ other for one, other in zip(content, stream, strict=True))
