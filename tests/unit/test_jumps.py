"""Steps that texts name, in four languages, and what only looks like one."""

from __future__ import annotations

import re

import pytest

from generator.jumps import link_steps

COUNTS = {"self-service": 4, "L1": 6, "L3": 2}


def jumps(text: str) -> list[tuple[str, str]]:
    """Return (target, words) of each link made in a text of L1."""
    return re.findall(
        r'<a class="kb-jump" href="#([^"]+)">([^<]+)</a>', link_steps(text, "L1", COUNTS)
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("不同：做第 4 步", [("L1-4", "第 4 步")]),
        ("看返回的数字。401看第2步，403看第3步", [("L1-2", "第2步"), ("L1-3", "第3步")]),
        ("照自助处理第4步修改", [("self-service-4", "自助处理第4步")]),
        ("做一遍自助处理第1到第4步", [("self-service-1", "自助处理第1到第4步")]),
        ("转L3第1步", [("L3-1", "L3第1步")]),
        ("go to L3 step 1 or step 5", [("L3-1", "L3 step 1"), ("L1-5", "step 5")]),
        ("as in self-service step 4", [("self-service-4", "self-service step 4")]),
        ("wie in Schritt 2 der Selbsthilfe", [("self-service-2", "Schritt 2 der Selbsthilfe")]),
        ("weiter mit Schritt 4.", [("L1-4", "Schritt 4")]),
        ("ให้ทำขั้นที่ 4", [("L1-4", "ขั้นที่ 4")]),
        ("ตามขั้นที่ 2 ถึง 4 ของการแก้ไขด้วยตนเอง", [("self-service-2", "ขั้นที่ 2 ถึง 4 ของการแก้ไขด้วยตนเอง")]),
    ],
)
def test_a_named_step_is_a_link(text: str, wanted: list[tuple[str, str]]) -> None:
    """A step is found in the words of each language, in its own part or a named one."""
    assert jumps(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "step 7 is not there",
        "step 0",
        "L2 step 1",
        "footstep 2 in a stepladder 3",
        "<code>step 2</code>",
        '<a class="ref" href="NET-0002.html">step 2</a>',
        '<a class="ref" href="NET-0002.html">DHCP</a>的第 2 步',
        '<a class="ref" href="NET-0002.html">DHCP</a>, step 2',
        "第一条 copy 成功后才继续",
    ],
)
def test_other_words_stay(text: str) -> None:
    """What names no step of this page stays as it is."""
    assert link_steps(text, "L1", COUNTS) == text


def test_after_another_record_a_step_is_ours_again() -> None:
    """Only the step right after another record's title is that record's."""
    text = '<a class="ref" href="WEB-0002.html">Edge</a>, then go on with step 3'
    assert jumps(text) == [("L1-3", "step 3")]
