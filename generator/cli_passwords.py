"""Passwords: from the environment or somebody at the terminal, never from an option or a file.

Imports stand inside the functions, as in `cli`.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from generator.settings import site_password

if TYPE_CHECKING:
    from generator.bundles.protection import Protected
    from generator.knowledge import KnowledgeBase


def asked(question: str, variable: str, is_new: bool) -> str:
    """Return what somebody types, unseen, twice where it is new; `variable` is what to set where
    nobody is there."""
    if not sys.stdin.isatty():
        raise click.UsageError(f"set {variable}, nobody is there to be asked")
    answer: str = click.prompt(question, hide_input=True, confirmation_prompt=is_new)
    return answer


def new_password(knowledge: KnowledgeBase, named: Collection[str] = ()) -> str | None:
    """Return what is to open the files of protected sites; None where no site is, or where nobody
    says it, which is told.

    Ends the command where it cannot be used, or where one of these sites was asked for by name.
    """
    from generator.bundles.protection import password_fault

    sites = [id for id, filed in knowledge.sites.items() if filed.record.protected]
    sites = [id for id in sites if not named or id in named]
    if not sites:
        return None
    listed = ", ".join(sites)
    password = site_password()
    if password is None and sys.stdin.isatty():
        question = f"Password that will open the files of {listed} (nothing: leave them out)"
        password = click.prompt(
            question, default="", show_default=False, hide_input=True, confirmation_prompt=True
        )
    if password:
        fault = password_fault(password)
        if fault:
            raise click.UsageError(fault)
        return password
    if named:
        raise click.UsageError(f"{listed} is protected: set KB_PASSWORD")
    click.echo(
        f"Without KB_PASSWORD nothing new is made of {listed}; what is up to date stays.", err=True
    )
    return None


@dataclass(frozen=True, slots=True)
class Opened:
    """A bundle or an update to be read, and the protected file that it was in, if it was in one."""

    file: BinaryIO
    outer: Protected | None = None
    password: str = field(default="", repr=False)

    def protected(self, content: bytes, name: str) -> tuple[bytes, str]:
        """Return another content protected likewise, and its name; the same where this is not.

        Raises `RefusedError`.
        """
        from generator.bundles.protection import protect, protected_name

        if self.outer is None:
            return content, name
        made = protect(content, name, self.outer.text, self.outer.moment, self.password)
        return made, protected_name(name)


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """Give the bundle or update in a file to read; where it is protected, the one inside.

    That lies in a file which nobody else can open and which is gone however this ends. Raises
    `RefusedError`.
    """
    from generator.bundles.protection import protected

    with path.open("rb") as file:
        found = protected(file)
        if found is None:
            yield Opened(file)
            return
        password = site_password() or asked(f"Password of {path}", "KB_PASSWORD", is_new=False)
        with tempfile.TemporaryFile() as inside:
            for chunk in found.content(password):
                inside.write(chunk)
            yield Opened(inside, found, password)
