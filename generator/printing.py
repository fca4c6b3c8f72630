"""Every site's handbooks as files: PDFs, and the same as booklets for the printer.

In goes a knowledge base, out comes what was made; only what changed is set again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import partial
from importlib.metadata import version

from generator import fonts
from generator.booklet import imposed
from generator.engines import Printed, compile_pdf, forget
from generator.findings import Finding
from generator.knowledge import KnowledgeBase
from generator.loading import tool_digest
from generator.outputs import Made
from generator.outputs.handbook import Handbook, Pages, unknown
from generator.places import places
from generator.texts import speaker
from generator.volumes import VOLUME_LIMIT
from generator.writing import Artifact, kept, stale, write_all

TURNS = 4
"""How often volumes are set until the pages that they name of each other are right; twice is usual:
the guess is as wide as most pages, and the last volume knows the others at once."""
GUESS = 100
"""The page of a record in a volume that was not set yet."""


def handbooks(knowledge: KnowledgeBase, limit: int = VOLUME_LIMIT) -> Iterator[Handbook]:
    """Yield every site's handbook: a volume for each of its languages, most read first, or one for
    all of them where it asks for that; several where they hold more than `limit` records."""
    templates = knowledge.settings.templates
    for filed in knowledge.sites.values():
        site = filed.record
        says = [(each, speaker(templates / "locale", each)) for each in site.languages]
        groups = [says] if site.handbook.interleaved else [[each] for each in says]
        for (language, say), *also in groups:
            folder = templates / "handbook"
            book = Handbook(knowledge, site, language, say, folder, tuple(also), limit=limit)
            yield from book.volumes


def make_handbooks(
    knowledge: KnowledgeBase, sites: Collection[str] = (), limit: int = VOLUME_LIMIT
) -> Iterator[Made]:
    """Make the handbooks of these sites, of all where none is named; others stay as they are.

    One that cannot be set is left out, with a finding.
    """
    settings = knowledge.settings
    folder, ledger = settings.build / "handbooks", settings.build / "cache" / "handbooks.json"
    tool = (tool_digest(), fonts.versions(), version("typst"), version("pikepdf"))
    artifacts: list[Artifact] = []
    made: dict[str, tuple[Finding, ...]] = {}
    volumes: dict[str, Printed] = {}
    for book in handbooks(knowledge, limit):
        paths = (f"{book.name}.pdf", f"{book.name}-booklet.pdf")
        if sites and book.site.id not in sites:
            artifacts.extend(kept(folder, paths, ledger))
            continue
        key = book.key(*tool)
        wanted = [Artifact(path, key, lambda: b"") for path in paths]
        made[book.name] = ()
        if stale(folder, wanted, ledger):
            if book.name not in volumes:
                volumes = _printed(book)
            printed = volumes[book.name]
            # what is wrong with a picture is wrong in every language
            said = {finding for findings in made.values() for finding in findings}
            made[book.name] = tuple(each for each in printed.findings if each not in said)
            # one with findings is made again next time, so that they are said again
            wanted = list(_files(paths, "" if printed.findings else key, printed.pdf))
        artifacts.extend(wanted)
    changed = write_all(folder, artifacts, ledger).written
    for name, findings in made.items():
        path = f"{name}.pdf"
        count = (path in changed) + (f"{name}-booklet.pdf" in changed)
        yield Made(name, folder / path, count, findings)


def _printed(book: Handbook) -> dict[str, Printed]:
    """Set every volume of a handbook, until the pages that they name of each other are right."""
    if len(book.held) == 1:
        return {book.name: _set(book, unknown)}
    made: dict[str, Printed] = {}
    known: dict[str, dict[str, int]] = {}
    named: dict[str, dict[str, int]] = {}
    for _ in range(TURNS):
        before = named.copy()
        for each in book.volumes:
            others = [found for name, found in known.items() if name != each.name]
            pages = {place: page for found in others for place, page in found.items()}
            if named.get(each.name) == pages:
                continue
            guess = None if len(others) == len(book.held) - 1 else GUESS
            made[each.name] = _set(each, partial(_page, pages, guess))
            known[each.name] = places(made[each.name].pdf)
            named[each.name] = pages
            forget()
        if named == before:
            return made
    return {each.name: _set(each, unknown) for each in book.volumes}


def _page(pages: Mapping[str, int], guess: int | None, place: str) -> int | None:
    return pages.get(place, guess)


def _set(book: Handbook, pages: Pages) -> Printed:
    manuscript, missing = fonts.mended(book.manuscript(pages), fonts.covered())
    scratch = book.knowledge.settings.build / "cache" / "typst"
    printed = compile_pdf(manuscript, fonts.folders(), scratch)
    return Printed(printed.pdf, (*missing, *printed.findings))


def _files(paths: tuple[str, str], key: str, pdf: bytes | None) -> Iterator[Artifact]:
    if pdf is not None:
        path, booklet = paths
        yield Artifact(path, key, partial(bytes, pdf))
        yield Artifact(booklet, key, partial(imposed, pdf))
