"""Makes a knowledge base of real help-desk articles: same folder, same number, same bytes.

In goes a folder of `*.jsonl`, one article a line with `id`, `title`, `symptoms_md`, `cause_md`,
`body_md` and `error_codes`; those whose names end in `zh-cn.jsonl` are taken.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generated import SETTINGS, TYPES, write_knowledge_base

_NOT_TEXT = re.compile(r"<[^>\n]*>|!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)\s]*\)")
_SENTENCE = re.compile(r"[^。\n]{8,200}")


def write_articles(folder: Path, articles: Path, wanted: int) -> int:
    """Write a project of so many articles as cases below `folder`; return how many there are.

    Those that `kb validate` refuses are left out.
    """
    write_knowledge_base(folder, 0)
    assert (folder / "kb/settings.yml").read_text("utf-8") == SETTINGS
    types = [pair.split() for pair in TYPES.split("|")]
    written = {}
    for number, article in enumerate(_read(articles)):
        if number == wanted:
            break
        name, prefix = types[number % len(types)]
        path = folder / "kb/cases" / name / f"{prefix}-{number // len(types) + 1:04d}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_case(path.stem, name, article), "utf-8")
        written[f"kb/cases/{name}/{path.name}"] = path
    command = [sys.executable, "-m", "generator", "validate", "--format", "json"]
    while True:
        said = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8")
        faulty = {each["path"] for each in json.loads(said.stdout) if each["level"] == "error"}
        if not faulty & written.keys():
            return len(written)
        for name in faulty & written.keys():
            written.pop(name).unlink()


def _read(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*zh-cn.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            article = json.loads(line)
            if len(article["body_md"] or "") > 60 and article["title"]:
                yield article


def _plain(text: str) -> str:
    return _LINK.sub(r"\1", _NOT_TEXT.sub("", text)).replace("[[", "[").strip()


def _case(id: str, issue_type: str, article: dict[str, Any]) -> str:
    body = _plain(article["body_md"])
    sentences = [each.strip() for each in _SENTENCE.findall(body)][:4] or [article["title"]]
    said = {
        "id": id,
        "title": _plain(article["title"])[:80],
        "issue_type": issue_type,
        "audience": "internal",
        "confidence": "validated",
        "environment": {"platforms": ["windows"], "scenario": "office"},
        "issue": {
            "symptoms": [(_plain(article["symptoms_md"] or "") or sentences[0])[:200]],
            "asked_as": [_plain(article["title"])[:40], f"{sentences[0][:30]}怎么办"],
        },
        "cause": _plain(article["cause_md"] or "") or sentences[-1],
        "handling": {
            "L1": {
                "steps": [{"action": each, "expect": "恢复正常"} for each in sentences],
                "escalate": {"to": "L2", "when": "仍未解决", "hand_over": ["截图", "时间"]},
            },
            "L2": {"steps": [{"action": sentences[-1], "expect": "恢复正常"}]},
        },
        "resolution": body,
        "verified_on": "2026-10-01",
        "review_by": "2027-10-01",
    }
    lines = (f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in said.items())
    return "".join(lines)
