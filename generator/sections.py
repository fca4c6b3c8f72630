"""A Markdown record's headings and lists to the fields they stand for.

In goes a `Document` with sections, out comes one without: the sections' content has become data,
each part with its place. The grammar is small and written down in docs/how-to/write-a-case.md.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

from generator.documents import Document, Section, Trail
from generator.findings import Finding, Location

_CASE = {
    ("issue", "symptoms"): "现象 问题 Issue Symptoms Symptome อาการ",
    ("issue", "asked_as"): "用户怎么说|Asked as|So wird gefragt|ผู้ใช้พูดว่า",
    ("cause",): "原因 Cause Ursache สาเหตุ",
    ("self_service", "steps"): "自助处理|Self service|Self-service|Selbsthilfe|แก้ไขด้วยตนเอง",
    ("handling", "L1"): "L1",
    ("handling", "L2"): "L2",
    ("handling", "L3"): "L3",
    ("resolution",): "解决办法 Resolution Lösung วิธีแก้ไข",
    ("workaround",): "临时办法 Workaround Umgehung วิธีแก้ชั่วคราว",
    ("verification",): "验证 Verification Überprüfung การตรวจสอบ",
    ("prevention",): "预防 Prevention Vorbeugung การป้องกัน",
}
_RUNBOOK = {
    ("meaning",): "含义 Meaning Bedeutung ความหมาย",
    ("impact",): "影响 Impact Auswirkung ผลกระทบ",
    ("diagnosis",): "诊断 Diagnosis Diagnose การวินิจฉัย",
    ("mitigation",): "缓解 Mitigation Abhilfe การบรรเทา",
    ("verification",): "验证 Verification Überprüfung การตรวจสอบ",
    ("rollback",): "回退 Rollback Zurücknehmen การย้อนกลับ",
}
_LABELS = {
    "expect": "预期 Expect Erwartet ผลที่คาด",
    "otherwise": "否则 Otherwise Sonst มิฉะนั้น",
    "danger": "危险 Danger Gefahr อันตราย",
    "image": "图片 Image Bild ภาพ",
    "say": "话术 Say Sagen คำพูด",
    "escalate": "升级 Escalate Eskalieren ส่งต่อ",
    "hand_over": "交接|Hand over|Übergeben|ข้อมูลส่งต่อ",
    "tools": "工具 Tools Werkzeuge เครื่องมือ",
}


def _split(names: str) -> list[str]:
    return names.split("|") if "|" in names else names.split()


def _reverse(table: dict[Any, str]) -> dict[str, Any]:
    return {word.casefold(): field for field, names in table.items() for word in _split(names)}


CASE_HEADINGS: dict[str, tuple[str, ...]] = _reverse(_CASE)
RUNBOOK_HEADINGS: dict[str, tuple[str, ...]] = _reverse(_RUNBOOK)
LABELS: dict[str, str] = _reverse(_LABELS)
HEADING_NAMES = tuple(
    (trail, _split(names)) for trail, names in (*_CASE.items(), *_RUNBOOK.items())
)
LABEL_NAMES = tuple((name, _split(names)) for name, names in _LABELS.items())

_NUMBERED = re.compile(r"^\d{1,3}[.)]\s+(.+)$")
_BULLET = re.compile(r"^(\s*)[-*]\s+(.+)$")
_LABEL = re.compile("^([^:\uff1a]{1,24})[:\uff1a]\\s*(.+)$", re.DOTALL)
_INFO_WORDS = 2  # a shell, and "admin"


class _FaultError(Exception):
    def __init__(self, code: str, line: int, message: str, hint: str) -> None:
        super().__init__(message)
        self.code, self.line, self.message, self.hint = code, line, message, hint


def _misplaced(line: int, text: str) -> _FaultError:
    hint = 'steps begin with "1. ", items with "- 预期:", "- 否则:", "- 话术:" and so on'
    return _FaultError("KB118", line, f'"{text.strip()[:60]}" is no step and no known item', hint)


class _Writer:
    """Collects values by trail, with places; the data it holds becomes part of the document."""

    def __init__(self, document: Document) -> None:
        self.data: dict[str, Any] = dict(document.data)
        self.places = dict(document.places)

    def put(self, trail: Trail, value: Any, line: int) -> None:
        """Set the value at `trail`, making the mappings and lists that lead to it."""
        here: Any = self.data
        for depth, (part, following) in enumerate(pairwise(trail), 1):
            fresh: Any = [] if isinstance(following, int) else {}
            if isinstance(here, list) and isinstance(part, int):
                if part == len(here):
                    here.append(fresh)
                here = here[part]
            else:
                held = here.get(part)
                if held is not None and type(held) is not type(fresh):
                    message = f'"{part}" of the front matter leaves no room for what stands here'
                    raise _FaultError("KB202", line, message, "keep one of the two")
                # front matter may hold a part of the same mapping: copy it, never change it
                here[part] = fresh if held is None else type(held)(held)
                here = here[part]
            self.places.setdefault(trail[:depth], (line, 1))
        last = trail[-1]
        if isinstance(here, list):
            here.append(value)
        elif here.get(last) is not None:
            raise _FaultError("KB113", line, f'"{last}" stands twice', "keep one of the two")
        else:
            here[last] = value
        self.places[trail] = (line, 1)

    def length(self, trail: Trail) -> int:
        """Return how many entries the list at `trail` has so far."""
        here: Any = self.data
        for part in trail:
            if isinstance(here, dict):
                here = here.get(part)
            elif isinstance(here, list) and isinstance(part, int) and part < len(here):
                here = here[part]
            else:
                return 0
        return len(here) if isinstance(here, list) else 0


def unfold(document: Document, is_runbook: bool) -> tuple[Document | None, tuple[Finding, ...]]:
    """Return the document with its sections turned into data, or what is out of place."""
    if not isinstance(document.data, dict):
        return document, ()
    headings = RUNBOOK_HEADINGS if is_runbook else CASE_HEADINGS
    writer = _Writer(document)
    findings: list[Finding] = []
    for section in document.sections:
        trail = headings.get(section.heading.casefold())
        where = Location(document.source.path, section.line)
        if trail is None:
            table = _RUNBOOK if is_runbook else _CASE
            hint = "one of: " + ", ".join(_split(names)[0] for names in table.values())
            message = f'no field has the heading "{section.heading}"'
            findings.append(Finding(where, "KB117", message, hint))
            continue
        try:
            _section(writer, trail, section, is_runbook)
        except _FaultError as fault:
            where = Location(document.source.path, fault.line)
            findings.append(Finding(where, fault.code, fault.message, fault.hint))
    if findings:
        return None, tuple(findings)
    return replace(document, data=writer.data, places=writer.places, sections=()), ()


def _section(writer: _Writer, trail: tuple[str, ...], section: Section, is_runbook: bool) -> None:
    if trail == ("self_service", "steps"):
        _steps(writer, ("self_service",), section)
    elif trail[0] == "handling":
        _steps(writer, trail, section)
    elif trail[0] == "issue" or (trail == ("verification",) and not is_runbook):
        _bullets(writer, trail, section)
    else:
        text = "\n".join(section.lines).strip("\n")
        skipped = next((i for i, line in enumerate(section.lines) if line.strip()), 0)
        writer.put(trail, text, section.line + 1 + skipped)


def _bullets(writer: _Writer, trail: Trail, section: Section) -> None:
    for line, text in enumerate(section.lines, section.line + 1):
        bullet = _BULLET.match(text)
        if bullet:
            writer.put((*trail, writer.length(trail)), bullet.group(2).strip(), line)
        elif text.strip():
            raise _FaultError("KB118", line, f'"{text.strip()[:60]}" is no item', 'begin with "- "')


def _steps(writer: _Writer, trail: Trail, section: Section) -> None:
    """Read steps and a tier's items; `trail` is the part that gets `steps`, `say`, `escalate`."""
    step: Trail | None = None
    lines = list(enumerate(section.lines, section.line + 1))
    while lines:
        line, text = lines.pop(0)
        if not text.strip():
            continue
        numbered, bullet = _NUMBERED.match(text), _BULLET.match(text)
        info = _info(text)
        if numbered:
            step = (*trail, "steps", writer.length((*trail, "steps")))
            writer.put((*step, "action"), numbered.group(1).strip(), line)
        elif info is not None and step is not None:
            _command(writer, step, info, line, lines)
        elif bullet:
            _item(writer, trail, step if bullet.group(1) else None, bullet.group(2), line)
        else:
            raise _misplaced(line, text)


def _info(text: str) -> tuple[int, list[str]] | None:
    """Return the indent and the words of a line that opens a code block."""
    words = text.strip()[3:].split()
    if (
        not text.lstrip().startswith("```")
        or len(words) > _INFO_WORDS
        or words[1:] not in ([], ["admin"])
    ):
        return None
    return len(text) - len(text.lstrip()), words


def _command(
    writer: _Writer,
    step: Trail,
    info: tuple[int, list[str]],
    line: int,
    lines: list[tuple[int, str]],
) -> None:
    indent, words = info
    run: list[str] = []
    while lines and lines[0][1].strip() != "```":
        text = lines.pop(0)[1]
        run.append(text[indent:] if text[:indent].isspace() else text)
    if not lines:
        raise _FaultError("KB118", line, "the code block has no end", 'close it with a line "```"')
    lines.pop(0)
    writer.put((*step, "command", "shell"), words[0] if words else "", line)
    writer.put((*step, "command", "run"), "\n".join(run), line + 1)
    if len(words) == _INFO_WORDS:
        writer.put((*step, "command", "as_admin"), "true", line)


def _item(writer: _Writer, tier: Trail, step: Trail | None, text: str, line: int) -> None:
    labelled = _LABEL.match(text)
    label = LABELS.get(labelled.group(1).strip().casefold()) if labelled else None
    if labelled is None or label is None:
        raise _misplaced(line, text)
    value = labelled.group(2).strip()
    if label in ("expect", "otherwise", "danger") and step is not None:
        writer.put((*step, label), value, line)
    elif label == "image" and step is not None:
        image, _, alt = value.partition("|")
        writer.put((*step, "image"), image.strip(), line)
        if alt.strip():
            writer.put((*step, "alt"), alt.strip(), line)
    elif label == "say":
        writer.put((*tier, "say"), value, line)
    elif label == "tools":
        for tool in re.split("[\u3001,\uff0c;\uff1b]\\s*", value):
            writer.put((*tier, "tools", writer.length((*tier, "tools"))), tool, line)
    elif label == "escalate":
        to, _, when = value.partition("|")
        writer.put((*tier, "escalate", "to"), to.strip(), line)
        writer.put((*tier, "escalate", "when"), when.strip(), line)
    elif label == "hand_over":
        trail = (*tier, "escalate", "hand_over")
        writer.put((*trail, writer.length(trail)), value, line)
    else:
        raise _misplaced(line, text)
