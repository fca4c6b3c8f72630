"""The browser's search index of one edition: entries in, the files that changed out.

Only what changed is made again, and the files are those that a build from nothing makes.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from generator.search import analysis, shards
from generator.search.cache import CachedEntry, IndexCache
from generator.search.entries import AnalysedEntry, Indexable, analyse, facets_text
from generator.search.glossary import Terms, term_level, term_postings
from generator.search.probes import Probe, probe_of
from generator.writing import Artifact

MANY_EDITED = 64
"""From so many edited entries on, the glossary is looked up in all entries again."""


@dataclass(frozen=True)
class IndexChange:
    """What an update of the browser's index came to."""

    files: dict[str, bytes]
    """Path below the root of the site to content, of the files that are new or different."""
    removed: frozenset[str]
    """Paths of files that are no longer part of the index."""
    entries: tuple[int, ...] | None
    """Numbers of the entries whose content changed; None when entries came, went or moved."""
    probes: tuple[Probe, ...] = ()
    """What the entries that were new or changed must be found by."""
    rows: Mapping[str, array[int]] | None = None
    """The postings of every token, where all files were made again."""


def update_index(
    entries: Iterable[Indexable], cache: IndexCache, terms: Terms | None = None
) -> IndexChange:
    """Return what must be written and removed so that the browser's index holds `entries`.

    The cache is brought up to date with it; `cache.commit()` keeps that once the files are written.
    With `IndexCache(None)` it is a build from nothing.
    """
    ordered = sorted(entries, key=lambda entry: entry.key)
    known = cache.entries()
    if known and [entry.key for entry in known] == [entry.key for entry in ordered]:
        return _edit(ordered, known, cache, terms or {})
    return _rebuild(ordered, known, cache, terms or {})


def index_artifacts(cache: IndexCache) -> Iterator[Artifact]:
    """Yield every file of the browser's index; the cache must stay open until they are written."""
    for name, digest in cache.file_digests().items():
        yield Artifact(shards.path_of(name), digest, partial(_body, name, cache))


def _body(name: str, cache: IndexCache) -> bytes:
    """Return a file that the cache holds."""
    body = cache.file(name)
    if body is None:
        raise KeyError(name)
    return body


def _rebuild(
    ordered: Sequence[Indexable], known: Sequence[CachedEntry], cache: IndexCache, terms: Terms
) -> IndexChange:
    """Make every file again, from the tokens in the cache where an entry is the same."""
    at_hand = {(entry.key, entry.digest): place for place, entry in enumerate(known)}
    postings: dict[str, array[int]] = {}
    fresh: list[CachedEntry] = []
    probes: list[Probe] = []

    def numbered() -> Iterator[tuple[CachedEntry, AnalysedEntry]]:
        for number, entry in enumerate(ordered):
            digest = entry.digest
            old = at_hand.get((entry.key, digest))
            if old is None:
                made = entry.made()
                analysed, facets = analyse(made), facets_text(made)
                probes.append(probe_of(made))
            else:
                analysed, facets = cache.analysed(known[old].number), known[old].facets
            for token, level in analysed.levels.items():
                row = postings.get(token)
                if row is None:
                    row = postings[token] = array("I")
                row.append(number << 4 | level)
            fresh.append(CachedEntry(number, entry.key, digest, analysed.length, facets))
            yield fresh[-1], analysed

    cache.renumber(numbered())
    names: set[str] = set()
    changed: list[tuple[str, bytes]] = []
    for name, body in chain(_all_files(postings, fresh, cache), _term_files(postings, terms)):
        names.add(name)
        if cache.file(name) != body:
            changed.append((name, body))
    removed = cache.file_digests().keys() - names
    return replace(_kept(changed, removed, None, probes, cache), rows=postings)


def _all_files(
    postings: Mapping[str, array[int]], entries: Sequence[CachedEntry], cache: IndexCache
) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of every file of the browser's index."""
    word_shards, gram_shards = shards.shard_counts(len(entries))
    by_shard: list[list[str]] = [[] for _ in range(word_shards)]
    by_gram: list[dict[str, list[str]]] = [{} for _ in range(gram_shards)]
    for token in postings:
        by_shard[shards.shard_of(token, word_shards)].append(token)
        if analysis.is_vocabulary(token):
            for gram in analysis.grams(token):
                shard = by_gram[shards.shard_of(gram, gram_shards)]
                shard.setdefault(gram, []).append(token)
    for number, tokens in enumerate(by_shard):
        held = {token: postings[token] for token in tokens}
        yield f"w/{number:x}", shards.posting_file(number, held)
    for number, words in enumerate(by_gram):
        yield f"g/{number:x}", shards.gram_file(number, words)
    for block in range(0, len(entries), shards.BLOCK_SIZE):
        yield _card_file(block // shards.BLOCK_SIZE, cache)
    yield from _common_files(entries)


def _term_files(postings: Mapping[str, Sequence[int]], terms: Terms) -> Iterator[tuple[str, bytes]]:
    """Yield the file of the glossary and the file of each term."""
    yield "terms", shards.terms_file(terms)
    for id, known in terms.items():
        yield f"t/{id}", shards.term_file(id, term_postings(known, lambda t: postings.get(t, ())))


def _card_file(block: int, cache: IndexCache) -> tuple[str, bytes]:
    """Return the name and content of the file of one block of cards."""
    cards = cache.cards(block * shards.BLOCK_SIZE, shards.BLOCK_SIZE)
    return f"d/{block:x}", shards.card_file(block, cards)


def _common_files(entries: Sequence[CachedEntry]) -> Iterator[tuple[str, bytes]]:
    """Yield the two files that tell something of all entries."""
    keys = [entry.key for entry in entries]
    facets = [entry.facets for entry in entries]
    yield "base", shards.base_file(keys, [entry.length for entry in entries], facets)
    yield "facets", shards.facet_file(facets)


def _edit(
    ordered: Sequence[Indexable], known: Sequence[CachedEntry], cache: IndexCache, terms: Terms
) -> IndexChange:
    """Make only the files again that hold something of the entries that changed."""
    changed: list[int] = []
    probes: list[Probe] = []
    current = list(known)
    edits: dict[str, dict[int, int | None]] = {}
    edited: dict[int, Mapping[str, int]] = {}
    for number, entry in enumerate(ordered):
        digest = entry.digest
        if digest == known[number].digest:
            continue
        changed.append(number)
        made = entry.made()
        probes.append(probe_of(made))
        before, after = cache.analysed(number), analyse(made)
        for token in before.levels.keys() | after.levels.keys():
            level = after.levels.get(token)
            if level != before.levels.get(token):
                edits.setdefault(token, {})[number] = level
        current[number] = CachedEntry(number, entry.key, digest, after.length, facets_text(made))
        cache.replace(current[number], after)
        edited[number] = after.levels
    files = dict(_edited_files(edits, len(ordered), cache))
    for block in {number // shards.BLOCK_SIZE for number in changed}:
        files.update([_card_file(block, cache)])
    if changed:
        files.update(_common_files(current))
    held = _Postings(files, len(ordered), cache)
    before_terms: Terms = _held("terms", cache)
    files.update(_edited_terms(before_terms, terms, edited, held))
    gone = {f"t/{id}" for id in before_terms.keys() - terms.keys()}
    different = [(name, body) for name, body in sorted(files.items()) if cache.file(name) != body]
    return _kept(different, gone, tuple(changed), probes, cache)


def _edited_files(
    edits: Mapping[str, Mapping[int, int | None]], count: int, cache: IndexCache
) -> Iterator[tuple[str, bytes]]:
    """Yield the files of postings and of the vocabulary that the edits touch."""
    word_shards, gram_shards = shards.shard_counts(count)
    by_shard: dict[int, list[str]] = {}
    for token in edits:
        by_shard.setdefault(shards.shard_of(token, word_shards), []).append(token)
    vocabulary: dict[int, list[tuple[str, str, bool]]] = {}
    for number, tokens in by_shard.items():
        held = _held(f"w/{number:x}", cache)
        for token in tokens:
            was_there = token in held
            levels = {p >> 4: p & 15 for p in shards.decode_postings(held.pop(token, ""))}
            levels.update({n: level for n, level in edits[token].items() if level is not None})
            gone = {n for n, level in edits[token].items() if level is None}
            postings = sorted(n << 4 | level for n, level in levels.items() if n not in gone)
            if postings:
                held[token] = shards.encode_postings(postings)
            if was_there != bool(postings) and analysis.is_vocabulary(token):
                for gram in analysis.grams(token):
                    shard = vocabulary.setdefault(shards.shard_of(gram, gram_shards), [])
                    shard.append((gram, token, bool(postings)))
        yield f"w/{number:x}", shards.script(f"w/{number:x}", dict(sorted(held.items())))
    for number, changes in vocabulary.items():
        words = {gram: set(row.split(" ")) for gram, row in _held(f"g/{number:x}", cache).items()}
        for gram, word, is_new in changes:
            row = words.setdefault(gram, set())
            row.add(word) if is_new else row.discard(word)
        yield (
            f"g/{number:x}",
            shards.gram_file(number, {gram: row for gram, row in words.items() if row}),
        )


def _edited_terms(
    before: Terms, terms: Terms, edited: Mapping[int, Mapping[str, int]], held: _Postings
) -> Iterator[tuple[str, bytes]]:
    """Yield the files of the glossary that a change of it, or of entries, touches."""
    if before == {id: list(known) for id, known in terms.items()} and not edited:
        return
    yield "terms", shards.terms_file(terms)
    for id, known in terms.items():
        if before.get(id) != list(known) or len(edited) > MANY_EDITED:
            postings = term_postings(known, held.of_token)
        else:
            levels = {posting >> 4: posting & 15 for posting in held.of_term(id)}
            for number, tokens in edited.items():
                levels.pop(number, None)
                if (level := term_level(known, tokens)) is not None:
                    levels[number] = level
            postings = sorted(number << 4 | level for number, level in levels.items())
        yield f"t/{id}", shards.term_file(id, postings)


class _Postings:
    """Postings out of files: those that were just made, the cache's otherwise."""

    def __init__(self, files: Mapping[str, bytes], count: int, cache: IndexCache) -> None:
        self._files = dict(files)
        self._count = shards.shard_counts(count)[0]
        self._cache = cache
        self._opened: dict[str, dict[str, str]] = {}

    def of_token(self, token: str) -> Sequence[int]:
        """Return the postings of a token."""
        name = f"w/{shards.shard_of(token, self._count):x}"
        held = self._opened.get(name)
        if held is None:
            body = self._files.get(name) or self._cache.file(name)
            held = self._opened[name] = shards.value_of(body) if body else {}
        return shards.decode_postings(held.get(token, ""))

    def of_term(self, id: str) -> Sequence[int]:
        """Return the postings that a term had before."""
        body = self._cache.file(f"t/{id}")
        return shards.decode_postings(shards.value_of(body)) if body else []


def _held(name: str, cache: IndexCache) -> dict[str, str]:
    """Return what a file of the browser's index maps to what."""
    body = cache.file(name)
    value: dict[str, str] = shards.value_of(body) if body else {}
    return value


def _kept(
    changed: Sequence[tuple[str, bytes]],
    removed: Iterable[str],
    numbers: tuple[int, ...] | None,
    probes: Sequence[Probe],
    cache: IndexCache,
) -> IndexChange:
    """Return the change, its files kept in the cache."""
    gone = frozenset(removed)
    cache.keep_files(changed, gone)
    files = {shards.path_of(name): body for name, body in changed}
    return IndexChange(files, frozenset(map(shards.path_of, gone)), numbers, tuple(probes))
