"""The browser's search.js does what the Python side does: the same tokens, the same results."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from generator.outputs.index import update_index
from generator.outputs.terminal import update_terminal_index
from generator.search import analysis, traditional
from generator.search.cache import IndexCache
from generator.search.results import Hit, open_index
from tests.unit.search_corpus import CORPUS, QUERIES, TERMS

HERE = Path(__file__).parent
SEARCH_SCRIPT = HERE.parent.parent / "templates/theme/assets/search.js"
EXAMPLES = json.loads((HERE.parent / "analysis_examples.json").read_text("utf-8"))


def run_node(task: dict[str, Any]) -> Any:
    """Return what search.js answers; skip aloud without Node, but fail where CI runs."""
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CI") == "true":
            pytest.fail("node is not installed: CI must check search.js")
        pytest.skip("node is not installed: search.js is not checked")
    command = [node, str(HERE / "run_search_js.js"), str(SEARCH_SCRIPT)]
    done = subprocess.run(
        command,
        input=json.dumps(task),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_both_pass_the_table_of_examples() -> None:
    """Tokens and keys of every example are the same, and so are the places in the text."""
    answers = run_node({"analyse": EXAMPLES})
    for example, answer in zip(EXAMPLES, answers, strict=True):
        assert answer["words"] == example["words"], example["about"]
        assert answer["variants"] == example["variants"], example["about"]
        assert answer["key"] == example["key"], example["about"]
        text = example["text"]
        if max(text, default="") < "\U00010000":  # offsets are UTF-16 units there
            spans = [[start, end, list(tokens)] for start, end, tokens in analysis.spans(text)]
            assert answer["spans"] == spans, example["about"]


def test_both_have_the_same_traditional_characters() -> None:
    """The two rows of characters in search.js are those of `traditional`."""
    script = SEARCH_SCRIPT.read_text("utf-8")
    for name in ("TRADITIONAL", "SIMPLIFIED"):
        said = re.search(rf"const {name} =([^;]+);", script)
        assert said is not None
        assert "".join(re.findall(r'"([^"]+)"', said[1])) == getattr(traditional, name)


def as_json(hit: Hit) -> dict[str, Any]:
    """Return a hit as search.js gives it."""
    return {
        "id": hit.id,
        "language": hit.language,
        "kind": hit.kind,
        "path": hit.path,
        "title": hit.title,
        "facets": {name: list(values) for name, values in hit.facets.items()},
        "titleMarks": [list(mark) for mark in hit.title_marks],
        "snippet": {"text": hit.snippet.text, "marks": [list(m) for m in hit.snippet.marks]},
        "score": pytest.approx(hit.score, abs=2e-6),
        "isExact": hit.is_exact,
        "languages": list(hit.languages),
        "also": list(hit.also),
    }


def test_both_find_the_same_in_the_same_order(tmp_path: Path) -> None:
    """Hits, totals, counts and matched words agree for every query, with and without filters."""
    with IndexCache(None) as cache:
        for path, body in update_index(CORPUS, cache, TERMS).files.items():
            (tmp_path / "site" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "site" / path).write_bytes(body)
        update_terminal_index(tmp_path / "index", cache)
    kinds: list[dict[str, Any]] = [
        {},
        {"language": "en"},
        {"language": "zh", "limit": 1},
        {"filters": {"issue_type": ["network", "windows"], "language": []}},
        {"filters": {"language": ["de", "en"]}},
        {"filters": {"issue_type": ["network"], "tier": ["L1"], "language": ["zh"]}},
    ]
    queries = [{"text": text, **kind} for text in QUERIES for kind in kinds]
    answers = run_node({"site": str(tmp_path / "site"), "queries": queries})
    with open_index(tmp_path / "index") as index:
        for query, answer in zip(queries, answers, strict=True):
            results = index.search(query.pop("text"), **query)
            assert answer["hits"] == [as_json(hit) for hit in results.hits], query
            assert answer["total"] == results.total
            assert answer["counts"] == results.counts
            assert answer["words"] == list(results.words)


def test_a_query_of_more_files_than_are_kept_is_answered(tmp_path: Path) -> None:
    """A file that is on its way is not forgotten, however many others are asked for meanwhile."""
    words = ["".join(letters) for letters in product("bdfgklmn", "aeiou", "prst", "aeiou")]
    entry = next(entry for entry in CORPUS if entry.fields)
    entries = [
        replace(entry, id=f"ANY-{number:04d}", fields=(("rest", " ".join(words[number::80])),))
        for number in range(400)
    ]
    with IndexCache(None) as cache:
        for path, body in update_index(entries, cache).files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(body)
    unknown = [word[::-1] + "x" for word in words[::9]]
    text = " ".join([*words[:8], *unknown])[:500]
    answers = run_node({"site": str(tmp_path), "queries": [{"text": text}, {"text": words[1]}]})
    assert [bool(answer["hits"]) for answer in answers] == [True, True]
