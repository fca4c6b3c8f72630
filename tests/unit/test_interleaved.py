"""Handbooks of several languages or volumes, their marks and their exercises, down to the PDF."""

from __future__ import annotations

import re
import shutil
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from generator import printing
from generator.engines.typst import Printed
from generator.knowledge import KnowledgeBase
from generator.loading import load
from generator.outputs.handbook import Handbook, Pages
from generator.pdf.places import places
from generator.printing import handbooks, make_handbooks
from generator.settings import Settings
from tests.conftest import FULL, TODAY
from tests.pdf import pages_of

pytestmark = pytest.mark.engine


def load_with(root: Path, **sites: str) -> KnowledgeBase:
    """Return the full sample, its sites' fields replaced: `mill="edition: internal"`."""
    shutil.copytree(FULL, root, dirs_exist_ok=True)
    for id, fields in sites.items():
        path = root / "kb" / "sites" / f"{id}.yml"
        text = path.read_text("utf-8")
        for field in fields.splitlines():
            name = field.partition(":")[0]
            text = re.sub(rf"(?m)^{name}:.*\n", "", text) + field + "\n"
        path.write_text(text, "utf-8")
    loaded = load(Settings(root, TODAY))
    assert loaded.knowledge is not None, loaded.findings
    return loaded.knowledge


def made(knowledge: KnowledgeBase, site: str, limit: int = 300) -> dict[str, bytes]:
    """Return the files of a site's handbooks by name; nothing is wrong with them."""
    assert all(each.findings == () for each in make_handbooks(knowledge, (site,), limit=limit))
    folder = knowledge.settings.build / "handbooks"
    return {path.name: path.read_bytes() for path in folder.glob("*.pdf")}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return an internal handbook in three languages, in one volume."""
    knowledge = load_with(
        tmp_path_factory.mktemp("whole"),
        mill="edition: internal\nhandbook: {interleaved: true, exercises: 3}",
    )
    return made(knowledge, "mill")


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the same in volumes of at most 15 leaves."""
    knowledge = load_with(
        tmp_path_factory.mktemp("cut"),
        mill="edition: internal\nhandbook: {interleaved: true, exercises: 3}",
    )
    return made(knowledge, "mill", 15)


def test_one_volume_holds_all_languages(whole: dict[str, bytes]) -> None:
    """A record is followed by itself in the site's other languages, each with its own place."""
    assert set(whole) == {"mill.pdf", "mill-booklet.pdf"}
    found = places(whole["mill.pdf"])
    assert found["th-PRN-0001"] < found["en-PRN-0001"] < found["zh-PRN-0001"]
    assert found["zh-PRN-0001"] < min(found[f"{each}-PRN-0002"] for each in ("th", "en", "zh"))
    for way in ("words", "contents", "emergency"):
        assert len({found[f"{each}-way-{way}"] for each in ("th", "en", "zh")}) == 3


def test_what_a_language_lacks_is_printed_once(whole: dict[str, bytes], tmp_path: Path) -> None:
    """A record without a translation stands there once, and says so to those who would read it."""
    found = places(whole["mill.pdf"])
    assert {"zh-PRN-0003", "en-PRN-0003"} < set(found) and "th-PRN-0003" not in found
    knowledge = load_with(tmp_path, mill="handbook: {interleaved: true}")
    (book,) = handbooks(knowledge, knowledge.sites["mill"].record)
    passages = [each for each in book.manuscript().passages if each.stands_in]
    (english, chinese) = (each for each in passages if '"id":"PRN-0003"' in each.text)
    for text in (english.text, english.stands_in):
        assert text.startswith('#speaking("en")[') and '#label("th-PRN-0003")' in text
    assert "#label(" not in chinese.text


def test_every_passage_says_its_language(whole: dict[str, bytes]) -> None:
    """The document speaks the first language, passages in others are marked."""
    with pikepdf.open(BytesIO(whole["mill.pdf"])) as pdf:
        assert str(pdf.Root.Lang).startswith("th")
        marked = {
            str(each.Lang)[:2]
            for each in pdf.objects
            if isinstance(each, pikepdf.Dictionary) and "/Lang" in each and "/S" in each
        }
        with pdf.open_outline() as outline:
            titles = [child.title for root in outline.root for child in root.children]
            roots = [root.title for root in outline.root]
    assert {"en", "zh"} <= marked
    assert sum("PRN-0001" in title for title in titles) == 3
    assert len(roots) == len(set(roots))


def test_the_page_of_another_volume_is_named(cut: dict[str, bytes]) -> None:
    """Registers cover all volumes, and each page that one names of another is right."""
    volumes = {
        int(name[5:-4]): content
        for name, content in cut.items()
        if re.fullmatch(r"mill-\d\.pdf", name)
    }
    assert sorted(volumes) == list(range(1, len(volumes) + 1)) and len(volumes) > 1
    where = {number: places(content) for number, content in volumes.items()}
    named = 0
    for number, content in volumes.items():
        text = "\n".join(pages_of(content, with_artifacts=True))
        assert f"{len(volumes)}" in text.split("\n")[0]
        # in a register the next line's text follows the page at once, and may begin with a figure
        told = re.findall(r"([A-Z]+-\d{4})vol\.(\d)(\d+)", text)
        seen = re.findall(r"\(([A-Z]+-\d{4}),volume(\d),page(\d+)\)", text)
        for id, volume, page in (*told, *seen):
            right = {where[int(volume)].get(f"{each}-{id}") for each in ("th", "en", "zh")}
            assert int(volume) != number
            assert any(page.startswith(str(each)) for each in right if each)
        named += len(told) + len(seen)
    assert named > 10


def test_every_page_says_who_may_read_it(
    whole: dict[str, bytes], cut: dict[str, bytes], tmp_path: Path
) -> None:
    """Each page of a restricted edition is marked in each language, in the booklet too; a public
    one carries no mark."""
    mark = "\u0e20\u0e32\u0e22\u0e43\u0e19\u00b7Internal\u00b7\u5185\u90e8"
    for name, content in (whole | cut).items():
        texts = pages_of(content, with_artifacts=True)
        if "booklet" in name:
            plain = name.replace("-booklet", "")
            assert sum(text.count(mark) for text in texts) == len(
                pages_of((whole | cut)[plain], with_artifacts=True)
            )
        else:
            assert [text.count(mark) for text in texts] == [1] * len(texts)
    public = made(load_with(tmp_path, quay="handbook: {interleaved: true}"), "quay")
    assert set(public) == {"quay.pdf", "quay-booklet.pdf"}
    (_, *after) = pages_of(public["quay.pdf"], with_artifacts=True)
    assert not any("\u516c\u5f00" in page and "Public" in page for page in after)


def test_answers_name_the_page(whole: dict[str, bytes]) -> None:
    """The exercises' answers stand at the very back, in each language, and name the right pages."""
    found, pages = places(whole["mill.pdf"]), pages_of(whole["mill.pdf"], with_artifacts=True)
    assert found["zh-way-answers"] == len(pages)
    assert max(found[f"{each}-way-exercises"] for each in ("th", "en", "zh")) < len(pages) - 3
    for language in ("th", "en", "zh"):
        page = pages[found[f"{language}-way-answers"] - 1]
        answered = re.findall(r"([A-Z]+-\d{4})(\d+)", page)
        assert len(answered) == 2, "only two cases are there in all three languages"
        for id, number in answered:
            assert number.startswith(str(found[f"{language}-{id}"]))


def test_a_page_that_does_not_come_to_rest_is_not_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Volumes are set again while pages move, and in the end without pages rather than wrong."""
    asked: list[int | None] = []

    def set_once(book: Handbook, pages: Pages) -> Printed:
        asked.append(pages("zh-PRN-0001"))
        return Printed(b"%d" % len(asked), ())

    monkeypatch.setattr(printing, "_set", set_once)
    monkeypatch.setattr(printing, "places", lambda pdf: {"zh-PRN-0001": int(pdf)})
    knowledge = load_with(tmp_path)
    books = [each for it in knowledge.sites.values() for each in handbooks(knowledge, it.record, 4)]
    book = next(each for each in books if len(each.held) == 2)
    assert set(printing._printed(book)) == {each.name for each in book.volumes}
    assert asked[-2:] == [None, None] and None not in asked[:-2]
    assert len(asked) == 2 * (printing.TURNS + 1)


def test_volumes_are_known_before_they_are_made(tmp_path: Path) -> None:
    """Every volume has a name of its own, and holds records that no other does."""
    knowledge = load_with(tmp_path, mill="edition: internal")
    books = list(handbooks(knowledge, knowledge.sites["mill"].record, 4))
    assert [book.name for book in books[:2]] == ["mill-th-1", "mill-th-2"]
    chinese = [book for book in books if book.language == "zh"]
    held = [id for book in chinese for id in book.here]
    assert sorted(held) == sorted(chinese[0].edition.ids) and len(set(held)) == len(held)
