"""The Jinja environment: an unknown name is an error, texts become HTML by filters.

In goes a template's name and a view, out comes text. Everything a view holds is escaped unless it
went through `html` or `inline`, which read Markdown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import (
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
    pass_context,
)
from jinja2.runtime import Context
from markupsafe import Markup, escape

from generator.jumps import link_steps
from generator.markup import to_html, to_inline_html, to_plain
from generator.passages import mark_passages
from generator.writing import digest_of

ISLAND = ("<!--kb-->", "<!--/kb-->")
"""What stands around finished HTML in a page's Markdown."""
BRIEF = 24
"""A code or word of at most so many characters fits into a list's line."""


@pass_context
def _html(context: Context, text: str) -> Markup:
    """Markdown to HTML blocks, with the language of a foreign text."""
    return _marked(text, to_html(text, context["resolve"]), "div")


@pass_context
def _inline(context: Context, text: str) -> Markup:
    """Markdown to HTML without a paragraph around it."""
    return _marked(text, to_inline_html(text, context["resolve"]), "span")


def _jumps(made: Markup, here: str, counts: Mapping[str, int]) -> Markup:
    """Steps that finished HTML names as links to them."""
    return Markup(link_steps(made, here, counts)) if counts else made


def _marked(text: str, made: str, tag: str) -> Markup:
    language = getattr(text, "language", None)
    if language is None:
        return Markup(made)
    return Markup(f'<{tag} lang="{escape(language)}">{made}</{tag}>')


@pass_context
def _plain(context: Context, text: str) -> str:
    """Markdown to plain text."""
    return to_plain(text, context["resolve"])


@pass_context
def _named(context: Context, text: str) -> Markup:
    """A title without its markup, with the language of a foreign one."""
    return _marked(text, escape(to_plain(text, context["resolve"])), "span")


@pass_context
def _island(context: Context, text: str) -> Markup:
    """Finished HTML inside a Markdown page: marked, so that an engine can pass it by unread.

    No text of a record can hold the marks, since texts are escaped. What is written in the letters
    of another language gets its `lang` here.
    """
    html = mark_passages(str(text).strip(), context["language"])
    return Markup(f"\n\n{ISLAND[0]}\n{html}\n{ISLAND[1]}\n\n")


def _json(value: Any) -> Markup:
    """A value as JSON that can stand in an attribute."""
    return escape(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _yaml(text: str) -> Markup:
    """A text as a YAML (and JSON) string, for a page's front matter."""
    return Markup(json.dumps(str(text), ensure_ascii=False))


def compiled_templates(folder: Path) -> FileSystemBytecodeCache:
    """Return a store of compiled templates, so that they are compiled once and not each run.

    The folder must be there. A compiled template knows how the filters of this module are called.
    """
    version = digest_of(Path(__file__).read_bytes())[:8]
    return FileSystemBytecodeCache(str(folder), f"{version}-%s.cache")


class Templates:
    """The templates of one folder."""

    def __init__(self, folder: Path, compiled: Path) -> None:
        """Read the templates of `folder`; `compiled` keeps them as Python between runs."""
        self.environment = Environment(
            bytecode_cache=compiled_templates(compiled),
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.environment.filters.update(
            html=_html,
            inline=_inline,
            jumps=_jumps,
            island=_island,
            plain=_plain,
            named=_named,
            json=_json,
            yaml=_yaml,
        )
        self.environment.tests["brief"] = lambda text: len(text) <= BRIEF
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        self.digest = digest_of(*(path.read_bytes() for path in files))
        """Changes when any template of the folder does."""

    def render(self, name: str, values: Mapping[str, Any]) -> str:
        """Return a template filled with `values`; `resolve` must be among them."""
        return self.environment.get_template(name).render(values)
