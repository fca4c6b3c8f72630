"""The published sites: an edition's own, and what a remote site takes along of it.

In go a knowledge base and who reads, out come a site's folder, its search indexes and its findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from itertools import chain
from pathlib import Path

from generator.editions import Edition, make_edition, site_edition
from generator.engines.mkdocs import Rendered, render_pages
from generator.findings import Finding, Location
from generator.knowledge import KnowledgeBase
from generator.loading import tool_digest
from generator.model import EditionProfile
from generator.model import Site as Remote
from generator.outputs import Made, api, offline, site
from generator.outputs.index import IndexChange, index_artifacts, update_index
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
    remember,
    remembered,
    stale,
    write_all,
)

UNREAD = {"trusted_keys", "revoked_keys", "bundles_valid_days"}
"""Settings that no page depends on."""
AfterIndexing = Callable[[KnowledgeBase, str, IndexCache, IndexChange], Iterable[Finding]]


def compiled(settings: Settings) -> Path:
    return folder_at(settings.build / "cache" / "templates")


def speakers(settings: Settings, languages: Iterable[str]) -> dict[str, Say]:
    return {each: speaker(settings.templates / "locale", each) for each in languages}


def make_site(knowledge: KnowledgeBase, profile: EditionProfile) -> Made:
    """Make the published site of one edition in every language: pages, search, API."""
    languages = knowledge.organisation.languages
    editions = [make_edition(knowledge, profile, language) for language in languages]
    return _make(knowledge, profile.id, editions, _searched_here)


def make_remote_site(knowledge: KnowledgeBase, remote: Remote) -> Made:
    """Make what a remote site takes along: its edition's site with the records it needs."""
    languages = knowledge.organisation.languages
    editions = [site_edition(knowledge, remote, language) for language in languages]
    return _make(knowledge, remote_name(remote.id), editions, lambda *_: ())


def remote_name(id: str) -> str:
    """Return the folder of a remote site's own site; no edition can be called so."""
    return f"@{id}"


def _make(
    knowledge: KnowledgeBase, name: str, editions: list[Edition], then: AfterIndexing
) -> Made:
    settings = knowledge.settings
    templates = Templates(settings.templates / "pages", compiled(settings))
    words = settings.templates / "locale"
    says = speakers(settings, knowledge.organisation.languages)
    tool = digest_of(
        tool_digest(),
        templates.digest,
        digest_of_files(sorted(words.glob("*.po"))),
        knowledge.organisation.model_dump_json(exclude=UNREAD),
        knowledge.vocabulary.model_dump_json(exclude={"glossary"}),
    )
    sites = [
        site.Site(edition, templates, says[edition.language], tool, rows_of(edition))
        for edition in editions
    ]
    index = IndexCache(settings.build / "cache" / f"index-{name}.sqlite")
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
                (offline.manifest(knowledge.organisation, editions[0].profile),),
                *(api.records(each.edition, tuple(each.rows.values()), tool) for each in sites),
                index_artifacts(index),
            )
        )
        made = _write_site(settings, name, pages, beside)
        if not made.findings:
            made = replace(made, findings=tuple(then(knowledge, name, index, change)))
            index.commit()
    return made


def _searched_here(
    knowledge: KnowledgeBase, name: str, index: IndexCache, change: IndexChange
) -> Iterator[Finding]:
    """Make the terminal's index, ask it for every record, yield what it does not find."""
    folder = knowledge.settings.build / "index" / name
    update_terminal_index(folder, index, change.rows)
    if change.probes:
        with open_index(folder) as opened:
            missed = misses(opened, change.probes)
        index.keep_misses((probe.key for probe in change.probes), missed)
    yield from _unfound(knowledge, index.misses())


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
