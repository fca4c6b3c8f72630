"""Steps that a text names ("do step 4") as links to those steps.

In goes a text's HTML, out comes the same HTML with links. Records say it in words, as people do;
all four languages are read in every text, for a text may stand in another one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

SELF_SERVICE = "self-service"
"""How the part of a page is addressed that is no tier."""

_WHERE = r"自助处理|自助|self-service|Selbsthilfe|การแก้ไขด้วยตนเอง|L[123]"
_STEP = re.compile(
    rf"(?:({_WHERE})\s*的?\s*)?第\s*(\d{{1,2}})\s*(?:步?\s*[到至]\s*第?\s*\d{{1,2}}\s*)?步"
    rf"|(?:({_WHERE}),?\s+)?\b(?:steps?|Schritte?n?)\s+(\d{{1,2}})\b(?:\s*(?:to|bis|[-–])\s*\d{{1,2}}\b)?"
    rf"(?:\s+(?:of|in|der|von|aus)\s+({_WHERE})\b)?"
    rf"|ขั้น(?:ตอน)?ที่\s*(\d{{1,2}})(?:\s*ถึง\s*\d{{1,2}})?(?:\s*ของ\s*({_WHERE}))?",
    re.IGNORECASE,
)
_WORDS = ("步", "tep", "chritt", "TEP", "CHRITT", "ขั้น")
"""One of these is in each step that is named; most texts hold none, and are not read further."""
_TAG = re.compile(r"(<[^>]*>)")
_OPENING, _CLOSING = ("<a ", "<code", "<pre"), ("</a", "</code", "</pre")
"""Inside of these a step is not linked."""
_OTHERS = re.compile(rf"\s*[,，的]?\s*(?:{_STEP.pattern})", re.IGNORECASE)
"""A step right after the title of another record is one of that record."""


def link_steps(html: str, here: str, counts: Mapping[str, int]) -> str:
    """Return `html` with a link around each step that it names and that is there.

    `counts` says how many steps each part of the page has, `here` in which part the text stands;
    step 3 of part `L1` is at `#L1-3`. Of a range, the first step is meant.
    """
    if not any(word in html for word in _WORDS):
        return html

    def link(match: re.Match[str]) -> str:
        before, zh, above, number, below, thai, thai_below = match.groups()
        where = _part(before or above or below or thai_below, here)
        step = int(zh or number or thai)
        if not 1 <= step <= counts.get(where, 0):
            return match.group()
        return f'<a class="kb-jump" href="#{where}-{step}">{match.group()}</a>'

    pieces = _TAG.split(html)
    depth = 0
    for place, piece in enumerate(pieces):
        if place % 2:
            depth += piece.startswith(_OPENING) - piece.startswith(_CLOSING)
        elif not depth:
            others = _OTHERS.match(piece) if place and pieces[place - 1] == "</a>" else None
            start = others.end() if others else 0
            pieces[place] = piece[:start] + _STEP.sub(link, piece[start:])
    return "".join(pieces)


def _part(word: str | None, here: str) -> str:
    if word is None:
        return here
    return word.upper() if word[:1] in "Ll" and len(word) == 2 else SELF_SERVICE
