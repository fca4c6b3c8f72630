"""What callers would say finds the right record of our own `kb/`, in the terminal and the page."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from bench.own import LEAST, ROOT, TARGETS, THIRDS, knowledge_of, missed, own_index, own_queries
from generator.knowledge import KnowledgeBase
from generator.model import Case
from generator.search import analysis
from tests.unit.test_search_js import run_node


@pytest.fixture(scope="module")
def knowledge() -> KnowledgeBase:
    """Our own knowledge base."""
    return knowledge_of(ROOT)


def test_the_right_record_is_among_the_first_five(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    """Each language reaches its target, and search.js finds what Python finds."""
    queries = own_queries()
    asked = Counter(query.language for query in queries)
    with own_index(knowledge) as (index, files):
        wrong = missed(index, queries)
        for path, body in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(body)
        found = [
            [hit.id for hit in index.search(query.text, query.language).hits] for query in queries
        ]
    lost = Counter(query.language for query, _ in wrong)
    for language, target in TARGETS.items():
        assert lost[language] <= (1 - target) * asked[language], (language, wrong)
    tasks = [{"text": query.text, "language": query.language} for query in queries]
    assert run_node({"site": str(tmp_path), "lean": True, "queries": tasks}) == found


def test_there_are_enough_queries_of_each_kind(knowledge: KnowledgeBase) -> None:
    """In each language a third is vague and a third is broken; all are of records that exist."""
    queries = own_queries()
    for language, least in LEAST.items():
        thirds = Counter(query.third for query in queries if query.language == language)
        assert thirds.keys() == set(THIRDS)
        assert thirds.total() >= least
        assert min(thirds["vague"], thirds["broken"]) * 3 >= thirds.total(), (language, thirds)
    assert {query.language for query in queries} == LEAST.keys()
    assert all(query.wanted <= knowledge.records.keys() for query in queries)
    assert len({(query.language, query.text) for query in queries}) == len(queries)


def test_the_queries_are_not_the_records_own_words(knowledge: KnowledgeBase) -> None:
    """None is a title or copied from `asked_as`, whatever its case, width, spaces and signs."""
    said: set[str] = set()
    for filed in knowledge.records.values():
        said.add(_bare(filed.record.title))
        if isinstance(filed.record, Case):
            said.update(map(_bare, filed.record.issue.asked_as))
    for translation in knowledge.translations.values():
        said.add(_bare(str(translation.texts.get("title", ""))))
        issue = translation.texts.get("issue", {})
        said.update(_bare(str(text)) for text in issue.get("asked_as", ()))
    copied = [query.text for query in own_queries() if _bare(query.text) in said]
    assert copied == []


def _bare(text: str) -> str:
    """Return a text without what makes two writings of the same words differ."""
    return re.sub(r"[^\w\u0e00-\u0e7f]+|_", "", analysis.fold(text).lower())
