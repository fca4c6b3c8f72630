"""A bundle or an update inside an archive that opens with a password only.

In go a signed zip and a password, out comes a zip that 7-Zip opens, and back: AES-256 as WinZip's
AE-2 has it. It holds a text that anybody can read, and the signed zip, neither packed. As with
bundles there is one way of writing, and the reader makes each header anew and compares.
"""

from __future__ import annotations

import array
import hashlib
import hmac
import re
import secrets
import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from generator.bundles.names import fault_of
from generator.bundles.refusals import RefusedError
from generator.bundles.zips import LARGEST_ARCHIVE

READ_ME = "READ-ME.txt"
"""The text for who has no password yet; everything else is encrypted."""
SHORTEST, LONGEST = 12, 99
"""Characters of a password; WinZip takes no more than 99."""
_DIFFERENT = 6
_LARGEST_TEXT = 2**16
_NAME = re.compile(r"[a-z0-9][A-Za-z0-9.+-]{0,150}\.zip")
_SALT, _PROOF, _SUM = 16, 2, 10
_ADDED = _SALT + _PROOF + _SUM
_ROUNDS = 1000
_CHUNK = 2**20
_BLOCK = 16
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_UTF8, _ENCRYPTED = 0x0800, 0x0001
_PLAIN_NEEDS, _AES_NEEDS = 20, 51
_AES = 99
_UNIX = 3 << 8
_MODE = 0o100644 << 16
_EXTRA = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, 0)
"""AE-2, 256 bits, neither packed: the field that says how an entry is encrypted."""


def password_fault(password: str) -> str | None:
    """Return what is wrong with a password that is to protect files, or None."""
    if not (password.isascii() and password.isprintable()) or password.strip() != password:
        return (
            "a password has letters without accents, digits and signs of a US keyboard only: zip "
            "tools read any other character in the code page of their machine"
        )
    if not SHORTEST <= len(password) <= LONGEST:
        return f"a password has {SHORTEST} to {LONGEST} characters"
    if len(set(password)) < _DIFFERENT:
        return f"a password has at least {_DIFFERENT} different characters"
    return None


def protected_name(name: str) -> str:
    """Return how the protected form of a bundle or an update is called."""
    end = ".update.zip" if name.endswith(".update.zip") else ".zip"
    return f"{name.removesuffix(end)}-protected{end}"


@dataclass(frozen=True, slots=True)
class Protected:
    """An archive whose form was checked; what it holds is read with its password."""

    file: BinaryIO
    text: str
    """What anybody can read."""
    moment: int
    """Its time, as `zips.moment_of` gives it."""
    name: str
    """The signed zip's."""
    start: int
    """Where its salt begins."""
    size: int
    """Its bytes without what encryption adds."""

    def opens(self, password: str) -> bool:
        """Return whether this password made it and no byte was altered since."""
        try:
            self._cipher_key(password)
        except RefusedError:
            return False
        return True

    def content(self, password: str) -> Iterator[bytes]:
        """Yield the signed zip's bytes. Raises `RefusedError` before the first where the password
        does not fit or a byte was altered."""
        key = self._cipher_key(password)
        yield from _mixed(self._between(_SALT + _PROOF, self.size), key)

    def _cipher_key(self, password: str) -> bytes:
        salt, proof = b"".join(self._between(0, _SALT)), b"".join(self._between(_SALT, _PROOF))
        key, sum_key, wanted = _keys(password, salt)
        if not hmac.compare_digest(proof, wanted):
            raise RefusedError("the password does not fit")
        made = hmac.new(sum_key, digestmod="sha1")
        for chunk in self._between(_SALT + _PROOF, self.size):
            made.update(chunk)
        held = b"".join(self._between(_SALT + _PROOF + self.size, _SUM))
        if not hmac.compare_digest(made.digest()[:_SUM], held):
            raise RefusedError("the password does not fit, or the file was altered or damaged")
        return key

    def _between(self, offset: int, length: int) -> Iterator[bytes]:
        """Yield bytes of the encrypted entry, in chunks of whole blocks."""
        self.file.seek(self.start + offset)
        while length:
            chunk = self.file.read(min(_CHUNK, length))
            if not chunk:
                raise RefusedError("the file is cut short")
            length -= len(chunk)
            yield chunk


def protect(content: bytes, name: str, text: str, moment: int, password: str) -> bytes:
    """Return an archive that holds a text for anybody, and a signed zip for who has the password.

    `moment` is its time as `zips.moment_of` gives it. The same input gives other bytes each time:
    two contents must never share a stream of bytes. Raises `RefusedError`.
    """
    faults = [fault for fault in (password_fault(password), _name_fault(name)) if fault]
    said = text.encode()
    if len(content) + len(said) > LARGEST_ARCHIVE - _CHUNK:
        faults.append("it is larger than a protected bundle can be (4 GB)")
    if faults:
        raise RefusedError(*faults)
    salt = secrets.token_bytes(_SALT)
    key, sum_key, proof = _keys(password, salt)
    chunks = (content[at : at + _CHUNK] for at in range(0, len(content), _CHUNK))
    hidden = b"".join(_mixed(chunks, key))
    body = salt + proof + hidden + hmac.digest(sum_key, hidden, "sha1")[:_SUM]
    heads, tail = _frame(said, name, len(content), moment)
    return b"".join((heads[0], said, heads[1], body, tail))


def protected(file: BinaryIO) -> Protected | None:
    """Return the protected archive in a file; None where it is something else.

    Raises `RefusedError` where it begins as one and is not written as `protect` writes it.
    """
    file.seek(0)
    first = file.read(_LOCAL.size + len(READ_ME))
    if first[_LOCAL.size :] != READ_ME.encode() or first[:4] != b"PK\x03\x04":
        return None
    head = _LOCAL.unpack_from(first)
    moment, length = head[5] << 16 | head[4], head[8]
    if length > _LARGEST_TEXT:
        raise RefusedError(f'"{READ_ME}" is larger than it can be')
    text = file.read(length)
    second = file.read(_LOCAL.size)
    if len(second) < _LOCAL.size:
        raise RefusedError("the file is cut short")
    try:
        said = text.decode()
    except UnicodeDecodeError as error:
        raise RefusedError(f'"{READ_ME}" is not in UTF-8') from error
    described = _LOCAL.unpack(second)
    name = file.read(described[9]).decode("ascii", errors="replace")
    fault = _name_fault(name)
    if fault:
        raise RefusedError(fault)
    size = described[8]
    heads, tail = _frame(text, name, size, moment)
    start = len(heads[0]) + len(text) + len(heads[1])
    file.seek(0)
    begins = file.read(start)
    if begins != b"".join((heads[0], text, heads[1])):
        raise RefusedError("it is a protected archive, but not as bundles are protected")
    whole = file.seek(0, 2)
    file.seek(min(whole, start + size + _ADDED))
    if whole != start + size + _ADDED + len(tail) or file.read() != tail:
        raise RefusedError("the file was altered, cut short or added to")
    return Protected(file, said, moment, name, start, size)


def _name_fault(name: str) -> str | None:
    fault = fault_of(name)
    if fault is None and _NAME.fullmatch(name):
        return None
    return f'"{name}" {fault or "is no name of a bundle"}'


def _frame(text: bytes, name: str, size: int, moment: int) -> tuple[tuple[bytes, bytes], bytes]:
    """Return what stands before each of the two contents, and what stands behind both."""
    time = moment & 0xFFFF, moment >> 16
    entries = (
        (READ_ME, _PLAIN_NEEDS, _UTF8, 0, zlib.crc32(text), len(text), len(text), b""),
        (name, _AES_NEEDS, _UTF8 | _ENCRYPTED, _AES, 0, size + _ADDED, size, _EXTRA),
    )
    heads: list[bytes] = []
    directory = b""
    at = 0
    for called, needs, flags, method, crc, packed, unpacked, extra in entries:
        encoded = called.encode()
        how = needs, flags, method, *time
        sizes = crc, packed, unpacked, len(encoded), len(extra)
        heads.append(_LOCAL.pack(b"PK\x03\x04", *how, *sizes) + encoded + extra)
        directory += _CENTRAL.pack(b"PK\x01\x02", _UNIX | needs, *how, *sizes, 0, 0, 0, _MODE, at)
        directory += encoded + extra
        at += len(heads[-1]) + packed
    end = _END.pack(b"PK\x05\x06", 0, 0, 2, 2, len(directory), at, 0)
    return (heads[0], heads[1]), directory + end


def _keys(password: str, salt: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the key of the cipher, that of the sum, and two bytes that tell most wrong passwords.

    https://www.winzip.com/en/support/aes-encryption/ has the format; 1,000 rounds are its rule, so
    the password itself must be hard to guess.
    """
    made = hashlib.pbkdf2_hmac(
        "sha1", password.encode(errors="surrogateescape"), salt, _ROUNDS, 64 + _PROOF
    )
    return made[:32], made[32:64], made[64:]


def _mixed(chunks: Iterator[bytes], key: bytes) -> Iterator[bytes]:
    """Yield content with the cipher's stream laid over it, or off it again.

    The stream is AES of a number that counts blocks from 1, least byte first; the library's own
    counter mode has the greatest first. Every chunk but the last has whole blocks.
    """
    blocks: Callable[[bytes], bytes] = Cipher(AES(key), ECB()).encryptor().update
    number = 1
    for chunk in chunks:
        count = -(-len(chunk) // _BLOCK)
        counter = array.array("Q", bytes(count * _BLOCK))
        counter[::2] = array.array("Q", range(number, number + count))
        if sys.byteorder == "big":
            counter.byteswap()
        stream = blocks(counter.tobytes())[: len(chunk)]
        laid = int.from_bytes(chunk, "little") ^ int.from_bytes(stream, "little")
        yield laid.to_bytes(len(chunk), "little")
        number += count
