"""A remote site's handbook as the files of an EPUB 3.3: in goes its edition in one language.

The pages are templates of `templates/epub/`; what is in them and in which order is decided here.
Every page is read and written again as XML, so that no text can break it; one that cannot be read
costs its record and is a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from generator.books.registers import (
    EMERGENCY,
    callers_words,
    error_codes,
    products,
    section_name,
    sections,
)
from generator.books.xhtml import as_xhtml, writable
from generator.desks import desk_views
from generator.diagram import names
from generator.editions import Edition, ForeignText, make_edition, site_in_language, site_key
from generator.findings import Finding, Location
from generator.markup import to_plain
from generator.model import Guide, Site, Step
from generator.passages import mark_passages
from generator.shapes import parts
from generator.templating import Templates
from generator.texts import SELF_NAMES, Say, say_date, say_number, say_zone
from generator.views import Row, record_view, row
from generator.writing import digest_of

MIMETYPE = "mimetype"
"""What must be an EPUB's first file."""
_JPEG = "image/jpeg"
_TYPES = {"svg": "image/svg+xml", "png": "image/png", "jpg": _JPEG, "jpeg": _JPEG}
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the book before it is rendered."""

    name: str
    """Its file's name without what follows the dot."""
    title: str
    template: str
    values: Values = field(default_factory=dict)
    up: tuple[tuple[str, str], ...] = ()
    """The pages that lead to it: name and title."""
    record: str = ""
    """The record that it is made from, which a fault in it costs."""


@dataclass(frozen=True, slots=True)
class Bound:
    """The files of an EPUB in their order, and what could not be put into it."""

    files: Mapping[str, bytes]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Ebook:
    """One site's handbook in one language as an e-book."""

    edition: Edition
    """What it holds."""
    site: Site
    say: Say
    templates: Templates

    def key(self, *tool: str) -> str:
        """Return a digest of all that the book depends on; `tool` says which tools make it."""
        known = self.edition.knowledge.pictures
        pictures = (f"{each} {digest_of(known[each].file.read_bytes())}" for each in self._pictures)
        return digest_of(*tool, site_key(self.edition, self.site), *pictures)

    def bound(self) -> Bound:
        """Return the book's files."""
        made: dict[str, bytes] = {}
        findings: list[Finding] = []
        for page in self._pages():
            xhtml = self._made(page)
            if isinstance(xhtml, str):
                findings.append(self._finding(page, xhtml))
                xhtml = self._made(replace(page, template="lost"))
                assert isinstance(xhtml, bytes), "a page that says nothing is whole"
            made[page.name] = xhtml
        pictures = {path: name for name, path in self._pictures.items()}
        values = {
            "pages": made,
            "pictures": [(path, _TYPES[path.rpartition(".")[2]]) for path in pictures],
        }
        files = {
            MIMETYPE: b"application/epub+zip",
            "META-INF/container.xml": self._plain("container.xml", {}),
            "EPUB/package.opf": self._plain("package.opf", values),
            "EPUB/book.css": self._plain("book.css", {}),
            **{f"EPUB/{name}.xhtml": content for name, content in made.items()},
            **{
                f"EPUB/{path}": self.edition.knowledge.pictures[name].file.read_bytes()
                for path, name in pictures.items()
            },
        }
        return Bound(files, tuple(findings))

    @cached_property
    def _whole(self) -> Edition:
        edition = self.edition
        return make_edition(edition.knowledge, edition.profile, edition.language)

    @cached_property
    def _pictures(self) -> Mapping[str, str]:
        """The pictures of its steps: where each lies in the book. What cannot be read is not."""
        known, edition = self.edition.knowledge.pictures, self.edition
        steps = (step for id in edition.ids for _, step in parts(edition.entry(id).record, Step))
        used = sorted({step.image for step in steps if step.image})
        return {
            name: f"{digest_of(name)[:12]}.{name.rpartition('.')[2].lower()}"
            for name in used
            if name in known and known[name].width
        }

    @cached_property
    def _sections(self) -> Mapping[str, tuple[Row, ...]]:
        """Its records by section; the emergency section is there in any case, and first."""
        return {EMERGENCY: (), **{name: tuple(it) for name, it in sections(self.edition).items()}}

    @cached_property
    def _registers(self) -> Mapping[str, Page]:
        """The registers that hold anything."""
        edition = self.edition
        about = [(name, [row(edition, id) for id in ids]) for name, ids in products(edition)]
        held: dict[str, tuple[str, Any]] = {
            "words": (self.say("What callers say"), callers_words(edition)),
            "codes": (self.say("Error codes"), error_codes(edition)),
            "products": (self.say("Products"), about),
        }
        return {
            name: Page(name, title, name, {"held": entries}, self._start)
            for name, (title, entries) in held.items()
            if entries
        }

    @property
    def _start(self) -> tuple[tuple[str, str], ...]:
        return (("start", self.say("Start here")),)

    @property
    def _ways(self) -> list[tuple[str, str]]:
        return [(page.name, page.title) for page in self._registers.values()]

    def _title(self, section: str) -> str:
        return section_name(self.edition, self.say, section)

    def _chapters(self) -> Iterator[Values]:
        """Yield the entries of the contents: a page and the records below it."""
        for section, rows in self._sections.items():
            yield {"page": _part(section), "title": self._title(section), "rows": rows}
        for page, title in (*self._ways, ("revision", self.say("Revision"))):
            yield {"page": page, "title": title, "rows": ()}

    def _pages(self) -> Iterator[Page]:
        """Yield every page in the order in which they are read."""
        say = self.say
        yield Page("cover", self._book, "cover", {"facts": self._facts()})
        yield Page("start", say("Start here"), "start", {"broken": self._broken()})
        yield Page("nav", say("Contents"), "nav", {"chapters": list(self._chapters())})
        for section, rows in self._sections.items():
            yield self._opening(section, rows)
            up = (*self._start, (_part(section), self._title(section)))
            yield from (self._record(it, up) for it in rows)
        yield from self._registers.values()
        yield Page("revision", say("Revision"), "revision", {"facts": self._revision()})

    def _opening(self, section: str, rows: tuple[Row, ...]) -> Page:
        """Return the page of a section, which leads to its records."""
        language, name, title = self.edition.language, _part(section), self._title(section)
        values: dict[str, Any] = {"rows": rows}
        if section == EMERGENCY:
            zone = self.site.time_zone
            values["zone"] = f"{say_zone(zone, language)} ({zone})"
            values["desks"] = desk_views(self.edition.profile, language, self.say)
            return Page(name, title, "emergency", values, self._start)
        found = self.edition.knowledge.issue_types.get(section)
        values["describes"] = getattr(found.describes, language) if found else ""
        values["guide"] = self._row(found.guide) if found else None
        return Page(name, title, "part", values, self._start)

    def _record(self, it: Row, up: tuple[tuple[str, str], ...]) -> Page:
        view, base = record_view(self.edition, it.id), self.edition.profile.base_url
        values = {
            "view": view,
            "names": names(view.record) if isinstance(view.record, Guide) else {},
            "online": f"{base.rstrip('/')}/{view.path}.html" if base else "",
        }
        return Page(it.id, it.title, str(it.kind), values, up, it.id)

    def _row(self, id: str | None) -> Row | None:
        return row(self.edition, id) if id and id in self.edition else None

    def _broken(self) -> list[Values]:
        """Return what can be broken: each issue type with its page and its guide."""
        types, language = self.edition.knowledge.issue_types, self.edition.language
        return [
            {
                "page": _part(name),
                "name": self._title(name),
                "describes": getattr(types[name].describes, language),
                "guide": self._row(types[name].guide),
            }
            for name in self._sections
            if name in types
        ]

    def _facts(self) -> list[tuple[str, str]]:
        edition, say = self.edition, self.say
        stamp = edition.knowledge.history.stamp
        return [
            (say("Edition"), self._shared["edition"]),
            (say("Language"), SELF_NAMES[edition.language]),
            (say("Version"), stamp.version),
            (say("Date"), say_date(stamp.on, edition.language)),
        ]

    def _revision(self) -> list[tuple[str, str]]:
        commit = (self.say("Commit"), self.edition.knowledge.history.stamp.commit)
        return [*self._facts(), commit, (self.say("Records"), str(len(self.edition.ids)))]

    @cached_property
    def _here(self) -> Site:
        return site_in_language(self.edition.knowledge, self.site.id, self.edition.language)

    @property
    def _book(self) -> str:
        name = getattr(self.edition.knowledge.organisation.name, self.edition.language)
        return f"{to_plain(self._here.name)} · {name}"

    @cached_property
    def _shared(self) -> Values:
        """What every page may say."""
        edition, organisation = self.edition, self.edition.knowledge.organisation
        language, stamp = edition.language, edition.knowledge.history.stamp
        base = edition.profile.base_url or organisation.base_url
        address = f"{base.rstrip('/')}/handbooks/{self.site.id}-{language}"
        return {
            "_": self.say,
            "resolve": self._see,
            "language": language,
            "book": self._book,
            "edition": getattr(edition.profile.names, language),
            "knowledge_base": getattr(organisation.name, language),
            "publisher": getattr(organisation.organisation, language),
            "site": self._here,
            "ways": self._ways,
            "row": self._row,
            "picture": self._pictures.get,
            "date": lambda day: say_date(day, language),
            "number": lambda value: say_number(value, language),
            "identifier": uuid5(NAMESPACE_URL, address).urn,
            "day": stamp.on.isoformat(),
            "modified": f"{datetime.fromtimestamp(stamp.time, UTC):%Y-%m-%dT%H:%M:%SZ}",
        }

    def _see(self, id: str) -> tuple[str, str] | None:
        """Return where a reference leads and what it says; nowhere, where it is not in the book."""
        if id not in self._whole:
            return None
        title = self._whole.title(id)
        own = getattr(title, "language", self.edition.language)
        said = to_plain(title, lambda other: ("", other) if other in self._whole else None)
        return f"{id}.xhtml" if id in self.edition else "", ForeignText(f"{said} ({id})", own)

    def _made(self, page: Page) -> bytes | str:
        values = {**self._shared, **page.values, "title": page.title, "up": page.up}
        html = self.templates.render(f"{page.template}.html", values)
        return as_xhtml(mark_passages(html, self.edition.language))

    def _finding(self, page: Page, complaint: str) -> Finding:
        knowledge = self.edition.knowledge
        filed = knowledge.records[page.record] if page.record else knowledge.sites[self.site.id]
        where = Location(filed.source.path)
        return Finding(where, "KB901", f"EPUB: {complaint}", "see the message")

    def _plain(self, name: str, values: Values) -> bytes:
        return writable(self.templates.render(name, {**self._shared, **values})).encode()


def _part(section: str) -> str:
    return section if section == EMERGENCY else f"part-{section}"
