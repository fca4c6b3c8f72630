"""What a record may say to harm a printed book or its readers, and what is said of it.

Each stands in every text of a case of its own: title, symptoms, callers' words, error codes, steps,
commands, warnings, words of pictures, parameters, tables of Markdown.
"""

from __future__ import annotations

from typing import Any

IMAGES = {
    "broken.png": b"\x89PNG\r\n\x1a\nnot a picture",
    "script.svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
    b"<script>x</script></svg>",
}

ONLY_TEXT = {
    "typst call": '#eval("1+1") #panic("x") #import "x.typ": *',
    "typst read": '#read("/etc/passwd") #include "/etc/passwd"',
    "typst end of a string": '"); panic("x"); ("',
    "typst backslashes": '\\ \\\\ \\" \\u{41} \\#panic(2)',
    "typst brackets": "]]]])))}}} [[[(((({{{",
    "typst label and reference": "(label) @see @NET-0001 = Heading < label",
    "typst math": "$ sum_(i=0)^n x^2 $ $#panic()$",
    "typst raw": "```typ #panic(1) ``` `#panic()`",
    "typst show rule": "#show: it => panic() #set page(width: 1pt)",
    "typst comment": "// gone /* gone */ -- --- ~ ... 'x'",
    "pdf objects": ") Tj ET endstream endobj 1 0 obj << /OpenAction << /JS (x) >> >>",
    "pdf string": "(((((\\)\\( << >> [ ] % \\050 <0041>",
    "pdf launch": "/Launch /EmbeddedFile /AA /URI (file:///etc/passwd)",
    "template": "{{ 7*7 }} {% include '/etc/passwd' %} ${x} <%= x %>",
    "entities": "&lt;script&gt; &#60;b&#62; &amp;amp; &nbsp;",
    "long word": "x" * 500,
    "long path": "A/" * 250,
    "long chinese": "网" * 500,
    "long thai": "ห้ามปิดเครื่องเด็ดขาด" * 25,
    "eight lists": "\n".join("  " * depth + f"- 层 {depth}" for depth in range(8)),
    "huge table": "| a | b | c |\n| --- | --- | --- |\n" + "| 一 | 二 | 三 |\n" * 60,
    "wide table": "|x" * 20 + "|\n" + "|---" * 20 + "|\n" + "|长文字x" * 20 + "|",
    "ragged table": "| a | b |\n|---|---|\n| 1 |\n| 1 | 2 | 3 |",
    "only marks": "** __ ~~ ` [ ![",
    "quotes": "\"'“”‘’„“«»「」『』",
    "headings": "###### six\n\n# one\n\n### three",
    "rules": "---\n\n***\n\n> quote\n>> deeper",
    "chinese joint": "网络\u200b连接",
}
"""Texts that are what they look like: they are printed, and nothing needs to be said."""

ODD = {
    "html": ("KB501", "<script>alert(1)</script> <img src=x onerror=y>"),
    "html handler": ("KB501", "<b onclick=x>y</b> <iframe src='javascript:x'></iframe>"),
    "javascript link": ("KB502", "[x](javascript:alert(1))"),
    "file link": ("KB502", "[x](file:///etc/passwd)"),
    "emoji": ("KB902", "好👍🏽"),
    "emoji sequence": ("KB902", "👨‍👩‍👧"),
    "flag": ("KB902", "🇨🇳 🏳️‍🌈"),
    "old script": ("KB902", "𓀀"),
    "music": ("KB902", "𝄞 𝅘𝅥𝅮"),
    "rare chinese": ("KB902", "\U000323af 麵"),
    "hebrew": ("KB902", "שלום"),
    "arabic": ("KB902", "مرحبا 123 بكم"),
    "private use": ("KB902", "\ue000\uf8ff"),
    "reading direction": ("KB119", "abc\u202edcba"),
    "reading direction mark": ("KB119", "abc\u200fdef"),
    "isolate": ("KB119", "abc\u2066def\u2069"),
    "joint in a word": ("KB119", "pass\u200bword"),
    "byte order mark inside": ("KB119", "一\ufeff二"),
    "invisible operator": ("KB119", "一\u2063二"),
    "tags": ("KB119", "一\U000e0041\U000e0042二"),
    "control": ("KB119", "a\x07b\x1b[31mc"),
    "old control": ("KB119", "a\x85b\x9bc"),
    "half a character": ("KB", "a\ud800b"),
    "unknown reference": ("KB304", "[[ZZ-9999]]"),
    "empty": ("KB206", ""),
    "spaces": ("KB206", "  "),
    "missing picture": ("KB312", "看图"),
    "picture that runs": ("KB109", "看图"),
    "broken picture": ("KB108", "看图"),
    "many marks": ("KB507", "a" + "\u0301\u0302\u0303\u0304" * 10 + "b"),
}
"""What is told, by its code."""

PICTURES = {
    "missing picture": "images/none.png",
    "picture that runs": "images/script.svg",
    "broken picture": "images/broken.png",
}


def case(id: str, text: str, picture: str | None = None) -> dict[str, Any]:
    """Return a case that says a text wherever it can."""
    step = {"action": text, "expect": text, "otherwise": text, "danger": text}
    command = {"command": {"shell": "bash", "run": text}}
    shown = {"image": picture, "alt": text} if picture else {}
    return {
        "id": id,
        "title": text.split("\n")[0],
        "issue_type": "printing",
        "audience": "internal",
        "confidence": "wip",
        "issue": {"symptoms": [text], "error_codes": [text], "asked_as": [text]},
        "handling": {
            "L1": {
                "say": text,
                "tools": [text],
                "steps": [step | command | shown],
                "escalate": {"to": "L2", "when": text, "hand_over": [text]},
            }
        },
        "cause": text,
        "resolution": f"{text}\n\n| 表 |\n| --- |\n| {' '.join(text.split())} |",
        "workaround": text,
        "prevention": text,
        "verification": [text],
        "parameters": [{"name": text, "value": text, "where": text, "effect": text}],
    }


SITE = {
    "id": "far-mine",
    "name": "远矿",
    "edition": "internal",
    "languages": ["zh"],
    "time_zone": "Asia/Shanghai",
    "paper": "A5",
    "records": {"issue_types": ["printing"]},
    "contacts": [{"role": "调度室", "channel": "对讲 1 频道", "hours": "每天 24 小时"}],
    "never": ["绝不停风机"],
}
