"""Fetching over bad lines: it ends whole or says why, and what is in use stays in use."""

from __future__ import annotations

import errno
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from generator.bundles import downloading, fetching, places
from generator.bundles.downloading import Line
from generator.bundles.fetching import Fetched, fetch, save
from generator.bundles.indexes import INDEX, Index, read_index
from generator.bundles.installing import APPLIER, installed
from generator.bundles.places import BrokenError, LineError, MissingError
from generator.bundles.publishing import lay_out
from generator.bundles.refusals import RefusedError
from generator.bundles.signing import PrivateKey
from generator.bundles.verifying import Trust
from tests.bundles import network
from tests.bundles.network import Fault, Server, serving
from tests.bundles.sample import FILES, ONE, STRANGER, TRUST, signed, with_applier
from tests.bundles.test_installing import Failing, Fast, Killed, in_use, install

RUNS, CUT_RUNS = 150, 100
LARGE = random.Random(5).randbytes(60_000)
OLD = FILES | {"site/shard.js": LARGE, "same.txt": b"same" * 50}
NEW = OLD | {"site/shard.js": LARGE[:9000] + b"new" + LARGE[9000:], "site/index.html": b"news"}
TOLERANCE = 1.1
"""At most so many times its size may a file cost over a line that is cut."""


@cache
def old() -> bytes:
    """Return the bundle of the version before."""
    return signed(OLD)


@cache
def new() -> bytes:
    """Return the bundle of the newest version."""
    return signed(NEW, days=1)


def publish(
    folder: Path, *bundles: bytes, key: PrivateKey | None = ONE, trust: Trust = TRUST
) -> Index:
    """Publish bundles one after the other, return the last index."""
    for content in bundles:
        file = folder.with_name("made.zip")
        file.write_bytes(content)
        index = lay_out(folder, file, trust, key, 5).index
        file.unlink()
    return index


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two versions published; nobody changes it."""
    folder = tmp_path_factory.mktemp("published") / "quay"
    publish(folder, old(), new())
    return folder


@pytest.fixture(scope="module")
def shared(published: Path) -> Iterator[Server]:
    """Return a server of that folder."""
    with serving(published) as server:
        yield server


@pytest.fixture
def server(shared: Server) -> Server:
    """Return the server, with no fault and nothing counted."""
    shared.faults, shared.spoils, shared.otherwise = [], "", network.good
    shared.sent.clear()
    shared.asked.clear()
    return shared


@pytest.fixture
def kb(tmp_path: Path) -> Path:
    """Return a folder with the older version installed."""
    install(tmp_path / "kb", old())
    return tmp_path / "kb"


class Report:
    """What a fetch said, how often and long it paused."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.pauses: list[float] = []

    def line(self, place: str | Path, tries: int = 12, timeout: float = 0.5) -> Line:
        """Return a line to a place that does not really pause."""
        return Line(
            str(place), self.said.append, lambda *_: None, tries, timeout, self.pauses.append
        )


def get(place: str | Path, folder: Path, report: Report | None = None, **more: float) -> Fetched:
    """Fetch what is published into a folder."""
    line = (report or Report()).line(place, **more)  # type: ignore[arg-type]
    return fetch(line, folder, TRUST, Fast())


def bundle_name(published: Path, start: str = "") -> str:
    """Return how the newest bundle is called, or the update from a version."""
    index = read_index((published / INDEX).read_bytes())
    found = [each for each in index.offers if (each.version, each.start) == (index.version, start)]
    return found[0].name


def others(folder: Path) -> dict[str, bytes]:
    """Return all files beside a folder."""
    files = (path for path in folder.parent.rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in files if not path.is_relative_to(folder)}


def begun(folder: Path) -> list[int]:
    """Return the sizes of downloads that were begun."""
    return [path.stat().st_size for path in folder.rglob("*.download")]


def test_the_first_time_and_the_next(server: Server, tmp_path: Path) -> None:
    """Where nothing is installed the bundle comes, then an update; then nothing."""
    folder = tmp_path / "kb"
    fetched = get(server.url, folder)
    assert fetched.is_new and fetched.signer == ONE.public.id
    assert in_use(folder) == NEW and begun(folder) == []
    assert server.asked[-1] == (bundle_name(server.root), None)
    server.asked.clear()
    assert not get(server.url, folder).is_new
    assert [name for name, _ in server.asked if name.endswith(".zip")] == []


def test_the_cheapest_way(server: Server, kb: Path) -> None:
    """From a version with an update to the newest only the update comes."""
    assert get(server.url, kb).is_new and in_use(kb) == NEW
    (name,) = [name for name, _ in server.asked if name.endswith(".zip")]
    assert name == bundle_name(server.root, "2026.11.01-1a2b3c4d")
    assert server.sent[name] < len(new()) / 10


def test_from_a_folder_on_a_share(published: Path, tmp_path: Path) -> None:
    """A folder, and its file: address, are ways too; what was begun is gone on with."""
    for number, place in enumerate((published, published.as_uri())):
        folder = tmp_path / f"kb{number}"
        index = read_index((published / INDEX).read_bytes())
        path = folder / f"versions/{index.offers[0].held.sha256}.download"
        path.parent.mkdir(parents=True)
        path.write_bytes(new()[:1000])
        get(place, folder)
        assert in_use(folder) == NEW


def test_another_file_on_a_share(published: Path, tmp_path: Path) -> None:
    """Longer, shorter, or other bytes there: refused or given up, never more written than told."""
    folder = tmp_path / "www"
    shutil.copytree(published, folder)
    path = folder / bundle_name(folder)
    for content, kind in (
        (new() + bytes(99_999), None),
        (new()[:-1], LineError),
        (new()[::-1] + b"x", RefusedError),
    ):
        path.write_bytes(content)
        kb = tmp_path / f"kb{len(content)}"
        if kind is None:
            get(folder, kb)
            assert in_use(kb) == NEW
            continue
        with pytest.raises(kind):
            get(folder, kb)
        assert installed(kb) is None and all(size <= len(new()) for size in begun(kb))


def test_any_bad_line(server: Server, tmp_path: Path) -> None:
    """Over lines of all faults that pass, it ends whole; nothing is written elsewhere."""
    before = others(tmp_path / "kb")
    template = tmp_path / "template"
    install(template, old())
    before |= others(tmp_path / "kb")
    for number in range(RUNS):
        chance = random.Random(number)
        folder = tmp_path / "kb"
        if chance.random() < 0.3:
            shutil.copytree(template, folder)
        server.faults = [network.transient(chance) for _ in range(chance.randrange(1, 9))]
        get(server.url, folder)
        assert in_use(folder) == NEW and begun(folder) == [], number
        assert others(folder) == before, number
        shutil.rmtree(folder)


def test_a_line_that_is_cut_costs_little_more(server: Server, tmp_path: Path) -> None:
    """However often it is cut or stalls, at most 1.1 times the file goes over the line."""
    name = bundle_name(server.root)
    most = 0
    for number in range(CUT_RUNS):
        chance = random.Random(number)
        faults = [network.cut(chance.random()) for _ in range(chance.randrange(1, 20))]
        faults += [network.chunked(chance.random()), network.no_total]
        if number % 25 == 0:
            faults += [network.stall(chance.random())]
        chance.shuffle(faults)
        server.faults, server.spoils = faults, ".zip"
        server.sent.clear()
        get(server.url, tmp_path / "kb", tries=99, timeout=3)
        assert in_use(tmp_path / "kb") == NEW
        most = max(most, server.sent[name])
        shutil.rmtree(tmp_path / "kb")
    print(f"at most {most / len(new()):.3f} times the file")
    assert len(new()) <= most <= TOLERANCE * len(new())


def test_it_goes_on_the_next_time(server: Server, tmp_path: Path) -> None:
    """What came before the line was given up is used by the next command."""
    server.faults, server.spoils = [network.cut(0.6), *[network.hung_up] * 3], ".zip"
    folder, report = tmp_path / "kb", Report()
    with pytest.raises(LineError, match="try 3 of 3"):
        get(server.url, folder, report, tries=3)
    (size,) = begun(folder)
    assert size == int(len(new()) * 0.6) and installed(folder) is None
    assert report.pauses == [1, 2, 4]
    get(server.url, folder)
    name = bundle_name(server.root)
    assert in_use(folder) == NEW and server.asked[-1] == (name, f"bytes={size}-")
    assert server.sent[name] == len(new())


def test_pauses_grow_and_a_server_may_ask_for_longer() -> None:
    """Up to a minute, up to ten where the server says so."""
    report = Report()
    line = report.line("", tries=99)
    for fruitless in range(9):
        downloading._wait(line, BrokenError("gone"), fruitless)
    assert report.pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    downloading._wait(line, BrokenError("busy", wait=90), 0)
    downloading._wait(line, BrokenError("busy", wait=10**9), 0)
    assert report.pauses[-2:] == [90, 600]


def test_retry_after_is_obeyed(server: Server, kb: Path) -> None:
    """A busy server says when."""
    server.faults, report = [network.status(503, Retry_After="33")], Report()
    get(server.url, kb, report)
    assert report.pauses == [33] and "503" in report.said[0]


def test_a_server_without_ranges(server: Server, tmp_path: Path) -> None:
    """What is there stays while the server begins again, also where that is cut earlier."""
    server.otherwise, server.spoils = network.no_ranges, ".zip"
    server.faults = [network.cut_without_ranges(share) for share in (0.7, 0.2, 0.9)]
    get(server.url, tmp_path / "kb")
    assert in_use(tmp_path / "kb") == NEW
    assert server.sent[bundle_name(server.root)] < len(new()) * 2.9


def test_what_was_begun_is_rotten(server: Server, tmp_path: Path) -> None:
    """Bytes that are not the file's are found at its end, and it comes once more."""
    index = read_index((server.root / INDEX).read_bytes())
    path = tmp_path / f"kb/versions/{index.offers[0].held.sha256}.download"
    for rotten in (bytes(5000), bytes(len(new())), bytes(len(new()) + 1)):
        path.parent.mkdir(parents=True)
        path.write_bytes(rotten)
        get(server.url, tmp_path / "kb")
        assert in_use(tmp_path / "kb") == NEW
        shutil.rmtree(tmp_path / "kb")


def test_downloads_of_other_versions_go(server: Server, kb: Path) -> None:
    """What was begun and is not wanted any more does not stay for ever."""
    (kb / "versions" / f"{'0' * 64}.download").write_bytes(b"half")
    get(server.url, kb)
    assert begun(kb) == []


ALWAYS: dict[str, tuple[Fault, type[Exception], str]] = {
    "truncated": (network.other(new()[:-500]), LineError, "the index says"),
    "truncated, no length": (
        lambda to, content, first: network.chunked()(to, content[:-500], first),
        LineError,
        "another range|sent less|cut",
    ),
    "another file": (network.other(new()[::-1]), RefusedError, "not the file that the index"),
    "endless": (network.endless, RefusedError, "not the file that the index names"),
    "a server that fails": (network.status(500), LineError, "500"),
    "sign in": (network.status(403), LineError, "signed in"),
    "gone": (network.status(404), MissingError, "there is no"),
    "no such way": (network.status(302, Location="ftp://elsewhere/x"), LineError, "none of the"),
    "in circles": (network.status(302, Location="/" + "x" * 9), LineError, "there is no"),
    "a range of its own": (network.shifted(1), LineError, "another range"),
    "packed": (network.packed_by_the_server, LineError, "packed"),
    "silent": (network.hung_up, LineError, "broke"),
    "noise": (network.noise, LineError, "broke"),
}
"""What a server does to a bundle every time → how, what is raised, a pattern of what is said."""


@pytest.mark.parametrize("name", ALWAYS)
def test_what_never_gets_better(name: str, server: Server, tmp_path: Path) -> None:
    """It ends, says why, and what is in use stays; never more is written than the index says."""
    fault, kind, pattern = ALWAYS[name]
    folder = tmp_path / "kb"
    install(folder, signed(OLD | {"more.txt": b"more"}))  # no update leads on from here
    before = others(folder), in_use(folder)

    def spoilt(to: network.Handler, content: bytes, first: int) -> None:
        (fault if to.name.endswith(".zip") else network.good)(to, content, first)

    server.otherwise = spoilt
    with pytest.raises(kind, match=pattern):
        get(server.url, folder, tries=3)
    assert (others(folder), in_use(folder)) == before
    assert all(size <= len(new()) for size in begun(folder))
    server.otherwise = network.good
    get(server.url, folder)
    assert in_use(folder) == NEW


def test_a_file_that_changed_on_the_way(server: Server, tmp_path: Path) -> None:
    """Half of one file and half of another is noticed; the true one comes then."""
    wrong = random.Random(9).randbytes(len(new()))
    for first, second in ((new(), wrong), (wrong, new())):
        server.spoils = ".zip"
        server.faults = [
            lambda to, content, at, held=first: network.cut(0.5)(to, held, at),
            lambda to, content, at, held=second: network.other(held)(to, held, at),
        ]
        report = Report()
        get(server.url, tmp_path / "kb", report)
        assert in_use(tmp_path / "kb") == NEW
        assert any("once more from the start" in each for each in report.said)
        shutil.rmtree(tmp_path / "kb")


def test_a_stale_index(tmp_path: Path) -> None:
    """An index older than what is in use is told as such; a cached one still finds its files."""
    folder, kb = tmp_path / "www", tmp_path / "kb"
    publish(folder, old())
    stale = (folder / INDEX).read_bytes()
    install(kb, old())
    publish(folder, new())
    (folder / INDEX).write_bytes(stale)
    assert not get(folder, kb).is_new
    get(folder, tmp_path / "other")
    assert in_use(tmp_path / "other") == OLD
    install(kb, new())
    with pytest.raises(RefusedError, match=r"stale.*older than 2026\.11\.02"):
        get(folder, kb)
    assert in_use(kb) == NEW


def test_whose_index(tmp_path: Path) -> None:
    """Only an index that somebody trusted signed is read, of this site, in a form we know."""
    folder, kb = tmp_path / "www", tmp_path / "kb"
    install(kb, old())
    lax = Trust((*TRUST.keys, STRANGER.public), frozenset(), takes_unsigned=True)
    publish(folder, new(), key=STRANGER, trust=lax)
    with pytest.raises(RefusedError, match=r"the index: .*not trusted"):
        get(folder, kb)
    publish(folder, new(), key=None, trust=lax)
    for path in folder.glob("*.minisig"):
        path.unlink()
    with pytest.raises(RefusedError, match="the index: it is not signed"):
        get(folder, kb)
    shutil.rmtree(folder)
    publish(folder, signed(NEW, days=1, site="mill"))
    with pytest.raises(RefusedError, match='of the site "mill", here is "quay"'):
        get(folder, kb)
    (folder / INDEX).write_bytes(b" <!doctype html><title>Hotel</title>")
    with pytest.raises(RefusedError, match="sign in first"):
        get(folder, kb)
    (folder / INDEX).write_bytes(bytes(2**20 + 1))
    with pytest.raises(RefusedError, match="larger than it can be"):
        get(folder, kb)
    with pytest.raises(MissingError, match=INDEX):
        get(tmp_path, kb)
    assert in_use(kb) == OLD


def test_a_changed_index_is_not_believed(published: Path, kb: Path, tmp_path: Path) -> None:
    """Neither is one that was altered, nor one with another index's signature."""
    folder = tmp_path / "www"
    shutil.copytree(published, folder)
    content = (folder / INDEX).read_bytes()
    (folder / INDEX).write_bytes(content.replace(b"2026-11-02", b"2026-11-03"))
    with pytest.raises(RefusedError, match="not signed"):
        get(folder, kb)
    name = fetching.lasting_name((folder / INDEX).read_bytes())
    last = fetching.lasting_name(content)
    shutil.copy(folder / f"{last}.minisig", folder / f"{name}.minisig")
    with pytest.raises(RefusedError, match="does not fit"):
        get(folder, kb)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((b'"format": 1', b'"format": 2'), "newer than this tool"),
        ((b'"site": "quay"', b'"site": "../quay"'), "something is missing"),
        ((b'"name": "quay-', b'"name": "../quay-'), "not described in full"),
        ((b'"name": "quay-', b'"name": "nul.quay-'), "device"),
        ((b'"size": ', b'"size": -'), "not described in full"),
        ((b"{", b"["), "cannot be read"),
    ],
)
def test_an_index_in_another_form(change: tuple[bytes, bytes], said: str, published: Path) -> None:
    """Also one that was signed is read strictly."""
    with pytest.raises(RefusedError, match=said):
        read_index((published / INDEX).read_bytes().replace(*change))


def test_addresses_that_are_refused(kb: Path) -> None:
    """No password goes into an address, and there are few ways."""
    for place, said in (
        ("https://somebody:secret@kb.example.com/quay", "no user, password"),
        ("https://kb.example.com/quay?token=1", "address is that of a folder"),
        ("ftp://kb.example.com/quay", "no way that is known"),
    ):
        with pytest.raises(RefusedError, match=said):
            get(place, kb)


def test_through_a_proxy(server: Server, kb: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy that the environment names is asked, and told no more than the address."""
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(MissingError, match="of a site's folder"):
        get("http://kb.example.com/bundles/quay/", kb)
    assert server.asked == [("http://kb.example.com/bundles/quay/index.json", None)]


def test_never_from_an_encrypted_line_to_an_open_one() -> None:
    """A redirect from https to http, or out of the web, is not followed; others are."""
    redirects = places._Redirects()
    request = places.Request("https://kb.example.com/a")
    for target in ("http://kb.example.com/a", "file:///etc/passwd", "ftp://kb.example.com/a"):
        with pytest.raises(LineError, match="leads to"):
            redirects.redirect_request(request, None, 302, "", {}, target)  # type: ignore[arg-type]
    found = redirects.redirect_request(
        request,
        None,
        302,
        "",
        {},
        "https://other.example.com/a",  # type: ignore[arg-type]
    )
    assert found is not None and found.host == "other.example.com"


def test_redirects_keep_the_range(server: Server, tmp_path: Path) -> None:
    """A file may lie somewhere else on the web."""
    with serving(server.root) as elsewhere:
        name = bundle_name(server.root)
        move = network.status(302, Location=f"{elsewhere.url}/{name}")
        server.faults, server.spoils = [move, move], ".zip"
        elsewhere.faults = [network.cut(0.5)]
        get(server.url, tmp_path / "kb")
        assert in_use(tmp_path / "kb") == NEW
        assert elsewhere.asked[1] == (name, f"bytes={len(new()) // 2}-")


def test_a_damaged_tree_takes_the_full_bundle(server: Server, kb: Path) -> None:
    """An update that finds a file damaged is not the end: the bundle comes."""
    now = installed(kb)
    assert now is not None
    (now.place(now.current) / "same.txt").write_bytes(b"rotten")
    report = Report()
    get(server.url, kb, report)
    assert in_use(kb) == NEW
    assert any("full bundle is taken" in each for each in report.said)
    now = installed(kb)
    assert now is not None
    (now.place(now.current) / "same.txt").write_bytes(b"rotten")
    assert get(server.url, kb).is_new and in_use(kb) == NEW


def test_an_update_that_is_gone(published: Path, kb: Path, tmp_path: Path) -> None:
    """Where the update is not there any more the bundle comes; where neither is, it is told."""
    folder = tmp_path / "www"
    shutil.copytree(published, folder)
    (folder / bundle_name(folder, "2026.11.01-1a2b3c4d")).unlink()
    full = folder / bundle_name(folder)
    full.rename(tmp_path / "away")
    with pytest.raises(MissingError, match="there is no quay-2026"):
        get(folder, kb)
    assert in_use(kb) == OLD
    (tmp_path / "away").rename(full)
    get(folder, kb)
    assert in_use(kb) == NEW


def test_without_the_library_for_patches(
    server: Server, kb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bare Python takes the bundle at once."""
    monkeypatch.setattr(fetching, "reads_patches", lambda: False)
    get(server.url, kb)
    assert in_use(kb) == NEW and server.asked[-1][0] == bundle_name(server.root)


def test_to_carry_on(server: Server, kb: Path, tmp_path: Path) -> None:
    """A file to take elsewhere: the bundle, or what a folder needs; nothing is installed."""
    stick = tmp_path / "stick"
    stick.mkdir()
    path = save(Report().line(server.url), None, TRUST, stick, Fast())
    assert path.name == bundle_name(server.root) and path.read_bytes() == new()
    path = save(Report().line(server.url), kb, TRUST, stick / "next.zip", Fast())
    assert path.name == "next.zip" and in_use(kb) == OLD
    install(kb, path.read_bytes())
    assert in_use(kb) == NEW
    assert sorted(each.name for each in stick.iterdir()) == [
        "next.zip",
        bundle_name(server.root),
    ]


@pytest.mark.parametrize(
    "error", [Killed(), OSError(errno.ENOSPC, "no space")], ids=["killed", "full"]
)
def test_ended_at_any_act(error: BaseException, server: Server, tmp_path: Path) -> None:
    """Wherever the machine ends the work, what is in use is whole, and the next try ends it."""
    template = tmp_path / "template"
    install(template, signed(OLD | {"more.txt": b"more"}))
    chance = random.Random(3)
    for acts in range(1, 40, 2):
        folder = tmp_path / str(acts)
        shutil.copytree(template, folder)
        before = in_use(folder)
        server.faults, server.spoils = [network.cut(chance.random())] * 3, ".zip"
        with suppress(type(error)):
            fetch(Report().line(server.url), folder, TRUST, Failing(acts, error))
        assert in_use(folder) in (before, NEW)
        get(server.url, folder)
        assert in_use(folder) == NEW and begun(folder) == []


def test_a_folder_of_others(server: Server, tmp_path: Path) -> None:
    """Where something else lies nothing is fetched at all."""
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(RefusedError, match="holds something else"):
        get(server.url, tmp_path)
    assert server.asked == [] and [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]


def test_nobody_to_trust(server: Server, tmp_path: Path) -> None:
    """The first time a key has to be given: that is said before anything is asked for."""
    line = Report().line(server.url)
    with pytest.raises(RefusedError, match="give the key"):
        fetch(line, tmp_path / "kb", Trust(()), Fast())
    assert server.asked == []


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_out_of_the_folder(server: Server, tmp_path: Path) -> None:
    """Nothing is written where `versions` is a link to another place."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb/versions").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RefusedError, match="link to another place"):
        get(server.url, tmp_path / "kb")
    assert list((tmp_path / "elsewhere").iterdir()) == []
    (tmp_path / "kb/versions").unlink()
    (tmp_path / "kb/versions").mkdir()
    (tmp_path / "elsewhere/diary").write_bytes(b"")
    index = read_index((server.root / INDEX).read_bytes())
    begun = tmp_path / f"kb/versions/{index.offers[0].held.sha256}.download"
    begun.symlink_to(tmp_path / "elsewhere/diary")
    get(server.url, tmp_path / "kb")
    assert (tmp_path / "elsewhere/diary").read_bytes() == b"" and not begun.exists()


def test_python_alone_fetches(tmp_path: Path) -> None:
    """`kb-update.py` with nothing but Python fetches the bundle; it goes on where it was cut."""
    first, then = OLD | with_applier(), NEW | with_applier()
    program = tmp_path / APPLIER
    program.write_bytes(with_applier()[APPLIER])
    publish(tmp_path / "www", signed(first), signed(then, days=1))
    install(tmp_path / "kb", signed(first))
    with serving(tmp_path / "www") as server:
        server.spoils, server.faults = ".zip", [network.cut(0.5)]
        command = [sys.executable, "-I", "-S", tmp_path / "kb" / APPLIER, "--from", server.url]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stderr
        assert "are here; next try in 1 s" in done.stdout and "in use: quay" in done.stdout
        assert server.asked[-1][1] is not None
    assert in_use(tmp_path / "kb") == then
    done = subprocess.run(
        [sys.executable, "-I", "-S", program, "--from", server.url, "--tries", "1", "--to", "x"],
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 3 and "run this again" in done.stderr
    assert not (tmp_path / "x").exists()
