"""Public keys and signatures in minisign's format, read and verified.

In go the texts that `minisign` writes, out comes whether a key we trust signed these bytes.
The format: https://jedisct1.github.io/minisign/
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from generator.bundles.ed25519 import is_signed_by
from generator.bundles.refusals import RefusedError

LARGEST_SIGNATURE = 4096
"""Bytes; a signature with its comments has about 300."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that verifies."""

    id: str
    """16 hexadecimal digits, as `minisign` shows them."""
    point: bytes
    text: str
    """The one line of Base64 that settings hold."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a signature file says."""

    key_id: str
    is_hashed: bool
    """Whether the BLAKE2b digest of the content was signed, not the content."""
    value: bytes
    comment: str
    """The trusted comment: it is signed too."""
    whole: bytes
    """The signature of signature and comment together."""


def key_id(number: bytes) -> str:
    """Return the name of a key by its eight bytes."""
    return f"{int.from_bytes(number, 'little'):016X}"


def read_public_key(text: str) -> PublicKey:
    """Return the key of a line of Base64. Raises `RefusedError`."""
    content = _decoded(text)
    if len(content) != 42 or content[:2] != b"Ed":
        raise RefusedError(f'"{text[:64]}" is no public key of minisign (56 characters, RW…)')
    return PublicKey(key_id(content[2:10]), content[10:], text)


def read_signature(content: bytes) -> Signature:
    """Return what a `.minisig` file says. Raises `RefusedError`."""
    try:
        lines = content.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        lines = []
    if (
        len(content) > LARGEST_SIGNATURE
        or len(lines) != 5
        or lines[4]
        or not lines[0].startswith("untrusted comment: ")
        or not lines[2].startswith("trusted comment: ")
    ):
        raise RefusedError("the signature is not in minisign's format")
    value, whole = _decoded(lines[1]), _decoded(lines[3])
    if len(value) != 74 or value[:2] not in (b"Ed", b"ED") or len(whole) != 64:
        raise RefusedError("the signature is not in minisign's format")
    comment = lines[2].removeprefix("trusted comment: ")
    return Signature(key_id(value[2:10]), value[:2] == b"ED", value[10:], comment, whole)


def verify(
    content: bytes, signed: Signature, keys: Iterable[PublicKey], revoked: frozenset[str]
) -> PublicKey:
    """Return the trusted key that signed `content`. Raises `RefusedError` where none did."""
    known = {key.id: key for key in keys}
    if signed.key_id in revoked:
        raise RefusedError(f"it is signed with the key {signed.key_id}, which was revoked")
    key = known.get(signed.key_id)
    if key is None:
        trusted = ", ".join(sorted(known.keys() - revoked))
        hint = f"{trusted} is" if trusted else "none is: --key takes the one that you were told"
        raise RefusedError(
            f"it is signed with the key {signed.key_id}, which is not trusted here ({hint})"
        )
    message = hashlib.blake2b(content).digest() if signed.is_hashed else content
    if not is_signed_by(key.point, message, signed.value):
        raise RefusedError("the signature does not fit the manifest: one of them was altered")
    if not is_signed_by(key.point, signed.value + signed.comment.encode(), signed.whole):
        raise RefusedError("the signature's comment was altered")
    return key


def _decoded(text: str) -> bytes:
    """Return what a line of Base64 holds; nothing where it is none, or written another way."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return content if base64.b64encode(content).decode() == text else b""
