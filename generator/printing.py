"""Every site's handbooks as files: one PDF a language, and the same as a booklet for the printer.

In goes a knowledge base, out comes what was made; only what changed is set again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path

from generator import fonts
from generator.booklet import imposed
from generator.engines import Printed, compile_pdf
from generator.findings import Finding
from generator.knowledge import KnowledgeBase
from generator.loading import tool_digest
from generator.model import Site
from generator.outputs import Made
from generator.outputs.handbook import Handbook
from generator.texts import speaker
from generator.writing import Artifact, kept, stale, write_all


def handbooks(knowledge: KnowledgeBase) -> Iterator[Handbook]:
    """Yield the handbook of every site in each of its languages, most read first."""
    templates = knowledge.settings.templates
    for filed in knowledge.sites.values():
        for language in filed.record.languages:
            say = speaker(templates / "locale", language)
            yield Handbook(knowledge, filed.record, language, say, templates / "handbook")


ENDS = (".pdf", "-booklet.pdf")
"""What the names of a handbook's files end with."""


def files_of(knowledge: KnowledgeBase, site: Site) -> tuple[Path, ...]:
    """Return a site's handbooks that are there, one language after the other."""
    folder = knowledge.settings.build / "handbooks"
    names = (book.name for book in handbooks(knowledge) if book.site.id == site.id)
    paths = (folder / f"{name}{end}" for name in names for end in ENDS)
    return tuple(path for path in paths if path.is_file())


def make_handbooks(knowledge: KnowledgeBase, sites: Collection[str] = ()) -> Iterator[Made]:
    """Make the handbooks of these sites, of all where none is named; others stay as they are.

    One that cannot be set is left out, with a finding.
    """
    settings = knowledge.settings
    folder, ledger = settings.build / "handbooks", settings.build / "cache" / "handbooks.json"
    tool = (tool_digest(), fonts.versions(), version("typst"), version("pikepdf"))
    artifacts: list[Artifact] = []
    made: dict[str, tuple[Finding, ...]] = {}
    for book in handbooks(knowledge):
        paths = tuple(f"{book.name}{end}" for end in ENDS)
        if sites and book.site.id not in sites:
            artifacts.extend(kept(folder, paths, ledger))
            continue
        key = book.key(*tool)
        wanted = [Artifact(path, key, lambda: b"") for path in paths]
        made[book.name] = ()
        if stale(folder, wanted, ledger):
            printed = _printed(book)
            # what is wrong with a picture is wrong in every language
            said = {finding for findings in made.values() for finding in findings}
            made[book.name] = tuple(each for each in printed.findings if each not in said)
            # one with findings is made again next time, so that they are said again
            wanted = list(_files(paths, "" if printed.findings else key, printed.pdf))
        artifacts.extend(wanted)
    changed = write_all(folder, artifacts, ledger).written
    for name, findings in made.items():
        count = sum(f"{name}{end}" in changed for end in ENDS)
        yield Made(name, folder / f"{name}.pdf", count, findings)


def _printed(book: Handbook) -> Printed:
    manuscript, missing = fonts.mended(book.manuscript(), fonts.covered())
    scratch = book.knowledge.settings.build / "cache" / "typst"
    printed = compile_pdf(manuscript, fonts.folders(), scratch)
    return Printed(printed.pdf, (*missing, *printed.findings))


def _files(paths: tuple[str, ...], key: str, pdf: bytes | None) -> Iterator[Artifact]:
    if pdf is not None:
        path, booklet = paths
        yield Artifact(path, key, partial(bytes, pdf))
        yield Artifact(booklet, key, partial(imposed, pdf))
