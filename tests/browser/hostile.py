"""A knowledge base that attacks its readers: the full sample with a hostile string in every text.

Which fields hold free text is asked of the model, so that a new field is attacked from its first
day. Every string calls `canary()` where it gets to run.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import yaml
from pydantic import StringConstraints

from generator.model import Case, Guide, IssueType, Organisation, Part, Product, Runbook, Site, Team
from tests.conftest import FULL

STRINGS = (
    "<script>canary()</script>",
    "<SCRIPT SRC=data:text/javascript,canary()></SCRIPT>",
    "<script\x20type='text/javascript'>canary()</script >",
    "<img src=x onerror=canary()>",
    "<img src=x:x onerror\n=canary()>",
    "<img/src=`x`onerror=canary()>",
    "<image href=x onerror=canary()>",
    "<svg onload=canary()>",
    "<svg><script>canary()</script></svg>",
    "<svg><animate onbegin=canary() attributeName=x dur=1s>",
    "<svg><set attributeName=onmouseover value=canary()></svg>",
    "<svg><a xlink:href='javascript:canary()'><text y=9>x</text></a></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=canary()>",
    "<math href='javascript:canary()'>x</math>",
    "<iframe src='javascript:canary()'></iframe>",
    "<iframe srcdoc='<script>parent.canary()</script>'></iframe>",
    "<object data='javascript:canary()'></object>",
    "<embed src='javascript:canary()'>",
    "<video><source onerror=canary()></video>",
    "<audio src=x onerror=canary()>",
    "<details open ontoggle=canary()>x</details>",
    "<body onload=canary()>",
    "<input autofocus onfocus=canary()>",
    "<select autofocus onfocus=canary()>",
    "<textarea autofocus onfocus=canary()></textarea>",
    "<a href='javascript:canary()'>x</a>",
    "<a href=' &#1;javascript:canary()'>x</a>",
    "<form action='javascript:canary()'><button>x</button></form>",
    "<button formaction='javascript:canary()'>x</button>",
    "<isindex type=image src=1 onerror=canary()>",
    "<marquee onstart=canary()>x</marquee>",
    "<meta http-equiv=refresh content='0;url=javascript:canary()'>",
    "<base href='https://evil.example/'>",
    "<link rel=stylesheet href='https://evil.example/a.css'>",
    "<link rel=import href='data:text/html,<script>canary()</script>'>",
    "<style>@import 'https://evil.example/a.css';</style>",
    "<style>*{background:url(javascript:canary())}</style>",
    "<div style='background:url(javascript:canary())'>x</div>",
    "<kbd onclick=canary()>x</kbd><kbd>ok</kbd>",
    "<sup style=x:expression(canary())>2</sup><sup>2</sup>",
    "<br onmouseover=canary()><br>",
    "<noscript><p title='</noscript><img src=x onerror=canary()>'>",
    "<template><script>canary()</script></template>",
    "<svg><style><img title='</style><img src=x onerror=canary()>'>",
    "<!--><img src=x onerror=canary()>-->",
    "<![CDATA[<script>canary()</script>]]>",
    "<?xml version='1.0'?><script>canary()</script>",
    "<%00script>canary()</%00script>",
    "&lt;script&gt;canary()&lt;/script&gt;",
    "&#60;script&#62;canary()&#60;/script&#62;",
    '"><script>canary()</script>',
    "'><img src=x onerror=canary()>",
    '" onmouseover="canary()" x="',
    "' onfocus='canary()' autofocus='",
    "`onerror=canary()`",
    "</title><script>canary()</script>",
    "</textarea><script>canary()</script>",
    "</script><script>canary()</script>",
    "--></code></pre><script>canary()</script>",
    "<!--/kb--><script>canary()</script><!--kb-->",
    "<!--kb--><script>canary()</script><!--/kb-->",
    "\ue0020\ue003<script>canary()</script>",
    "\ue0000\ue001 \ue000999\ue001",
    "wzxhzdk:0 \u2028<script>canary()</script>\u2029",
    "{{ canary() }} {% include '/etc/passwd' %} {# x",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "${canary()} #{canary()} <%= canary() %>",
    "x {: onclick=canary() #L1 .kb-tier }",
    '{: onmouseover="canary()" }',
    "## x {: onclick=canary() }",
    "---\ntitle: x\ntemplate: start.html\n---",
    '"}\' data-search data-base="https://evil.example/" x=\'',
    '\\"};canary();//',
    "\u2028canary()//",
    "');canary();//",
    '[x](https://e.example/"onmouseover="canary())',
    "[x](https://e.example/ 'a\" onmouseover=\"canary()')",
    "<https://e.example/'onmouseover='canary()>",
    "[![x](https://e.example/a.png)](https://e.example/)",
    "| <script>canary()</script> | x |\n| --- | --- |\n| <img src=x onerror=canary()> | `</td>` |",
    '```"><script>canary()</script>\n</code></pre><script>canary()</script>\n```',
    "~~~ x onmouseover=canary()\n<b>\n~~~",
    "[[RB-0001]]<script>canary()</script>[[NET-0001]]",
    "<mark><strong onclick=canary()>**x**</strong></mark>",
    "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=canary() )//</stYle/</titLe/</teXtarEa/"
    "</scRipt/--!>"
    "\\x3csVg/<sVg/oNloAd=canary()//>\\x3e",
)
"""What a record may say (some of it with a warning), and no reader's browser may do."""

REFUSED = (
    "[x](javascript:canary())",
    "[x](JaVaScRiPt:canary())",
    "[x]( <javascript:canary()> )",
    "[x](java\tscript:canary())",
    "[x](&#106;avascript:canary())",
    "[x](javascript&colon;canary())",
    "[x](data:text/html,<script>canary()</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD5jYW5hcnkoKTwvc2NyaXB0Pg==)",
    "[x](vbscript:canary())",
    "[x](blob:https://e.example/a)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example/a)",
    "![x](javascript:canary())",
    "![x](data:image/svg+xml,<svg/onload=canary()>)",
    "[x][y]\n\n[y]: javascript:canary()",
    "[y]\n\n[y]: data:text/html,x",
)
"""What a record may not say: each is an error with its place."""

_KINDS: dict[str, type[Part]] = {
    "cases": Case, "runbooks": Guide, "sites": Site, "settings": Organisation,
    "issue_types": IssueType, "products": Product, "teams": Team,
}  # fmt: skip
_NAMES_SOMETHING = frozenset({"to", "image", "time_zone", "icon", "owner"})
"""Words that must be a name of something that is there."""


def is_free(annotation: Any, metadata: list[Any], name: str) -> bool:
    """Return whether a field holds free text: a string of no special form."""
    leaves = list(_leaves(annotation, tuple(metadata)))
    is_word = [leaf is str for leaf, _ in leaves]
    has_form = any(
        isinstance(mark, StringConstraints) and mark.pattern
        for _, marks in leaves
        for mark in marks
    )
    return any(is_word) and not has_form and name not in _NAMES_SOMETHING


def _leaves(annotation: Any, marks: tuple[Any, ...]) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        yield from _leaves(inner, (*marks, *more))
    elif get_args(annotation):
        for each in get_args(annotation):
            yield from _leaves(each, marks)
    else:
        yield annotation, marks


def poisoned(data: Any, kinds: tuple[type[Part], ...], strings: Iterator[str]) -> Any:
    """Return a record's data with a hostile string behind each free text."""
    if isinstance(data, list):
        return [poisoned(each, kinds, strings) for each in data]
    if not isinstance(data, dict):
        return data
    fields = {name: info for kind in kinds for name, info in kind.model_fields.items()}
    if not fields.keys() & data.keys():  # a mapping from names to parts: tiers, nodes
        return {key: poisoned(each, kinds, strings) for key, each in data.items()}
    made = dict(data)
    for name, info in fields.items():
        value = data.get(name)
        if value is None:
            continue
        inner = tuple(
            leaf
            for leaf, _ in _leaves(info.annotation, ())
            if isinstance(leaf, type) and issubclass(leaf, Part)
        )
        if inner:
            made[name] = poisoned(value, inner, strings)
        elif is_free(info.annotation, info.metadata, name):
            made[name] = (
                [_one(each, strings) for each in value]
                if isinstance(value, list)
                else _one(value, strings)
            )
    return made


def _one(value: str, strings: Iterator[str]) -> str:
    return f"{next(strings)} {value}"


def _line(text: str) -> str:
    """Return a text that cannot end the section of a Markdown record it stands in."""
    return " ".join(text.split()).replace("```", "`").replace("~~~", "~").replace("## ", "# ")


def write_hostile(root: Path) -> int:
    """Write the knowledge base below `root/kb` and return how many texts were attacked."""
    count = 0

    def counted() -> Iterator[str]:
        nonlocal count
        for text in cycle((*STRINGS, *REFUSED)):
            count += 1
            yield text

    strings = counted()
    shutil.copytree(FULL / "kb", root / "kb")
    for path in sorted((root / "kb").rglob("*.yml")):
        folder = path.relative_to(root / "kb").parts[0].removesuffix(".yml")
        kind = _KINDS.get(path.stem if folder == "vocabulary" else folder)
        if kind is None:
            continue
        data = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)
        made = poisoned(data, (kind,), strings)
        if kind is Case and path.stem == "PRN-0001":
            made["resolution"] = "\n\n".join((*STRINGS, *REFUSED))
        path.write_text(yaml.safe_dump(made, allow_unicode=True, sort_keys=False), "utf-8")
    for path in sorted((root / "kb" / "runbooks").glob("*.md")):
        _, front, body = path.read_text("utf-8").split("---\n", 2)
        data = yaml.load(front, Loader=yaml.BaseLoader)
        data = poisoned(data, (Runbook,), strings)
        sections = (f"## {each}\n\n{_line(next(strings))}" for each in body.split("## ")[1:])
        front = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
        path.write_text(f"---\n{front}---\n" + "\n\n".join(sections), "utf-8")
    return count
