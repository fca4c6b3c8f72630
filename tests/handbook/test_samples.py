"""Small books: tables longer than a page, commands longer than a line, words that no font shows."""

from __future__ import annotations

import json
import re
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from generator.model import Paper
from tests.conftest import SMALL, KbFrom
from tests.handbook.books import Volume, bound, knowledge_at
from tests.handbook.hostile import SITE
from tests.pdf import pages_of

pytestmark = pytest.mark.engine

COMMAND = " ".join(f"--option-{number}=C:\\Temp\\{'x' * number}" for number in range(1, 16))
ROWS = 60


def _case(**fields: Any) -> str:
    made = {
        "id": "PRN-0001",
        "title": "打印机脱机",
        "issue_type": "printing",
        "audience": "internal",
        "issue": {"symptoms": ["打不出来"], "asked_as": ["不出纸"]},
        "resolution": "好了",
    }
    return json.dumps(made | fields, ensure_ascii=False)


def _volume(kb_from: KbFrom, files: dict[str, str | bytes], paper: str = "A4") -> Volume:
    site = json.dumps(SITE | {"languages": ["zh", "en"]}, ensure_ascii=False)
    settings = kb_from({"kb/sites/far-mine.yml": site} | files)
    knowledge = knowledge_at(settings)
    language = "en" if any(name.endswith(".en.yml") for name in files) else "zh"
    return bound(knowledge, "far-mine", language, settings.root, Paper(paper))


@pytest.mark.parametrize("paper", ["A4", "A5"])
def test_tables_say_their_heads_on_each_page(paper: str, kb_from: KbFrom) -> None:
    """A table of Markdown and one of parameters, both longer than a page."""
    table = "| 头一 | 头二 |\n| --- | --- |\n" + "".join(
        f"| 行{row} | 值{row} |\n" for row in range(ROWS)
    )
    parameters = [
        {"name": f"name-{row}", "value": str(row), "where": "面板", "effect": "更慢"}
        for row in range(ROWS)
    ]
    case = _case(resolution=table, parameters=parameters)
    book = _volume(kb_from, {"kb/cases/printing/PRN-0001.yml": case}, paper)
    with pikepdf.open(BytesIO(book.pdf)) as pdf:
        heads = sum(each.get("/S") == "/THead" for each in pdf.objects if _is_tag(each))
    assert heads >= 2
    shown = ["".join(_every(book, page)) for page in range(len(book.words))]
    for first, head in (("行", "头一"), ("name-", "名称")):
        pages = [text for text in shown if re.search(rf"{first}\d", text)]
        assert len(pages) > 1 and all(head in text for text in pages)


def _is_tag(each: pikepdf.Object) -> bool:
    return isinstance(each, pikepdf.Dictionary) and "/S" in each


def _every(book: Volume, page: int) -> list[str]:
    return [word.text for word in book.words[page]]


@pytest.mark.parametrize("paper", ["A4", "A5"])
def test_long_commands_wrap_with_a_mark(paper: str, kb_from: KbFrom) -> None:
    """Every letter is there in order, in lines that fit, and each further line has a bent arrow."""
    steps = [{"action": "跑命令", "command": {"shell": "bash", "run": COMMAND}}]
    case = _case(handling={"L2": {"steps": steps}})
    book = _volume(kb_from, {"kb/cases/printing/PRN-0001.yml": case}, paper)
    assert len(COMMAND) > 300
    assert COMMAND.replace(" ", "") in "".join(pages_of(book.pdf))
    page = book.begins["PRN-0001"]
    lines = {round(word.y) for word in book.words[page - 1] if "option-" in word.text}
    with pikepdf.open(BytesIO(book.pdf)) as pdf:
        content = pdf.pages[page - 1].Contents.read_bytes()
        width = float(pdf.pages[page - 1].mediabox[2])
    assert all(word.x < width for word in book.words[page - 1])
    # two strokes: down and right, then the head of the arrow
    arrows = re.findall(rb"m [-\d. ]+ l [-\d. ]+ l [-\d. ]+ m [-\d. ]+ l [-\d. ]+ l\s*S", content)
    assert len(arrows) >= len(lines) - 1 > 2


def test_what_fonts_lack_is_found_wherever_it_stands(kb_from: KbFrom) -> None:
    """A vocabulary, the settings, callers' words, a translation, a site and its translation."""
    types = (SMALL / "kb/vocabulary/issue_types.yml").read_text("utf-8")
    settings = (SMALL / "kb/settings.yml").read_text("utf-8")
    files: dict[str, str | bytes] = {
        "kb/vocabulary/issue_types.yml": types.replace("Printers", "Printers 🖨"),
        "kb/settings.yml": settings.replace("Example Support", "Example Support 🏢"),
        "kb/cases/printing/PRN-0001.yml": _case(issue={"symptoms": ["一"], "asked_as": ["二🧻"]}),
        "kb/cases/printing/PRN-0001.en.yml": 'title: "Printer offline 🔌"\n',
        "kb/sites/far-mine.en.yml": "name: Far mine\nnever:\n  - Never 🛑\n",
    }
    book = _volume(kb_from, files)
    told = {(str(each.location), each.message[-9:]) for each in book.printed.findings}
    assert told == {
        ("kb/vocabulary/issue_types.yml:4:37", "(U+1F5A8)"),
        ("kb/settings.yml:2:46", "(U+1F3E2)"),
        ("kb/cases/printing/PRN-0001.yml:1:132", "(U+1F9FB)"),
        ("kb/cases/printing/PRN-0001.en.yml:1:25", "(U+1F50C)"),
        ("kb/sites/far-mine.en.yml:3:11", "(U+1F6D1)"),
    }
