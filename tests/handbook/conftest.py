"""The volumes that are looked at, each bound once in a session."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from generator.model import Paper
from tests.conftest import FULL, ROOT
from tests.handbook.books import Volume, bound, knowledge_of

SITES = {"own": ROOT / "kb", "full": FULL / "kb"}


@pytest.fixture(scope="session")
def volume(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Volume]:
    """Return a function from `own/ordos-mine/zh` or `full/mill/th/A4` to that volume."""

    @cache
    def knowledge(kb: str):  # type: ignore[no-untyped-def]
        return knowledge_of(SITES[kb], tmp_path_factory.mktemp(kb))

    @cache
    def found(name: str) -> Volume:
        kb, site, language, *paper = name.split("/")
        folder = tmp_path_factory.mktemp("volume")
        return bound(knowledge(kb), site, language, folder, Paper(paper[0]) if paper else None)

    return found
