"""A Markdown record's headings and lists to fields."""

from __future__ import annotations

from typing import Any

import pytest

from generator.documents import parse
from generator.findings import Finding
from generator.model import Case, Runbook
from generator.sections import CASE_HEADINGS, LABELS, RUNBOOK_HEADINGS, unfold
from generator.sources import Source


def unfolded(
    body: str, front: str = "id: A", is_runbook: bool = False
) -> tuple[Any, list[Finding]]:
    """Return the data of a Markdown record and what was found."""
    document, _ = parse(Source("kb/x.md", f"---\n{front}\n---\n\n{body}", ""))
    assert document is not None
    read, findings = unfold(document, is_runbook)
    return (read.data if read else None), list(findings)


def test_a_whole_tier() -> None:
    """Steps, their items and their command, and a tier's own items, become the model's fields."""
    data, findings = unfolded(
        "## L1\n1. 看端口\n   ```powershell admin\n   Get-Printer |\n     Format-List\n   ```\n"
        "   - 预期:一致\n   - 否则: 记下\n   - 危险:会丢\n"
        "   - 图片:images/a.svg | 面板\n2) 第二步\n"
        "- 话术:您好:请稍等\n- 工具:wireshark、nmap, curl\n"
        "- 升级:L2 | 仍脱机\n  - 交接:型号\n  - 交接:截图\n"
    )
    assert findings == []
    assert data["handling"]["L1"] == {
        "steps": [
            {
                "action": "看端口",
                "command": {
                    "shell": "powershell",
                    "run": "Get-Printer |\n  Format-List",
                    "as_admin": "true",
                },
                "expect": "一致",
                "otherwise": "记下",
                "danger": "会丢",
                "image": "images/a.svg",
                "alt": "面板",
            },
            {"action": "第二步"},
        ],
        "say": "您好:请稍等",
        "tools": ["wireshark", "nmap", "curl"],
        "escalate": {"to": "L2", "when": "仍脱机", "hand_over": ["型号", "截图"]},
    }


def test_headings_in_four_languages() -> None:
    """A heading means the same in Chinese, English, German and Thai, in any case of letters."""
    for words in (
        ("原因", "cause", "URSACHE", "สาเหตุ"),
        ("解决办法", "Resolution", "lösung", "วิธีแก้ไข"),
    ):
        read = [unfolded(f"## {word}\ntext\n")[0] for word in words]
        assert all(data == read[0] for data in read)


def test_every_label_and_heading_is_one_field() -> None:
    """No word stands for two fields, and every heading leads to a field of the model."""
    assert set(LABELS.values()) >= {"expect", "otherwise", "danger", "say", "escalate", "hand_over"}
    assert {trail[0] for trail in CASE_HEADINGS.values()} <= Case.model_fields.keys()
    assert {trail[0] for trail in RUNBOOK_HEADINGS.values()} <= Runbook.model_fields.keys()


def test_long_text_is_taken_as_it_stands() -> None:
    """The body below a heading keeps its Markdown, without the empty lines around it."""
    data, _ = unfolded(
        "## 诊断\n\n1. 一\n\n   ```bash\n   ls\n   ```\n\n### 小节\n- 二\n\n", is_runbook=True
    )
    assert data["diagnosis"] == "1. 一\n\n   ```bash\n   ls\n   ```\n\n### 小节\n- 二"


def test_front_matter_and_headings_meet() -> None:
    """A mapping that front matter began is filled by headings."""
    data, findings = unfolded("## 现象\n- 一\n", 'issue: {error_codes: ["0x1"]}')
    assert findings == []
    assert data["issue"] == {"error_codes": ["0x1"], "symptoms": ["一"]}


@pytest.mark.parametrize(
    ("body", "front", "code", "line"),
    [
        ("## 原因\na\n\n## Cause\nb\n", "id: A", "KB113", 9),
        ("## 原因\na\n", "cause: b", "KB113", 6),
        ("## L1\n1. a\n   - 预期:b\n   - 预期:c\n", "id: A", "KB113", 8),
        ("## 现象\n- a\n", "issue: text", "KB202", 6),
        ("## L1\n1. a\n", "handling: {L1: [a]}", "KB202", 6),
        ("## Nonsense\n", "id: A", "KB117", 5),
        ("## L1\ntext\n", "id: A", "KB118", 6),
        ("## L1\n- 预期:a\n", "id: A", "KB118", 6),
        ("## 现象\ntext\n", "id: A", "KB118", 6),
        ("## L1\n1. a\n   ```bash\n   ls\n", "id: A", "KB118", 7),
    ],
)
def test_nothing_is_lost_in_silence(body: str, front: str, code: str, line: int) -> None:
    """What stands twice or nowhere is told with its line."""
    data, findings = unfolded(body, front)
    assert data is None
    assert [(each.code, each.location.line) for each in findings] == [(code, line)]


def test_all_faults_in_one_run() -> None:
    """Every section with a fault is told, not only the first."""
    _, findings = unfolded("## Nonsense\n## L1\ntext\n## 现象\ntext\n")
    assert [each.code for each in findings] == ["KB117", "KB118", "KB118"]
