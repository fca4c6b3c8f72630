"""A remote site's handbook: in goes its edition in its languages, out comes a manuscript.

The design is in `templates/handbook/*.typ`; here is decided what stands in it and in which order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from generator.books.chapters import Chapters, opening
from generator.books.exercises import exercises
from generator.books.leaves import Leaves, Place, words_code
from generator.books.registers import EMERGENCY, sections
from generator.books.typesetting import Manuscript, Passage, call
from generator.books.volumes import VOLUME_LIMIT, cuts
from generator.diagram import Frame
from generator.editions import Edition, site_edition, site_key
from generator.knowledge import KnowledgeBase
from generator.model import Paper, Site
from generator.sources import Source
from generator.texts import Say
from generator.views import Row
from generator.writing import digest_of

Pages = Callable[[str], int | None]
"""From a record's place, as `place_of` names it, to its page in its own volume, where known."""


def unknown(place: str) -> int | None:
    """Return no page for any place."""
    return None


FRAMES = {Paper.A4: Frame(64.0, 92.0, 4, 16.0), Paper.A5: Frame(49.5, 70.0, 3, 13.0)}
"""The room for a tree on each paper, in em of the size that `guide.typ` sets trees in."""

WORDS = (
    *("Date and time", "Reported by (role)", "Steps done", "Ticket number"),
    *("After", "Before", "Cause", "Channel", "Contents", "Danger", "Diagnosis", "Do it yourself"),
    *("Effect", "Error codes", "Escalate to", "Expected from now on", "Hand over", "Hours"),
    *("Impact", "In an emergency", "Look it up by", "Meaning", "Measure", "Mitigation", "Name"),
    *("Guide", "Network", "Never on site", "Otherwise", "Parameters", "Part", "Platforms"),
    *("Prevention", "Products", "Quantity", "What callers say", "What is broken?"),
    *("Related", "Resolution", "Revision", "Role", "Rollback", "Root cause report"),
    *("Say to the customer", "Setting", "Source", "Spare parts on hand", "Start here"),
    *("Symptoms", "This record could not be printed.", "Tools", "Trigger", "Value"),
    *("Verification", "Versions", "What to do", "What was changed", "Where", "Whom to reach"),
    *("Workaround", "You see", "as administrator", "page N", "tier L1", "tier L2", "tier L3"),
    *("In the other volumes", "vol. N", "volume N", "volume N, page M"),
    *("A caller says", "Answers", "Error code", "Escalate when", "Exercises", "First step"),
    *("For each call, find the page, then write down what you do. The answers stand at the back.",),
    *("Minutes", "Page", "Somebody sees", "Solved without escalation"),
)
"""The words that the Typst templates use."""


def place_of(language: str, id: str) -> str:
    """Return what the beginning of a record is called in a handbook's PDF."""
    return f"{language}-{id}"


@dataclass(frozen=True)
class Handbook:
    """One volume of a site's handbook, of which nothing is made until it is asked for."""

    knowledge: KnowledgeBase
    site: Site
    language: str
    """Its language, the first one where it has several."""
    say: Say
    """The interface's words in that language."""
    templates: Path
    """The folder of the Typst templates."""
    also: tuple[tuple[str, Say], ...] = ()
    """The languages that follow the first one record by record, with their words."""
    number: int = 1
    """Which volume it is."""
    limit: int = VOLUME_LIMIT
    """How many records a volume takes."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Its languages, most read first."""
        return (self.language, *(language for language, _ in self.also))

    @property
    def name(self) -> str:
        """Its file's name without what follows the dot."""
        language = () if self.also else (self.language,)
        number = (str(self.number),) if len(self.held) > 1 else ()
        return "-".join((self.site.id, *language, *number))

    @property
    def edition(self) -> Edition:
        """What all its volumes hold, in its first language."""
        return self.editions[0]

    @cached_property
    def editions(self) -> tuple[Edition, ...]:
        """The same in each of its languages."""
        return tuple(site_edition(self.knowledge, self.site, each) for each in self.languages)

    @cached_property
    def held(self) -> tuple[tuple[str, ...], ...]:
        """The records of each volume, in the order in which they stand there."""
        ids = self.edition.ids
        if len(ids) * len(self.languages) <= self.limit:
            return (ids,)
        rows = sections(self.edition).values()
        ordered = [row.id for section in rows for row in section]
        begins = cuts([len(each) for each in rows], max(self.limit // len(self.languages), 1))
        ends = (*begins[1:], len(ordered))
        return tuple(tuple(ordered[begin:end]) for begin, end in zip(begins, ends, strict=True))

    @property
    def here(self) -> tuple[str, ...]:
        """The records of this volume."""
        return self.held[self.number - 1]

    @property
    def volumes(self) -> tuple[Handbook, ...]:
        """The handbook volume by volume."""
        if len(self.held) == 1:
            return (self,)
        return tuple(replace(self, number=number + 1) for number in range(len(self.held)))

    def elsewhere(self, language: str, pages: Pages) -> dict[str, tuple[int, int | None]]:
        """Return for each record of the other volumes its volume and, where known, its page.

        Where it is not there in the language, that is the page of the first one it is there in.
        """
        return {
            id: (number, next((page for page in found if page is not None), None))
            for number, ids in enumerate(self.held, start=1)
            if number != self.number
            for id in ids
            for found in [[pages(place_of(it, id)) for it in (language, *self.languages)]]
        }

    @cached_property
    def files(self) -> dict[str, Path]:
        """The templates and the pictures that its records name, by path beside the manuscript."""
        templates = {path.name: path for path in sorted(self.templates.glob("*.typ"))}
        return templates | self._pictures(self.here)

    def _pictures(self, ids: Iterable[str]) -> dict[str, Path]:
        texts = [
            source.text
            for id in ids
            for language in self.languages
            for source in self.knowledge.sources_of(id, language)
        ]
        return {
            f"files/{name}": picture.file
            for name, picture in sorted(self.knowledge.pictures.items())
            if any(name in text for text in texts)
        }

    def key(self, *tool: str) -> str:
        """Return a digest of all that the PDF depends on; `tool` says which tools make it."""
        # of all volumes: each names pages of the others
        files = self.files if len(self.held) == 1 else self.files | self._pictures(self.edition.ids)
        return digest_of(
            *tool,
            f"{self.number} {self.limit}",
            *(say(word) for say in (self.say, *(say for _, say in self.also)) for word in WORDS),
            *(site_key(edition, self.site) for edition in self.editions),
            *(f"{name} {digest_of(path.read_bytes())}" for name, path in files.items()),
        )

    def manuscript(self, pages: Pages = unknown) -> Manuscript:
        """Return what the PDF is set from; `pages` knows where records of other volumes stand."""
        return Manuscript(
            path=self.knowledge.sites[self.site.id].source.path,
            passages=tuple(_passages(self, pages)),
            files=self.files,
            options={"paper": str(self.site.paper).lower()},
            time=self.knowledge.history.stamp.time,
            sources=tuple(self._all_sources()),
        )

    def _all_sources(self) -> Iterator[Source]:
        """Yield every file that the handbook's words come from."""
        for language in self.languages:
            for id in (*self.edition.ids, self.site.id):
                yield from self.knowledge.sources_of(id, language)
        kb = self.knowledge.settings.kb
        for path in (*sorted(kb.glob("vocabulary/*.yml")), kb / "settings.yml"):
            place = path.relative_to(kb.parent).as_posix()
            yield Source(place, path.read_text("utf-8"), "")


def _passages(book: Handbook, pages: Pages) -> Iterator[Passage]:
    """Yield the volume from its cover to its last page."""
    parts = _chapters(book)
    yield opening(parts, book.held, book.number)
    for part in parts:
        yield Passage(words_code(part.leaves, _words(book, part.leaves, pages)))
    for part in parts:
        yield _spoken(book, part.leaves, part.start())
    for part in parts:
        yield _spoken(book, part.leaves, part.contents(book.here))
        if len(book.held) > 1:
            yield _spoken(book, part.leaves, part.beside(book.held, book.number))
    for part in parts:
        yield _spoken(book, part.leaves, part.emergency())
    yield from _records(book, [part.leaves for part in parts])
    for part in parts:
        yield from (_spoken(book, part.leaves, each) for each in part.registers())
    for part in parts:
        yield from (_spoken(book, part.leaves, each) for each in part.training())
    yield parts[0].revision()
    for part in parts:
        yield from (_spoken(book, part.leaves, each) for each in part.answers())


def _chapters(book: Handbook) -> list[Chapters]:
    """Return what each language of the volume is made from."""
    pictures = frozenset(name.removeprefix("files/") for name in book.files)
    says = (book.say, *(say for _, say in book.also))
    is_last = book.number == len(book.held)
    asked = exercises(book.editions, book.site.handbook.exercises if is_last else 0)
    frame, others = FRAMES[book.site.paper], frozenset(book.edition.ids) - frozenset(book.here)
    return [
        Chapters(Leaves(edition, say, frame, pictures, others), book.site, book.languages, those)
        for edition, say, those in zip(book.editions, says, asked, strict=True)
    ]


def _words(book: Handbook, leaves: Leaves, pages: Pages) -> dict[str, Any]:
    """Return what the templates say in a language, and where the other volumes' records are."""
    language, teams = leaves.edition.language, book.knowledge.vocabulary.teams
    words: dict[str, Any] = {word: leaves.say(word) for word in WORDS}
    words |= {"language": language}
    words["teams"] = {each.id: getattr(each.names, language) for each in teams}
    words["elsewhere"] = book.elsewhere(language, pages)
    return words


def _spoken(book: Handbook, leaves: Leaves, passage: Passage) -> Passage:
    """Return a passage set in its language, where that is not the book's first."""
    language = leaves.edition.language
    if language == book.language:
        return passage
    begin = f"#{call('speaking', language)}[\n"
    stands_in = f"{begin}{passage.stands_in}\n]" if passage.stands_in else ""
    return Passage(f"{begin}{passage.text}\n]", passage.sources, stands_in)


def _records(book: Handbook, voices: list[Leaves]) -> Iterator[Passage]:
    rows = [
        {row.id: row for held in sections(each.edition).values() for row in held} for each in voices
    ]
    spoken = list(zip(voices, rows, strict=True))
    ordered = sections(book.edition)
    # the emergency section has the first tab, whether there are runbooks in it or not
    first = 0 if EMERGENCY in ordered else 1
    for tab, (section, listed) in enumerate(ordered.items(), start=first):
        for number, id in enumerate(row.id for row in listed if row.id in book.here):
            place = Place(section, tab, number == 0 and section != EMERGENCY)
            yield from _record(book, spoken, id, place)


def _record(
    book: Handbook, spoken: Sequence[tuple[Leaves, Mapping[str, Row]]], id: str, place: Place
) -> Iterator[Passage]:
    """Yield a record in each language that it is there in; where in none, in the first."""
    told = [it for it in spoken if not it[0].edition.entry(id).is_fallback] or spoken[:1]
    kept = {leaves.edition.language for leaves, _ in told}
    # what a language lacks is not printed twice: its readers are told so in the first one's head
    lacking = tuple(it.absent(id) for it, _ in spoken if it.edition.language not in kept)
    for number, (leaves, rows) in enumerate(told):
        here = replace(place, opens=False) if number else replace(place, notes=lacking)
        passage = Passage(
            f"#{leaves.record(rows[id], here)}",
            book.knowledge.sources_of(id, leaves.edition.language),
            f"#{leaves.lost(rows[id], here)}",
        )
        yield _spoken(book, leaves, passage)
