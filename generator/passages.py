"""The language of a passage, by its letters: in goes a page's HTML, out comes the same HTML with
`lang` around what is written in the letters of another language than the text around it.

A name of a product, a unit, a commit's subject have no language in the model; a browser needs one
to choose letter forms and line breaks, a screen reader to choose its voice.
"""

from __future__ import annotations

import re

_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WIDE = "\u3001-\u303f\uff00-\uffef"
_BETWEEN = r"\s\d.,:;/+\-\u2010-\u2026\u00b7"
_RUNS = {
    "zh": re.compile(
        f"[{_WIDE}]*[{_HAN}][{_HAN}{_WIDE}]*(?:[{_BETWEEN}]*[{_HAN}][{_HAN}{_WIDE}]*)*"
    ),
    "th": re.compile(rf"[\u0e00-\u0e7f]+(?:[{_BETWEEN}]*[\u0e00-\u0e7f]+)*"),
}
_TOKEN = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>|[^<]+|<")
_LANG = re.compile(r'\slang="([a-z-]+)"')
_VOID = frozenset({"area", "br", "col", "hr", "img", "input", "meta", "source", "wbr"})
_UNTOUCHED = frozenset({"code", "desc", "kbd", "option", "pre", "samp", "textarea", "title"})
"""Read letter by letter, or no place for an element inside."""


def mark_passages(html: str, language: str) -> str:
    """Return well-formed `html`, a part of a page in `language`, with its foreign passages marked.

    Texts in it are escaped: a `<` begins a tag.
    """
    if not any(run.search(html) for code, run in _RUNS.items() if code != language):
        return html
    pieces: list[str] = []
    around = [("", language, "span")]
    for match in _TOKEN.finditer(html):
        closes, name, attributes = match.groups()
        _, here, wrapper = around[-1]
        if name is None:
            pieces.append(_marked(match.group(), here, wrapper))
            continue
        pieces.append(match.group())
        if closes:
            if len(around) > 1 and around[-1][0] == name:
                around.pop()
        elif name not in _VOID and not attributes.endswith("/"):
            told = _LANG.search(attributes)
            if name in _UNTOUCHED:
                wrapper = ""
            elif name == "svg" and wrapper:
                wrapper = "tspan"
            around.append((name, told.group(1) if told else here, wrapper))
    return "".join(pieces)


def _marked(text: str, language: str, wrapper: str) -> str:
    if wrapper:
        for code, run in _RUNS.items():
            if code != language:
                text = run.sub(rf'<{wrapper} lang="{code}">\g<0></{wrapper}>', text)
    return text
