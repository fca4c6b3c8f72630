"""Where the project lies, where things are made, and what day it is: read once, then passed on.

The only place that reads the clock or the environment.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

PACKAGE = Path(__file__).parent


class ProjectNotFoundError(Exception):
    """No `kb/` folder here or above, or its settings from outside cannot be used."""


def _shipped(name: str) -> Path:
    """Return what came with the tool: beside its modules, or beside the package in a checkout."""
    inside = PACKAGE / name
    return inside if inside.exists() else PACKAGE.parent / name


@dataclass(frozen=True, slots=True)
class Settings:
    """The project's folders and today's date."""

    root: Path
    today: date

    @property
    def kb(self) -> Path:
        """The records."""
        return self.root / "kb"

    @property
    def build(self) -> Path:
        """Everything made; safe to delete."""
        return self.root / "build"

    @property
    def templates(self) -> Path:
        """The project's own templates, or those that came with the tool."""
        own = self.root / "templates"
        return own if own.is_dir() else _shipped("templates")

    @property
    def mkdocs_yml(self) -> Path:
        """The project's own theme options, or those that came with the tool."""
        own = self.root / "mkdocs.yml"
        return own if own.is_file() else _shipped("mkdocs.yml")


def find_settings(start: Path) -> Settings:
    """Return the settings of the project that holds `start`.

    `KB_TODAY` (YYYY-MM-DD) stands in for the clock. Raises `ProjectNotFoundError`.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "kb").is_dir():
            return Settings(folder, today())
    raise ProjectNotFoundError(f"there is no kb/ folder in {start} or above it")


def key_file() -> Path | None:
    """Return the private key that signs bundles (`KB_KEY`); None where there is none."""
    named = os.environ.get("KB_KEY")
    return Path(named) if named else None


def key_password() -> str | None:
    """Return the private key's password (`KB_KEY_PASSWORD`); None where somebody is to be asked."""
    return os.environ.get("KB_KEY_PASSWORD")


def site_password() -> str | None:
    """Return what opens protected files (`KB_PASSWORD`); None where somebody is to be asked."""
    return os.environ.get("KB_PASSWORD") or None


def today() -> date:
    """Return the day (`KB_TODAY`, or the clock's). Raises `ProjectNotFoundError`."""
    day = os.environ.get("KB_TODAY")
    try:
        return date.fromisoformat(day) if day else date.today()
    except ValueError as error:
        raise ProjectNotFoundError(
            f'KB_TODAY is "{day}", and no date such as 2026-11-22'
        ) from error
