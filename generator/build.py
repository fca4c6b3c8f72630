"""The pipeline as a recipe: one line a stage, read top to bottom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from itertools import chain
from pathlib import Path

from generator import fonts
from generator.bundle import Contents, pack
from generator.editions import make_edition, site_in_language
from generator.engines import Rendered, compile_pdf, render_pages
from generator.findings import Finding, Location
from generator.knowledge import KnowledgeBase
from generator.loading import tool_digest
from generator.model import EditionProfile, Site
from generator.outputs import api, offline, site
from generator.outputs.handbook import Handbook
from generator.outputs.index import index_artifacts, update_index
from generator.outputs.terminal import update_terminal_index
from generator.search.cache import IndexCache
from generator.search.indexing import entry_sources, search_terms
from generator.search.results import open_index
from generator.search.selftest import misses
from generator.settings import Settings
from generator.sources import Source
from generator.templating import Templates
from generator.texts import Say, speaker
from generator.views import rows_of
from generator.writing import (
    Artifact,
    Written,
    digest_of,
    digest_of_files,
    folder_at,
    keys_digest,
    remember,
    remembered,
    stale,
    write_all,
)


@dataclass(frozen=True, slots=True)
class Made:
    """One output that a build made: what it is, where it lies, how many of its files changed."""

    name: str
    path: Path
    changed: int
    """How many of its files are new, different or gone."""
    findings: tuple[Finding, ...] = ()


PARTS = ("site", "handbook", "bundle")


def count(knowledge: KnowledgeBase, parts: tuple[str, ...] = PARTS) -> int:
    """Return how many outputs `make` will yield."""
    each = {"site": len(knowledge.organisation.editions)}
    return sum(each.get(part, len(knowledge.sites)) for part in parts)


def make(knowledge: KnowledgeBase, parts: tuple[str, ...] = PARTS) -> Iterator[Made]:
    """Make the outputs that are asked for, one after the other, each as soon as it is wanted."""
    failed: set[str] = set()
    if "site" in parts:
        for profile in knowledge.organisation.editions:
            made = make_site(knowledge, profile)
            if any(finding.is_error for finding in made.findings):
                failed.add(profile.id)
            yield made
    if "handbook" in parts:
        yield from make_handbooks(knowledge)
    if "bundle" in parts:
        yield from make_bundles(knowledge, frozenset(failed))


def _compiled(settings: Settings) -> Path:
    return folder_at(settings.build / "cache" / "templates")


def _speakers(settings: Settings, languages: Iterable[str]) -> dict[str, Say]:
    return {each: speaker(settings.templates / "locale", each) for each in languages}


def make_site(knowledge: KnowledgeBase, profile: EditionProfile) -> Made:
    """Make the published site of one edition in every language: pages, search, API."""
    settings = knowledge.settings
    templates = Templates(settings.templates / "pages", _compiled(settings))
    words = settings.templates / "locale"
    says = _speakers(settings, knowledge.organisation.languages)
    tool = digest_of(
        tool_digest(),
        templates.digest,
        digest_of_files(sorted(words.glob("*.po"))),
        knowledge.organisation.model_dump_json(),
        knowledge.vocabulary.model_dump_json(exclude={"glossary"}),
    )
    editions = [
        make_edition(knowledge, profile, language) for language in knowledge.organisation.languages
    ]
    sites = [
        site.Site(edition, templates, says[edition.language], tool, rows_of(edition))
        for edition in editions
    ]
    index = IndexCache(settings.build / "cache" / f"index-{profile.id}.sqlite")
    scripts = [
        path.read_text("utf-8")
        for path in sorted((settings.templates / "theme/assets").glob("*.js"))
    ]

    pages = tuple(chain(site.shared(sites), *(site.pages(each) for each in sites)))
    found = chain(*(entry_sources(each.edition, each.rows, tool) for each in sites))
    with index:
        change = update_index(found, index, search_terms(knowledge.vocabulary))
        beside = tuple(
            chain(
                (site.script_words(each, scripts) for each in sites),
                (offline.manifest(knowledge.organisation, profile),),
                *(api.records(each.edition, tuple(each.rows.values()), tool) for each in sites),
                index_artifacts(index),
            )
        )
        made = _write_site(settings, profile.id, pages, beside)
        if not made.findings:
            folder = settings.build / "index" / profile.id
            update_terminal_index(folder, index, change.rows)
            if change.probes:
                with open_index(folder) as opened:
                    missed = misses(opened, change.probes)
                index.keep_misses((probe.key for probe in change.probes), missed)
            unfound = tuple(_unfound(knowledge, index.misses()))
            made = replace(made, findings=(*made.findings, *unfound))
            index.commit()
    return made


def _unfound(
    knowledge: KnowledgeBase, missed: Iterable[tuple[tuple[str, str], str]]
) -> Iterator[Finding]:
    """Yield a finding for each query that did not find the record it was taken from."""
    for (id, language), query in missed:
        held = knowledge.translations.get((id, language)) or knowledge.records[id]
        message = f'in {language}, search does not find it by its own words "{query}"'
        hint = f"kb search {query} --language {language} shows what stands before it"
        yield Finding(_asked_as(held.source), "KB904", message, hint)


def _asked_as(source: Source) -> Location:
    """Return where callers' words begin; reading a file for each finding would cost too much."""
    before = source.text.partition("asked_as:")[0]
    if before == source.text:
        return Location(source.path)
    return Location(source.path, before.count("\n") + 1, len(before) - before.rfind("\n"))


def _write_site(
    settings: Settings, name: str, pages: tuple[Artifact, ...], beside: tuple[Artifact, ...]
) -> Made:
    """Write the pages, let MkDocs render those that changed, write the whole site."""
    cache = settings.build / "cache"
    page_folder, site_folder = settings.build / "pages" / name, settings.build / "site" / name
    twice = write_all(page_folder, pages, cache / f"pages-{name}.json").collisions
    if twice:
        return Made(name, site_folder, 0, tuple(_two_for_one(name, path) for path in twice))
    theme = _theme_digest(settings, next(each.key for each in pages if each.path == ".site.json"))
    scratch = cache / f"mkdocs-{name}"

    def html(page: Artifact) -> Artifact:
        path = page.path.removesuffix(".md") + ".html"
        return Artifact(path, f"{page.key}-{theme}", partial(_rendered, scratch, path))

    htmls = {page.path: html(page) for page in pages if page.path.endswith(".md")}
    ledger = cache / f"site-{name}.json"
    old = stale(site_folder, htmls.values(), ledger)
    changed = [path for path, made in htmls.items() if made.path in old]
    known = remembered(cache / f"theme-{name}.sqlite")
    rendered = Rendered(scratch / "site", tuple(known.get("files", "").split("\n")), ())
    if changed or known.get("theme") != theme:
        rendered = render_pages(settings, page_folder, changed or ["index.md"], scratch)
    if rendered.findings:
        return Made(name, site_folder, 0, rendered.findings)
    made = {each.path for each in htmls.values()}
    files = tuple(path for path in rendered.files if path not in made)
    statics = (Artifact(path, theme, partial(_rendered, scratch, path)) for path in files)
    pictures = (page for page in pages if not page.path.endswith(".md") and page.path[0] != ".")
    everything = (*htmls.values(), *statics, *pictures, *beside)
    listed = (*everything, offline.kept_files(everything))
    written = write_all(site_folder, listed, ledger)
    remember(cache / f"theme-{name}.sqlite", {"theme": theme, "files": "\n".join(files)}, known)
    return Made(name, site_folder, _count(written), ())


def _two_for_one(name: str, path: str) -> Finding:
    message = f'two pages would be "{path.removesuffix(".md")}.html"'
    hint = 'give the site, product or issue type another id; "index" is the list of them'
    return Finding(Location(f"build/pages/{name}/{path}"), "KB903", message, hint)


def make_handbooks(knowledge: KnowledgeBase) -> Iterator[Made]:
    """Make the PDF handbook of every remote site; one that cannot be set is left out."""
    settings = knowledge.settings
    folder, ledger = settings.build / "handbooks", settings.build / "cache" / "handbooks.json"
    tool = (tool_digest(), fonts.versions(), version("typst"), version("pikepdf"))
    artifacts: list[Artifact] = []
    made: dict[str, tuple[Finding, ...]] = {}
    for filed in knowledge.sites.values():
        says = _speakers(settings, filed.record.languages)
        book = Handbook(knowledge, filed.record, says, settings.templates / "handbook")
        artifact = Artifact(book.path, book.key(*tool), lambda: b"")
        made[book.path] = ()
        if stale(folder, (artifact,), ledger):
            manuscript, missing = fonts.mended(book.manuscript(), fonts.covered())
            printed = compile_pdf(manuscript, fonts.folders(), settings.build / "cache" / "typst")
            made[book.path] = (*missing, *printed.findings)
            if printed.pdf is None:
                continue
            # one with findings is made again next time, so that they are said again
            key = "" if made[book.path] else artifact.key
            artifact = Artifact(book.path, key, partial(bytes, printed.pdf))
        artifacts.append(artifact)
    changed = write_all(folder, artifacts, ledger)
    for path, findings in made.items():
        yield Made(path.removesuffix(".pdf"), folder / path, int(path in changed.written), findings)


def make_bundles(knowledge: KnowledgeBase, failed: frozenset[str] = frozenset()) -> Iterator[Made]:
    """Make the bundle of every remote site from its edition's site and its handbook.

    There is none where that edition's site is among the `failed` or not there.
    """
    settings = knowledge.settings
    folder, cache = settings.build / "bundles", settings.build / "cache"
    templates = Templates(settings.templates / "bundle", _compiled(settings))
    version = knowledge.history.stamp.version
    artifacts: dict[str, Artifact] = {}
    for id, filed in knowledge.sites.items():
        edition = filed.record.edition
        if edition in failed or not (settings.build / "site" / edition / "index.html").is_file():
            message = f'the site of the edition "{edition}" is not there to be packed'
            hint = "mend what stopped it, then: kb build"
            where = filed.location(("edition",))
            yield Made(id, folder, 0, (Finding(where, "KB901", message, hint),))
            continue
        key = digest_of(
            tool_digest(),
            templates.digest,
            version,
            filed.source.digest,
            keys_digest(cache / f"site-{filed.record.edition}.json"),
            keys_digest(cache / "handbooks.json"),
        )
        make = partial(_bundle, knowledge, filed.record, templates)
        artifacts[id] = Artifact(f"{id}-{version}.zip", key, make)
    changed = write_all(folder, artifacts.values(), cache / "bundles.json")
    for id, artifact in artifacts.items():
        yield Made(id, folder / artifact.path, int(artifact.path in changed.written))


def _bundle(knowledge: KnowledgeBase, remote: Site, templates: Templates) -> bytes:
    settings = knowledge.settings
    names = knowledge.organisation.name.model_dump()
    folder = settings.build / "site" / remote.edition
    files = {
        f"site/{path.relative_to(folder).as_posix()}": path
        for path in folder.rglob("*")
        if path.is_file()
    }
    handbook = settings.build / "handbooks" / f"{remote.id}.pdf"
    if handbook.is_file():
        files["handbook.pdf"] = handbook
    says = _speakers(settings, remote.languages)
    parts = [
        {
            "language": language,
            "say": says[language],
            "site_name": site_in_language(knowledge, remote.id, language).name,
            "handbook": "handbook.pdf" if handbook.is_file() else "",
        }
        for language in remote.languages
    ]
    stamp = knowledge.history.stamp
    values = {"site": remote, "names": names, "parts": parts, "version": stamp.version}
    page = templates.render("START-HERE.html", values)
    pages = {"START-HERE.html": page.encode()}
    return pack(Contents(remote.id, remote.edition, stamp, files, pages))


def _rendered(scratch: Path, path: str) -> bytes:
    """Return a file that MkDocs made."""
    return (scratch / "site" / path).read_bytes()


def _count(written: Written) -> int:
    return len(written.written) + len(written.removed)


def _theme_digest(settings: Settings, site_data: str) -> str:
    """Return a digest of everything but a page's own text that its HTML depends on."""
    files = sorted(path for path in (settings.templates / "theme").rglob("*") if path.is_file())
    packages = ("mkdocs", "mkdocs-material", "markdown", "jinja2")
    return digest_of(
        digest_of_files([settings.mkdocs_yml, *files]), site_data, *map(version, packages)
    )
