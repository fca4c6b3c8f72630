"""No personal data, no secrets, no destructive step without a warning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv4Network

from generator.findings import Finding
from generator.knowledge import KnowledgeBase
from generator.model import Record, Site, Step
from generator.records import Filed
from generator.shapes import Trail, parts, strings

# All patterns know ASCII letters only: a number between Chinese characters is a number.
_MAIL = re.compile(r"[\w.+-]{1,64}@((?:[\w-]+\.)+[a-z]{2,})", re.IGNORECASE | re.ASCII)
_RESERVED = re.compile(
    r"(^|\.)(example|example\.(com|org|net)|invalid|test|localhost|local)$"
    # units of systemd and files: wg-quick@wg0.service, icon@2x.png
    r"|\.(service|timer|socket|target|mount|png|jpe?g|svg|conf|log)$"
)
_PHONE = re.compile(
    r"(?<![\w.:/-])(?:\+\d{1,3}[ -]?(?:\(?\d{1,4}\)?[ -]?){2,4}\d{2,4}"
    r"|1[3-9]\d{9}|1[3-9]\d[ -]\d{4}[ -]\d{4}|0\d{2,3}-\d{7,8}|400-\d{3}-\d{4}"
    r"|0\d{1,2}-\d{3}-\d{4}|0\d{2,4}/\d{5,8})(?![\w-]|\.\d)",
    re.ASCII,
)
_PHONE_DIGITS = 9
_ADDRESS = re.compile(r"(?<![\w.-])(\d{1,3}(?:\.\d{1,3}){3})(?![\w-]|\.\d)", re.ASCII)
# what makes four numbers a version: a word for it close before them
_VERSION = re.compile(
    r"(?:(?<![a-z])(?:version|versions|ver|build|firmware|release|driver|treiber)"
    r"|版本|固件|驱动|构建|เวอร์ชัน|รุ่น|เฟิร์มแวร์)[^\d\n]{0,12}(?:\d+(?:\.\d+)+[^\d\n]{1,6})*$",
    re.IGNORECASE,
)
_DOCUMENTATION = tuple(
    IPv4Network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
)
# addresses that are the same for everybody: they name a public service, not somebody's host
_WELL_KNOWN = frozenset(
    {"1.1.1.1", "8.8.8.8", "8.8.4.4", "9.9.9.9"}
    | {"114.114.114.114", "223.5.5.5", "223.6.6.6", "119.29.29.29"}
)
_SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b"
    r"|\beyJ[\w-]{10,400}\.eyJ[\w-]{10}"
    r"|(?i:(?<![\w-])(?:password|passwd|passwort|kennwort|pwd|secret|api[_-]?key|token|密码|口令"
    r"|รหัสผ่าน)[\"']?\s*(?:[:=\uff1a]|是|为)\s*"
    r"[\"'`“]?(?=[^\s\"'<{$%]{0,64}\d)(?=[^\s\"'<{$%]{0,64}[a-z])[A-Za-z0-9!@#^&*+/_-]{8})",
    re.ASCII,
)
# Every repetition has an end: a record of 1 MB made to keep a search busy is read all the same.
_DESTRUCTIVE = re.compile(
    r"\brm\s+(-\w{0,20}[rf]\w{0,20}\s)|\bmkfs|\bdd\s+.{0,300}\bof=/dev/|\bdiskpart\b|\bformat\s+[a-z]:"
    r"|\b(drop|truncate)\s+(table|database|schema|user|index|view)\b|\bdelete\s+from\b"
    r"|\bkubectl\s+delete\b|\bhelm\s+(uninstall|delete)\b|\bterraform\s+destroy\b"
    r"|\bRemove-(Item|ItemProperty|Computer|ADUser|ADGroup|ADObject|LocalUser|Mailbox"
    r"|MailboxPermission|Partition|VM)\b|\b(Clear|Initialize)-Disk\b|\bFormat-Volume\b"
    r"|\bClear-EventLog\b|\bwevtutil(\.exe)?\s+cl\b|\bdsregcmd\s+/leave\b|\bnet\s+user\b.{0,300}/delete\b"
    r"|\bwrite\s+erase\b|\berase\s+startup-config\b|\bdelete\s+flash:|\bdiskutil\s+erase"
    r"|\b(lv|vg|pv)remove\b|\bz(pool|fs)\s+destroy\b|\buserdel\b|\bxfs_repair\s+-L\b|\bshred\b"
    r"|\bfind\s.{0,300}\s-delete\b|\btruncate\s+-s\s*0\b|\bcrontab\s+-r\b|\brsync\b.{0,300}\s--delete"
    r"|\bdocker\s+(volume\s+)?rm\b|\bdocker\s+compose\s+down\b.{0,300}\s(-v|--volumes)\b"
    r"|\baws\s+s3\s+(rm|rb)\b"
    r"|\breg(\.exe)?\s+delete\b|\bdel\s+/|\brd\s+/s|\brmdir\s+/s|\bbootrec\b|\bbcdboot\b"
    r"|\bnetsh\s+(winsock|int\s+ip)\s+reset\b|\bgit\s+(clean|reset\s+--hard)|\bwipefs\b"
    r"|\bvssadmin\s+delete\b|\bdocker\s+(system|volume|image)\s+prune\b|\bpg_resetwal\b"
    r"|\breset\s+(master|slave|replica)\b|\bjournalctl\b.{0,300}--vacuum|\bpg_terminate_backend\b",
    re.IGNORECASE,
)


def _finding(filed: Filed[Record], trail: Trail, code: str, message: str, hint: str) -> Finding:
    return Finding(filed.location(trail), code, message, hint)


def private_data(filed: Filed[Record] | Filed[Site]) -> Iterator[Finding]:
    """KB601 to KB604: nothing that belongs into a ticket or a safe."""
    for trail, text in strings(filed.record.model_dump(mode="json", exclude_unset=True)):
        for code, message, hint in _private(text):
            if code == "KB603" and "versions" in trail:
                continue
            yield Finding(filed.location(trail), code, message, hint)


def _private(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield (code, message, hint) of everything in a text that is not for a record."""
    secret = _SECRET.search(text)
    if secret:
        message = f'"{secret.group()[:4]}…" looks like a secret'
        yield "KB604", message, "take it out and change it where it is used"
    if "@" in text:
        for match in _MAIL.finditer(text):
            if not _RESERVED.search(match.group(1).lower()):
                message = f'"{match.group()}" is a mail address'
                yield "KB601", message, "use @example.com, or a role at a .example domain"
    for match in _PHONE.finditer(text):
        if _is_phone(match.group(), text[match.end() : match.end() + 8]):
            message = f'"{match.group()}" looks like a telephone number'
            yield "KB602", message, "name the role and the channel instead"
    for match in _ADDRESS.finditer(text):
        word = match.group(1)
        if _is_public(word) and not _VERSION.search(
            text[max(0, match.start() - 80) : match.start()]
        ):
            yield "KB603", f'"{word}" is a public address', "use an address of 192.0.2.0/24"


def _is_phone(word: str, after: str) -> bool:
    """Return whether a match is long enough, and is not a number of bytes."""
    digits = re.sub(r"\D", "", word)
    is_size = digits == word and int(digits) % 2**20 == 0
    is_counted = re.match(r"\s?(bytes?\b|字节|B\b|ms\b|毫秒)", after, re.IGNORECASE) is not None
    return len(digits) >= _PHONE_DIGITS and not is_size and not is_counted


def _is_public(word: str) -> bool:
    try:
        address = IPv4Address(word)
    except AddressValueError:
        return False
    if word in _WELL_KNOWN or any(address in network for network in _DOCUMENTATION):
        return False
    return address.is_global and not address.is_multicast


def destructive_steps(filed: Filed[Record]) -> Iterator[Finding]:
    """KB605, KB606: what destroys is guarded, and never asked of a requester."""
    for trail, step in parts(filed.record, Step):
        if step.command is None:
            continue
        match = _DESTRUCTIVE.search(step.command.run)
        if match is None:
            continue
        word, where = match.group().strip(), (*trail, "command")
        if trail[0] == "self_service":
            hint = "move the step to handling"
            yield _finding(filed, where, "KB606", f'"{word}" destroys something', hint)
        elif step.danger is None:
            hint = 'add "danger": what can be lost, what to make sure of first'
            yield _finding(filed, where, "KB605", f'"{word}" destroys something', hint)


def private_translations(knowledge: KnowledgeBase) -> Iterator[Finding]:
    """KB601 to KB604, for the texts of translations."""
    for translation in knowledge.translations.values():
        for trail, text in strings(translation.texts):
            for code, message, hint in _private(text):
                yield Finding(translation.location(trail), code, message, hint)


def private_sites(knowledge: KnowledgeBase) -> Iterator[Finding]:
    """KB601 to KB604, for sites."""
    for site in knowledge.sites.values():
        yield from private_data(site)


ON_RECORD = (private_data, destructive_steps)
ON_KNOWLEDGE = (private_translations, private_sites)
