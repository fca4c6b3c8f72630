"""The project's own queries over its own `kb/`: read by `bench/search.py own` and by the tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from generator.editions import make_edition
from generator.knowledge import KnowledgeBase
from generator.loading import load
from generator.outputs.index import update_index
from generator.outputs.terminal import update_terminal_index
from generator.search.cache import IndexCache
from generator.search.indexing import entry_sources, search_terms
from generator.search.results import Index, open_index
from generator.settings import Settings
from generator.views import rows_of

ROOT = Path(__file__).resolve().parent.parent
QUERIES = ROOT / "bench" / "queries.tsv"
TARGETS = {"zh": 0.95, "en": 0.95, "de": 0.9, "th": 0.9}
LEAST = {"zh": 150, "en": 70, "de": 40, "th": 40}
THIRDS = ("vague", "broken", "plain")
"""Whoever hears it has to ask back; a typo, a code, a part of a word, pinyin; neither."""


@dataclass(frozen=True)
class OwnQuery:
    """What a caller says, and the records that would be right."""

    language: str
    third: str
    text: str
    wanted: frozenset[str]


def own_queries() -> list[OwnQuery]:
    """Return all queries of the file."""
    rows = [
        line.split("\t")
        for line in QUERIES.read_text("utf-8").splitlines()
        if line and line[0] != "#"
    ]
    return [OwnQuery(*told, frozenset(ids.split("|"))) for *told, ids in rows]


def knowledge_of(root: Path) -> KnowledgeBase:
    """Return a project's knowledge base."""
    knowledge = load(Settings(root, date.today())).knowledge
    assert knowledge is not None
    return knowledge


@contextmanager
def own_index(knowledge: KnowledgeBase) -> Iterator[tuple[Index, dict[str, bytes]]]:
    """Give the terminal's index of the widest edition, and the files of the browser's."""
    profile = knowledge.organisation.editions[-1]
    made = [make_edition(knowledge, profile, each) for each in knowledge.organisation.languages]
    sources = chain(*(entry_sources(each, rows_of(each), "") for each in made))
    with TemporaryDirectory() as folder, IndexCache(None) as cache:
        files = update_index(sources, cache, search_terms(knowledge.vocabulary)).files
        update_terminal_index(Path(folder), cache)
        with open_index(Path(folder)) as index:
            yield index, files


def missed(index: Index, queries: list[OwnQuery]) -> list[tuple[OwnQuery, list[str]]]:
    """Return the queries that have no right record among their first five, and those five."""
    found: list[tuple[OwnQuery, list[str]]] = []
    for query in queries:
        ids = [hit.id for hit in index.search(query.text, query.language, limit=5).hits]
        if not query.wanted.intersection(ids):
            found.append((query, ids))
    return found
