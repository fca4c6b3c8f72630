"""A small knowledge base on disk, the full sample, and where the golden files are rewritten."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from generator.settings import Settings

TODAY = date(2026, 11, 22)
ROOT = Path(__file__).parents[1]
SAMPLES = Path(__file__).parent / "samples"
SMALL = SAMPLES / "small"
FULL = SAMPLES / "full"
KbFrom = Callable[[Mapping[str, str | bytes]], Settings]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what `make golden` says."""
    parser.addoption(
        "--rewrite-golden", action="store_true", help="write tests/golden anew; read the difference"
    )


@pytest.fixture
def kb_from(tmp_path: Path) -> KbFrom:
    """Return a function that writes files, by path from the project's root, beside the smallest
    settings and vocabulary, and returns the project's settings."""

    def write(files: Mapping[str, str | bytes]) -> Settings:
        shutil.copytree(SMALL / "kb" / "vocabulary", tmp_path / "kb" / "vocabulary")
        shutil.copy(SMALL / "kb" / "settings.yml", tmp_path / "kb")
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return Settings(root=tmp_path, today=TODAY)

    return write


@pytest.fixture
def small(tmp_path: Path) -> Settings:
    """Return the smallest knowledge base that passes."""
    shutil.copytree(SMALL, tmp_path, dirs_exist_ok=True)
    return Settings(root=tmp_path, today=TODAY)
