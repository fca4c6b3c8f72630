"""A site's handbook, from records to PDF."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import yaml
import zxingcpp

from generator.books import fonts
from generator.engines.typst import Printed, compile_pdf
from generator.history import NO_STAMP, History
from generator.knowledge import KnowledgeBase, join
from generator.outputs.handbook import WORDS, Handbook
from generator.records import file_all
from generator.settings import PACKAGE, Settings
from generator.sources import gather

KbFrom = Callable[[Mapping[str, str | bytes]], Settings]
TEMPLATES = PACKAGE.parent / "templates" / "handbook"
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
HOSTILE = {
    "typst": '#read("/etc/passwd") "); panic("x"); (" $x$ <label> @see *b* _i_ `#eval("1")`',
    "typst fence": "```typ\n#panic(1)\n```\n\n\\#panic(2) \\u{41}",
    "html": "<script>alert(1)</script> <img src=x onerror=y> &lt;b&gt;",
    "pdf": ") Tj ET endstream endobj (/JavaScript) >> << /OpenAction",
    "emoji": "好👍🏽 👨‍👩‍👧 ☎️ 𓀀",
    "long word": "x" * 500 + " " + "A/" * 200,
    "long chinese": "网" * 500,
    "deep list": "\n".join("  " * depth + f"- 层 {depth}" for depth in range(30)),
    "ragged table": "| a | b |\n|---|---|\n| 1 |\n| 1 | 2 | 3 |",
    "wide table": "|x" * 12 + "|\n" + "|---" * 12 + "|\n" + "|长文字x" * 12 + "|",
    "headings": "###### six\n\n# one\n\n### three",
    "link": "[x](javascript:alert(1)) [y](https://example.com/a?b=c&d=(e)) <https://example.com>",
    "references": "[[PRN-0001]] [[PRN-9999]] [[XX-1]]",
    "only marks": "**",
    "quotes": '"\\"\\\\" \' “” „“ «»',
    "thai": "ห้ามปิดเครื่องเด็ดขาด" * 30,
    "rules": "---\n\n***\n\n> quote\n>> deeper",
}  # fmt: skip


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


def handbook(settings: Settings) -> Handbook:
    """Return the handbook of the only site; the interface speaks English."""
    knowledge = load(settings)
    site = next(iter(knowledge.sites.values())).record
    return Handbook(knowledge, site, site.languages[0], str, TEMPLATES)


def load(settings: Settings) -> KnowledgeBase:
    """Return a knowledge base as it is, whatever the checks would say of it."""
    gathered = gather(settings.root)
    filing = file_all(gathered.sources, {}, gathered.unread)
    knowledge, _ = join(settings, filing, gathered.pictures, History({}, NO_STAMP))
    assert knowledge is not None, filing.findings
    return knowledge


def printed(book: Handbook, scratch: Path) -> Printed:
    """Return the PDF of a handbook with every finding on the way."""
    manuscript, missing = fonts.mended(book.manuscript(), fonts.covered())
    made = compile_pdf(manuscript, fonts.folders(), scratch)
    return Printed(made.pdf, (*missing, *made.findings))


def text_of(pdf: bytes, folder: Path) -> str:
    """Return the text of a PDF without white space; skips where poppler is missing."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    (folder / "read.pdf").write_bytes(pdf)
    command = ["pdftotext", "-raw", "-nopgbrk", str(folder / "read.pdf"), "-"]
    found = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    return re.sub(r"\s+", "", found)


@pytest.fixture
def site_from(kb_from: KbFrom) -> Callable[..., Settings]:
    """Return a function that writes a knowledge base of these cases and one site."""

    def write(*cases: dict[str, object], **files: str | bytes) -> Settings:
        written: dict[str, str | bytes] = {
            f"kb/cases/printing/{each['id']}.yml": yaml.safe_dump(each, allow_unicode=True)
            for each in cases
        }
        written["kb/sites/far-mine.yml"] = yaml.safe_dump(SITE, allow_unicode=True)
        return kb_from(written | {f"kb/images/{name}": held for name, held in files.items()})

    return write


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_texts_are_only_set(
    kind: str, site_from: Callable[..., Settings], tmp_path: Path
) -> None:
    """Whatever a field says, the record is set and nothing of it is executed."""
    text = HOSTILE[kind]
    step = {"action": text, "expect": text, "otherwise": text, "danger": text}
    command = {"command": {"shell": "bash", "run": text}}
    made = printed(
        handbook(
            site_from(
                case(
                    "PRN-0001",
                    title=text.split("\n")[0],
                    issue={"symptoms": [text], "error_codes": [text], "asked_as": [text]},
                    handling={"L1": {"steps": [step | command], "say": text, "tools": [text]}},
                    cause=text,
                    resolution=text,
                    parameters=[{"name": text, "value": text, "where": text, "effect": text}],
                )
            )
        ),
        tmp_path / "scratch",
    )
    assert made.pdf is not None
    assert {finding.code for finding in made.findings} <= {"KB902"}
    assert "root:" not in text_of(made.pdf, tmp_path)


def test_missing_characters_cost_only_themselves(
    site_from: Callable[..., Settings], tmp_path: Path
) -> None:
    """A character without a picture is replaced, and the finding names the place of it."""
    book = handbook(site_from(case("PRN-0001", resolution="好👍了")))
    made = printed(book, tmp_path / "scratch")
    (finding,) = made.findings
    assert (finding.code, finding.location.path) == ("KB902", "kb/cases/printing/PRN-0001.yml")
    assert "U+1F44D" in finding.message
    assert made.pdf is not None and "好□了" in text_of(made.pdf, tmp_path)


def test_pictures_are_set_and_broken_ones_cost_only_themselves(
    site_from: Callable[..., Settings], tmp_path: Path
) -> None:
    """A picture that cannot be read is a finding; the record and the others stay."""
    good = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
    steps = [
        {"action": f"看图{name}", "image": f"images/{name}", "alt": "一张图"}
        for name in ("good.svg", "broken.png", "missing.png")
    ]
    settings = site_from(
        case("PRN-0001", handling={"L1": {"steps": steps}}),
        **{"good.svg": good, "broken.png": b"\x89PNG\r\n\x1a\nnot a picture"},
    )
    made = printed(handbook(settings), tmp_path / "scratch")
    assert [(each.code, each.location.path) for each in made.findings] == [
        ("KB901", "kb/images/broken.png")
    ]
    assert made.pdf is not None
    text = text_of(made.pdf, tmp_path)
    assert text.index("看图good.svg") < text.index("看图broken.png") < text.index("看图missing.png")


def test_a_record_that_cannot_be_set_costs_only_itself(
    site_from: Callable[..., Settings], tmp_path: Path
) -> None:
    """The faulty record ends in a finding, the others and references to it stay."""
    book = handbook(
        site_from(
            case("PRN-0001", resolution="第一条"),
            case("PRN-0002", resolution="第二条，见 [[PRN-0001]]"),
            case("PRN-0003", resolution="第三条"),
        )
    )
    manuscript = book.manuscript()
    passages = tuple(
        type(each)('#panic("broken")', each.sources, each.stands_in)
        if each.stands_in and each.sources[0].path.endswith("PRN-0001.yml")
        else each
        for each in manuscript.passages
    )
    broken = type(manuscript)(
        manuscript.path, passages, manuscript.files, manuscript.options, manuscript.time
    )
    made = compile_pdf(broken, fonts.folders(), tmp_path / "scratch")
    assert [(each.code, each.location.path) for each in made.findings] == [
        ("KB901", "kb/cases/printing/PRN-0001.yml")
    ]
    assert made.pdf is not None
    text = text_of(made.pdf, tmp_path)
    assert "第一条" not in text and "第二条" in text and "第三条" in text


def test_a_broken_frame_is_a_finding(site_from: Callable[..., Settings], tmp_path: Path) -> None:
    """Where nothing can be made, there is a finding and no PDF."""
    manuscript = handbook(site_from(case("PRN-0001"))).manuscript()
    broken = type(manuscript)(
        manuscript.path,
        (type(manuscript.passages[0])("#nothing-of-the-kind"),),
        manuscript.files,
        manuscript.options,
        manuscript.time,
    )
    made = compile_pdf(broken, fonts.folders(), tmp_path / "scratch")
    assert made.pdf is None
    assert [each.code for each in made.findings] == ["KB901"]


def test_same_input_same_bytes(site_from: Callable[..., Settings], tmp_path: Path) -> None:
    """Two runs in two folders give the same bytes and the same key."""
    settings = site_from(case("PRN-0001", resolution="见 [[PRN-0002]]"), case("PRN-0002"))
    first, second = handbook(settings), handbook(settings)
    one, other = printed(first, tmp_path / "one"), printed(second, tmp_path / "two" / "deep")
    assert one.pdf is not None and one.pdf == other.pdf
    assert first.key("tool") == second.key("tool") != first.key("other tool")


def test_the_key_follows_the_records(site_from: Callable[..., Settings]) -> None:
    """Another text in a record is another key."""
    settings = site_from(case("PRN-0001", resolution="甲"))
    before = handbook(settings).key()
    path = settings.kb / "cases" / "printing" / "PRN-0001.yml"
    path.write_text(path.read_text("utf-8").replace("甲", "乙"), "utf-8")
    assert handbook(settings).key() != before


def test_the_key_follows_titles_of_other_sections(site_from: Callable[..., Settings]) -> None:
    """A reference says another record's title, also where that record is not in the handbook."""
    other = case("NET-0001", issue_type="network", title="没网")
    settings = site_from(case("PRN-0001", resolution="见 [[NET-0001]]"), other)
    before = handbook(settings).key()
    path = settings.kb / "cases" / "printing" / "NET-0001.yml"
    path.write_text(path.read_text("utf-8").replace("没网", "断网"), "utf-8")
    assert handbook(settings).key() != before


def test_the_pdf_says_what_it_is(site_from: Callable[..., Settings], tmp_path: Path) -> None:
    """Title, language and tags are there, every font is embedded, and bookmarks lead to records."""
    made = printed(handbook(site_from(case("PRN-0001"))), tmp_path / "scratch")
    assert made.pdf is not None
    (tmp_path / "it.pdf").write_bytes(made.pdf)
    with pikepdf.open(tmp_path / "it.pdf") as pdf:
        assert str(pdf.Root.Lang).startswith("zh")
        assert bool(pdf.Root.MarkInfo.Marked)
        assert "远矿" in str(pdf.docinfo["/Title"])
        with pdf.open_outline() as outline:
            titles = [child.title for root in outline.root for child in root.children]
    assert any("PRN-0001" in title for title in titles)


def test_page_references_name_the_page(site_from: Callable[..., Settings], tmp_path: Path) -> None:
    """A reference says the page on which the other record begins."""
    book = handbook(
        site_from(case("PRN-0001", resolution="见 [[PRN-0002]]"), case("PRN-0002", title="另一条"))
    )
    made = printed(book, tmp_path / "scratch")
    assert made.pdf is not None
    said = re.search(r"另一条\(PRN-0002,page(\d+)\)", text_of(made.pdf, tmp_path))
    assert said is not None
    with pikepdf.open(tmp_path / "read.pdf") as pdf, pdf.open_outline() as outline:
        pages = [page.obj.objgen for page in pdf.pages]
        found = [
            pages.index(_target(pdf, child).objgen) + 1
            for root in outline.root
            for child in root.children
            if "PRN-0002" in child.title
        ]
    assert found == [int(said.group(1))]


def test_every_way_in_leads_to_the_page(site_from: Callable[..., Settings], tmp_path: Path) -> None:
    """What callers say, a code and a product each name the page on which the case begins."""
    found = {
        "issue": {"symptoms": ["打不出来"], "error_codes": ["E-42"], "asked_as": ["不出纸"]},
        "environment": {"platforms": ["windows"]},
    }
    book = handbook(site_from(case("PRN-0001"), case("PRN-0002", **found)))
    made = printed(book, tmp_path / "scratch")
    assert made.pdf is not None
    text = text_of(made.pdf, tmp_path)
    page = re.search(r"PRN-0002打印机脱机(\d+)", text)
    assert page is not None, "the contents"
    for said in ("不出纸", "E-42"):
        assert f"{said}PRN-0002{page.group(1)}" in text
    order = [text.index(each) for each in ("Starthere", "绝不停风机")]
    assert order == sorted(order)


def test_the_code_on_paper_leads_to_the_page_online(
    site_from: Callable[..., Settings], tmp_path: Path
) -> None:
    """Read from a picture of 150 dpi, a record's code is the address of its page; without an
    address of the edition there is none."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm (poppler-utils) is not installed")
    settings = site_from(case("PRN-0001"), case("PRN-0002", title="很长的标题" * 12))
    assert _codes(handbook(settings), tmp_path) == []
    path = settings.kb / "settings.yml"
    known = yaml.safe_load(path.read_text("utf-8"))
    for edition in known["editions"]:
        edition["base_url"] = f"https://{edition['id']}.example/under/"
    path.write_text(yaml.safe_dump(known, allow_unicode=True), "utf-8")
    assert _codes(handbook(settings), tmp_path) == [
        f"https://internal.example/under/zh/cases/PRN-000{number}.html" for number in (1, 2)
    ]


def _codes(book: Handbook, folder: Path) -> list[str]:
    """Return what the QR codes of a handbook say, page by page, read from pictures of 150 dpi."""
    made = printed(book, folder / "scratch")
    assert made.pdf is not None and made.findings == ()
    (folder / "coded.pdf").write_bytes(made.pdf)
    pictures = folder / "pictures"
    shutil.rmtree(pictures, ignore_errors=True)
    pictures.mkdir()
    command = ["pdftoppm", "-gray", "-r", "150", str(folder / "coded.pdf"), str(pictures / "page")]
    subprocess.run(command, capture_output=True, check=True)
    found = []
    for path in sorted(pictures.iterdir()):
        _, size, _, pixels = path.read_bytes().split(b"\n", 3)
        width, height = map(int, size.split())
        picture = memoryview(pixels).cast("B", shape=[height, width])
        found += [each.text for each in zxingcpp.read_barcodes(picture)]
    return found


def _target(pdf: pikepdf.Pdf, item: pikepdf.OutlineItem) -> Any:
    """Return the page that a bookmark leads to."""
    found: Any = item.destination
    if found is None:
        assert item.action is not None
        found = item.action.D
    if not isinstance(found, pikepdf.Array):
        found = pikepdf.NameTree(pdf.Root.Names.Dests)[str(found)]
        found = found if isinstance(found, pikepdf.Array) else found.D
    return found[0]


def test_the_templates_use_no_other_words() -> None:
    """Every word that a template says is in the list that is handed over."""
    used = {
        word
        for path in TEMPLATES.glob("*.typ")
        for word in re.findall(r'words\.at\("([^"]+)"\)', path.read_text("utf-8"))
    }
    assert used <= {*WORDS, "tier "}
