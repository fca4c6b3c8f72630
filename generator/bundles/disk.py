"""The few acts by which a bundle is installed, each of which may be the last one.

A class, so that a test can let any of them fail.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO


class Disk:
    """Writes below one folder. Raises `OSError`."""

    def put(self, path: Path, chunks: Iterable[bytes]) -> None:
        """Write a file in one step: whoever looks sees the old one or the whole new one."""
        self.make_folder(path.parent)
        new = path.with_name(f".{path.name[:100]}.new")
        with new.open("wb") as file:
            for chunk in chunks:
                self.append(file, chunk)
            file.flush()
            self.settle(file)
        self.move(new, path)

    def grow(self, path: Path) -> BinaryIO:
        """Open a file for reading and writing, as it is; made where there is none."""
        self.make_folder(path.parent)
        path.touch()
        return path.open("r+b")

    def make_folder(self, path: Path) -> None:
        """Make a folder, and those above it."""
        path.mkdir(parents=True, exist_ok=True)

    def append(self, file: BinaryIO, chunk: bytes) -> None:
        """Write bytes at the end of a file."""
        file.write(chunk)

    def move(self, new: Path, path: Path) -> None:
        """Put a file in the place of another in one step."""
        new.replace(path)

    def settle(self, file: BinaryIO) -> None:
        """Wait until the machine may lose its power without the file being lost."""
        os.fsync(file.fileno())

    def remove(self, path: Path) -> None:
        """Remove a file."""
        path.unlink(missing_ok=True)

    def remove_folder(self, path: Path) -> None:
        """Remove a folder with all that it holds."""
        shutil.rmtree(path)
