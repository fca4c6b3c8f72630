"""Every site's handbooks as files: PDFs, the same as booklets for the printer, and e-books.

In goes a knowledge base, out comes what was made; only what changed is made again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from generator.books import fonts
from generator.books.volumes import VOLUME_LIMIT
from generator.ebook import packed_book
from generator.editions import site_edition
from generator.engines.typst import Printed, compile_pdf, forget
from generator.findings import Finding
from generator.knowledge import KnowledgeBase
from generator.loading import tool_digest
from generator.model import Site
from generator.outputs import Made
from generator.outputs.epub import Ebook
from generator.outputs.handbook import Handbook, Pages, unknown
from generator.pdf.booklet import imposed
from generator.pdf.places import places
from generator.protection import Shelf, published, shelf
from generator.templating import Templates
from generator.texts import speaker
from generator.writing import Artifact, digest_of_files, folder_at, kept, stale, write_all

TURNS = 4
"""How often volumes are set until the pages that they name of each other are right; twice is usual:
the guess is as wide as most pages, and the last volume knows the others at once."""
GUESS = 100
"""The page of a record in a volume that was not set yet."""
Contents = tuple[tuple[Callable[[], bytes], ...], tuple[Finding, ...]]
"""What makes each file of a book, none where the book cannot be made; and what is to be said."""


@dataclass(frozen=True, slots=True)
class Book:
    """One book of a site, of which nothing is made until it is asked for."""

    name: str
    site: Site
    ends: tuple[str, ...]
    """What the names of its files end with."""
    key: Callable[[], str]
    make: Callable[[], Contents]

    @property
    def paths(self) -> tuple[str, ...]:
        """Its files' names."""
        return tuple(f"{self.name}{end}" for end in self.ends)


def books(knowledge: KnowledgeBase, limit: int = VOLUME_LIMIT) -> Iterator[Book]:
    """Yield every site's books: those to print, with booklets, then the e-books."""
    for filed in knowledge.sites.values():
        yield from _books_of(knowledge, filed.record, limit)


def _books_of(knowledge: KnowledgeBase, site: Site, limit: int = VOLUME_LIMIT) -> Iterator[Book]:
    templates, time = knowledge.settings.templates, knowledge.history.stamp.time
    tools = (tool_digest(), fonts.versions(), version("typst"), version("pikepdf"))
    volumes: dict[str, Printed] = {}
    for book in handbooks(knowledge, site, limit):
        key, make = partial(book.key, *tools), partial(_pdfs, book, volumes)
        yield Book(book.name, site, (".pdf", "-booklet.pdf"), key, make)
    pages = Templates(templates / "epub", folder_at(knowledge.settings.build / "cache/templates"))
    words = digest_of_files(sorted((templates / "locale").glob("*.po")))
    for language in site.languages:
        say = speaker(templates / "locale", language)
        ebook = Ebook(site_edition(knowledge, site, language), site, say, pages)
        key = partial(ebook.key, tool_digest(), pages.digest, words)
        yield Book(f"{site.id}-{language}", site, (".epub",), key, partial(_epub, ebook, time))


def handbooks(
    knowledge: KnowledgeBase, site: Site, limit: int = VOLUME_LIMIT
) -> Iterator[Handbook]:
    """Yield a site's handbook: a volume for each of its languages, most read first, or one for
    all of them where it asks for that; several where they hold more than `limit` records."""
    templates = knowledge.settings.templates
    says = [(each, speaker(templates / "locale", each)) for each in site.languages]
    groups = [says] if site.handbook.interleaved else [[each] for each in says]
    for (language, say), *also in groups:
        folder = templates / "handbook"
        book = Handbook(knowledge, site, language, say, folder, tuple(also), limit=limit)
        yield from book.volumes


def files_of(knowledge: KnowledgeBase, site: Site) -> tuple[Path, ...]:
    """Return a site's books that are there, as they were made."""
    folder = shelf(knowledge.settings, site.protected).folder
    paths = (folder / path for book in _books_of(knowledge, site) for path in book.paths)
    return tuple(path for path in paths if path.is_file())


def make_handbooks(
    knowledge: KnowledgeBase,
    sites: Collection[str] = (),
    password: str | None = None,
    limit: int = VOLUME_LIMIT,
) -> Iterator[Made]:
    """Make the books of these sites, of all where none is named; others stay as they are.

    One that cannot be made is left out, with a finding. Of a protected site, what may be published
    is encrypted with the password; without one it is not written.
    """
    public, hidden = shelf(knowledge.settings, False), shelf(knowledge.settings, True)
    standing: dict[Shelf, list[Artifact]] = {public: [], hidden: []}
    made: list[tuple[Book, tuple[Finding, ...]]] = []
    said: set[Finding] = set()
    protected: list[str] = []
    for book in books(knowledge, limit):
        if sites and book.site.id not in sites:
            for each, artifacts in standing.items():
                artifacts.extend(kept(each.folder, book.paths, each.ledger))
            continue
        here = hidden if book.site.protected else public
        key = book.key()
        wanted = [Artifact(path, key, lambda: b"") for path in book.paths]
        findings: tuple[Finding, ...] = ()
        if stale(here.folder, wanted, here.ledger):
            contents, findings = book.make()
            # one with findings is made again next time, so that they are said again
            key = "" if findings else key
            named = zip(book.paths, contents, strict=bool(contents))
            wanted = [Artifact(path, key, content) for path, content in named]
        standing[here].extend(wanted)
        protected.extend(each.path for each in wanted if here is hidden)
        # what is wrong with a picture is wrong in every language
        made.append((book, tuple(each for each in findings if each not in said)))
        said.update(findings)
    write_all(hidden.folder, standing[hidden], hidden.ledger)
    standing[public].extend(published(protected, hidden, public, password))
    changed = write_all(public.folder, standing[public], public.ledger).written
    for book, findings in made:
        count = sum(path in changed for path in book.paths)
        yield Made(book.name, public.folder / book.paths[0], count, findings)


def _pdfs(book: Handbook, volumes: MutableMapping[str, Printed]) -> Contents:
    """Set a volume; it is remembered with those beside it, which are set together."""
    if book.name not in volumes:
        volumes.clear()
        volumes.update(_printed(book))
    printed = volumes[book.name]
    if printed.pdf is None:
        return (), printed.findings
    return (partial(bytes, printed.pdf), partial(imposed, printed.pdf)), printed.findings


def _epub(book: Ebook, time: int) -> Contents:
    bound = book.bound()
    return (partial(packed_book, bound.files, time),), bound.findings


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
