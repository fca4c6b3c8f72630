"""Every site's handbooks as files: one PDF a language, the same as a booklet and as an e-book.

In goes a knowledge base, out comes what was made; only what changed is set again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from importlib.metadata import version

from generator import fonts
from generator.booklet import imposed
from generator.ebook import packed_book
from generator.engines import Printed, compile_pdf
from generator.findings import Finding
from generator.knowledge import KnowledgeBase
from generator.loading import tool_digest
from generator.outputs import Made
from generator.outputs.epub import Bound, Ebook
from generator.outputs.handbook import Handbook
from generator.templating import Templates
from generator.texts import speaker
from generator.writing import Artifact, digest_of_files, folder_at, kept, stale, write_all


def handbooks(knowledge: KnowledgeBase) -> Iterator[Handbook]:
    """Yield the handbook of every site in each of its languages, most read first."""
    templates = knowledge.settings.templates
    for filed in knowledge.sites.values():
        for language in filed.record.languages:
            say = speaker(templates / "locale", language)
            yield Handbook(knowledge, filed.record, language, say, templates / "handbook")


def make_handbooks(knowledge: KnowledgeBase, sites: Collection[str] = ()) -> Iterator[Made]:
    """Make the handbooks of these sites, of all where none is named; others stay as they are.

    One that cannot be set is left out, with a finding.
    """
    settings = knowledge.settings
    folder, ledger = settings.build / "handbooks", settings.build / "cache" / "handbooks.json"
    pages = Templates(settings.templates / "epub", folder_at(settings.build / "cache/templates"))
    words = digest_of_files(sorted((settings.templates / "locale").glob("*.po")))
    engines = (fonts.versions(), version("typst"), version("pikepdf"))
    tool = (tool_digest(), *engines, pages.digest, words)
    artifacts: list[Artifact] = []
    made: dict[str, tuple[Finding, ...]] = {}
    for book in handbooks(knowledge):
        paths = (f"{book.name}.pdf", f"{book.name}-booklet.pdf", f"{book.name}.epub")
        if sites and book.site.id not in sites:
            artifacts.extend(kept(folder, paths, ledger))
            continue
        key = book.key(*tool)
        wanted = [Artifact(path, key, lambda: b"") for path in paths]
        made[book.name] = ()
        if stale(folder, wanted, ledger):
            printed, bound = _printed(book), _bound(book, pages)
            found = (*printed.findings, *bound.findings)
            # what is wrong with a picture is wrong in every language
            said = {finding for findings in made.values() for finding in findings}
            made[book.name] = tuple(each for each in found if each not in said)
            # one with findings is made again next time, so that they are said again
            key = "" if found else key
            time = knowledge.history.stamp.time
            wanted = list(_files(paths, key, printed.pdf))
            wanted.append(Artifact(paths[-1], key, partial(packed_book, bound.files, time)))
        artifacts.extend(wanted)
    changed = write_all(folder, artifacts, ledger).written
    for name, findings in made.items():
        paths = (f"{name}.pdf", f"{name}-booklet.pdf", f"{name}.epub")
        yield Made(name, folder / paths[0], len({*paths} & {*changed}), findings)


def _printed(book: Handbook) -> Printed:
    manuscript, missing = fonts.mended(book.manuscript(), fonts.covered())
    scratch = book.knowledge.settings.build / "cache" / "typst"
    printed = compile_pdf(manuscript, fonts.folders(), scratch)
    return Printed(printed.pdf, (*missing, *printed.findings))


def _bound(book: Handbook, templates: Templates) -> Bound:
    return Ebook(book.edition, book.site, book.say, templates).bound()


def _files(paths: Sequence[str], key: str, pdf: bytes | None) -> Iterator[Artifact]:
    if pdf is not None:
        path, booklet, *_ = paths
        yield Artifact(path, key, partial(bytes, pdf))
        yield Artifact(booklet, key, partial(imposed, pdf))
