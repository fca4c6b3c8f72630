"""A remote site's handbook: in goes its edition in one of its languages, out comes a manuscript.

The design is in `templates/handbook/*.typ`; here is decided what stands in it and in which order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from generator.desks import desk_views
from generator.diagram import Frame
from generator.editions import Edition, site_edition, site_in_language
from generator.knowledge import KnowledgeBase
from generator.leaves import Leaves, Place, words_code
from generator.markup import to_plain
from generator.model import Paper, Site
from generator.registers import EMERGENCY, callers_words, error_codes, products, sections
from generator.sources import Source
from generator.texts import SELF_NAMES, Say, say_date, say_zone
from generator.typesetting import Code, Manuscript, Passage, call, part_code, value_code
from generator.writing import digest_of

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
)
"""The words that the Typst templates use."""


@dataclass(frozen=True)
class Handbook:
    """One site's handbook in one language, of which nothing is made until it is asked for."""

    knowledge: KnowledgeBase
    site: Site
    language: str
    say: Say
    """The interface's words in that language."""
    templates: Path
    """The folder of the Typst templates."""

    @property
    def name(self) -> str:
        """Its file's name without what follows the dot."""
        return f"{self.site.id}-{self.language}"

    @cached_property
    def edition(self) -> Edition:
        """What it holds."""
        return site_edition(self.knowledge, self.site, self.language)

    @cached_property
    def files(self) -> dict[str, Path]:
        """The templates and the pictures that its records name, by path beside the manuscript."""
        texts = [source.text for id in self.edition.ids for source in self.sources(id)]
        templates = {path.name: path for path in sorted(self.templates.glob("*.typ"))}
        return templates | {
            f"files/{name}": picture.file
            for name, picture in sorted(self.knowledge.pictures.items())
            if any(name in text for text in texts)
        }

    def sources(self, id: str) -> tuple[Source, ...]:
        """Return the files that a record's leaf is made from, the nearest first."""
        translation = self.knowledge.translations.get((id, self.language))
        source = self.knowledge.records[id].source
        return (translation.source, source) if translation else (source,)

    def key(self, *tool: str) -> str:
        """Return a digest of all that the PDF depends on; `tool` says which tools make it."""
        knowledge, stamp = self.knowledge, self.knowledge.history.stamp
        translation = knowledge.translations.get((self.site.id, self.language))
        return digest_of(
            *tool,
            f"{stamp.version} {stamp.commit} {stamp.time}",
            knowledge.sites[self.site.id].source.digest,
            translation.source.digest if translation else "",
            self.language,
            knowledge.organisation.model_dump_json(),
            knowledge.vocabulary.model_dump_json(exclude={"glossary"}),
            *map(self.say, WORDS),
            *map(self.edition.key, self.edition.ids),
            *(f"{name} {digest_of(path.read_bytes())}" for name, path in self.files.items()),
        )

    def manuscript(self) -> Manuscript:
        """Return what the PDF is set from."""
        return Manuscript(
            path=self.knowledge.sites[self.site.id].source.path,
            passages=(Passage(_opening(self)), *_pages(self)),
            files=self.files,
            options={"paper": str(self.site.paper).lower()},
            time=self.knowledge.history.stamp.time,
        )


def _opening(book: Handbook) -> str:
    knowledge, language, say = book.knowledge, book.language, book.say
    organisation, stamp = knowledge.organisation, knowledge.history.stamp
    site = to_plain(site_in_language(knowledge, book.site.id, language).name)
    name = getattr(organisation.name, language)
    edition = getattr(book.edition.profile.names, language)
    facts = [
        (say("Edition"), f"{edition} · {book.site.paper}"),
        (say("Language"), SELF_NAMES[language]),
        (say("Version"), stamp.version),
        (say("Date"), say_date(stamp.on, language)),
    ]
    values = {
        "title": f"{site} · {name}",
        "organisation": getattr(organisation.organisation, language),
        "site": site,
        "knowledge-base": name,
        "edition": edition,
        "version": stamp.version,
        "facts": facts,
    }
    return "\n".join((
        '#import "handbook.typ": *',
        '#import "markdown.typ" as md',
        f"#let book={value_code(values)}",
        "#show: handbook.with(book)",
        f"#show: speaking.with({value_code(language)})",
        "#cover(book)",
    ))  # fmt: skip


def _pages(book: Handbook) -> Iterator[Passage]:
    """Yield what follows the cover, in its order."""
    edition, say, knowledge = book.edition, book.say, book.knowledge
    pictures = frozenset(name.removeprefix("files/") for name in book.files)
    leaves = Leaves(edition, say, FRAMES[book.site.paper], pictures)
    words: dict[str, Any] = {word: say(word) for word in WORDS} | {"language": book.language}
    words["teams"] = {
        each.id: getattr(each.names, book.language) for each in knowledge.vocabulary.teams
    }
    name = leaves.words
    yield Passage(words_code(leaves, words))
    said, codes, about = callers_words(edition), error_codes(edition), products(edition)
    ways = [key for key, held in (("words", said), ("codes", codes), ("products", about)) if held]
    yield Passage(f"#{call('start', name, _broken(edition), ways)}")
    yield Passage(f"#{call('contents', name, _listed(leaves))}")
    yield _emergency(book, leaves)
    yield from _records(book, leaves)
    registers = {
        "words": [(each, [(it.text, it.language, it.ids) for it in held]) for each, held in said],
        "codes": codes,
        "products": [(each, [leaves.line(id) for id in ids]) for each, ids in about],
    }
    for each in ways:
        yield Passage(f"#{call(f'{each}-register', name, registers[each])}")
    yield Passage(f"#{call('imprint', name, _revision(edition, say))}")


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


def _listed(leaves: Leaves) -> list[tuple[str, str, list[tuple[Code, str]]]]:
    """Return each section's name, the place it begins at and the lines of its records."""
    found = dict(sections(leaves.edition))
    urgent = [leaves.line(it.id) for it in found.pop(EMERGENCY, ())]
    return [
        (leaves.say("In an emergency"), "way-emergency", urgent),
        *(
            (leaves.section_name(rows[0]), rows[0].id, [leaves.line(it.id) for it in rows])
            for rows in found.values()
        ),
    ]


def _emergency(book: Handbook, leaves: Leaves) -> Passage:
    """Return what stands first: what never to do, the urgent runbooks, whom to reach."""
    edition, site = leaves.edition, book.site
    here = site_in_language(book.knowledge, site.id, edition.language)
    runbooks = [leaves.line(it.id) for it in sections(edition).get(EMERGENCY, ())]
    desks = [
        {"name": each.name, "label": each.label, "zone": each.zone_name, "hours": each.hours}
        for each in desk_views(edition.profile, edition.language, leaves.say)
    ]
    zone = f"{say_zone(site.time_zone, edition.language)} ({site.time_zone})"
    more = value_code({"runbooks": runbooks, "desks": desks, "zone": zone})
    return Passage(
        f"#emergency({leaves.words},{part_code(here, leaves.reader)},{more})",
        (book.knowledge.sites[site.id].source,),
        f"#emergency-lost({leaves.words})",
    )


def _records(book: Handbook, leaves: Leaves) -> Iterator[Passage]:
    ordered = sections(leaves.edition)
    # the emergency section has the first tab, whether there are runbooks in it or not
    first = 0 if EMERGENCY in ordered else 1
    for tab, (section, rows) in enumerate(ordered.items(), start=first):
        for number, it in enumerate(rows):
            opens = number == 0 and section != EMERGENCY
            place = Place(leaves.say("In an emergency") if section == EMERGENCY else "", tab, opens)
            yield Passage(
                f"#{leaves.record(it, place)}",
                book.sources(it.id),
                f"#{leaves.lost(it, place)}",
            )


def _revision(edition: Edition, say: Say) -> list[tuple[str, str]]:
    stamp = edition.knowledge.history.stamp
    return [
        (say("Version"), stamp.version),
        (say("Commit"), stamp.commit),
        (say("Date"), say_date(stamp.on, edition.language)),
        (say("Edition"), getattr(edition.profile.names, edition.language)),
        (say("Records"), str(len(edition.ids))),
    ]
