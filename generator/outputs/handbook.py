"""A remote site's handbook: in goes its edition in each of its languages, out comes a manuscript.

The design is in `templates/handbook/*.typ`; here is decided what stands in it and in which order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from generator.diagram import Frame
from generator.editions import Edition, site_edition, site_in_language
from generator.knowledge import KnowledgeBase
from generator.leaves import Leaves, words_code
from generator.markup import to_plain
from generator.model import Kind, Paper, Site
from generator.sources import Source
from generator.texts import SELF_NAMES, Say, say_date
from generator.typesetting import Manuscript, Passage, call, part_code, value_code
from generator.views import Row, row
from generator.writing import digest_of

FRAMES = {Paper.A4: Frame(64.0, 92.0, 4, 16.0), Paper.A5: Frame(49.5, 70.0, 3, 13.0)}
"""The room for a tree on each paper, in em of the size that `guide.typ` sets trees in."""

WORDS = (
    *("After", "Before", "Cause", "Channel", "Contents", "Danger", "Diagnosis", "Do it yourself"),
    *("Effect", "Error codes", "Escalate to", "Expected from now on", "Hand over", "Hours"),
    *("Impact", "Meaning", "Measure", "Mitigation", "Name", "Network", "Never on site"),
    *("Otherwise", "Parameters", "Part", "Platforms", "Prevention", "Products", "Quantity"),
    *("Related", "Resolution", "Revision", "Role", "Rollback", "Root cause report"),
    *("Say to the customer", "Setting", "Source", "Spare parts on hand", "Start here"),
    *("Symptoms", "This record could not be printed.", "Tools", "Trigger", "Value"),
    *("Verification", "Versions", "What to do", "What was changed", "Where", "Whom to reach"),
    *("Workaround", "You see", "as administrator", "page N", "tier L1", "tier L2", "tier L3"),
)
"""The words that the Typst templates use."""


@dataclass(frozen=True)
class Handbook:
    """One site's handbook, of which nothing is made until it is asked for."""

    knowledge: KnowledgeBase
    site: Site
    says: Mapping[str, Say]
    """The interface's words, by language."""
    templates: Path
    """The folder of the Typst templates."""

    @property
    def path(self) -> str:
        """Its file's name."""
        return f"{self.site.id}.pdf"

    @cached_property
    def editions(self) -> tuple[Edition, ...]:
        """What it holds in each of the site's languages, most read first."""
        return tuple(map(partial(site_edition, self.knowledge, self.site), self.site.languages))

    @cached_property
    def files(self) -> dict[str, Path]:
        """The templates and the pictures that its records name, by path beside the manuscript."""
        texts = [source.text for id in self.editions[0].ids for source in self.sources(id)]
        templates = {path.name: path for path in sorted(self.templates.glob("*.typ"))}
        return templates | {
            f"files/{name}": picture.file
            for name, picture in sorted(self.knowledge.pictures.items())
            if any(name in text for text in texts)
        }

    def sources(self, id: str, language: str = "") -> tuple[Source, ...]:
        """Return the files that a record's leaf is made from, the nearest first."""
        translation = self.knowledge.translations.get((id, language))
        source = self.knowledge.records[id].source
        return (translation.source, source) if translation else (source,)

    def key(self, *tool: str) -> str:
        """Return a digest of all that the PDF depends on; `tool` says which tools make it."""
        knowledge, languages = self.knowledge, self.site.languages
        stamp = knowledge.history.stamp
        translations = (knowledge.translations.get((self.site.id, each)) for each in languages)
        return digest_of(
            *tool,
            f"{stamp.version} {stamp.commit} {stamp.time}",
            knowledge.sites[self.site.id].source.digest,
            *(each.source.digest for each in translations if each),
            knowledge.organisation.model_dump_json(),
            knowledge.vocabulary.model_dump_json(exclude={"glossary"}),
            *(self.says[language](word) for language in languages for word in WORDS),
            *(edition.key(id) for edition in self.editions for id in edition.ids),
            *(f"{name} {digest_of(path.read_bytes())}" for name, path in self.files.items()),
        )

    def manuscript(self) -> Manuscript:
        """Return what the PDF is set from."""
        parts = [passage for edition in self.editions for passage in _part(self, edition)]
        return Manuscript(
            path=self.knowledge.sites[self.site.id].source.path,
            passages=(Passage(_opening(self)), *parts),
            files=self.files,
            options={"paper": str(self.site.paper).lower()},
            time=self.knowledge.history.stamp.time,
        )


def _base(site: Site) -> int:
    """Return the heading level of sections: below the parts, where there are several."""
    return 2 if len(site.languages) > 1 else 1


def _opening(book: Handbook) -> str:
    organisation, stamp = book.knowledge.organisation, book.knowledge.history.stamp
    site, first, profile = book.site, book.site.languages[0], book.editions[0].profile
    say = book.says[first]
    titles = [
        {
            "language": language,
            "site": to_plain(site_in_language(book.knowledge, site.id, language).name),
            "knowledge-base": getattr(organisation.name, language),
        }
        for language in site.languages
    ]
    edition = getattr(profile.names, first)
    facts = [
        (say("Edition"), f"{edition} · {site.paper}"),
        (say("Language"), " · ".join(SELF_NAMES[each] for each in site.languages)),
        (say("Version"), stamp.version),
        (say("Date"), say_date(stamp.on, first)),
    ]
    values = {
        "title": f"{titles[0]['site']} · {titles[0]['knowledge-base']}",
        "organisation": getattr(organisation.organisation, first),
        "site": titles[0]["site"],
        "edition": edition,
        "version": stamp.version,
        "titles": titles,
        "facts": facts,
        "tabs": len({_section(row(book.editions[0], id)) for id in book.editions[0].ids}),
        "base": _base(site),
    }
    return "\n".join((
        '#import "handbook.typ": *',
        '#import "markdown.typ" as md',
        f"#let book={value_code(values)}",
        "#show: handbook.with(book)",
        f"#show: speaking.with({value_code(first)})",
        "#cover(book)",
    ))  # fmt: skip


def _part(book: Handbook, edition: Edition) -> Iterator[Passage]:
    """Yield one language's pages in their order."""
    language, knowledge = edition.language, book.knowledge
    say = book.says[language]
    pictures = frozenset(name.removeprefix("files/") for name in book.files)
    leaves = Leaves(edition, say, FRAMES[book.site.paper], pictures)
    words: dict[str, Any] = {word: say(word) for word in WORDS}
    words |= {"language": language, "self-name": SELF_NAMES[language], "base": _base(book.site)}
    words["teams"] = {each.id: getattr(each.names, language) for each in knowledge.vocabulary.teams}
    name = leaves.words
    yield Passage(f"{words_code(leaves, words)}\n#part({name})[")
    site = site_in_language(knowledge, book.site.id, language)
    yield Passage(
        f"#start({name},{part_code(site, leaves.reader)})",
        (knowledge.sites[site.id].source,),
        f"#start-lost({name},{value_code(site.id)})",
    )
    yield Passage(f"#contents({name})\n#records({name})")
    yield from _records(book, leaves)
    yield Passage(f"#records-end({name})")
    codes = _codes(edition)
    if codes:
        yield Passage(f"#codes({name},{value_code(codes)})")
    yield Passage(f"#{call('imprint', name, _revision(edition, say))}\n]")


def _section(it: Row) -> str:
    """Return where a record stands: guides, or its issue type, or runbooks."""
    return it.issue_type if it.kind is Kind.CASE else f"{it.kind}s"


def _records(book: Handbook, leaves: Leaves) -> Iterator[Passage]:
    edition = leaves.edition
    by_section: dict[str, list[Row]] = {}
    for id in edition.ids:
        by_section.setdefault(_section(found := row(edition, id)), []).append(found)
    types = [each.id for each in book.knowledge.vocabulary.issue_types]
    order = [name for name in ("guides", *types, "runbooks") if name in by_section]
    for tab, section in enumerate(order):
        for number, it in enumerate(by_section[section]):
            opens = number == 0
            yield Passage(
                f"#{leaves.record(it, tab, opens=opens)}",
                book.sources(it.id, edition.language),
                f"#{leaves.lost(it, tab, opens=opens)}",
            )


def _codes(edition: Edition) -> list[tuple[str, list[str]]]:
    """Return each error code with the cases that know it."""
    by_code: dict[str, list[str]] = {}
    for id in edition.ids:
        for code in row(edition, id).error_codes:
            by_code.setdefault(code, []).append(id)
    return sorted(by_code.items(), key=lambda item: (item[0].casefold(), item[0]))


def _revision(edition: Edition, say: Say) -> list[tuple[str, str]]:
    stamp = edition.knowledge.history.stamp
    return [
        (say("Version"), stamp.version),
        (say("Commit"), stamp.commit),
        (say("Date"), say_date(stamp.on, edition.language)),
        (say("Edition"), getattr(edition.profile.names, edition.language)),
        (say("Records"), str(len(edition.ids))),
    ]
