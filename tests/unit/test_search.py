"""Search in the terminal: what is found, in which order, and how it is shown."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.cli import kb
from generator.outputs.index import update_index
from generator.outputs.terminal import update_terminal_index
from generator.search.cache import IndexCache
from generator.search.results import Index, open_index
from generator.search.store import UnusableIndexError
from tests.unit.search_corpus import CORPUS, QUERIES, TERMS


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """An index of the corpus."""
    folder = tmp_path_factory.mktemp("index")
    with IndexCache(None) as cache:
        update_index(CORPUS, cache, TERMS)
        update_terminal_index(folder, cache)
    with open_index(folder) as opened:
        yield opened


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("机脱", "PRN-0001"),
        ("脱机", "PRN-0001"),
        ("一道一道", "PRN-0002"),
        ("蓝屏", "WIN-0001"),
        ("蓝", "WIN-0001"),
        ("0x7b", "WIN-0001"),
        ("STOP 7B", "WIN-0001"),
        ("0x0000007b", "WIN-0001"),
        ("KB 5034441", "WIN-0002"),
        ("prn 2", "PRN-0002"),
        ("printr ofline", "PRN-0001"),
        ("Netzwerk", "NET-0001"),
        ("wlan ueberpruefung", "NET-0002"),
        ("wifi", "NET-0002"),
        ("เครือข่าย", "NET-0001"),
        ("5.7.1", "MAIL-0001"),
        ("550 5.7.1", "MAIL-0001"),
        ("Drucker offline", "PRN-0001"),
        ("เครื่องพิมพ์ออฟไลน์", "PRN-0001"),
        ("退信", "MAIL-0001"),
        ("無線網", "NET-0002"),
        ("啟動時藍屏", "WIN-0001"),
        ("dayinji", "PRN-0001"),
        ("da yin ji tuoji", "PRN-0001"),
        ("dyjxs", "PRN-0001"),
        ("lanping", "WIN-0001"),
    ],
)
def test_the_right_record_is_first(index: Index, query: str, wanted: str) -> None:
    """Parts of words, codes in any spelling, typos and all four languages find their record."""
    assert index.search(query).hits[0].id == wanted


def test_an_id_or_a_code_goes_first_and_says_so(index: Index) -> None:
    """A query that is an error code as a whole puts its record above all others."""
    hit = index.search("STOP 0x7B").hits[0]
    assert hit.id == "WIN-0001"
    assert hit.is_exact
    assert not index.search("蓝屏").hits[0].is_exact


def test_a_record_is_shown_once_and_in_the_language_of_the_reader(index: Index) -> None:
    """A record found in several languages is one hit, shown in the wanted one where it exists."""
    results = index.search("VPN 691", "th")
    assert [(hit.id, hit.language) for hit in results.hits] == [("NET-0001", "th")]
    assert results.hits[0].languages == ("de", "th", "zh")
    assert index.search("打印机", "en").hits[0].title == "Printer shows offline"
    assert index.search("打印出来", "en").hits[0].language == "zh"


def test_filters_narrow_and_counts_tell(index: Index) -> None:
    """Only entries with one of the wanted values are left; counts are of records."""
    everything = index.search("VPN 打印 蓝屏")
    assert everything.counts["issue_type"] == {"network": 1, "printing": 2, "windows": 1}
    only = index.search("VPN 打印 蓝屏", filters={"issue_type": ["network"], "tier": ["L1"]})
    assert only.counts["issue_type"] == everything.counts["issue_type"]
    assert only.counts["language"] == {"de": 1, "th": 1, "zh": 1}
    narrowed = index.search("VPN 打印 蓝屏", filters={"issue_type": ["network", "windows"]})
    assert {hit.id for hit in narrowed.hits} == {"NET-0001", "WIN-0001"}
    assert narrowed.total == 2
    assert index.search("VPN", filters={"language": ["de"]}).hits[0].language == "de"
    assert index.search("VPN", filters={"tier": ["L3"]}).total == 0


def test_a_duplicate_is_shown_under_the_record_that_stands(index: Index) -> None:
    """Records of one group are one hit: the one that stands if found, else the best of them."""
    results = index.search("打印机脱机")
    assert results.hits[0].id == "PRN-0001"
    assert results.hits[0].also == ("PRN-0003",)
    assert "PRN-0003" not in {hit.id for hit in results.hits}
    assert index.search("同一件事").hits[0].id == "PRN-0003"
    assert index.search("notes").hits[0].also == ()


def test_limit_cuts_the_hits_and_not_the_total(index: Index) -> None:
    """The total counts all records found."""
    results = index.search("打印", limit=1)
    assert (len(results.hits), results.total) == (1, 2)


def test_the_match_is_marked(index: Index) -> None:
    """Marks point at what matched, in Chinese by characters, in Thai by whole clusters."""
    hit = index.search("脱机", "zh").hits[0]
    assert [hit.title[start:end] for start, end in hit.title_marks] == ["脱机"]
    assert [hit.snippet.text[start:end] for start, end in hit.snippet.marks] == ["脱机"]
    thai = index.search("สามารถ", "th").hits[0].snippet
    assert [thai.text[start:end] for start, end in thai.marks] == ["สามารถ"]


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_any_query_has_a_calm_answer(index: Index, query: str) -> None:
    """Nothing that can be typed raises."""
    results = index.search(query, "zh")
    assert results.total >= len(results.hits)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None
)
@given(st.text(max_size=60))
def test_random_queries(index: Index, query: str) -> None:
    """The same for random text."""
    index.search(query)


def test_a_missing_index_says_what_to_do(tmp_path: Path) -> None:
    """There is one error for it, and it names the command."""
    with pytest.raises(UnusableIndexError, match="kb build"):
        open_index(tmp_path / "none")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_damaged_index_says_what_to_do(tmp_path: Path) -> None:
    """Whatever is wrong with the files ends in the same error."""
    with IndexCache(None) as cache:
        update_index(CORPUS, cache, TERMS)
        update_terminal_index(tmp_path, cache)
    for path in tmp_path.iterdir():
        path.write_bytes(b"\x80nonsense" * 20)
    with pytest.raises(UnusableIndexError, match="kb build"):
        open_index(tmp_path)
    gc.collect()  # Whoosh forgets to close what it could not read; the mark is about that


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with an index and little else."""
    with IndexCache(None) as cache:
        update_index(CORPUS, cache, TERMS)
        update_terminal_index(tmp_path / "build" / "index" / "internal", cache)
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "settings.yml").write_text("", "utf-8")
    return tmp_path


DAMAGES = {
    "gone": lambda path, body: path.unlink(),
    "empty": lambda path, body: path.write_bytes(b""),
    "half": lambda path, body: path.write_bytes(body[: len(body) // 2]),
    "cut": lambda path, body: path.write_bytes(body[:-1]),
    "zeros": lambda path, body: path.write_bytes(bytes(len(body))),
    "a hole": lambda path, body: path.write_bytes(
        body[: len(body) // 3] + bytes(len(body) // 3) + body[len(body) // 3 * 2 :]
    ),
    "JSON": lambda path, body: path.write_bytes(b"[1]"),
    "noise": lambda path, body: path.write_bytes(b"\x80nonsense" * 20),
}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("damage", DAMAGES)
def test_one_damaged_file_is_told_or_does_no_harm(project: Path, damage: str) -> None:
    """Each file of the index broken alone: results, or what to do about it; never an exception."""
    folder = project / "build" / "index" / "internal"
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        body = path.read_bytes()
        DAMAGES[damage](path, body)
        for query in ("VPN", "0x7b", "打印机脱机"):
            words = ["--project", str(project), "search", query, "--tier", "L1"]
            answer = CliRunner().invoke(kb, words)
            is_told = answer.exit_code == 2 and "kb build" in answer.output
            assert is_told or answer.exit_code in (0, 1), (path.name, answer.output)
            assert isinstance(answer.exception, SystemExit | None), (path.name, answer.exception)
            del answer
        path.write_bytes(body)
    gc.collect()


def test_a_page_that_was_not_built_is_not_opened(project: Path) -> None:
    """`--open` says so instead of opening nothing."""
    answer = CliRunner().invoke(kb, ["--project", str(project), "search", "VPN", "--open"])
    assert answer.exit_code == 2
    assert "kb build" in answer.output


def test_the_interactive_mode_answers_line_by_line(project: Path) -> None:
    """Without words each line is a query, until an empty line or the end of input."""
    answer = CliRunner().invoke(
        kb, ["--project", str(project), "search", "--limit", "1"], input="0x7b\nVPN\n\nwifi\n"
    )
    assert answer.exit_code == 0, answer.output
    assert "WIN-0001" in answer.output
    assert "NET-0001" in answer.output
    assert "NET-0002" not in answer.output
