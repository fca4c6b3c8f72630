"""What a record says: enough to act on, nothing that a reader cannot open safely."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.findings import Finding
from generator.knowledge import KnowledgeBase
from generator.markup import RAW
from generator.model import Case, CaseType, Record, Tier
from generator.records import Filed
from generator.shapes import strings, texts

_CODE = re.compile(r"(```|~~~).*?\1|``.+?``|`[^`\n]*`", re.DOTALL)
_HTML = re.compile(r"</?[a-zA-Z][^>\n]{0,200}>|<!--")
_READ = re.compile(rf"<({'|'.join(RAW)})>[^<>\n]{{1,200}}</\1>|<br ?/?>")
_AUTOLINK = re.compile(r"<(?:https?://|mailto:)[^>\s]{1,500}>")
_LINK = re.compile(r"(?<!\])\]\(\s*<?([^)\s>]+)")  # not after [[ID]]
_DEFINITION = re.compile(r"^ {0,3}\[[^\]\n]{1,200}\]:\s*<?([^\s>]+)", re.MULTILINE)
_SCHEME = re.compile(r"^([a-zA-Z][a-zA-Z0-9+.-]*):")
_SAFE = frozenset({"http", "https", "mailto"})


def _prose(text: str) -> str:
    """Return a text without its code."""
    return _CODE.sub("", text) if "`" in text or "~~~" in text else text


def markup(filed: Filed[Record]) -> Iterator[Finding]:
    """KB501, KB502: texts are Markdown, not HTML; links go where a reader can follow safely."""
    for trail, text in texts(filed.record):
        for code, message, hint in _unsafe(text):
            yield Finding(filed.location(trail), code, message, hint)


def other_markup(knowledge: KnowledgeBase) -> Iterator[Finding]:
    """KB501, KB502, for the texts of translations and sites."""
    for translation in knowledge.translations.values():
        for trail, text in strings(translation.texts):
            for code, message, hint in _unsafe(text):
                yield Finding(translation.location(trail), code, message, hint)
    for site in knowledge.sites.values():
        for trail, text in texts(site.record):
            for code, message, hint in _unsafe(text):
                yield Finding(site.location(trail), code, message, hint)


def _unsafe(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield (code, message, hint) of HTML and of links that a text must not hold."""
    if "<" in text:
        match = _HTML.search(_READ.sub("", _AUTOLINK.sub("", _prose(text))))
        if match:
            hint = "write Markdown, or put it in backticks"
            yield "KB501", f'"{match.group()}" is HTML', hint
    if "](" in text or "]:" in text:
        prose = _prose(text)
        for target in (*_LINK.findall(prose), *_DEFINITION.findall(prose)):
            scheme = _SCHEME.match(target)
            if scheme and scheme.group(1).lower() in _SAFE:
                continue
            hint = "use https:, mailto: or [[ID]]"
            yield "KB502", f'"{target[:60]}" is no safe link', hint


def asked_as(filed: Filed[Record]) -> Iterator[Finding]:
    """KB503: a case says how callers ask for it."""
    record = filed.record
    if isinstance(record, Case) and not record.issue.asked_as:
        hint = "add issue.asked_as with three things callers say"
        where = filed.location(("issue",), of_key=True)
        yield Finding(where, "KB503", "no words of callers", hint)


def hand_over(filed: Filed[Record]) -> Iterator[Finding]:
    """KB504: an escalation says what to hand over."""
    record = filed.record
    if not isinstance(record, Case):
        return
    for tier in Tier:
        handling = getattr(record.handling, tier)
        if handling is not None and handling.escalate and not handling.escalate.hand_over:
            where = filed.location(("handling", str(tier), "escalate"), of_key=True)
            hint = "list the facts the next tier begins with"
            yield Finding(where, "KB504", f"{tier} passes on without facts", hint)


def ends(filed: Filed[Record]) -> Iterator[Finding]:
    """KB505: a case leads to an end."""
    record = filed.record
    if not isinstance(record, Case) or record.type is CaseType.INFORMATION:
        return
    tiers = [getattr(record.handling, tier) for tier in Tier]
    if record.resolution or record.workaround or any(tier and tier.escalate for tier in tiers):
        return
    hint = "add resolution, workaround or an escalation"
    yield Finding(filed.location(("title",)), "KB505", "nothing ends this case", hint)


ON_RECORD = (markup, asked_as, hand_over, ends)
ON_KNOWLEDGE = (other_markup,)
