"""Every site's handbooks as files: PDFs, and the same as booklets for the printer.

In goes a knowledge base, out comes what was made; only what changed is set again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from generator import fonts
from generator.booklet import imposed
from generator.engines import Printed, compile_pdf, places
from generator.findings import Finding
from generator.knowledge import KnowledgeBase
from generator.loading import tool_digest
from generator.model import Site
from generator.outputs import Made
from generator.outputs.handbook import Handbook, Pages, unknown
from generator.protection import encrypted, opens_pdf, renewed
from generator.settings import Settings
from generator.texts import speaker
from generator.volumes import VOLUME_LIMIT
from generator.writing import Artifact, digest_of, kept, stale, write_all


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of handbooks, and the ledger that remembers what stands there."""

    folder: Path
    ledger: Path


def shelf(settings: Settings, is_protected: bool) -> Shelf:
    """Return where handbooks stand as they were set, which is what bundles take: those of
    protected sites out of sight."""
    cache = settings.build / "cache"
    if is_protected:
        return Shelf(cache / "handbooks", cache / "handbooks-plain.json")
    return Shelf(settings.build / "handbooks", cache / "handbooks.json")


TURNS = 4
"""How often volumes are set until the pages that they name of each other are right; two is usual:
a page's number is as wide as most others."""


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


ENDS = (".pdf", "-booklet.pdf")
"""What the names of a handbook's files end with."""


def files_of(knowledge: KnowledgeBase, site: Site) -> tuple[Path, ...]:
    """Return a site's handbooks that are there, as they were set, one language after the other."""
    folder = shelf(knowledge.settings, site.protected).folder
    names = (book.name for book in handbooks(knowledge) if book.site.id == site.id)
    paths = (folder / f"{name}{end}" for name in names for end in ENDS)
    return tuple(path for path in paths if path.is_file())


def make_handbooks(
    knowledge: KnowledgeBase,
    sites: Collection[str] = (),
    password: str | None = None,
    limit: int = VOLUME_LIMIT,
) -> Iterator[Made]:
    """Make the handbooks of these sites, of all where none is named; others stay as they are.

    One that cannot be set is left out, with a finding. Of a protected site's, what may be published
    is encrypted with the password; without one it is not written.
    """
    settings = knowledge.settings
    public, hidden = shelf(settings, False), shelf(settings, True)
    standing: dict[Shelf, list[Artifact]] = {public: [], hidden: []}
    protected: list[str] = []
    tool = (tool_digest(), fonts.versions(), version("typst"), version("pikepdf"))
    made: dict[str, tuple[Finding, ...]] = {}
    volumes: dict[str, Printed] = {}
    for book in handbooks(knowledge, limit):
        paths = tuple(f"{book.name}{end}" for end in ENDS)
        if sites and book.site.id not in sites:
            for each, artifacts in standing.items():
                artifacts.extend(kept(each.folder, paths, each.ledger))
            continue
        here = hidden if book.site.protected else public
        key = book.key(*tool)
        wanted = [Artifact(path, key, lambda: b"") for path in paths]
        made[book.name] = ()
        if stale(here.folder, wanted, here.ledger):
            if book.name not in volumes:
                volumes = _printed(book)
            printed = volumes[book.name]
            # what is wrong with a picture is wrong in every language
            said = {finding for findings in made.values() for finding in findings}
            made[book.name] = tuple(each for each in printed.findings if each not in said)
            # one with findings is made again next time, so that they are said again
            wanted = list(_files(paths, "" if printed.findings else key, printed.pdf))
        standing[here].extend(wanted)
        protected.extend(each.path for each in wanted if here is hidden)
    write_all(hidden.folder, standing[hidden], hidden.ledger)
    standing[public].extend(_published(protected, hidden, public, password))
    changed = write_all(public.folder, standing[public], public.ledger).written
    for name, findings in made.items():
        count = sum(f"{name}{end}" in changed for end in ENDS)
        yield Made(name, public.folder / f"{name}.pdf", count, findings)


def _published(
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


def _printed(book: Handbook) -> dict[str, Printed]:
    """Set every volume of a handbook, until the pages that they name of each other are right."""
    known: dict[str, int] = {}
    for turn in range(TURNS):
        pages: Pages = known.get if turn else lambda place: 100
        made = {each.name: _set(each, pages) for each in book.volumes}
        found = _places(made.values()) if len(made) > 1 else {}
        if found == known:
            return made
        known = found
    return {each.name: _set(each, unknown) for each in book.volumes}


def _places(volumes: Iterable[Printed]) -> dict[str, int]:
    return {place: page for each in volumes if each.pdf for place, page in places(each.pdf).items()}


def _set(book: Handbook, pages: Pages) -> Printed:
    manuscript, missing = fonts.mended(book.manuscript(pages), fonts.covered())
    scratch = book.knowledge.settings.build / "cache" / "typst"
    printed = compile_pdf(manuscript, fonts.folders(), scratch)
    return Printed(printed.pdf, (*missing, *printed.findings))


def _files(paths: tuple[str, ...], key: str, pdf: bytes | None) -> Iterator[Artifact]:
    if pdf is not None:
        path, booklet = paths
        yield Artifact(path, key, partial(bytes, pdf))
        yield Artifact(booklet, key, partial(imposed, pdf))
