"""New records, new translations, stamps."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from generator import model, scaffolds
from generator.documents import parse
from generator.history import Change, History
from generator.knowledge import KnowledgeBase
from generator.loading import load
from generator.records import Filed
from generator.scaffolds import Scaffold, WrongUseError
from generator.settings import Settings
from generator.sources import Source
from generator.translations import text_digest
from generator.writing import replace
from tests.conftest import SAMPLES, TODAY, KbFrom

TEMPLATES = Path(__file__).parents[2] / "templates" / "new"
MODELS: dict[str, type[model.Part]] = {
    "case": model.Case,
    "runbook": model.Runbook,
    "guide": model.Guide,
    "site": model.Site,
}
NASTY = [
    '打印: "慢" #1',
    "- a",
    "{x}",
    "'",
    "a\nconfidence: validated",
    "$id",
    "C:\\Windows",
    "@`%!&*",
]


def knowledge(settings: Settings) -> KnowledgeBase:
    """Return a knowledge base that has to be there."""
    found = load(settings).knowledge
    assert found is not None
    return found


def put(settings: Settings, *made: Scaffold) -> None:
    """Write scaffolds where they belong."""
    for scaffold in made:
        replace(settings.root / scaffold.path, scaffold.content)


def in_english(settings: Settings) -> Settings:
    """Return the same project with English as the language of its records."""
    path = settings.kb / "settings.yml"
    path.write_text(
        path.read_text("utf-8").replace("source_language: zh", "source_language: en"), "utf-8"
    )
    return settings


@pytest.mark.parametrize("title", NASTY)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_new_records_pass(title: str, language: str, kb_from: KbFrom) -> None:
    """Every new record passes validation but for warnings, and its title is what was said."""
    settings = kb_from({}) if language == "zh" else in_english(kb_from({}))
    base = knowledge(settings)
    put(
        settings,
        scaffolds.new_case(base, "printing", title),
        scaffolds.new_runbook(base, "printing", title),
        scaffolds.new_guide(base, "printing", title),
        scaffolds.new_site(base, "mill", title),
    )
    loaded = load(settings)
    assert not loaded.has_errors, loaded.findings
    made = knowledge(settings)
    assert made.records.keys() == {"PRN-0001", "RB-0001", "GD-0001"}
    titles = {filed.record.title for filed in made.records.values()}
    assert titles == {" ".join(title.split())}
    assert {filed.record.confidence for filed in made.records.values()} == {model.Confidence.WIP}


@pytest.mark.parametrize("path", sorted(TEMPLATES.iterdir()), ids=lambda path: path.name)
def test_templates_name_every_field(path: Path) -> None:
    """A template shows every field of its record, so that nobody has to look them up."""
    record = MODELS[path.name.split(".")[0]]
    text = path.read_text(encoding="utf-8")
    if record is model.Runbook:
        wanted = record.model_fields.keys() - {
            *("meaning", "impact", "diagnosis", "mitigation", "verification", "rollback")
        }
    else:
        wanted = set(record.model_fields)
    for name in wanted:
        assert re.search(rf"(?:^|[#\s{{(]){name}:", text, re.MULTILINE), f"{path.name}: {name}"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", ["case", "guide", "site"])
def test_templates_are_right_when_uncommented(kind: str, language: str, kb_from: KbFrom) -> None:
    """Taking the # away from every field of a template leaves a record that the model takes."""
    text = (TEMPLATES / f"{kind}.{language}.yml").read_text(encoding="utf-8")
    is_field = re.compile(r"# +(- |[a-zA-Z_0-9]+: ?[^/]|[a-zA-Z_0-9]+:$)")
    lines = [
        line.removeprefix("# ") if is_field.match(line) and "kb validate" not in line else line
        for line in text.split("\n")
    ]
    opened = "\n".join(
        line.replace("$title", "T").replace("$issue_type", "printing") for line in lines
    )
    opened = opened.replace("$edition", "internal").replace("$languages", "zh")
    opened = opened.replace("$id", {"case": "PRN-0001", "guide": "GD-0009", "site": "mill"}[kind])
    document, findings = parse(Source("x.yml", opened, ""))
    assert document is not None, findings
    MODELS[kind].model_validate(document.data)


def test_next_free_number(kb_from: KbFrom) -> None:
    """The number after the highest ever given: faulty, archived and removed records count."""
    base = knowledge(
        kb_from(
            {
                "kb/cases/printing/PRN-0003.yml": "nonsense",
                "kb/cases/printing/PRN-0002.md": b"\xff",
            }
        )
    )
    assert scaffolds.free_id(base, "PRN") == "PRN-0004"
    assert scaffolds.free_id(base, "NET") == "NET-0001"
    change = Change("0" * 8, TODAY, "removed", None)
    history = History({"kb/cases/printing/PRN-0011.en.yml": (change,)}, base.history.stamp)
    older = KnowledgeBase(**{**vars(base), "history": history})
    assert scaffolds.free_id(older, "PRN") == "PRN-0012"


def test_wrong_use_says_what_to_say(kb_from: KbFrom) -> None:
    """What cannot be made is refused with the words that would be right."""
    base = knowledge(kb_from({}))
    for call, words in (
        (lambda: scaffolds.new_case(base, "print", "t"), "printing"),
        (lambda: scaffolds.new_case(base, "printing", " \n"), "empty"),
        (lambda: scaffolds.new_site(base, "../mill", "n"), "small letters"),
        (lambda: scaffolds.new_translation(base, "PRN-0001", "en"), "PRN-0001"),
        (lambda: scaffolds.stamps(base, ("PRN-0001",)), "PRN-0001"),
    ):
        with pytest.raises(WrongUseError, match=re.escape(words)):
            call()


@pytest.fixture
def full(tmp_path: Path) -> Settings:
    """Return the sample with every field, without its translations."""
    shutil.copytree(SAMPLES / "full", tmp_path, dirs_exist_ok=True)
    for path in (tmp_path / "kb").rglob("*.??.*"):
        path.unlink()
    return Settings(root=tmp_path, today=TODAY)


def test_new_translations_mirror_every_record(full: Settings) -> None:
    """A new translation of any record mirrors it, is fresh, and misses every text."""
    base = knowledge(full)
    everything: dict[str, Filed[model.Record] | Filed[model.Site]] = {**base.records, **base.sites}
    for id, filed in everything.items():
        language = "de" if base.language_of(filed.record) != "de" else "en"
        put(full, scaffolds.new_translation(base, id, language))
    findings = [each for each in load(full).findings if each.code != "KB407"]
    assert {each.code for each in findings} == {"KB406"}
    assert len(findings) == len(base.records) + len(base.sites)


def test_new_translation_shows_the_source(full: Settings) -> None:
    """Every line of every source text stands as a comment above its place."""
    base = knowledge(full)
    made = scaffolds.new_translation(base, "PRN-0001", "de").content.decode()
    assert "# 打印机显示“脱机”，文档打不出来\ntitle:\n" in made
    assert "      # 灯常亮\n      expect:\n" in made
    assert "\n# - 另见 [[PRN-0005]]\ncause:" in made
    assert f"source_digest: {text_digest(base.records['PRN-0001'].record)}\n" in made


def test_translation_is_not_made_twice(full: Settings) -> None:
    """A translation that is there is named and never written over."""
    base = knowledge(full)
    put(full, scaffolds.new_translation(base, "PRN-0001", "de"))
    with pytest.raises(WrongUseError, match=re.escape("PRN-0001.de.yml")):
        scaffolds.new_translation(knowledge(full), "PRN-0001", "de")
    with pytest.raises(WrongUseError, match="zh"):
        scaffolds.new_translation(base, "PRN-0001", "zh")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"source_digest: old\ntitle: x\n", b"source_digest: NEW\ntitle: x\n"),
        (
            b"# c\r\nsource_digest: old # why\r\ntitle: x",
            b"# c\r\nsource_digest: NEW # why\r\ntitle: x",
        ),
        (b'"source_digest":  "old"\n', b'"source_digest":  NEW\n'),
        (b"source_digest:\ntitle: x\n", b"source_digest: NEW\ntitle: x\n"),
        (b"title: x\n", b"source_digest: NEW\ntitle: x\n"),
        (b"title: x\r\n", b"source_digest: NEW\r\ntitle: x\r\n"),
        (b"\xef\xbb\xbftitle: x\n", b"\xef\xbb\xbfsource_digest: NEW\ntitle: x\n"),
        (b"---\ntitle: x\n---\n## A\n", b"---\nsource_digest: NEW\ntitle: x\n---\n## A\n"),
        (
            b"cause: |\n  source_digest: no\nsource_digest: old\n",
            b"cause: |\n  source_digest: no\nsource_digest: NEW\n",
        ),
    ],
)
def test_stamp_changes_one_line(before: bytes, after: bytes) -> None:
    """A stamp changes the digest and nothing else, byte for byte; a missing line is added."""
    assert scaffolds.with_digest(before, "NEW") == after


def test_stamps_by_id_path_and_all(kb_from: KbFrom) -> None:
    """Stale translations are stamped by id, by file or all at once; fresh ones are left alone."""
    case = (
        "id: {id}\ntitle: 标题\nissue_type: printing\nresolution: 好\n"
        "issue: {{symptoms: [一], asked_as: [二]}}\n"
    )
    english = "source_digest: old\ntitle: T\nresolution: R\nissue: {symptoms: [a], asked_as: [b]}\n"
    folder = "kb/cases/printing/"
    settings = kb_from(
        {
            f"{folder}PRN-0001.yml": case.format(id="PRN-0001"),
            f"{folder}PRN-0001.en.yml": english,
            f"{folder}PRN-0002.yml": case.format(id="PRN-0002"),
            f"{folder}PRN-0002.en.yml": english,
        }
    )
    base = knowledge(settings)
    one = scaffolds.stamps(base, ("PRN-0001",))
    assert one == scaffolds.stamps(base, (f"{folder}PRN-0001.en.yml",))
    assert [each.path for each in scaffolds.stamps(base, ())] == [
        f"{folder}PRN-0001.en.yml",
        f"{folder}PRN-0002.en.yml",
    ]
    put(settings, *one)
    assert [each.path for each in scaffolds.stamps(knowledge(settings), ())] == [
        f"{folder}PRN-0002.en.yml"
    ]
    assert {each.code for each in load(settings).findings} == {"KB403"}
