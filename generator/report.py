"""Findings as text for people, as annotations for CI, as JSON and as SARIF for tools."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from generator.findings import CODES, Finding

Format = Callable[[Sequence[Finding]], str]


def as_text(findings: Sequence[Finding]) -> str:
    """Return each finding with its hint, and a last line that counts them."""
    lines: list[str] = []
    for finding in findings:
        lines.append(f"{finding.location}: {finding.level} {finding.code} {finding.message}")
        if finding.hint:
            lines.append(f"    hint: {finding.hint}")
        lines.extend(f"    also: {place.path}:{place.line}" for place in finding.also)
    lines.append(count(findings))
    return "\n".join(lines)


def count(findings: Sequence[Finding]) -> str:
    """Return how many errors and warnings there are, in words."""
    errors = sum(finding.is_error for finding in findings)
    warnings = len(findings) - errors
    if not findings:
        return "no findings"
    parts = [
        f"{number} {word}{'s' if number > 1 else ''}"
        for number, word in ((errors, "error"), (warnings, "warning"))
        if number
    ]
    worst = next((finding for finding in findings if finding.is_error), findings[0])
    return f"{' and '.join(parts)}; kb explain {worst.code} says more"


def as_ci(findings: Sequence[Finding]) -> str:
    """Return workflow commands that code hosts show beside the changed line."""
    return "\n".join(
        f"::{finding.level} file={_property(finding.location.path)},line={finding.location.line},"
        f"col={finding.location.column},title={finding.code}::{_message(finding.message)}"
        + (f"%0A{_message(finding.hint)}" if finding.hint else "")
        for finding in findings
    )


def _message(text: str) -> str:
    """Return a text as workflow commands want it: one line, per cent signs escaped."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def as_json(findings: Sequence[Finding]) -> str:
    """Return a list of objects, one a finding."""
    return json.dumps(
        [
            {
                "path": finding.location.path,
                "line": finding.location.line,
                "column": finding.location.column,
                "level": str(finding.level),
                "code": finding.code,
                "message": finding.message,
                "hint": finding.hint,
            }
            for finding in findings
        ],
        ensure_ascii=False,
        indent=2,
    )


def as_sarif(findings: Sequence[Finding]) -> str:
    """Return a SARIF 2.1.0 log."""
    used = sorted({finding.code for finding in findings})
    driver = {
        "name": "tierbook",
        "rules": [
            {
                "id": code,
                "name": CODES[code].title,
                "fullDescription": {"text": CODES[code].explanation},
            }
            for code in used
        ],
    }
    results = [
        {
            "ruleId": finding.code,
            "level": str(finding.level),
            "message": {"text": finding.message + (f" ({finding.hint})" if finding.hint else "")},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": finding.location.path},
                        "region": {
                            "startLine": finding.location.line,
                            "startColumn": finding.location.column,
                        },
                    }
                }
            ],
        }
        for finding in findings
    ]
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return json.dumps(log, ensure_ascii=False, indent=2)


FORMATS: dict[str, Format] = {
    "text": as_text,
    "ci": as_ci,
    "json": as_json,
    "sarif": as_sarif,
}
