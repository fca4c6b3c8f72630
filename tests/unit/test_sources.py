"""Walking `kb/`: what is taken, what is left, what is complained about."""

from __future__ import annotations

import os

import pytest

from generator.findings import CODES
from generator.sources import gather
from tests.conftest import KbFrom

CASE = "kb/cases/printing/PRN-0001.yml"


def test_files_come_in_one_order(kb_from: KbFrom) -> None:
    """Sources are sorted by path, in every run and on every machine."""
    root = kb_from({f"kb/cases/{name}.yml": "a: b" for name in ("z/1", "a/2", "a/1", "m")}).root
    paths = [source.path for source in gather(root).sources if "cases" in source.path]
    assert paths == ["kb/cases/a/1.yml", "kb/cases/a/2.yml", "kb/cases/m.yml", "kb/cases/z/1.yml"]


def test_hidden_files_and_backups_are_left(kb_from: KbFrom) -> None:
    """Files of editors and systems (`.name`, `name~`) are passed over in silence."""
    gathered = gather(
        kb_from({"kb/.DS_Store": b"\0", "kb/cases/a.yml~": "x", "kb/.git/x.yml": ""}).root
    )
    assert gathered.findings == ()
    assert not [source for source in gathered.sources if "cases" in source.path]


def test_pictures_are_named_from_kb(kb_from: KbFrom) -> None:
    """A picture is known by its path below `kb/`, as records name it."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2"/>'
    gathered = gather(kb_from({"kb/images/b.svg": svg, "kb/images/a.SVG": svg}).root)
    assert [picture.name for picture in gathered.pictures] == ["images/a.SVG", "images/b.svg"]
    assert {(picture.width, picture.height) for picture in gathered.pictures} == {(3, 2)}
    assert gathered.findings == ()


def test_line_ends_and_marks_are_taken_off(kb_from: KbFrom) -> None:
    """The text of a source has LF line ends and no byte order mark, and is told so."""
    gathered = gather(kb_from({CASE: "\ufeffa: b\r\nc: d\r\n"}).root)
    source = next(source for source in gathered.sources if source.path == CASE)
    assert source.text == "a: b\nc: d\n"
    assert [finding.code for finding in gathered.findings] == ["KB104", "KB105"]


def test_place_of_a_wrong_byte(kb_from: KbFrom) -> None:
    """A byte that is not UTF-8 is told with its line and column."""
    finding = gather(kb_from({CASE: b"a: b\nc: \xff\n"}).root).findings[0]
    assert (finding.code, finding.location.line, finding.location.column) == ("KB101", 2, 4)


def test_largest_file_that_passes(kb_from: KbFrom) -> None:
    """A record of exactly 1 MB is read, one byte more is not; neither is opened to find out."""
    root = kb_from({CASE: b"#" * 2**20, CASE.replace("1", "2"): b"#" * (2**20 + 1)}).root
    assert [finding.location.path[-8:] for finding in gather(root).findings] == ["0002.yml"]


@pytest.mark.skipif(os.name != "posix", reason="needs symbolic links and pipes")
def test_links_and_special_files(kb_from: KbFrom) -> None:
    """A link inside kb/ is followed; a link to a folder and a pipe are told, and nothing hangs."""
    root = kb_from({CASE: "a: b"}).root
    folder = root / "kb" / "cases" / "printing"
    (folder / "PRN-0002.yml").symlink_to("PRN-0001.yml")
    (folder / "PRN-0003.yml").symlink_to(folder, target_is_directory=True)
    (folder / "loop").symlink_to(root / "kb", target_is_directory=True)
    os.mkfifo(folder / "PRN-0004.yml")
    gathered = gather(root)
    told = {finding.location.path.rsplit("/", 1)[-1]: finding.code for finding in gathered.findings}
    assert told == {"PRN-0003.yml": "KB103", "loop": "KB103", "PRN-0004.yml": "KB107"}
    assert any(source.path.endswith("PRN-0002.yml") for source in gathered.sources)


def test_folders_as_deep_as_a_system_allows(kb_from: KbFrom) -> None:
    """A hundred folders inside each other are walked without recursion."""
    deep = "kb/cases/" + "a/" * 600 + "x.yml"
    gathered = gather(kb_from({deep: "a: b"}).root)
    assert [source.path for source in gathered.sources if "cases" in source.path] == [deep]


def test_paths_in_findings_can_be_printed(kb_from: KbFrom) -> None:
    """A path with a character that cannot be shown is told with that character's code."""
    gathered = gather(kb_from({"kb/cases/a\u202egnp.yml": "a: b"}).root)
    assert gathered.findings[0].location.path == "kb/cases/a\\u202egnp.yml"
    assert gathered.findings[0].code in CODES
