"""Runs MkDocs: in go pages, out come HTML and findings; our plugin tells it what the site is."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import Files

from generator.findings import Finding, Location
from generator.markup import HeadingsOnly
from generator.settings import Settings, find_settings
from generator.templating import ISLAND, compiled_templates
from generator.texts import speaker

_ISLAND = re.compile(f"{re.escape(ISLAND[0])}(.*?){re.escape(ISLAND[1])}", re.DOTALL)
_PLACE = "\ue002{}\ue003"
_PLACED = re.compile("<p>\ue002(\\d+)\ue003</p>")

UNUSED = ("assets/javascripts/", "assets/images/", "assets/stylesheets/palette.")
MATERIAL = re.compile(r"assets/stylesheets/main\.[0-9a-f]+\.min\.css")
"""Material's style sheet; its name holds a digest."""
NOT_OURS = ("sitemap.xml", "sitemap.xml.gz", "404.html")
"""What MkDocs makes from the pages it was handed, and would be wrong for the whole site."""


class _WithoutIcons(FileSystemLoader):
    """Finds every template, but lists none of Material's 14,000 icons: they are no files of a site.

    Listing them takes longer than rendering ten pages.
    """

    def list_templates(self) -> list[str]:
        """Return the names of all templates beside the icons."""
        found: set[str] = set()
        for folder in self.searchpath:
            for place, folders, files in os.walk(folder):
                folders[:] = [name for name in folders if name != ".icons"]
                below = os.path.relpath(place, folder).replace(os.sep, "/")
                found.update(name if below == "." else f"{below}/{name}" for name in files)
        return sorted(found)


class ThemePlugin(BasePlugin):  # type: ignore[no-untyped-call,type-arg]
    """Gives MkDocs our theme's templates, the interface's words and what the site is called."""

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Put our theme folder before Material's."""
        settings = find_settings(Path(config.docs_dir))
        self.templates = settings.templates
        config.theme.dirs.insert(0, str(self.templates / "theme"))
        config.markdown_extensions.append(HeadingsOnly())  # type: ignore[arg-type]
        self.compiled = settings.build / "cache" / "templates"
        site = Path(config.docs_dir) / ".site.json"
        self.site: dict[str, Any] = json.loads(site.read_text("utf-8"))
        return config

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Let MkDocs look for static files where there are some, not among Material's icons."""
        original = config.theme.get_env

        def get_env() -> Environment:
            env: Environment = original()
            env.loader = _WithoutIcons(config.theme.dirs)
            return env

        config.theme.get_env = get_env  # type: ignore[method-assign]

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Leave out what the site does not load of Material: scripts, pictures, source maps."""
        for file in list(files):
            if file.src_uri.startswith(UNUSED) or file.src_uri.endswith(".map"):
                files.remove(file)
        return files

    def on_page_markdown(self, markdown: str, **others: Any) -> str:
        """Take finished HTML out: Python-Markdown would read it character by character."""
        self.islands: list[str] = []

        def take(match: re.Match[str]) -> str:
            self.islands.append(match.group(1))
            return f"\n\n{_PLACE.format(len(self.islands) - 1)}\n\n"

        return _ISLAND.sub(take, markdown)

    def on_page_content(self, html: str, **others: Any) -> str:
        """Put it back."""
        return _PLACED.sub(lambda match: self.islands[int(match.group(1))], html)

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """Make words and site data known to the templates."""
        env.bytecode_cache = compiled_templates(self.compiled)
        locale = self.templates / "locale"
        languages = self.site["languages"]
        env.globals["site"] = self.site
        env.globals["stylesheet"] = next(
            name for name in files.src_uris if MATERIAL.fullmatch(name)
        )
        env.globals["say"] = {language: speaker(locale, language) for language in languages}
        return env


@dataclass(frozen=True, slots=True)
class Rendered:
    """What MkDocs made: the folder that holds it, paths below it, and what went wrong."""

    folder: Path
    files: tuple[str, ...]
    findings: tuple[Finding, ...]


def render_pages(
    settings: Settings, pages: Path, changed: Iterable[str], scratch: Path
) -> Rendered:
    """Return the HTML of the changed pages in `pages`, made by MkDocs in the folder `scratch`.

    MkDocs is handed a folder with just those pages: it does not need the others, since our links
    are written out and our navigation is not made of pages.
    """
    docs, site = scratch / "docs", scratch / "site"
    shutil.rmtree(scratch, ignore_errors=True)
    docs.mkdir(parents=True)
    for path in [".site.json", *changed]:
        target = docs / path
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(pages / path, target)
    logging.getLogger("mkdocs").setLevel(logging.WARNING)
    try:
        config = load_config(
            config_file=str(settings.mkdocs_yml), docs_dir=str(docs), site_dir=str(site)
        )
        config.plugins.run_event("startup", command="build", dirty=False)
        mkdocs_build(config)
    except (MkDocsException, OSError) as error:
        finding = Finding(Location("mkdocs.yml"), "KB901", f"MkDocs: {error}", "see the message")
        return Rendered(site, (), (finding,))
    made = sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    return Rendered(site, tuple(path for path in made if path not in NOT_OURS), ())
