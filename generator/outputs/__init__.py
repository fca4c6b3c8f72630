"""What is made from an edition: each module takes editions and yields artifacts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from generator.findings import Finding


@dataclass(frozen=True, slots=True)
class Made:
    """One output that was made: what it is, where it lies, how many of its files changed."""

    name: str
    path: Path
    changed: int
    """How many of its files are new, different or gone."""
    findings: tuple[Finding, ...] = ()
