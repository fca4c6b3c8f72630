"""Every record is asked for by its own words, and a miss is told until it is mended."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from generator.build import make_site
from generator.loading import load
from generator.outputs.index import update_index
from generator.outputs.terminal import update_terminal_index
from generator.search import selftest
from generator.search.cache import IndexCache
from generator.search.probes import Probe, probe_of, typed_as
from generator.search.results import Index, open_index
from tests.conftest import KbFrom
from tests.unit.search_corpus import CORPUS, TERMS, entry

CROWD = tuple(
    entry(f"NET-{number:04d}", "en", f"Printer number {number} is offline", "The queue is grey.")
    for number in range(100, 112)
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """An index of the corpus and a dozen records that look alike."""
    folder = tmp_path_factory.mktemp("index")
    with IndexCache(None) as cache:
        update_index((*CORPUS, *CROWD), cache, TERMS)
        update_terminal_index(folder, cache)
    with open_index(folder) as opened:
        yield opened


def test_a_query_is_typed_as_somebody_in_a_hurry_does() -> None:
    """Small letters, no punctuation, the first clause of a long title, codes of each line."""
    assert typed_as("Wi-Fi: drops, often!") == "wi-fi drops often"
    made = entry(
        "A-0001", "en", "Printer shows offline, and nothing is printed", "", "0x0000007B\n691"
    )
    assert probe_of(made).queries == ("printer shows offline", "0x0000007b", "691")


def test_a_record_that_others_hide_is_missed(index: Index) -> None:
    """A query that a dozen other records answer as well is told."""
    probe = Probe(("NET-0105", "en"), ("printer offline", "printer number 105"))
    assert selftest.misses(index, [probe]) == [(("NET-0105", "en"), "printer offline")]


def test_the_quick_way_is_never_surer_than_search(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the quick way passes, the real search finds among the first five."""
    store = index.store
    numbers = {store.records[number]: number for number in store.numbers}
    passed = 0
    for one in (*CORPUS, *CROWD):
        for query in probe_of(one).queries:
            if selftest.is_surely_found(query, numbers[one.key], store):
                passed += 1
                hits = index.search(query, one.language, limit=5).hits
                assert one.id in {id for hit in hits for id in (hit.id, *hit.also)}, query
    assert passed > 10
    probes = [probe_of(one) for one in (*CORPUS, *CROWD)]
    slow = selftest.misses(index, probes)
    monkeypatch.setattr(selftest, "FEW", 0)
    assert selftest.misses(index, probes) == slow


def test_a_miss_is_told_by_every_build_until_it_is_mended(kb_from: KbFrom) -> None:
    """KB904 names the file; the next build, which changes nothing, says it again."""
    case = "id: {id}\ntitle: {title}\nissue_type: printing\nresolution: 改用有线网络。\n" + (
        "issue: {{symptoms: [一页要等一分钟], asked_as: [{asked}]}}\n"
    )
    files = {
        f"kb/cases/printing/PRN-{number:04d}.yml": case.format(
            id=f"PRN-{number:04d}", title=f"打印机第{number}号", asked="打印太慢了"
        )
        for number in range(101, 109)
    }
    settings = kb_from(files)
    for _ in range(2):
        assert _codes(settings) >= {("kb/cases/printing/PRN-0108.yml", "KB904")}
    for number in range(101, 109):
        name = f"kb/cases/printing/PRN-{number:04d}.yml"
        mended = files[name].replace("打印太慢了", f"第{number}号打印太慢")
        (settings.root / name).write_text(mended, "utf-8")
    assert _codes(settings) == set()


def _codes(settings: object) -> set[tuple[str, str]]:
    knowledge = load(settings).knowledge  # type: ignore[arg-type]
    assert knowledge is not None
    made = make_site(knowledge, knowledge.organisation.editions[-1])
    return {(each.location.path, each.code) for each in made.findings}
