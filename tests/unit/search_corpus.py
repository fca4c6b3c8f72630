"""A small made-up corpus in four languages, for the tests of search."""

from __future__ import annotations

from dataclasses import replace

from generator.search.entries import SearchEntry
from generator.search.glossary import phrases


def entry(
    name: str,
    language: str,
    title: str,
    text: str,
    codes: str = "",
    issue_type: str = "printing",
    asked_as: str = "",
) -> SearchEntry:
    """Return an entry of a case."""
    fields = (("title", title), ("asked_as", asked_as), ("error_codes", codes), ("rest", text))
    facets = (("issue_type", (issue_type,)), ("tier", ("L1", "L2")))
    path = f"{language}/cases/{name}.html"
    return SearchEntry(name, language, "case", path, title, fields, facets)


CORPUS = (
    entry(
        "PRN-0001",
        "zh",
        "打印机显示脱机",
        "打印队列中打印机图标变灰。换了路由器以后打印机脱机。",
        "0x00000709",
    ),
    entry(
        "PRN-0001",
        "en",
        "Printer shows offline",
        "The printer icon in the queue is grey.",
        "0x00000709",
    ),
    entry("PRN-0002", "zh", "打印出来有横线", "清洁打印头,更换墨盒。", asked_as="打出来一道一道的"),
    entry(
        "WIN-0001",
        "zh",
        "启动时蓝屏",
        "停止代码 INACCESSIBLE_BOOT_DEVICE。",
        "0x0000007B",
        "windows",
    ),
    entry(
        "WIN-0001",
        "en",
        "Blue screen at start",
        "Stop code INACCESSIBLE_BOOT_DEVICE.",
        "0x0000007B",
        "windows",
    ),
    entry(
        "WIN-0002",
        "zh",
        "更新安装失败",
        "更新 KB5034441 无法安装,恢复分区太小。",
        "0x80070643",
        "windows",
    ),
    entry(
        "NET-0001",
        "de",
        "VPN verbindet nicht",
        "Die Netzwerkverbindung wird nach dem Anmelden getrennt.",
        "691",
        "network",
    ),
    entry("NET-0001", "zh", "VPN 无法连接", "登录后网络连接被断开。", "691", "network"),
    entry(
        "NET-0001",
        "th",
        "VPN เชื่อมต่อไม่ได้",
        "เครื่องไม่สามารถเชื่อมต่อเครือข่ายได้หลังเข้าสู่ระบบ",
        "691",
        "network",
    ),
    entry(
        "NET-0002",
        "en",
        "Wi-Fi drops every hour",
        "Roaming between access points, driver power saving.",
        issue_type="network",
    ),
    entry(
        "NET-0002",
        "de",
        "WLAN bricht stündlich ab",
        "Treiber: Energiesparmodus ausschalten. Überprüfen.",
        issue_type="network",
    ),
    entry(
        "MAIL-0001",
        "en",
        "Mail returned 550 5.7.1",
        "The server rejected your message. <b>Bold</b> & more.",
        "550 5.7.1",
        "mail",
    ),
)

GROUPED = (
    replace(entry("PRN-0003", "zh", "打印机灰色脱机", "同一件事。"), group="PRN-0001"),
    replace(entry("WIN-0003", "en", "Old blue screen notes", "Stop code."), group="WIN-0001"),
    replace(
        entry("WIN-0004", "en", "Screen blue", "Of a record that is not here."), group="GONE-1"
    ),
)
CORPUS = (*CORPUS, *GROUPED)

TERMS = {
    "mail": phrases(("邮件", "mail", "E-Mail", "อีเมล")),
    "offline": phrases(("脱机", "离线", "offline", "getrennt", "ออฟไลน์")),
    "printer": phrases(("打印机", "印表机", "printer", "Drucker", "เครื่องพิมพ์")),
    "rejected": phrases(("退信", "rejected", "Unzustellbar")),
    "vpn": phrases(("VPN", "remote access", "Fernzugang")),
    "wifi": phrases(("Wi-Fi", "无线网", "WLAN", "ไวไฟ")),
}
"""A small glossary."""

QUERIES = (
    "Drucker offline",
    "เครื่องพิมพ์ออฟไลน์",
    "無線網 掉線",
    "無法連接網路",
    "邮件 退信",
    "Fernzugang",
    "dayinji",
    "da yin ji",
    "dyj",
    "lanping",
    "dayinj",
    "mode die date",
    "打音机",
    "pritner",
    "durcker offlin",
    "keybord",
    "打印几拖机",
    "what is wrong with the printer",
    "warum geht der Drucker nicht",
    "为什么打印机是脱机的怎么办",
    "打印",
    "机脱",
    "脱机",
    "蓝屏",
    "0x7b",
    "STOP 7B",
    "0x0000007b",
    "stop code 7b",
    "prn 1",
    "PRN-0001",
    "VPN",
    "เชื่อมต่อ",
    "ไม่สามารถเชื่อมต่อเครือข่าย",
    "Netzwerk Verbindung",
    "netzwerkverbindungen",
    "wifi",
    "wlan ueberprüfung",
    "printr ofline",
    "KB 5034441",
    "5.7.1",
    "550 5.7.1",
    "drivers",
    "无法连接网络",
    "一道一道",
    "蓝",
    "inaccessible boot",
    "",
    "   ",
    "((((",
    "<script>",
    "\u0000\u0007",
    "😀",
    "a" * 10_000,
    "打" * 10_000,
    "' OR 1=1 --",
    "constructor",
    "__proto__",
)
