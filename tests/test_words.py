"""Every word of the interface exists in every language, and none is written where it is not said.

Templates, scripts and the outputs' code are read for what they say; a build whose catalogue puts
⟦marks⟧ around each text shows what somebody wrote into a page without saying it.
"""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from datetime import date
from enum import Enum
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from generator import publishing
from generator.books import leaves
from generator.diagram import names
from generator.engines import mkdocs
from generator.knowledge import KnowledgeBase
from generator.loading import load
from generator.model import (
    Audience,
    Confidence,
    Guide,
    Part,
    Platform,
    Scenario,
    Shell,
    Tier,
    Verdict,
)
from generator.outputs import handbook
from generator.settings import PACKAGE, Settings
from generator.shapes import strings
from generator.texts import LOCALES, Say, say_date, say_weekday, say_zone
from tests.conftest import FULL, TODAY

TEMPLATES = PACKAGE.parent / "templates"
LOCALE = TEMPLATES / "locale"
FAMILIES: dict[str, type[Enum]] = {
    "audience": Audience,
    "confidence": Confidence,
    "platform": Platform,
    "scenario": Scenario,
    "shell": Shell,
    "tier": Tier,
    "verdict": Verdict,
}
"""Words of the model that the interface says by their names: `tier L1`."""
FIXED = {f"{family} {word}" for family, words in FAMILIES.items() for word in words}
INDIRECT = {*handbook.WORDS, leaves._NOT_TRANSLATED, leaves._STALE}
"""Texts that stand in a table first and are said later."""


def catalogue(language: str) -> dict[str, str]:
    """Return the texts of a catalogue as they are, without any of `texts`' own rules."""
    with (LOCALE / f"{language}.po").open("rb") as file:
        held = [message for message in read_po(file) if message.id]
    assert not any(message.fuzzy for message in held)
    assert len({str(message.id) for message in held}) == len(held)
    return {str(message.id): str(message.string) for message in held}


def _said_in_templates() -> Iterator[nodes.Expr]:
    """Yield what each call of `_` or `say` in a Jinja template says."""
    for path in sorted(TEMPLATES.rglob("*")):
        if path.parent.name in ("pages", "theme", "partials", "bundle", "epub") and path.is_file():
            tree = Environment().parse(path.read_text("utf-8"))
            for call in tree.find_all(nodes.Call):
                name = getattr(call.node, "name", getattr(call.node, "attr", ""))
                if name in ("_", "say") and call.args:
                    yield call.args[0]


def _said_in_code() -> Iterator[ast.expr]:
    """Yield what each call of `say` in the package says."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and node.args and _is_say(node.func):
                yield node.args[0]


def _is_say(name: ast.expr) -> bool:
    if isinstance(name, ast.Subscript):  # book.says[language]("…")
        return isinstance(name.value, ast.Attribute) and name.value.attr == "says"
    return getattr(name, "attr", getattr(name, "id", "")) == "say"


def said() -> tuple[set[str], set[str]]:
    """Return every text that the interface says, and the first word of those it puts together."""
    texts, families = set(INDIRECT), set()
    for expression in _said_in_templates():
        if isinstance(expression, nodes.Const):
            texts.add(str(expression.value))
        else:
            assert isinstance(expression, nodes.Concat), f"line {expression.lineno}"
            families.add(str(expression.nodes[0].as_const()))
    for node in _said_in_code():
        if isinstance(node, ast.Constant):
            texts.add(str(node.value))
        elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            families.add(str(node.values[0].value))
    families |= set(leaves._ENUMS.values())
    for path in sorted(TEMPLATES.rglob("*.js")):
        texts |= set(re.findall(r'\bsay\("([^"]+)"\)', path.read_text("utf-8")))
    return texts - FIXED, families


@pytest.mark.parametrize("language", ["zh", "de", "th"])
def test_every_text_is_in_the_catalogue(language: str) -> None:
    """A catalogue holds exactly the texts that are said, each with a translation."""
    texts, _ = said()
    held = catalogue(language)
    assert sorted(texts - held.keys()) == [], "said, and not in the catalogue"
    assert sorted(held.keys() - texts - FIXED) == [], "in the catalogue, and said by nobody"
    assert [text for text, translated in held.items() if not translated.strip()] == []


@pytest.mark.parametrize("language", ["zh", "en", "de", "th"])
def test_every_word_of_the_model_has_a_name(language: str) -> None:
    """Each shell, confidence, audience, platform, scenario, tier and verdict is named."""
    held = catalogue(language)
    assert sorted(FIXED - held.keys()) == []
    assert [name for name in FIXED if not held[name].strip()] == []


def test_english_holds_only_names() -> None:
    """The English texts stand in the templates; the catalogue has what is no English yet."""
    assert catalogue("en").keys() == FIXED


def test_every_family_is_known() -> None:
    """What is put together from a word and a value of the model is one of the families here."""
    _, families = said()
    assert families == {f"{family} " for family in FAMILIES}


@pytest.mark.parametrize("language", ["zh", "de", "th"])
def test_places_stay_in_translations(language: str) -> None:
    """A `{place}` of a text is in its translation, and no other."""
    for text, translated in catalogue(language).items():
        assert re.findall(r"\{\w*\}", text) == re.findall(r"\{\w*\}", translated), text


def test_the_handbooks_words_are_used() -> None:
    """Each word that the handbook's templates are given stands in one, and they use no other."""
    templates = "\n".join(path.read_text("utf-8") for path in TEMPLATES.glob("handbook/*.typ"))
    asked = set(re.findall(r'words\.at\("([^"]+)"\)', templates)) - {"tier "}
    words = set(handbook.WORDS)
    assert sorted(asked - words) == []
    unused = {word for word in words - FIXED if f'"{word}"' not in templates}
    assert sorted(unused) == []


MARKS = ("⟦", "⟧")
OURS = re.compile("⟦[^⟦⟧]*⟧")
SELF_NAMES = ("中文", "English", "Deutsch", "ภาษาไทย", "ไทย", "EN", "DE")
"""A language's own name is the same in all languages."""
SHOWN = ("alt", "title", "placeholder", "aria-label", "content")
TOLD = ("label", "placeholder", "found", "none", "failed", "back", "again", "path")
"""Attributes that a reader sees or hears; the second row as `data-…`, said by scripts."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LETTER = re.compile(r"[^\W\d_]")


class _Page(HTMLParser):
    """Collects every text of a page that a reader sees, hears or is told by a script."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self.open.append(tag)
        held = {name: value or "" for name, value in attrs}
        if tag == "meta" and held.get("name") != "description":
            return
        self.texts.extend(held[name] for name in SHOWN if name in held)
        self.texts.extend(held[f"data-{name}"] for name in TOLD if f"data-{name}" in held)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self.open:
            self.texts.append(data)


def _known(knowledge: KnowledgeBase) -> str:
    """Return all that the knowledge base says, in one text; days as each language writes them."""
    filed = (*knowledge.records.values(), *knowledge.sites.values())
    parts: list[Part] = [one.record for one in filed]
    parts += [knowledge.organisation, knowledge.vocabulary]
    said = [text for part in parts for text in _words(part.model_dump(mode="json"))]
    for translation in knowledge.translations.values():
        said += [text for _, text in strings(translation.texts)]
    days = map(date.fromisoformat, filter(_DAY.fullmatch, said))
    told = [
        _plain(say_date(day, language)).lstrip("0123456789.")
        for day in days
        for language in LOCALES
    ]
    said += (*SELF_NAMES, knowledge.history.stamp.version, *_told_of_desks(knowledge))
    for one in knowledge.records.values():
        if isinstance(one.record, Guide):
            said += [f"\u2192 {name}" for name in names(one.record).values()]
    return "\n".join((*map(_plain, said), *told))


def _told_of_desks(knowledge: KnowledgeBase) -> Iterator[str]:
    """Yield days of the week and time zones as each language calls them."""
    for language in LOCALES:
        yield from (say_weekday(day, language) for day in range(7))
        for profile in knowledge.organisation.editions:
            yield from (say_zone(desk.time_zone, language) for desk in profile.desks)


def _words(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (str(key) for key in value)
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _words(each)
    elif value is not None:
        yield str(value)


def _plain(text: str) -> str:
    """Return a text without what Markdown takes away: marks, white space, quotes it turns."""
    return re.sub(r"[\s*_`#|>\\\"'“”„‘’-]+", "", text)


def hard_coded(knowledge: KnowledgeBase, folder: Path) -> dict[str, set[str]]:
    """Return what stands in pages that neither a catalogue nor the knowledge base says."""
    known = _known(knowledge)
    found: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*.html")):
        page = _Page()
        page.feed(path.read_text("utf-8"))
        for text in page.texts:
            for piece in re.split(r"[·,…\n]", OURS.sub("\n", text)):
                plain = _plain(piece).lstrip("0123456789.")
                if _LETTER.search(plain) and plain not in known:
                    found.setdefault(piece.strip(), set()).add(path.relative_to(folder).as_posix())
    return found


def _marked(folder: Path, language: str) -> Say:
    return lambda text: f"{MARKS[0]}{text}{MARKS[1]}"


@pytest.fixture
def marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return the full sample with templates of its own; whatever is said gets marks around it."""
    monkeypatch.setattr(publishing, "speaker", _marked)
    monkeypatch.setattr(mkdocs, "speaker", _marked)
    shutil.copytree(FULL, tmp_path, dirs_exist_ok=True)
    shutil.copytree(TEMPLATES, tmp_path / "templates")
    return Settings(tmp_path, TODAY)


def _made(settings: Settings) -> KnowledgeBase:
    knowledge = load(settings).knowledge
    assert knowledge is not None
    for profile in knowledge.organisation.editions:
        if profile.id in ("public", "internal"):
            assert not publishing.make_site(knowledge, profile).findings
    return knowledge


@pytest.mark.engine
def test_nothing_is_hard_coded(marked: Settings) -> None:
    """Every visible text of every page is said, or comes from the knowledge base."""
    knowledge = _made(marked)
    site = marked.build / "site"
    pages = [path.relative_to(site).as_posix() for path in site.rglob("*.html")]
    for kind in ("cases/PRN-0001", "guides/GD-0001", "runbooks/RB-0001", "types/printing", "index"):
        assert f"internal/de/{kind}.html" in pages
    assert "public/th/sites/quay.html" in pages
    assert hard_coded(knowledge, site) == {}
    made = (site / "internal/de/cases/PRN-0001.html").read_text("utf-8")
    assert len(OURS.findall(made)) > 60
    words = (site / "internal/assets/words/de.js").read_text("utf-8")
    assert '"Copy": "⟦Copy⟧"' in words
    assert '"validated": "⟦confidence validated⟧"' in words


@pytest.mark.engine
def test_a_hard_coded_word_is_found(marked: Settings) -> None:
    """A word that somebody writes into a template is found, in a text and in an attribute."""
    page = marked.templates / "pages" / "case.md"
    page.write_text(page.read_text("utf-8") + "\nRead me first\n", "utf-8")
    theme = marked.templates / "theme" / "main.html"
    old = theme.read_text("utf-8")
    theme.write_text(
        old.replace('aria-label="{{ _("Language") }}"', 'aria-label="Choose"'), "utf-8"
    )
    found = hard_coded(_made(marked), marked.build / "site")
    assert found.keys() == {"Read me first", "Choose"}
    assert "internal/de/cases/PRN-0001.html" in found["Read me first"]
