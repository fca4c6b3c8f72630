"""Text in, search tokens out: the one definition that the terminal and the browser share.

`tokens` gives the tokens of a text (stems, Chinese bigrams, Thai trigrams, codes in one spelling),
`spans` says where they stand, `grams` cuts a token for finding typos and parts of words, and
`exact_keys` spells an id or a code so that all its spellings meet. Knows nothing of ranking.
`templates/theme/assets/search.js` is the port; `tests/analysis_examples.json` binds both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from string import ascii_lowercase

from generator.search.traditional import TABLE

LONGEST_TOKEN = 48
"""Characters after which a token is cut; longer ones are keys and hashes nobody types in full."""

_LETTERS = (
    "A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u0300-\u03ff\u0400-\u058f"
    "\u05d0-\u05ea\u0620-\u065f\u066e-\u06d3\u0900-\u0dff\u10d0-\u10ff\u1e00-\u1fff"
)
_HAN = (
    "\u3005\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U00020000-\U000323af"
)
_UNSPACED = "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecd\u1000-\u103f\u1780-\u17d3"

_RUN = re.compile(
    rf"([{_HAN}]+)|([{_UNSPACED}]+)"
    rf"|([0-9{_LETTERS}]+(?:[-_./:\\'’@+][0-9{_LETTERS}]+)*)"
)
_CONNECTOR = re.compile(r"(?<![0-9])[.:]|[.:](?![0-9])|[.:](?=0x)|[-_/\\'’@+]")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_GROUP = re.compile(rf"[0-9]+|[{_LETTERS}]{{2,}}")
_DIGIT = re.compile(r"[0-9]")
_HEXADECIMAL = re.compile(r"0x0*([0-9a-f]+)$")
_PADDED = re.compile(r"(?=.{8})0+([0-9a-f]+)$")
_VERSION = re.compile(r"v?([0-9]+(?:[.:][0-9]+)*)$")
_UPDATE = re.compile(r"[0-9]{6,7}$")
_RESULT = re.compile(r"[0-9]{10}$")
_MARKS = re.compile("[\u0300-\u036f]")
_UMLAUT = re.compile("(?<![aeoquy])([aou])e(?=[^aeiou])")
_VOCABULARY = re.compile(r"[a-z]{4,24}$")

_CODE_WORD = re.compile(
    r"^(?:(?:stop|error|code|stopcode|bugcheck|status|event|id|nr|no|fehler|fehlercode|ereignis"
    r"|hresult|exit|http)(?![a-z])|代码|错误代码|错误码|错误|蓝屏|停止代码|报错|事件|รหัสข้อผิดพลาด|รหัส|ข้อผิดพลาด)"
    r"[\s:#.=-]*"
)
_KEY_NOISE = re.compile(r"[^0-9a-z.]+|(?<![0-9])\.|\.(?![0-9])")
_KEY_HEXADECIMAL = re.compile(r"^0x0*(?=[0-9a-f])|^0+(?=[0-9a-f]+$)")
_KEY_ZEROS = re.compile(r"^([a-z]+)0+(?=[0-9]+$)")

# One list for English and German: the language of a query is not known, and taking the endings of
# both from every word measured as well as the right Snowball stemmer (see search.md).
_ENDING = re.compile(
    "(.{4,}?)(ungen|ung|heiten|heit|keiten|keit|ations|ation|ating|ated|ates|ate|ments|ness|ings|ing"
    "|ions|ion|ies|ern|ers|est|er|en|em|es|ed|et|ly|e|(?<!s)s|n|t)$"
)
_INSTEAD = {"ments": "ment", "ies": "y"}
_SHORTEST_STEM = 4


def fold(text: str) -> str:
    """Return `text` with one spelling of each character (NFKC, simplified, Thai), case kept."""
    text = unicodedata.normalize("NFKC", text).translate(_SAME)
    return text.replace("\u0e4d\u0e32", "\u0e33")


# Characters that mean the same to a searcher.
_SAME: dict[int, str] = {0x0E50 + digit: str(digit) for digit in range(10)}
_SAME |= {0x00DF: "ss", 0x1E9E: "SS"} | TABLE


def tokens(text: str, *, singles: bool = False) -> tuple[list[str], list[str]]:
    """Return the words of `text` and their variants, each as often as it stands there.

    Words are what the text says, once for each place; a variant is another way to write a place:
    `OneDrive` is a word, its variants are `one` and `drive`. With `singles`, each Chinese character
    is a variant: for short texts that a query of one character must find.
    """
    words: list[str] = []
    variants: list[str] = []
    for _, kind, run_words, run_variants in _runs(fold(text)):
        words.extend(run_words)
        variants.extend(run_variants)
        if singles and kind == "han":
            variants.extend(pair[0] for pair in run_words if len(pair) > 1)
            variants.extend(run_words[-1][1:])
    return words, variants


def spans(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Yield (start, end, tokens) for each place in `text` that gives tokens, by character offset.

    A Latin word is one place; every Chinese bigram and Thai trigram is its own, so places overlap.
    """
    folded, origin = _fold_with_origins(text)
    for start, kind, words, variants in _runs(folded):
        if kind == "word":
            run = _RUN.match(folded, start)
            end = run.end() if run else start
            yield origin[start], origin[end - 1] + 1, words + variants
            continue
        for offset, token in enumerate(words):
            last = start + offset + len(token) - 1
            yield origin[start + offset], origin[last] + 1, (token,)


def grams(token: str) -> list[str]:
    """Return the distinct character trigrams of a token, its two ends marked, in order."""
    marked = f"_{token}_"
    return list(dict.fromkeys(marked[i : i + 3] for i in range(len(marked) - 2)))


def is_vocabulary(token: str) -> bool:
    """Return whether a token is a word that typos and parts of words are looked up for."""
    return _VOCABULARY.match(token) is not None


def exact_key(text: str) -> str:
    """Return the one spelling of an id or a code (`STOP 0x0000007B` gives `7b`), or nothing."""
    key = fold(text).strip().lower()
    while (shorter := _CODE_WORD.sub("", key)) != key and shorter:
        key = shorter
    key = _KEY_NOISE.sub("", key)
    key = _KEY_ZEROS.sub(r"\1", _KEY_HEXADECIMAL.sub("", key))
    return key if len(key) <= LONGEST_TOKEN else ""


def exact_keys(text: str) -> list[str]:
    """Return the keys under which codes written one a line are found, each once.

    A line counts as a whole and by each of its parts that looks like a code.
    """
    keys: dict[str, None] = {}
    for line in re.split(r"[\n,;，；、]+", text):
        keys[exact_key(line)] = None
        for match in _RUN.finditer(fold(line)):
            if match[3] and (_DIGIT.search(match[3]) or "_" in match[3]):
                keys[exact_key(match[3])] = None
    return [key for key in keys if key]


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return a lower-case word without the endings of English and German, accents and umlauts."""
    if not word.isascii():
        word = _MARKS.sub("", unicodedata.normalize("NFD", word))
    if len(word) >= 6:
        word = _UMLAUT.sub(r"\1", word)
    for _ in range(2):
        if match := _ENDING.match(word):
            word = match[1] + _INSTEAD.get(match[2], "")
    if len(word) > _SHORTEST_STEM and word[-1] == "y":
        word = word[:-1] + "i"
    if len(word) > _SHORTEST_STEM and word[-1] == word[-2]:
        word = word[:-1]
    return word[:LONGEST_TOKEN]


def slips(word: str) -> frozenset[str]:
    """Return the stems of what a word may have been before one slip of the fingers.

    A slip is a letter left out, put in or changed, or two that changed places, not at the beginning
    (Damerau, "A technique for computer detection and correction of spelling errors", 1964).
    """
    meant: set[str] = set()
    for place in range(1, len(word) + 1):
        before, after = word[:place], word[place:]
        meant.add(before + after[1:])
        meant.add(before + after[1:2] + after[:1] + after[2:])
        meant.update(
            before + letter + rest for letter in ascii_lowercase for rest in (after, after[1:])
        )
    return frozenset(map(stem, meant))


def _runs(folded: str) -> Iterator[tuple[int, str, tuple[str, ...], tuple[str, ...]]]:
    """Yield (start, kind, words, variants) for each run of one script."""
    before = ""
    for match in _RUN.finditer(folded):
        run = match[0]
        if match[1]:
            pairs = tuple(run[i : i + 2] for i in range(len(run) - 1)) or (run,)
            yield match.start(), "han", pairs, ()
        elif match[2]:
            parts = tuple(run[i : i + 3] for i in range(len(run) - 2)) or (run,)
            yield match.start(), "unspaced", parts, ()
        else:
            words, variants = _word_tokens(run)
            if before == "kb" and _UPDATE.match(run):
                variants += (f"kb{run}",)
            elif _RESULT.match(run) and folded[match.start() - 1 : match.start()] == "-":
                variants += (f"{(1 << 32) - int(run):x}",) if int(run) < 1 << 32 else ()
            yield match.start(), "word", words, variants
        before = run.lower()


@lru_cache(maxsize=65536)
def _word_tokens(run: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return words and variants of one run of Latin letters, digits and what joins them."""
    pieces = [piece for piece in _CONNECTOR.split(run) if piece]
    words: list[str] = []
    variants: list[str] = []
    for piece in pieces:
        lower = piece.lower()
        if match := _HEXADECIMAL.match(lower):
            words.append(match[1][:LONGEST_TOKEN])
            variants.append("0x" + match[1][: LONGEST_TOKEN - 2])
        elif match := _VERSION.match(lower) or _PADDED.match(lower):
            words.append(match[1][:LONGEST_TOKEN])
        else:
            words.append(lower[:LONGEST_TOKEN] if _DIGIT.search(lower) else stem(lower))
            variants.extend(_parts(piece))
    if len(pieces) > 1:
        variants.append(stem("".join(pieces).lower()))
    kept = tuple(word for word in words if word)
    return kept, tuple(dict.fromkeys(one for one in variants if one and one not in kept))


def _parts(piece: str) -> Iterator[str]:
    """Yield the parts of a name in camel case, of a name and a number written together."""
    parts = _CAMEL.split(piece)
    if len(parts) > 1:
        for part in parts:
            yield stem(part.lower())
    groups = _GROUP.findall(piece.lower()) if _DIGIT.search(piece) else []
    if any(not group.isdigit() for group in groups):
        for group in groups:
            yield stem(group)


def _fold_with_origins(text: str) -> tuple[str, list[int]]:
    """Return the folded text and, for each of its characters, the index it came from."""
    folded = fold(text)
    if len(folded) == len(text):
        return folded, list(range(len(text)))
    pieces: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text):
        piece = fold(character)
        pieces.append(piece)
        origin.extend([index] * len(piece))
    return "".join(pieces), origin
