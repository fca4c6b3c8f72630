"""What a protected site is sent: handbooks and bundles that open with its password only.

In go PDFs and signed zips, out come the same encrypted; what the password still opens is left
alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path

import pikepdf

from generator.bundles.protection import protected
from generator.bundles.refusals import RefusedError
from generator.texts import Say
from generator.writing import Artifact, remove, stale


def renewed(
    folder: Path,
    wanted: Iterable[Artifact],
    ledger: Path,
    opens: Callable[[Path], bool] | None,
) -> Iterator[Artifact]:
    """Yield which protected files `folder` is to hold.

    Encrypting gives other bytes each time, so a file stays while its key does and the password
    still `opens` it; one that another password opens is removed, so that it is made again. Where
    there is no password, nothing can be made: what is up to date stays, the rest goes.
    """
    wanted = tuple(wanted)
    old = stale(folder, wanted, ledger)
    for each in wanted:
        if opens is None and each.path in old:
            continue
        if opens is not None and each.path not in old and not opens(folder / each.path):
            remove(folder, each.path)
        yield each


def encrypted(pdf: bytes, password: str) -> bytes:
    """Return a PDF that opens with the password only, encrypted with AES-256 (PDF 2.0).

    Who has the password may print it, have it read aloud and copy from it; there is no second
    password that could do more.
    """
    made = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        opened.save(
            made,
            encryption=pikepdf.Encryption(owner=password, user=password, R=6),
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return made.getvalue()


def opens_pdf(path: Path, password: str) -> bool:
    """Return whether a PDF is encrypted and the password opens it."""
    try:
        with pikepdf.open(path, password=password) as opened:
            return opened.is_encrypted
    except (pikepdf.PasswordError, pikepdf.PdfError):
        return False


def opens_bundle(path: Path, password: str) -> bool:
    """Return whether an archive is a protected one, whole, and the password opens it."""
    try:
        with path.open("rb") as file:
            found = protected(file)
            return found is not None and found.opens(password)
    except RefusedError:
        return False


def read_me(says: Iterable[Say]) -> str:
    """Return what a protected archive tells those who have no password yet, in these languages."""
    parts = (
        (
            say("This file is protected with a password."),
            say(
                "Open it with 7-Zip and the password. Inside is a zip file: install or unpack it "
                "as if it had come alone."
            ),
            say("With the tool kb: kb bundle apply FILE --to FOLDER; it asks for the password."),
        )
        for say in says
    )
    return "\r\n\r\n".join("\r\n".join(part) for part in parts) + "\r\n"
