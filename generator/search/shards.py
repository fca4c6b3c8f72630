"""The files of the browser's index: values in, bytes out, and back for those that get changed.

    search/base.js       counts, lengths and record boundaries of all entries
    search/facets.js     facet values of all entries, read only to filter or to count
    search/w/<shard>.js  token to postings          search/g/<shard>.js  trigram to words
    search/d/<block>.js  what results show of eight entries
    search/terms.js      the glossary: term to its phrases, each as tokens
    search/t/<term>.js   which entries hold one of a term's phrases

Each file calls the one global function `kbShard(name, value)`, because a page opened from a disk
may load scripts and nothing else. The same values always give the same bytes.
"""

from __future__ import annotations

import json
from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from generator.search.glossary import Terms
from generator.search.levels import GROUP, LENGTHS

FORMAT = 2
"""The version of this layout; `search.js` refuses another one."""
FOLDER = "search"
BLOCK_SIZE = 8
"""Entries whose cards share a file."""

_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def shard_counts(entries: int) -> tuple[int, int]:
    """Return how many files hold postings and how many hold trigrams, both powers of two."""
    wanted = max(64, min(4096, entries * 3 // 4))
    postings: int = 1 << (wanted - 1).bit_length()
    return postings, max(16, postings // 8)


def shard_of(token: str, shards: int) -> int:
    """Return the number of the file that holds a token (FNV-1a over UTF-16 code units)."""
    value = 2166136261
    for unit in array("H", token.encode("utf-16-le", "surrogatepass")):
        value = ((value ^ unit) * 16777619) & 0xFFFFFFFF
    return (value ^ (value >> 15)) & (shards - 1)


def path_of(name: str) -> str:
    """Return the path of a file below the root of the site."""
    return f"{FOLDER}/{name}.js"


def script(name: str, value: Any) -> bytes:
    """Return the file that hands `value` to the page under `name`."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f'kbShard("{name}",{text});\n'.encode("utf-8", "surrogatepass")


def value_of(body: bytes) -> Any:
    """Return the value that a file made by `script` holds."""
    text = body.decode("utf-8", "surrogatepass")
    return json.loads(text[text.index(",") + 1 : text.rindex(")")])


def encode_postings(postings: Sequence[int]) -> str:
    """Return rising numbers (entry number × 16 + level) as base64 of variable-length integers.

    Each number stands as (distance to the entry before × 16 + level), seven bits a byte, low first.
    """
    coded = bytearray()
    before = 0
    for posting in postings:
        number = posting >> 4
        value = ((number - before) << 4) | (posting & 15)
        before = number
        while value > 127:
            coded.append((value & 127) | 128)
            value >>= 7
        coded.append(value)
    return b64encode(coded).decode("ascii").rstrip("=")


def decode_postings(text: str) -> list[int]:
    """Return what `encode_postings` was given."""
    postings: list[int] = []
    value = shift = number = 0
    for byte in b64decode(text + "=" * (-len(text) % 4)):
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            number += value >> 4
            postings.append((number << 4) | (value & 15))
            value = shift = 0
    return postings


def posting_file(shard: int, tokens: Mapping[str, Sequence[int]]) -> bytes:
    """Return the file of one shard of postings."""
    coded = {token: encode_postings(tokens[token]) for token in sorted(tokens)}
    return script(f"w/{shard:x}", coded)


def gram_file(shard: int, words: Mapping[str, Iterable[str]]) -> bytes:
    """Return the file of one shard of the vocabulary: trigram to its words, in order."""
    coded = {gram: " ".join(sorted(words[gram])) for gram in sorted(words)}
    return script(f"g/{shard:x}", coded)


def terms_file(terms: Terms) -> bytes:
    """Return the file of the glossary: term to its phrases."""
    return script("terms", {id: list(terms[id]) for id in sorted(terms)})


def term_file(id: str, postings: Sequence[int]) -> bytes:
    """Return the file of the entries that hold one term."""
    return script(f"t/{id}", encode_postings(postings))


def card_file(block: int, cards: Sequence[str]) -> bytes:
    """Return the file of eight cards, each already JSON."""
    return f'kbShard("d/{block:x}",[{",".join(cards)}]);\n'.encode("utf-8", "surrogatepass")


def base_file(
    keys: Sequence[tuple[str, str]], lengths: Sequence[int], facets: Sequence[str] = ()
) -> bytes:
    """Return the one file that every search reads: (id, language) and length of each entry.

    `records` holds one character an entry: the place of its language among `languages`, as a digit
    for the first entry of a record and as a letter for the others. `groups` maps the first entry of
    a record that is shown under another one to the first entry of that one.
    """
    languages = sorted({language for _, language in keys})
    postings, grams = shard_counts(len(keys))
    marks: list[str] = []
    before = None
    for record, language in keys:
        place = languages.index(language)
        marks.append(chr((0x30 if record != before else 0x61) + place))
        before = record
    value = {
        "format": FORMAT,
        "count": len(keys),
        "average": average_length(lengths),
        "shards": postings,
        "grams": grams,
        "languages": languages,
        "lengths": b64encode(bytes(lengths)).decode("ascii"),
        "records": "".join(marks),
        "groups": _groups(keys, facets),
    }
    return script("base", value)


def _groups(keys: Sequence[tuple[str, str]], facets: Sequence[str]) -> dict[str, int]:
    """Return the first entry of each record that is grouped to the first entry of its group."""
    first: dict[str, int] = {}
    for number, (record, _) in enumerate(keys):
        first.setdefault(record, number)
    groups: dict[str, int] = {}
    for (record, _), text in zip(keys, facets, strict=False):
        if f'"{GROUP}":' in text:
            head = first.get(json.loads(text)[GROUP][0])
            if head is not None:
                groups[str(first[record])] = head
    return groups


def facet_file(facets: Sequence[str]) -> bytes:
    """Return the file of facet values: the different combinations, and which one each entry has.

    Each facet text is a JSON object of lists. An entry's combination is two digits of base 64; a
    third is used when there are more than 4,096.
    """
    combinations = sorted(set(facets))
    number = {combination: place for place, combination in enumerate(combinations)}
    width = 2 if len(combinations) <= 4096 else 3
    column = "".join(_digits(number[facet], width) for facet in facets)
    rows = ",".join(combinations)
    text = f'kbShard("facets",{{"width":{width},"rows":[{rows}],"column":"{column}"}});\n'
    return text.encode("utf-8", "surrogatepass")


def average_length(lengths: Sequence[int]) -> float:
    """Return the mean length, in weighted tokens, rounded so that every machine reads the same."""
    total = sum(LENGTHS[code] for code in lengths)
    return round(total / max(1, len(lengths)), 3) or 1.0


def _digits(number: int, width: int) -> str:
    """Return a number in base 64, highest digit first."""
    return "".join(_DIGITS[(number >> 6 * place) & 63] for place in reversed(range(width)))
