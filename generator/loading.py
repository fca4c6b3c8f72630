"""From the files under `kb/` to a checked knowledge base: the first half of the pipeline.

In go the settings, out come the knowledge base and everything that is wrong with it. What was read
and found clean is remembered by its content.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from generator import checks
from generator.findings import Finding
from generator.history import read_history
from generator.knowledge import KnowledgeBase, join
from generator.records import file_all
from generator.settings import PACKAGE, Settings
from generator.sources import gather
from generator.writing import digest_of_files, remember, remembered


@dataclass(frozen=True, slots=True)
class Loaded:
    """A knowledge base as far as it could be read, and everything that is wrong with it."""

    knowledge: KnowledgeBase | None
    findings: tuple[Finding, ...]

    @property
    def has_errors(self) -> bool:
        """Whether nothing may be made from it."""
        return self.knowledge is None or any(finding.is_error for finding in self.findings)


@cache
def tool_digest() -> str:
    """Return a digest of the tool's own code: what it remembered before may no longer hold."""
    return digest_of_files(sorted(PACKAGE.rglob("*.py")))


def load(settings: Settings) -> Loaded:
    """Return the checked knowledge base of a project."""
    cache = settings.build / "cache"
    tool = tool_digest()
    held = remembered(cache / "records.sqlite")
    known = held if held.get("tool") == tool else {}
    clean = frozenset(known.get("clean", "").split("\n"))

    gathered = gather(settings.root)
    filing = file_all(gathered.sources, known, gathered.unread)
    knowledge, joined = join(settings, filing, gathered.pictures, read_history(settings.root))
    findings = [*gathered.findings, *filing.findings, *joined]
    if knowledge is not None:
        found, clean = checks.check(knowledge, clean)
        findings.extend(found)
    kept = {**filing.remembered, "tool": tool, "clean": "\n".join(sorted(clean))}
    remember(cache / "records.sqlite", kept, held)
    return Loaded(knowledge, tuple(sorted(findings)))
