"""What stands before and behind the records of a handbook, in one of its languages.

In go the leaves of an edition, out come passages: ways in, emergency, registers, a training.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from typing import Any

from generator.books.exercises import Asks, Exercise
from generator.books.leaves import Leaves
from generator.books.registers import (
    EMERGENCY,
    callers_words,
    error_codes,
    products,
    section_name,
    sections,
)
from generator.books.typesetting import Code, Passage, call, part_code, value_code
from generator.desks import desk_views
from generator.editions import Edition, site_in_language
from generator.markup import to_plain
from generator.model import Site
from generator.sources import Source
from generator.texts import SELF_NAMES, Say, say_date, say_zone


def section_names(leaves: Leaves, ids: Collection[str]) -> list[str]:
    """Return the names of the sections in which these records stand."""
    return [
        section_name(leaves.edition, leaves.say, section)
        for section, rows in sections(leaves.edition).items()
        if any(row.id in ids for row in rows)
    ]


def opening(parts: Sequence[Chapters], volumes: Sequence[Collection[str]], number: int) -> Passage:
    """Return a volume's first page and how all its pages look; `parts` are its languages."""
    first = parts[0]
    edition, say, language = first.leaves.edition, first.leaves.say, first.leaves.edition.language
    organisation, stamp = edition.knowledge.organisation, edition.knowledge.history.stamp
    names = [
        to_plain(site_in_language(edition.knowledge, first.site.id, each).name)
        for each in first.languages
    ]
    volume: list[str] = []
    if len(volumes) > 1:
        said = say("Volume {number} of {count}").replace("{number}", str(number))
        held = section_names(first.leaves, volumes[number - 1])
        volume = [said.replace("{count}", str(len(volumes))), " · ".join(held)]
    facts = [
        (say("Edition"), f"{getattr(edition.profile.names, language)} · {first.site.paper}"),
        (say("Language"), " · ".join(SELF_NAMES[each] for each in first.languages)),
        (say("Version"), stamp.version),
        (say("Date"), say_date(stamp.on, language)),
    ]
    seals = dict.fromkeys(part.leaves.edition.seal for part in parts)
    values = {
        "title": " · ".join((names[0], getattr(organisation.name, language), *volume[:1])),
        "organisation": getattr(organisation.organisation, language),
        "site": names[0],
        "also": list(zip(first.languages[1:], names[1:], strict=True)),
        "knowledge-base": getattr(organisation.name, language),
        "volume": volume,
        "seal": " · ".join(filter(None, seals)),
        "version": stamp.version,
        "facts": facts,
    }
    return Passage("\n".join((
        '#import "handbook.typ": *',
        '#import "volumes.typ": *',
        '#import "training.typ": *',
        '#import "markdown.typ" as md',
        f"#let book={value_code(values)}",
        "#show: handbook.with(book)",
        f"#show: speaking.with({value_code(language)})",
        "#cover(book)",
    )))  # fmt: skip


@dataclass(frozen=True)
class Chapters:
    """The chapters of one language of a volume."""

    leaves: Leaves
    site: Site
    languages: tuple[str, ...]
    """All languages of the volume."""
    exercises: Sequence[Exercise]

    @cached_property
    def _registers(self) -> dict[str, list[Any]]:
        """The registers that hold something, by the way that leads to them."""
        edition = self.leaves.edition
        # what callers say in another language of the volume stands in that one's register
        said = callers_words(edition, frozenset(self.languages) - {edition.language})
        registers: dict[str, list[Any]] = {
            "words": [
                (each, [(it.text, it.language, it.ids) for it in held]) for each, held in said
            ],
            "codes": error_codes(edition),
            "products": [
                (each, [self.leaves.line(id) for id in ids]) for each, ids in products(edition)
            ],
        }
        return {way: held for way, held in registers.items() if held}

    def start(self) -> Passage:
        """Return the first page: what is broken, and where to look it up."""
        broken = _broken(self.leaves.edition)
        return Passage(f"#{call('start', self.leaves.words, broken, list(self._registers))}")

    def contents(self, ids: Collection[str]) -> Passage:
        """Return the contents: these records with their pages, below their sections."""
        leaves = self.leaves
        found = {
            section: held
            for section, rows in sections(leaves.edition).items()
            if (held := [row.id for row in rows if row.id in ids])
        }
        name_of = partial(section_name, leaves.edition, leaves.say)
        groups = [
            (name_of(EMERGENCY), "way-emergency", found.pop(EMERGENCY, [])),
            *((name_of(section), held[0], held) for section, held in found.items()),
        ]
        listed = [(name, place, [leaves.line(id) for id in held]) for name, place, held in groups]
        return Passage(f"#{call('contents', leaves.words, listed)}")

    def beside(self, volumes: Sequence[Collection[str]], number: int) -> Passage:
        """Return what stands in the other volumes than `number`, for the end of the contents."""
        others = [
            (each, section_names(self.leaves, ids))
            for each, ids in enumerate(volumes, start=1)
            if each != number
        ]
        return Passage(f"#{call('beside-volumes', self.leaves.words, others)}")

    def emergency(self) -> Passage:
        """Return what stands first: what never to do, the urgent runbooks, whom to reach."""
        leaves, site = self.leaves, self.site
        edition = leaves.edition
        here = site_in_language(edition.knowledge, site.id, edition.language)
        runbooks = [leaves.line(it.id) for it in sections(edition).get(EMERGENCY, ())]
        desks = [
            {"name": each.name, "label": each.label, "zone": each.zone_name, "hours": each.hours}
            for each in desk_views(edition.profile, edition.language, leaves.say)
        ]
        zone = f"{say_zone(site.time_zone, edition.language)} ({site.time_zone})"
        more = value_code({"runbooks": runbooks, "desks": desks, "zone": zone})
        return Passage(
            f"#emergency({leaves.words},{part_code(here, leaves.reader)},{more})",
            edition.knowledge.sources_of(site.id, edition.language),
            f"#emergency-lost({leaves.words})",
        )

    def registers(self) -> Iterator[Passage]:
        """Yield what callers say, error codes and products, with the records they lead to."""
        for way, held in self._registers.items():
            text = f"#{call(f'{way}-register', self.leaves.words, held)}"
            yield Passage(text, self._sources(self.leaves.edition.ids))

    def _sources(self, ids: Iterable[str]) -> tuple[Source, ...]:
        """Return the files in which what is wrong with a passage can be mended."""
        edition = self.leaves.edition
        found = (edition.knowledge.sources_of(id, edition.language) for id in ids)
        return tuple(chain.from_iterable(found))

    def training(self) -> Iterator[Passage]:
        """Yield the questions of the exercises that the site asks for."""
        if self.exercises:
            asked = [(each.asks, self._asked(each)) for each in self.exercises]
            escalates = any(each.escalate for each in self.exercises)
            text = f"#{call('exercises', self.leaves.words, asked, escalates)}"
            yield Passage(text, self._sources(each.id for each in self.exercises))

    def answers(self) -> Iterator[Passage]:
        """Yield the answers to the exercises."""
        if self.exercises:
            escalates = any(each.escalate for each in self.exercises)
            answers = [self._answer(each) for each in self.exercises]
            text = f"#{call('answers', self.leaves.words, answers, escalates)}"
            yield Passage(text, self._sources(each.id for each in self.exercises))

    def _asked(self, exercise: Exercise) -> Code:
        # without the pages of other records, which would be half of the answer
        is_code = exercise.asks is Asks.CODE
        return call("md.mono-text", exercise.text) if is_code else self.leaves.bare(exercise.text)

    def _answer(self, exercise: Exercise) -> dict[str, Any]:
        title, id = self.leaves.line(exercise.id)
        reader = self.leaves.reader
        return {
            "id": id,
            "title": title,
            "steps": [part_code(step, reader) for step in exercise.steps],
            "escalate": part_code(exercise.escalate, reader) if exercise.escalate else None,
        }

    def revision(self) -> Passage:
        """Return the last page: which state of the records this is."""
        edition, say = self.leaves.edition, self.leaves.say
        return Passage(f"#{call('imprint', self.leaves.words, _revision(edition, say))}")


def _broken(edition: Edition) -> list[dict[str, Any]]:
    """Return what can be broken: each issue type with its first record and its guide."""
    types = edition.knowledge.issue_types
    return [
        {
            "name": getattr(types[name].names, edition.language),
            "describes": getattr(types[name].describes, edition.language),
            "first": rows[0].id,
            "guide": guide if (guide := types[name].guide) and guide in edition else None,
        }
        for name, rows in sections(edition).items()
        if name in types
    ]


def _revision(edition: Edition, say: Say) -> list[tuple[str, str]]:
    stamp = edition.knowledge.history.stamp
    return [
        (say("Version"), stamp.version),
        (say("Commit"), stamp.commit),
        (say("Date"), say_date(stamp.on, edition.language)),
        (say("Edition"), getattr(edition.profile.names, edition.language)),
        (say("Records"), str(len(edition.ids))),
    ]
