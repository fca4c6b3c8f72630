"""What callers would say finds the right record of our own `kb/`, in the terminal and the page."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bench.own import ROOT, TARGETS, knowledge_of, missed, own_index, own_queries
from generator.knowledge import KnowledgeBase
from generator.model import Case
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


def test_the_queries_are_not_the_records_own_words(knowledge: KnowledgeBase) -> None:
    """There are enough of them, of records that exist, and none is copied from `asked_as`."""
    queries = own_queries()
    asked = Counter(query.language for query in queries)
    assert asked["zh"] >= 150 and asked["en"] >= 70 and asked["de"] >= 40 and asked["th"] >= 40
    assert all(query.wanted <= knowledge.records.keys() for query in queries)
    said: set[str] = set()
    for filed in knowledge.records.values():
        if isinstance(filed.record, Case):
            said.update(filed.record.issue.asked_as)
    for translation in knowledge.translations.values():
        said.update(map(str, translation.texts.values()))
    assert [query.text for query in queries if query.text in said] == []
