"""Nothing that the public may not see is in anything made for the public.

What must not be found comes from `canaries`, which walks the model; what is searched is every file
that leaves the house, decoded: pages, search shards, API, the terminal's index, the handbook's text
and all files of its EPUB, everything in the bundle. The search itself is tested by leaks that are
made on purpose.
"""

from __future__ import annotations

import html
import io
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pytest

from generator import editions
from generator.build import make_bundles, make_site
from generator.knowledge import KnowledgeBase
from generator.loading import load
from generator.model import Audience, Confidence
from generator.printing import make_handbooks
from generator.search import analysis, shards
from generator.search.results import open_index
from generator.settings import Settings
from generator.shapes import texts
from generator.texts import LOCALES, say_date
from tests.canaries import CANARY, canaries
from tests.conftest import FULL, TODAY
from tests.pdf import text_of

pytestmark = pytest.mark.engine

SITE = "quay"
"""The site whose edition is public."""
SITES = {"public": SITE, "internal": SITE, "customer": "mill"}
"""Edition → the site whose handbook and bundle are searched beside it."""
SUBJECT = "canary-7999-subject"
"""What the last commit of the sample says; the public is not told."""
NO_OWNER = "canary-7906-domains"
"""A team that owns nothing, so that no page names it."""
PLACES = ("page", "api", "shard", "index", "handbook", "epub", "bundle")
"""Kinds of files that leave the house."""


@dataclass(frozen=True)
class Made:
    """What was made for one audience."""

    knowledge: KnowledgeBase
    texts: Mapping[str, Mapping[str, str]]
    """Place → file → everything that the file says, folded."""
    tokens: Mapping[str, frozenset[str]]
    """Place → tokens by which something is found there."""

    def found(self, word: str) -> set[str]:
        """Return the places where a word stands, in any of its spellings."""
        spellings, telling = _spellings(word), _telling(word)
        return {
            place
            for place in PLACES
            if any(each in text for each in spellings for text in self.texts[place].values())
            or telling & self.tokens.get(place, frozenset())
        }


def _spellings(word: str) -> set[str]:
    """Return a canary as it may stand in a text: a day also as each language writes it."""
    try:
        day = date.fromisoformat(word)
    except ValueError:
        return {_folded(word)}
    return {_folded(word), *(_folded(say_date(day, language)) for language in LOCALES)}


def _telling(word: str) -> set[str]:
    """Return the search tokens that a canary leaves and nothing else does."""
    words, variants = analysis.tokens(word)
    number = words[1:2] if CANARY.fullmatch(word) else []
    return {*number, *variants, "=" + analysis.exact_key(word)}


def _folded(text: str) -> str:
    """Return a text without case and white space: a long word is broken anywhere."""
    return "".join(text.casefold().split())


def _said(name: str, content: bytes) -> str:
    """Return everything that a file says, in every way that a reader may decode it."""
    if name.endswith(".pdf"):
        return _folded(text_of(content))
    text = content.decode("utf-8", "replace")
    return "\n".join(map(_folded, (name, text, html.unescape(text), unquote(text))))


def _place(path: str) -> str:
    return {"api": "api", "search": "shard"}.get(path.split("/")[0], "page")


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _posting_tokens(files: Iterable[tuple[str, bytes]]) -> Iterator[str]:
    """Yield each token of the browser's index: keys of postings, words of the vocabulary."""
    for name, body in files:
        if name.startswith("search/w/"):
            yield from shards.value_of(body)
        elif name.startswith("search/g/"):
            for row in shards.value_of(body).values():
                yield from row.split(" ")


def _index(folder: Path) -> tuple[dict[str, str], frozenset[str]]:
    """Return what the terminal's index says: its raw files, its cards and facets; its tokens."""
    said = {name: _said(name, content) for name, content in _files(folder)}
    with open_index(folder) as index:
        reader = index.store._reader
        cards = [json.dumps(fields, ensure_ascii=False) for fields in reader.all_stored_fields()]
        facets = [bytes(each).decode() for each in index.store._column("facets")]
        tokens = frozenset(bytes(each).decode() for each in reader.lexicon("words"))
    assert cards and facets and tokens
    return said | {"cards": _folded("\n".join(cards)), "facets": _folded("\n".join(facets))}, tokens


def _unpacked(name: str, file: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as archive:
        for inner in archive.namelist():
            yield f"{name}/{inner}", archive.read(inner)


def make(root: Path, edition: str) -> Made:
    """Make the full sample's sites, handbooks and bundles in a repository; return one edition."""
    shutil.copytree(FULL, root, dirs_exist_ok=True)
    _commit(root)
    loaded = load(Settings(root, TODAY))
    knowledge = loaded.knowledge
    assert knowledge is not None and not loaded.findings
    sites = (make_site(knowledge, profile) for profile in knowledge.organisation.editions)
    for made in (*sites, *make_handbooks(knowledge)):
        assert not made.findings
    list(make_bundles(knowledge, knowledge.sites))

    build = root / "build"
    site = list(_files(build / "site" / edition))
    texts: dict[str, dict[str, str]] = {place: {} for place in PLACES}
    for name, content in site:
        texts[_place(name)][name] = _said(name, content)
    for name, content in _files(build / "pages" / edition):
        texts["page"][f"pages/{name}"] = _said(name, content)
    texts["index"], tokens = _index(build / "index" / edition)
    for handbook in (build / "handbooks").glob(f"{SITES[edition]}*.pdf"):
        texts["handbook"][handbook.name] = _said(handbook.name, handbook.read_bytes())
    for book in (build / "handbooks").glob(f"{SITES[edition]}-*.epub"):
        texts["epub"] |= {name: _said(name, it) for name, it in _unpacked(book.name, book)}
    (bundle,) = (build / "bundles").rglob(f"{SITES[edition]}-*.zip")
    inside = dict(_unpacked(bundle.name, bundle))
    texts["bundle"] = {name: _said(name, content) for name, content in inside.items()}
    assert f"{bundle.name}/START-HERE.html" in inside
    assert any(name.startswith(f"{bundle.name}/handbook") for name in inside)
    return Made(knowledge, texts, {"shard": frozenset(_posting_tokens(site)), "index": tokens})


def _commit(root: Path) -> None:
    """Put the sample into a repository whose only commit tells what nobody outside may read."""
    who = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for role in ("AUTHOR", "COMMITTER"):
        who |= {f"GIT_{role}_NAME": "A", f"GIT_{role}_EMAIL": "a@example.com"}
        who[f"GIT_{role}_DATE"] = "2026-11-01T12:00:00Z"
    keep = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    message = f"{SUBJECT}\n\nTeam: canary-7901-owner\n"
    for words in (("init", "-q"), ("add", "kb"), ("commit", "-q", "--no-verify", "-m", message)):
        subprocess.run(["git", *words], cwd=root, env=keep | who, check=True, capture_output=True)


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return what is made for the public, and for a site that reads the public edition."""
    return make(tmp_path_factory.mktemp("public"), "public")


def test_every_place_is_searched(public: Made) -> None:
    """What the public may see is found in every place, so that the search reads all of them."""
    assert public.found("PRN-0001") == set(PLACES)
    assert public.found("文档停在队列里") == set(PLACES)
    assert public.found("打印机离线了") >= {"api", "shard", "index"}


def test_no_canary_leaves_the_house(public: Made) -> None:
    """No field, record, team or day that is hidden from the public is in any public file."""
    hidden = canaries(public.knowledge)
    assert len(hidden) > 200
    leaks = {word: (where, sorted(public.found(word))) for word, where in hidden.items()}
    assert {word: leak for word, leak in leaks.items() if leak[1]} == {}


def test_customers_see_no_more_than_is_theirs(tmp_path: Path) -> None:
    """What only partners or the house may see is in nothing made for customers."""
    made = make(tmp_path, "customer")
    hidden = canaries(made.knowledge, Audience.CUSTOMER)
    leaks = {word: (where, sorted(made.found(word))) for word, where in hidden.items()}
    assert {word: leak for word, leak in leaks.items() if leak[1]} == {}
    theirs = canaries(made.knowledge).keys() - hidden.keys()
    assert {place for word in theirs for place in made.found(word)} == set(PLACES)


def test_not_even_a_piece_of_a_canary(public: Made) -> None:
    """A hidden text that is cut, stemmed or only named would still show the bird."""
    for place in PLACES:
        for name, text in public.texts[place].items():
            assert "canar" not in text, f"{place}: {name}"
    for place, tokens in public.tokens.items():
        assert [token for token in tokens if "canar" in token] == [], place


def test_other_sites_are_not_told(public: Made) -> None:
    """A site that reads another edition is not in the public one: no contact, part or place."""
    others = [one.record for one in public.knowledge.sites.values() if one.record.id != SITE]
    words = {text for site in others for _, text in texts(site)}
    assert words
    for word in words:
        if len(word) > 2:
            assert public.found(word) == set(), word


def test_other_desks_are_not_told(public: Made) -> None:
    """The desk of another edition is in no public page or file; the public one is."""
    desks = {each.id: each.desks for each in public.knowledge.organisation.editions}
    assert public.found(desks["public"][0].names.zh)
    for word in (*desks["customer"][0].names.model_dump().values(), desks["customer"][0].address):
        assert public.found(word) == set(), word


def test_unfinished_records_stay_in(public: Made) -> None:
    """A draft or an archived record is in no public list, page or file, however wide it is."""
    unfinished = [
        id
        for id, filed in public.knowledge.records.items()
        if filed.record.confidence in (Confidence.WIP, Confidence.ARCHIVED)
    ]
    assert unfinished
    assert {id: public.found(id) for id in unfinished if public.found(id)} == {}


def test_the_api_holds_permitted_fields_only(public: Made) -> None:
    """A hidden field is not in the API at all, not even with the model's own default."""
    records = 0
    for name, text in public.texts["api"].items():
        if name.endswith("index.json"):
            continue
        record = json.loads(text.split("\n")[1])["record"]
        records += 1
        for hidden in ("audience", "governance", "owner", "domains", "handling", "parameters"):
            assert hidden not in record, f"{name}: {hidden}"
    assert records


LEAKS = {
    "fields": ("permit", lambda part, allowed: part),
    "records": ("is_seen_by", lambda record, profile: True),
}
"""Ways to break the one place that decides who sees what."""


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_is_found_everywhere(
    leak: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where hidden fields or records are let through, the search finds them in every place."""
    name, broken = LEAKS[leak]
    monkeypatch.setattr(editions, name, broken)
    made = make(tmp_path, "public")
    found = {word: made.found(word) for word in canaries(made.knowledge)}
    places = {place: [word for word in found if place in found[word]] for place in PLACES}
    assert {place: len(words) for place, words in places.items() if len(words) < 20} == {}


def test_leaked_subjects_and_teams_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where owners are shown to everybody, their names and the commits' subjects are found."""
    monkeypatch.setattr(editions, *LEAKS["fields"])
    monkeypatch.setattr(editions.Edition, "shows", lambda edition, model, field: True)
    made = make(tmp_path, "public")
    assert made.found(SUBJECT) >= {"page", "bundle"}
    assert made.found("CANARY-7902-team") >= {"page", "handbook", "epub", "bundle"}


def test_the_house_sees_it_all(tmp_path: Path) -> None:
    """Every canary is alive: the internal edition shows each one that it may, in page and API."""
    made = make(tmp_path, "internal")
    knowledge = made.knowledge
    missing = {
        word: where
        for word, where in canaries(knowledge).items()
        if where[0] != f"team {NO_OWNER}" and not {"page", "api"} & made.found(word)
    }
    assert missing == {}
    assert made.found(SUBJECT) >= {"page"}
