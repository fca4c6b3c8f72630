"""What a record says: enough to act on, nothing that a reader cannot open safely."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from urllib.parse import urlsplit

from generator.findings import Finding
from generator.knowledge import KnowledgeBase
from generator.markup import RAW
from generator.model import Case, CaseType, Record, Site, Tier
from generator.records import Filed
from generator.shapes import strings, texts

_CODE = re.compile(r"(```|~~~).*?\1|``.+?``|`[^`\n]*`", re.DOTALL)
_HTML = re.compile(r"</?[a-zA-Z][^>\n]{0,200}>|<!--")
_READ = re.compile(rf"<({'|'.join(RAW)})>[^<>\n]{{1,200}}</\1>|<br ?/?>")
_AUTOLINK = re.compile(r"<(?:https?://|mailto:)[^>\s]{1,500}>")
_LINK = re.compile(r"(?<!\])\]\(\s*<?([^)\s>]+)")  # not after [[ID]]
_DEFINITION = re.compile(r"^ {0,3}\[[^\]\n]{1,200}\]:\s*<?([^\s>]+)", re.MULTILINE)
_SCHEME = re.compile(r"^([a-zA-Z][a-zA-Z0-9+.-]*):")
_HOST = re.compile(r"[^\s.\[\]<>\"'{}|\\^%]{1,63}(?:\.[^\s.\[\]<>\"'{}|\\^%]{1,63}){0,12}")
_PRIVATE = re.compile(r"(?:10|127|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))\.[0-9.]+$")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]|(?<=[!-~])[\u200b-\u200d](?=[!-~])"
)
"""What nobody sees and everybody copies; joints between letters of other scripts are not."""
_PILE = re.compile(
    "[\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{4,100}"
)
"""More marks than any language puts on a letter."""
_SAFE = frozenset({"http", "https", "mailto"})


def _prose(text: str) -> str:
    """Return a text without its code."""
    return _CODE.sub("", text) if "`" in text or "~~~" in text else text


def markup(filed: Filed[Record] | Filed[Site]) -> Iterator[Finding]:
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
        yield from markup(site)


def characters(filed: Filed[Record] | Filed[Site]) -> Iterator[Finding]:
    """KB119, KB507: characters are seen and stay on their line, also where YAML spells them."""
    source = filed.source.text
    if "\\" not in source and not _UNSEEN.search(source) and not _PILE.search(source):
        return
    for trail, text in strings(filed.record.model_dump(mode="json", exclude_unset=True)):
        for code, message, hint in _odd(text):
            yield Finding(filed.location(trail), code, message, hint)


def other_characters(knowledge: KnowledgeBase) -> Iterator[Finding]:
    """KB119, KB507, for the texts of translations and sites."""
    for translation in knowledge.translations.values():
        for trail, text in strings(translation.texts):
            for code, message, hint in _odd(text):
                yield Finding(translation.location(trail), code, message, hint)
    for site in knowledge.sites.values():
        yield from characters(site)


def _odd(text: str) -> Iterator[tuple[str, str, str]]:
    if hidden := _UNSEEN.search(text):
        yield "KB119", f"the character U+{ord(hidden[0]):04X} cannot be seen", "remove it"
    if pile := _PILE.search(text):
        yield "KB507", f"{len(pile[0])} marks stand on one letter", "write the letter without them"


def _unsafe(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield (code, message, hint) of HTML and of links that a text must not hold."""
    if "<" in text:
        match = _HTML.search(_READ.sub("", _AUTOLINK.sub("", _prose(text))))
        if match:
            hint = "write Markdown, or put it in backticks"
            yield "KB501", f'"{match.group()}" is HTML', hint
    for target in _targets(text):
        scheme = _SCHEME.match(target)
        if scheme and scheme.group(1).lower() in _SAFE:
            continue
        hint = "use https:, mailto: or [[ID]]"
        yield "KB502", f'"{target[:60]}" is no safe link', hint


def _targets(text: str) -> tuple[str, ...]:
    """Return where the links of a text lead, beside those that are written as `<address>`."""
    if "](" not in text and "]:" not in text:
        return ()
    prose = _prose(text)
    return (*_LINK.findall(prose), *_DEFINITION.findall(prose))


class Weakness(StrEnum):
    """Why an outward link cannot be trusted to work, told without following it."""

    NOT_ENCRYPTED = "not encrypted"
    NO_HOST = "no host"
    NOT_REACHABLE = "not reachable from outside"
    HOLDS_A_NAME = "holds a user name"


def weak_links(text: str) -> Iterator[tuple[str, Weakness]]:
    """Yield (address, why) of each outward link in a text that looks broken as it is written.

    Nothing is asked over the network: a page that has moved or gone is not noticed.
    """
    if "http" not in text.lower():
        return
    autolinks = (found[1:-1] for found in _AUTOLINK.findall(_prose(text)))
    for address in (*_targets(text), *autolinks):
        if address.lower().startswith(("http:", "https:")) and (why := _weakness(address)):
            yield address, why


def _weakness(address: str) -> Weakness | None:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return Weakness.NO_HOST
    if not _HOST.fullmatch(host):
        return Weakness.NO_HOST
    if parts.username is not None:
        return Weakness.HOLDS_A_NAME
    is_local = "." not in host or host.endswith((".local", ".localhost", ".internal", ".lan"))
    if is_local or _PRIVATE.match(host):
        return Weakness.NOT_REACHABLE
    return Weakness.NOT_ENCRYPTED if parts.scheme.lower() == "http" else None


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


ON_RECORD = (markup, characters, asked_as, hand_over, ends)
ON_KNOWLEDGE = (other_markup, other_characters)
