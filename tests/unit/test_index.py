"""Updates of the index: only what changed, and the same bytes as from nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.outputs import index as index_output
from generator.outputs.index import update_index
from generator.outputs.terminal import update_terminal_index
from generator.search import analysis, entries, levels, shards
from generator.search.cache import IndexCache
from generator.search.entries import SearchEntry
from generator.search.glossary import Terms, phrases
from generator.search.results import open_index
from tests.unit.search_corpus import CORPUS, QUERIES, TERMS, entry

EDITED = replace(
    CORPUS[3], fields=(*CORPUS[3].fields, ("resolution", "重装启动文件 bcdboot zebra"))
)
RETITLED = replace(
    CORPUS[0], title="打印机离线", fields=(("title", "打印机离线"), *CORPUS[0].fields[1:])
)
ADDED = entry("NEW-0001", "en", "Keyboard types twice", "Replace the membrane.")
CHANGES = {
    "edit": (*CORPUS[:3], EDITED, *CORPUS[4:]),
    "retitle": (RETITLED, *CORPUS[1:]),
    "add": (*CORPUS, ADDED),
    "remove": CORPUS[2:],
    "empty": (),
    "nothing": CORPUS,
    "other order": CORPUS[::-1],
}
OTHER_TERMS = {
    "printer": phrases(("打印机", "Tintenspritzer")),
    "start": phrases(("start", "启动")),
}


def from_nothing(chosen: tuple[SearchEntry, ...]) -> dict[str, bytes]:
    """Return all files of an index of these entries."""
    with IndexCache(None) as cache:
        return update_index(chosen, cache).files


@pytest.mark.parametrize("change", CHANGES)
def test_an_update_ends_in_the_bytes_of_a_build_from_nothing(tmp_path: Path, change: str) -> None:
    """Files of the first build, changed as told, equal those of a fresh build; and back again."""
    files: dict[str, bytes] = {}
    for chosen in (CORPUS, CHANGES[change], CORPUS):
        with IndexCache(tmp_path / "cache") as cache:
            done = update_index(chosen, cache)
            cache.commit()
        files.update(done.files)
        for path in done.removed:
            del files[path]
        assert files == from_nothing(chosen)


@pytest.mark.parametrize("change", ["edit", "add", "nothing"])
@pytest.mark.parametrize("terms", [TERMS, OTHER_TERMS, {}], ids=["same", "other", "none"])
def test_a_glossary_is_updated_to_the_bytes_of_a_build_from_nothing(
    tmp_path: Path, change: str, terms: Terms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever changed, entries or terms, one or many: the files are those of a fresh build."""
    for many in (0, 64):
        monkeypatch.setattr(index_output, "MANY_EDITED", many)
        files: dict[str, bytes] = {}
        for chosen, known in ((CORPUS, TERMS), (CHANGES[change], terms), (CORPUS, TERMS)):
            with IndexCache(tmp_path / f"cache-{many}") as cache:
                done = update_index(chosen, cache, known)
                cache.commit()
            files.update(done.files)
            for path in done.removed:
                del files[path]
            with IndexCache(None) as cache:
                assert files == update_index(chosen, cache, known).files


def test_a_change_of_the_glossary_touches_its_files_only(tmp_path: Path) -> None:
    """One other term is two files; no entry is analysed again."""
    changed = {**TERMS, "offline": (*TERMS["offline"], "off line")}
    with IndexCache(tmp_path / "cache") as cache:
        update_index(CORPUS, cache, TERMS)
        done = update_index(CORPUS, cache, changed)
    assert done.files.keys() == {"search/terms.js"}
    assert done.entries == ()


def test_nothing_changed_gives_nothing_to_write(tmp_path: Path) -> None:
    """A second run over the same entries has no files, and analyses none."""
    with IndexCache(tmp_path / "cache") as cache:
        update_index(CORPUS, cache)
        assert update_index(CORPUS, cache).files == {}


def test_an_edit_touches_few_files_and_analyses_one_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What other entries hold is neither made again nor looked at."""
    with IndexCache(tmp_path / "cache") as cache:
        whole = len(update_index(CORPUS, cache).files)
        seen: list[str] = []

        def analyse(one: SearchEntry) -> entries.AnalysedEntry:
            seen.append(one.id)
            return entries.analyse(one)

        monkeypatch.setattr(index_output, "analyse", analyse)
        done = update_index(CHANGES["edit"], cache)
        assert seen == ["WIN-0001"]
        assert 0 < len(done.files) < whole / 2


def test_an_update_that_is_not_committed_is_forgotten(tmp_path: Path) -> None:
    """When the files were not written, the next run gives them again."""
    for _ in range(2):
        with IndexCache(tmp_path / "cache") as cache:
            assert len(update_index(CORPUS, cache).files) > 50


def test_a_broken_cache_is_left_aside(tmp_path: Path) -> None:
    """A file that is no cache is replaced by a fresh one."""
    (tmp_path / "cache").write_bytes(b"not a database" * 100)
    with IndexCache(tmp_path / "cache") as cache:
        assert update_index(CORPUS, cache).files == from_nothing(CORPUS)


def test_the_terminal_index_of_a_build_from_nothing_repeats_to_the_byte(tmp_path: Path) -> None:
    """Two builds of the same entries write the same files."""
    for name in ("one", "two"):
        with IndexCache(None) as cache:
            update_index(CORPUS, cache)
            update_terminal_index(tmp_path / name, cache)
    one, two = (
        {path.name: path.read_bytes() for path in sorted((tmp_path / name).iterdir())}
        for name in ("one", "two")
    )
    assert one == two


@pytest.mark.parametrize("change", [name for name in CHANGES if name != "empty"])
def test_an_updated_terminal_index_answers_as_a_fresh_one(tmp_path: Path, change: str) -> None:
    """Updated or built, the same hits with the same scores."""
    for chosen in (CORPUS, CHANGES[change]):
        with IndexCache(tmp_path / "cache") as cache:
            update_index(chosen, cache)
            update_terminal_index(tmp_path / "updated", cache)
            cache.commit()
    with IndexCache(None) as cache:
        update_index(CHANGES[change], cache)
        update_terminal_index(tmp_path / "fresh", cache)
    with open_index(tmp_path / "updated") as updated, open_index(tmp_path / "fresh") as fresh:
        for query in (*QUERIES, "离线", "zebra", "keyboards"):
            assert updated.search(query) == fresh.search(query)


@given(st.lists(st.integers(0, 2**27), unique=True).map(sorted))
@settings(max_examples=100, deadline=None)
def test_postings_come_back_as_they_were(numbers: list[int]) -> None:
    """Coding and decoding are each other's reverse for one posting an entry."""
    postings = [number << 4 | number % 16 for number in numbers]
    assert shards.decode_postings(shards.encode_postings(postings)) == postings


def test_every_field_has_a_weight_and_an_unknown_one_is_our_mistake() -> None:
    """A field name that search does not know is refused."""
    wrong = replace(CORPUS[0], fields=(("tilte", "x"),))
    with pytest.raises(KeyError):
        entries.analyse(wrong)


def test_levels_are_the_nearest_above() -> None:
    """A weighted count is kept exactly when small, rounded up when large, and never lost."""
    assert [levels.LEVELS[levels.level_of(n)] for n in (1, 6, 7, 97, 10_000)] == [1, 6, 8, 96, 96]


def test_a_token_is_in_the_shard_it_says() -> None:
    """The hash is the one search.js computes."""
    assert shards.shard_of("打印", 4096) == 0xCFB or shards.shard_of("打印", 4096) < 4096
    assert analysis.grams("vpn") == ["_vp", "vpn", "pn_"]
