"""What scripts put into a page is said by a catalogue too, as `test_words` asks of templates."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from generator import publishing
from generator.engines import mkdocs
from generator.settings import Settings
from tests.browser.conftest import kinds_of_page
from tests.conftest import FULL, ROOT, TODAY
from tests.test_words import _made, _marked, hard_coded

pytestmark = pytest.mark.browser

PRESSED = (".kb-copy", ".kb-tab:nth-child(2)", ".kb-answer[href^='#']", ".kb-menu", ".kb-theme")
ASKED = ("", "?q=VPN", "?q=qqqq")


def test_scripts_say_what_a_catalogue_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, browser: Browser
) -> None:
    """With marks around every text that is said, no page shows a text without marks, after its
    scripts ran and its buttons were pressed, that the knowledge base does not hold."""
    monkeypatch.setattr(publishing, "speaker", _marked)
    monkeypatch.setattr(mkdocs, "speaker", _marked)
    shutil.copytree(FULL, tmp_path, dirs_exist_ok=True)
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    settings = Settings(tmp_path, TODAY)
    knowledge = _made(settings)
    shown = tmp_path / "shown"
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    for edition in ("public", "internal"):
        for file in kinds_of_page(settings.build / "site" / edition / "de"):
            asked = ASKED if file.parent.name in ("search", "de") else ASKED[:1]
            for number, query in enumerate(asked):
                page.goto(file.as_uri() + query)
                if query:
                    expect(page.locator(".kb-search__hit, .kb-find__help").first).to_be_attached()
                for button in PRESSED:
                    page.locator(button).evaluate_all(
                        "(all) => all.slice(0, 1).forEach((it) => it.click())"
                    )
                page.wait_for_timeout(100)
                # a ticket's preview joins the record's texts with its number and address
                page.locator(".kb-preview").evaluate_all(
                    "(all) => all.forEach((it) => it.remove())"
                )
                target = shown / edition / file.parent.name / f"{number}-{file.name}"
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(page.content(), "utf-8")
    context.close()
    assert len(list(shown.rglob("*.html"))) > 20
    assert "⟦Copied⟧" in (shown / "internal/cases/0-PRN-0001.html").read_text("utf-8")
    assert hard_coded(knowledge, shown).keys() == {"qqqq"}, "only what was asked is unmarked"
