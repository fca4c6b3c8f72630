"""Runs MkDocs and Typst: the only place that starts an engine.

In go folders of pages or documents, out come HTML and PDF, and findings where an engine failed.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import typst
from jinja2 import Environment, FileSystemLoader
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import Files

from generator.books.typesetting import Manuscript
from generator.findings import Finding, Location
from generator.markup import HeadingsOnly
from generator.pdf.glyphs import number_glyphs
from generator.pdf.syllables import say_once
from generator.settings import Settings, find_settings
from generator.templating import ISLAND, compiled_templates
from generator.texts import speaker

_ISLAND = re.compile(f"{re.escape(ISLAND[0])}(.*?){re.escape(ISLAND[1])}", re.DOTALL)
_PLACE = "\ue002{}\ue003"
_PLACED = re.compile("<p>\ue002(\\d+)\ue003</p>")
SEE_MESSAGE = "see the message"

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


NO_PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2" width="3" height="2"/>'


@dataclass(frozen=True, slots=True)
class Printed:
    """A handbook as PDF, None where nothing could be made, and what went wrong."""

    pdf: bytes | None
    findings: tuple[Finding, ...]


def compile_pdf(manuscript: Manuscript, fonts: Iterable[Path], scratch: Path) -> Printed:
    """Return a manuscript as PDF/UA-1, set by Typst in the folder `scratch` with these fonts only.

    A record that Typst cannot set is left out, with a finding; the same manuscript and fonts give
    the same bytes.
    """
    shutil.rmtree(scratch, ignore_errors=True)
    for name, path in manuscript.files.items():
        (scratch / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, scratch / name)
    found = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=list(fonts)
    )
    setter = _Setter(
        typst.Compiler(
            root=scratch,
            font_paths=found,
            ignore_system_fonts=True,
            sys_inputs=dict(manuscript.options),
        ),
        manuscript,
    )
    pictures = tuple(setter.mend_pictures(scratch))
    (scratch / "main.typ").write_text(manuscript.source, "utf-8")
    made, faulty = setter.set_without_faulty()
    findings = [*pictures, *(setter.finding(number, text) for number, text in faulty.items())]
    if isinstance(made, bytes):
        return Printed(_packed(made), tuple(findings))
    findings.append(Finding(Location(manuscript.path), "KB901", f"Typst: {made}", SEE_MESSAGE))
    return Printed(None, tuple(findings))


@dataclass(frozen=True, slots=True)
class _Setter:
    compiler: typst.Compiler
    manuscript: Manuscript

    @property
    def records(self) -> tuple[int, ...]:
        """The passages that can be left out."""
        return tuple(n for n, each in enumerate(self.manuscript.passages) if each.stands_in)

    def set_without_faulty(self) -> tuple[bytes | str, dict[int, str]]:
        """Return the PDF without the records that cannot be set, and these with a complaint."""
        made = self.set(self.records)
        if isinstance(made, bytes):
            return made, {}
        bare = self.set(())
        if isinstance(bare, str):
            return bare, {}
        faulty = dict(self.faulty(self.records, made))
        return self.set(tuple(each for each in self.records if each not in faulty)), faulty

    def set(self, kept: Iterable[int]) -> bytes | str:
        """Return the PDF with the kept records and stand-ins for the others, or the complaint."""
        held = frozenset(kept)
        texts = (
            each.text if number in held or not each.stands_in else each.stands_in
            for number, each in enumerate(self.manuscript.passages)
        )
        return self._compile("\n".join(texts))

    def _compile(self, source: str) -> bytes | str:
        try:
            made = self.compiler.compile(
                source.encode(),
                format="pdf",
                pdf_standards=["ua-1"],
                timestamp=self.manuscript.time,
            )
        except typst.TypstError as error:
            return str(error.message)
        return made if isinstance(made, bytes) else "nothing was made"

    def faulty(self, suspects: tuple[int, ...], complaint: str) -> Iterator[tuple[int, str]]:
        """Yield the passages among the suspects that fail, by halves, with the complaint."""
        if len(suspects) == 1:
            yield suspects[0], complaint
            return
        middle = len(suspects) // 2
        for half in (suspects[:middle], suspects[middle:]):
            made = self.set(half)
            if isinstance(made, str):
                yield from self.faulty(half, made)

    def finding(self, number: int, complaint: str) -> Finding:
        """Return the finding for a passage that could not be set."""
        source = self.manuscript.passages[number].sources[0]
        return Finding(Location(source.path), "KB901", f"Typst: {complaint}", SEE_MESSAGE)

    def mend_pictures(self, scratch: Path) -> Iterator[Finding]:
        """Put a blank in the place of each picture that cannot be set; yield a finding for it."""
        for name in self.manuscript.files:
            if name.endswith(".typ"):
                continue
            shown = f'#image(read({json.dumps(name)}, encoding: none), alt: "a")'
            made = self._compile(f'#set document(title: "a")\n{shown}')
            if isinstance(made, bytes):
                continue
            (scratch / name).write_bytes(NO_PICTURE)
            place = Location("kb/" + name.removeprefix("files/"))
            yield Finding(place, "KB901", f"Typst: {made}", "save the picture again")


def forget() -> None:
    """Let Typst forget what it laid out, gigabytes of it for a large handbook: it keeps that until
    it was not used for ten compilations."""
    empty = typst.Compiler(ignore_system_fonts=True)
    for _ in range(11):
        empty.compile(b"", format="svg")


def _packed(pdf: bytes) -> bytes:
    """Return a PDF with its glyphs numbered for good and its objects compressed together; same
    bytes for same bytes."""
    saved = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        say_once(opened)
        number_glyphs(opened)
        opened.save(
            saved,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            deterministic_id=True,
        )
    return saved.getvalue()
