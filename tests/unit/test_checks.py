"""Checks beyond the broken samples: above all, what must not be complained about."""

from __future__ import annotations

import json

import pytest

from generator.findings import Finding
from generator.loading import load
from generator.settings import Settings
from tests.conftest import KbFrom

PATH = "kb/cases/printing/PRN-0001.yml"
CASE = "id: PRN-0001\ntitle: 标题\nissue_type: printing\nissue: {symptoms: [一], asked_as: [二]}\n"


def found(settings: Settings) -> list[Finding]:
    """Return what is said of a project."""
    return list(load(settings).findings)


def said_of(kb_from: KbFrom, text: str) -> list[str]:
    """Return the codes that a text as a case's resolution brings about."""
    quoted = json.dumps(text, ensure_ascii=False)
    return [each.code for each in found(kb_from({PATH: f"{CASE}resolution: {quoted}\n"}))]


@pytest.mark.parametrize(
    "text",
    [
        "Windows 10.0.22631.1 上没有这个问题",
        "10.0.26100.1742",
        "固件版本 1.2.3.4 以上",
        "升级到版本 7.2.4.9 或 7.4.1.2",
        "FortiClient version 7.2.4.9",
        "Firmware: 3.11.20.5",
        "驱动 v31.0.101.4502",
        "v1.2.3.4",
        "地址形如 10.20.8.31 或 192.168.1.1 或 172.16.0.9",
        "测试地址 192.0.2.7、198.51.100.9、203.0.113.1",
        "ping 8.8.8.8,DNS 114.114.114.114",
        "掩码 255.255.255.0,网关 0.0.0.0,本机 127.0.0.1",
        "组播 224.0.0.251 和 239.255.255.250",
        "169.254.12.9 说明没有拿到地址",
        "OID 1.3.6.1.2.1.43",
        "1.2.3.4.5",
        "第 1.2.3 节",
        "300.400.500.600",
    ],
)
def test_not_a_public_address(kb_from: KbFrom, text: str) -> None:
    """Versions, private, documentation, multicast and well-known addresses are let through."""
    assert said_of(kb_from, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "服务器是61.135.169.121。",
        "The server is 61.135.169.121.",
        "http://61.135.169.121:8080/",
        "`ping 61.135.169.121`",
        "客户端 61.135.169.121 连不上",
        "版本 7.2.4\n服务器 61.135.169.121",
    ],
)
def test_public_address(kb_from: KbFrom, text: str) -> None:
    """A real address is found between Chinese characters, in code and before a full stop."""
    assert said_of(kb_from, text) == ["KB603"]


def test_versions_field_holds_versions(kb_from: KbFrom) -> None:
    """What stands in `environment.versions` is a version, however it looks."""
    text = f'{CASE}resolution: 好了\nenvironment: {{versions: ["12.1.4.8"]}}\n'
    assert found(kb_from({PATH: text})) == []


@pytest.mark.parametrize(
    "text",
    [
        "错误 0x80070643、0x800f0922、0x8004def7",
        "停止代码 0x0000007B (0xFFFFF880009A97E8, 0xFFFFFFFFC0000034)",
        "事件 4740,KB5034441,CVE-2024-38063",
        "2026-11-22 14:03:22 +0800",
        "20261122140322",
        "错误 1326 或 12029 或 -2147024891",
        "字节数 17179869184,即 16 GiB",
        "文件有 15032386999 字节",
        "1700000000000 毫秒",
        "序列号写成 SN-139-0000",
        "端口 443、8443、49152-65535",
        "AADSTS50105,AADSTS700016",
        "GUID 6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "MAC 00-1A-2B-3C-4D-5E 或 13:91:23:45:67:89",
        "date -d +86400",
        "find / -mtime +1234567",
        "返回码 0190-123",
        "550 5.7.708 和 550-5.7.1",
        "0.13912345678",
        "CAS 号 7732-18-5",
    ],
)
def test_not_a_telephone_number(kb_from: KbFrom, text: str) -> None:
    """Error codes, dates, sizes, ports and identifiers are no telephone numbers."""
    assert said_of(kb_from, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "打电话13912345678找他",
        "call 13912345678.",
        "139 1234 5678",
        "139-1234-5678",
        "+86 10 6234 5678",
        "+49 30 1234567",
        "+66812345678",
        "010-62345678",
        "0755-26543210",
        "400-820-1234",
        "โทร 02-123-4567",
        "โทร 081-234-5678",
        "Tel. 030/1234567",
    ],
)
def test_telephone_number(kb_from: KbFrom, text: str) -> None:
    """Numbers as people in China, Germany and Thailand write them are found."""
    assert said_of(kb_from, text) == ["KB602"]


@pytest.mark.parametrize(
    "text",
    [
        "写给 someone@example.com 或 desk@lanting.example",
        "systemctl restart wg-quick@wg0.service",
        "`postgresql@16-main.service`",
        "icon@2x.png",
        "user@host",
        "npm install pkg@1.2.3",
        "root@localhost 与 me@printer.local",
    ],
)
def test_not_a_mail_address(kb_from: KbFrom, text: str) -> None:
    """Reserved domains, units, files and versions are no mail addresses."""
    assert said_of(kb_from, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "密码至少8位,包含字母和数字",
        "password: `<your-password-1>`",
        "token=${TOKEN1}",
        "密码:见保险箱",
        "api_key: YOUR_API_KEY",
        "忘记密码?看 [[PRN-0001]]吗",
        "secret: $CLIENT_SECRET_2",
        "密码是8到16位",
    ],
)
def test_not_a_secret(kb_from: KbFrom, text: str) -> None:
    """Rules about passwords and placeholders are no passwords."""
    assert [code for code in said_of(kb_from, text) if code != "KB310"] == []


@pytest.mark.parametrize(
    "text",
    [
        "密码:Qwe12345rty",
        "password = Tr0ub4dor&3x",
        '{"token": "a1b2c3d4e5f6"}',
        "-----BEGIN RSA PRIVATE KEY-----",
        "AKIA" + "ABCDEFGH12345678",
        "ghp_" + "a1B2" * 9,
        "Kennwort: Sommer2026!",
    ],
)
def test_secret(kb_from: KbFrom, text: str) -> None:
    """Passwords, keys and tokens are found, and the finding shows four characters at most."""
    quoted = json.dumps(text, ensure_ascii=False)
    findings = found(kb_from({PATH: f"{CASE}resolution: {quoted}\n"}))
    assert [each.code for each in findings] == ["KB604"]
    assert text[5:] not in findings[0].message


@pytest.mark.parametrize(
    "text",
    [
        "键入 `<Enter>`,看 `<b>`",
        "```html\n<script>\n```",
        "a < b 且 c > d",
        "<https://example.com/a>",
        "| a | b |\n| --- | --- |\n| 1 | 2 |",
        "[说明](https://example.com/x) 与 [写信](mailto:desk@desk.example)",
        "`[x](javascript:0)`",
        "按 <kbd>Win</kbd>+<kbd>R</kbd><br>10<sup>3</sup> 个 H<sub>2</sub>O",
        "[[PRN-0002]](S7) 或 [ ] 与 [x]",
    ],
)
def test_markdown_that_is_fine(kb_from: KbFrom, text: str) -> None:
    """Code, comparisons, autolinks, tables, safe links and references followed by brackets pass."""
    quoted = json.dumps(text, ensure_ascii=False)
    other = CASE.replace("PRN-0001", "PRN-0002") + "resolution: 好了\n"
    files = {PATH: f"{CASE}resolution: {quoted}\n", PATH.replace("0001", "0002"): other}
    assert found(kb_from(files)) == []


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert)",
        "[x]( <javascript:alert> )",
        "[x](//evil.example/a)",
        "[x](../../etc/passwd)",
        "![x](file:///etc/passwd)",
        "[x][y]\n\n[y]: JavaScript:alert",
    ],
)
def test_links_that_are_not(kb_from: KbFrom, text: str) -> None:
    """A link to anything but the web, mail or a record is told, in every way to write one."""
    assert "KB502" in said_of(kb_from, text)


@pytest.mark.parametrize(
    "command",
    [
        "Get-Item C:/Windows",
        "docker run --rm -it alpine",
        "git status",
        "netsh interface show interface",
        "format-table",
        "Get-ChildItem | Format-List",
        "SELECT * FROM jobs",
        "kubectl get pods",
        "reg query HKLM",
        "diskutil list",
        "journalctl -u nginx",
        "rsync -a a/ b/",
    ],
)
def test_commands_that_only_look(kb_from: KbFrom, command: str) -> None:
    """A command that shows something needs no warning."""
    assert _step(kb_from, command) == []


@pytest.mark.parametrize(
    "command",
    [
        "rm -rf /var/lib/x",
        "sudo rm -r x",
        "Remove-Item -Recurse C:/x",
        "reg delete HKLM/x /f",
        "format d: /q",
        "DROP TABLE jobs",
        "DELETE FROM jobs",
        "kubectl delete pod x",
        "netsh winsock reset",
        "netsh int ip reset",
        "git clean -fdx",
        "dd if=a of=/dev/sda",
        "write erase",
        "Format-Volume -DriveLetter D",
        "echo a\ndel /q x",
        "find /tmp -name a -delete",
        "docker volume rm x",
    ],
)
def test_commands_that_destroy(kb_from: KbFrom, command: str) -> None:
    """A command that deletes, formats or resets needs a warning."""
    assert _step(kb_from, command) == ["KB605"]


def _step(kb_from: KbFrom, command: str) -> list[str]:
    step = {"action": "做", "command": {"shell": "bash", "run": command}}
    tiers = json.dumps({"L2": {"steps": [step]}}, ensure_ascii=False)
    return [
        each.code for each in found(kb_from({PATH: f"{CASE}resolution: 好\nhandling: {tiers}\n"}))
    ]


def test_a_warned_step_passes(kb_from: KbFrom) -> None:
    """A destructive step with `danger` is fine in handling."""
    step = "{action: a, danger: b, command: {shell: bash, run: rm -r x}}"
    text = f"{CASE}resolution: 好\nhandling: {{L2: {{steps: [{step}]}}}}\n"
    assert found(kb_from({PATH: text})) == []


def test_internal_fields_of_a_public_record_may_name_internal_ones(kb_from: KbFrom) -> None:
    """Only what the wide audience reads is held against the narrower record."""
    public = (
        f"{CASE}audience: public\nresolution: 好\ncause: 见 [[PRN-0002]]\nrelated: [PRN-0002]\n"
    )
    internal = CASE.replace("PRN-0001", "PRN-0002") + "resolution: 好\n"
    files = {PATH: public, PATH.replace("0001", "0002"): internal}
    assert [each.code for each in found(kb_from(files))] == []


def test_escalation_of_a_public_guide_is_internal(kb_from: KbFrom) -> None:
    """A guide's escalation is internal, so that it may name an internal record."""
    guide = (
        "id: GD-0001\ntitle: t\nissue_type: printing\naudience: public\nstart: a\nnodes:\n"
        "  a: {kind: question, text: t, answers: [{text: a, next: b}, {text: c, next: b}]}\n"
        "  b: {kind: guidance, text: x, escalate: {to: L2, when: '[[PRN-0001]]', hand_over: [y]}}\n"
    )
    files = {PATH: f"{CASE}resolution: 好\n", "kb/runbooks/GD-0001.yml": guide}
    assert found(kb_from(files)) == []


def test_information_needs_no_end(kb_from: KbFrom) -> None:
    """A case that only informs needs no resolution."""
    assert found(kb_from({PATH: f"{CASE}type: information\n"})) == []


def test_archived_records_are_not_reviewed(kb_from: KbFrom) -> None:
    """Nobody is asked to review what was archived."""
    text = f"{CASE}resolution: 好\nconfidence: archived\nreview_by: 2025-01-01\n"
    assert found(kb_from({PATH: text})) == []


def test_review_on_its_day_is_not_overdue(kb_from: KbFrom) -> None:
    """A review is overdue from the day after its date."""
    text = f"{CASE}resolution: 好\nreview_by: 2026-11-22\n"
    assert found(kb_from({PATH: text})) == []


def test_site_words_and_numbers(kb_from: KbFrom) -> None:
    """Sites are checked like records: vocabulary, ids, personal data, HTML."""
    site = (
        "id: mill\nname: <b>n</b>\nedition: public\nlanguages: [zh]\ntime_zone: Asia/Bangkok\n"
        "records: {products: [nope], ids: [PRN-0009]}\n"
        "contacts: [{role: 见 PRN, channel: 13912345678, hours: '[[PRN-0008]]'}]\n"
    )
    codes = sorted(each.code for each in found(kb_from({"kb/sites/mill.yml": site})))
    assert codes == ["KB304", "KB304", "KB305", "KB501", "KB602"]


def test_a_loop_between_guides_is_no_loop_inside_one(kb_from: KbFrom) -> None:
    """Two answers that lead to one node are no circle."""
    guide = (
        "id: GD-0001\ntitle: t\nissue_type: printing\nstart: a\nnodes:\n"
        "  a: {kind: question, text: t, answers: [{text: a, next: b}, {text: c, next: c}]}\n"
        "  b: {kind: question, text: t, answers: [{text: a, next: c}, {text: c, next: c}]}\n"
        "  c: {kind: guidance, text: x}\n"
    )
    assert found(kb_from({"kb/runbooks/GD-0001.yml": guide})) == []
