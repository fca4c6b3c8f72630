"""Everything that a PDF says: what its pages show, its bookmarks, picture texts and metadata.

In goes a PDF, out comes text without white space, so that a word is found across a line's end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

import pikepdf

_UNSEEN = re.compile("[\\s\u00ad\u200b\u200c\u2060]+")
_CHARACTERS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_RANGES = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
_PAIR = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]*)>")
_RANGE = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>")
_SHOWS = frozenset({"Tj", "TJ", "'", '"'})


def text_of(pdf: bytes) -> str:
    """Return the text of a PDF's pages, then every string and stream of words beside them."""
    others: list[str] = []
    with pikepdf.open(BytesIO(pdf)) as opened:
        texts = ["".join(_shown(page.obj, others)) for page in opened.pages]
        others.extend(text for each in opened.objects for text in _strings(each))
    return "\n".join(_UNSEEN.sub("", text) for text in (*texts, *others))


def pages_of(pdf: bytes, *, with_artifacts: bool = False) -> list[str]:
    """Return what each page of a PDF says, running heads, feet and tabs only where asked for."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        texts = (
            "".join(_shown(page.obj, [], with_artifacts=with_artifacts)) for page in opened.pages
        )
        return [_UNSEEN.sub("", text) for text in texts]


def _shown(
    holder: pikepdf.Object, others: list[str], *, with_artifacts: bool = True
) -> Iterator[str]:
    """Yield what a page or a form shows, in the order it is drawn; marks on it go to `others`."""
    resources = holder.get("/Resources", pikepdf.Dictionary())
    fonts = {name: _letters(font) for name, font in resources.get("/Font", {}).items()}
    forms = dict(resources.get("/XObject", {}).items())
    letters: dict[bytes, str] = {}
    marks: list[bool] = []
    for instruction in pikepdf.parse_content_stream(holder):
        operator, operands = str(instruction.operator), list(instruction.operands)
        if operator == "Tf":
            letters = fonts.get(str(operands[0]), {})
        elif operator in _SHOWS and (with_artifacts or not any(marks)):
            last = operands[-1]
            runs = list(last) if isinstance(last, pikepdf.Array) else [last]
            for run in runs:
                if isinstance(run, pikepdf.String):
                    yield _read(bytes(run), letters)
        elif operator == "Do" and forms[str(operands[0])].get("/Subtype") == "/Form":
            yield from _shown(forms[str(operands[0])], others)
        elif operator in ("BDC", "BMC"):
            marks.append(str(operands[0]) == "/Artifact")
            others.extend(_strings(operands[-1]))
        elif operator == "EMC":
            marks.pop()


def _read(run: bytes, letters: dict[bytes, str]) -> str:
    """Return a run of two-byte codes as text."""
    codes = (run[at : at + 2] for at in range(0, len(run), 2))
    return "".join(letters.get(code, "\ufffd") for code in codes)


def _letters(font: pikepdf.Object) -> dict[bytes, str]:
    """Return code → text of a font, as its own table tells readers and copiers."""
    if "/ToUnicode" not in font:
        return {}
    table = font["/ToUnicode"].read_bytes()
    found: dict[bytes, str] = {}
    for block in _CHARACTERS.findall(table):
        for code, text in _PAIR.findall(block):
            found[bytes.fromhex(code.decode())] = _utf16(text)
    for block in _RANGES.findall(table):
        for first, last, text in _RANGE.findall(block):
            for step in range(int(last, 16) - int(first, 16) + 1):
                code = (int(first, 16) + step).to_bytes(len(first) // 2, "big")
                found[code] = _utf16(b"%0*x" % (len(text), int(text, 16) + step))
    return found


def _utf16(text: bytes) -> str:
    return bytes.fromhex(text.decode()).decode("utf-16-be", "replace")


def _strings(value: pikepdf.Object) -> Iterator[str]:
    """Yield every string in an object and the words of its metadata; not of what it refers to."""
    if isinstance(value, pikepdf.String):
        yield str(value)
    elif isinstance(value, pikepdf.Array | pikepdf.Dictionary | pikepdf.Stream):
        is_list = isinstance(value, pikepdf.Array)
        inner = value.as_list() if is_list else [held for _, held in value.items()]
        for each in inner:
            if isinstance(each, pikepdf.Object) and not each.is_indirect:
                yield from _strings(each)
        if isinstance(value, pikepdf.Stream) and value.get("/Type") == "/Metadata":
            yield value.read_bytes().decode()
