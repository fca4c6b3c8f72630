"""Record to path, for every output. Paths are relative to an output's folder, without a suffix."""

from __future__ import annotations

import posixpath

from generator.model import Kind

FOLDERS = {Kind.CASE: "cases", Kind.RUNBOOK: "runbooks", Kind.GUIDE: "guides"}


def record_page(language: str, kind: Kind, id: str) -> str:
    """Return a record's page: `zh/cases/PRN-0001`."""
    return f"{language}/{FOLDERS[kind]}/{id}"


def list_page(language: str, list_name: str, word: str = "", number: int = 1) -> str:
    """Return a list's page: `zh/types/printing`, its second part `zh/types/printing-2`."""
    name = f"{list_name}/{word}" if word else list_name
    return f"{language}/{name}" + (f"-{number}" if number > 1 else "")


def home_page(language: str) -> str:
    """Return the home page of a language."""
    return f"{language}/index"


def relative(page: str, target: str) -> str:
    """Return how a page refers to another file of the same output."""
    return posixpath.relpath(target, posixpath.dirname(page))


def link(page: str, target: str) -> str:
    """Return how a page refers to another page, with its suffix."""
    return relative(page, target) + ".html"


def api_record(language: str, id: str) -> str:
    """Return a record's file in the API."""
    return f"api/v1/{language}/{id}.json"
