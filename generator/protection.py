"""What a protected site is sent: handbooks and bundles that open with its password only.

In go PDFs and signed zips, out come the same encrypted; what the password still opens is left
alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path

import pikepdf

from generator.bundles.protection import protected
from generator.bundles.refusals import RefusedError
from generator.settings import Settings
from generator.texts import Say
from generator.writing import Artifact, digest_of, remove, stale


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of books, and the ledger that remembers what stands there."""

    folder: Path
    ledger: Path


def shelf(settings: Settings, is_protected: bool) -> Shelf:
    """Return where books stand as they were made, which is what bundles take: those of protected
    sites out of sight."""
    cache = settings.build / "cache"
    if is_protected:
        return Shelf(cache / "handbooks", cache / "handbooks-plain.json")
    return Shelf(settings.build / "handbooks", cache / "handbooks.json")


def published(
    paths: Iterable[str], hidden: Shelf, public: Shelf, password: str | None
) -> Iterator[Artifact]:
    """Yield what of a protected site's books stands beside the others': PDFs, encrypted.

    No other kind of file can be encrypted so that its readers open it; those come in the bundle.
    """
    wanted = [
        Artifact(
            path,
            digest_of("protected", (hidden.folder / path).read_bytes()),
            _encrypted(hidden.folder / path, password or ""),
        )
        for path in paths
        if path.endswith(".pdf")
    ]
    opens = partial(opens_pdf, password=password) if password else None
    return renewed(public.folder, wanted, public.ledger, opens)


def _encrypted(path: Path, password: str) -> Callable[[], bytes]:
    # not a partial: that would show its arguments wherever an artifact is printed
    return lambda: encrypted(path.read_bytes(), password)


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
