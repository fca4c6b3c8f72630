"""One record of an edition as the call of a Typst template: what a leaf of the book is set from.

In go an edition, an id and the interface's words, out comes Typst code; every text is a literal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

import segno

from generator.books.registers import section_name
from generator.books.typesetting import Code, Reader, call, content, literal, part_code, value_code
from generator.diagram import Box, Drawing, Frame, drawings, lines_of, names
from generator.editions import Edition, ForeignText, make_edition
from generator.markup import to_plain
from generator.model import (
    Confidence,
    Guidance,
    Guide,
    Part,
    Platform,
    Question,
    Scenario,
    Shell,
    Step,
    Verdict,
)
from generator.texts import Say, say_date
from generator.views import RecordView, Row, record_view

WHOLE_STEP = 700
"""A step of fewer characters is not divided between pages; a longer one might not fit on one."""
ONE_LINE = 0.5
"""How much of a drawing's width what a step shows and what to do otherwise may fill together to
share a line; the rest is for the words before them and the step's number."""

_ENUMS: dict[type[Enum], str] = {
    Platform: "platform ",
    Scenario: "scenario ",
    Shell: "shell ",
    Verdict: "verdict ",
    Confidence: "confidence ",
}
_NOT_TRANSLATED = "This record is not available in this language yet; you are reading the original."
_STALE = "The original has changed since this translation was made."


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands in the book."""

    section: str
    """The section it stands in."""
    tab: int
    """How far down the page's edge its tab is, from 0."""
    opens: bool
    """Whether it is the section's first, which has the section's heading."""
    notes: tuple[Code, ...] = ()
    """What readers of other languages must know of it."""


@dataclass(frozen=True)
class Leaves:
    """What all records of one language of a handbook share."""

    edition: Edition
    say: Say
    frame: Frame
    """The room for a tree."""
    pictures: frozenset[str]
    """The pictures that can be set."""
    elsewhere: frozenset[str] = frozenset()
    """The records that stand in other volumes."""

    @property
    def words(self) -> Code:
        """The variable that holds the language's words in Typst."""
        return Code(f"words-{self.edition.language}")

    @cached_property
    def reader(self) -> Reader:
        """How the parts of records are set."""
        language = self.edition.language
        return Reader(self.see, self.say_enum, lambda day: say_date(day, language), self._around)

    @cached_property
    def _whole(self) -> Edition:
        return make_edition(self.edition.knowledge, self.edition.profile, self.edition.language)

    def see(self, id: str) -> Code:
        """Return a reference: with its page where the record is in this handbook."""
        if id not in self._whole:
            return Code("[]")
        known = self._whole.title(id)
        title: Code | str = self._plain(known)
        if isinstance(known, ForeignText):
            title = call("md.foreign", known.language, title)
        if id not in self.edition:
            return call("md.named", id, title)
        return call("md.see", self.words, id, title)

    def say_enum(self, value: Enum) -> str:
        """Return one of the model's words as readers say it."""
        begin = _ENUMS.get(type(value))
        return self.say(f"{begin}{value}") if begin else str(value)

    def _plain(self, text: str) -> str:
        return to_plain(text, lambda id: ("", id) if id in self._whole else None)

    def _text(self, text: str) -> Code:
        return content(text, self.see)

    def _around(self, part: Part) -> Mapping[str, Any]:
        if not isinstance(part, Step):
            return {}
        said = (part.action, part.expect, part.otherwise, part.danger)
        size = sum(len(text or "") for text in said) + len(part.command.run if part.command else "")
        picture = part.image if part.image in self.pictures else None
        return {
            "stays": size < WHOLE_STEP,
            "brief": self._is_brief(part),
            "image": picture,
            "alt-plain": self._plain(part.alt or picture or ""),
        }

    def bare(self, text: str) -> Code:
        """Return Markdown as content in which other records are only named."""
        return content(text, lambda id: literal(self._plain(f"[[{id}]]")))

    def absent(self, id: str) -> Code:
        """Return what the head of a record says to readers of this language, who do not have it.

        References in this language lead there.
        """
        language = self.edition.language
        target = Code(f"[#metadata(none)#label({literal(f'{language}-{id}')})]")
        return call(
            "md.foreign", language, Code(f"{{{literal(self.say(_NOT_TRANSLATED))};{target}}}")
        )

    def _is_brief(self, step: Step) -> bool:
        """Return whether what a step shows, and what to do otherwise, have room on one line."""
        if not step.expect or not step.otherwise or step.image:
            return False
        said = step.expect + step.otherwise  # a reference gets longer: its title, its page
        is_simple = "\n" not in said and "[[" not in said
        return is_simple and lines_of(self._plain(said), ONE_LINE * self.frame.width) == 1

    def line(self, id: str) -> tuple[Code, str]:
        """Return a record of this handbook as a line of a list: its title, its id."""
        return self._text(self._whole.title(id)), id

    def record(self, it: Row, place: Place) -> Code:
        """Return the call that sets a record."""
        view = record_view(self.edition, it.id)
        values = self._head(it, view, place) | self._environment(view)
        values["related"] = [self.see(other.id) for other in view.related]
        if isinstance(view.record, Guide):
            values |= self._guide(view.record)
        else:
            values["record"] = part_code(view.record, self.reader)
        return call(str(it.kind), self.words, values)

    def lost(self, it: Row, place: Place) -> Code:
        """Return the call that sets what stands in for a record that could not be set."""
        view = record_view(self.edition, it.id)
        values = self._head(it, view, place) | self._environment(view)
        values["title"] = self._plain(it.title)
        return call("lost", self.words, values)

    def _head(self, it: Row, view: RecordView, place: Place) -> dict[str, Any]:
        return {
            "id": it.id,
            "title": self._text(view.record.title),
            "section": section_name(self.edition, self.say, place.section),
            "tab": place.tab,
            "opens": place.opens,
            "priority": view.priority,
            "badges": list(self._badges(view)),
            "notes": [*self._notes(view), *place.notes],
            "online": self._online(view.path),
        }

    def _online(self, path: str) -> dict[str, Any] | None:
        """Return a page's address, and its QR code as rows of 0 and 1 without a margin."""
        base = self.edition.profile.base_url
        if base is None:
            return None
        address = f"{base.rstrip('/')}/{path}.html"
        # one mask for all: to find the best of eight takes five times as long, each can be read
        code = segno.make_qr(address, error="m", boost_error=False, mask=2)
        rows = code.matrix_iter(border=0)
        squares = ["".join("1" if is_dark else "0" for is_dark in row) for row in rows]
        return {"address": address, "size": len(squares), "squares": "".join(squares)}

    def _badges(self, view: RecordView) -> Iterator[str]:
        if view.record.confidence is not Confidence.VALIDATED:
            yield self.say_enum(view.record.confidence)
        if view.owner:
            yield view.owner
        if view.verified_on:
            yield f"{self.say('Verified')} {view.verified_on}"

    def _notes(self, view: RecordView) -> Iterator[str]:
        if view.entry.is_fallback:
            yield self.say(_NOT_TRANSLATED)
        if view.entry.is_stale:
            yield self.say(_STALE)

    def _environment(self, view: RecordView) -> dict[str, Any]:
        found = getattr(view.record, "environment", None)
        return {
            "products": [product.name for product in view.products],
            "versions": found.versions if found else (),
            "platforms": [self.say_enum(each) for each in found.platforms] if found else (),
            "scenario": self.say_enum(found.scenario) if found and found.scenario else None,
        }

    def _guide(self, guide: Guide) -> dict[str, Any]:
        called = names(guide)
        made = drawings(guide, self.frame, lambda node: self._caption(guide, node))
        return {
            "intro": self._text(guide.intro) if guide.intro else None,
            "drawings": [self._drawing(guide, each, called) for each in made],
            "endings": [
                self._ending(node, key, called[key])
                for key in called
                if isinstance(node := guide.nodes[key], Guidance) and _has_more(node)
            ],
        }

    def _ending(self, node: Guidance, key: str, name: str) -> dict[str, Any]:
        escalate = getattr(node, "escalate", None)
        return {
            "node": key,
            "name": name,
            "kind": str(node.kind),
            "text": self._text(node.text),
            "steps": [part_code(step, self.reader) for step in node.steps],
            "escalate": part_code(escalate, self.reader) if escalate else None,
        }

    def _paragraphs(self, guide: Guide, key: str) -> list[tuple[str, str]]:
        """Return what stands in a node's box: pairs of a look and a Markdown text or an id."""
        node = guide.nodes[key]
        if isinstance(node, Question):
            return [("text", node.text), *([("help", node.help)] if node.help else [])]
        if not isinstance(node, Guidance):
            return [("see", node.guide)]
        return [
            ("text", node.text),
            *([("see", node.case)] if node.case else []),
            *([("below", "")] if _has_more(node) else []),
        ]

    def _caption(self, guide: Guide, key: str) -> tuple[str, ...]:
        """Return the plain paragraphs that will stand in a node's box, for their height."""
        made = []
        for look, text in self._paragraphs(guide, key):
            plain = self._plain(self._whole.title(text) if look == "see" else text)
            if look == "see":
                page = self.say("volume N, page M" if text in self.elsewhere else "page N")
                plain += f" ({text}, {page}000)"
            made.append(plain if look != "below" else f"→ {self.say('What to do')}")
        return ("00 " + made[0], *made[1:])

    def _drawing(self, guide: Guide, drawing: Drawing, called: Mapping[str, str]) -> dict[str, Any]:
        return {
            "width": drawing.width,
            "height": drawing.height,
            "scale": drawing.scale,
            "boxes": [self._box(guide, box, called) for box in drawing.boxes],
            "arrows": [arrow.points for arrow in drawing.arrows],
        }

    def _box(self, guide: Guide, box: Box, called: Mapping[str, str]) -> dict[str, Any]:
        body = [] if box.is_jump else self._paragraphs(guide, box.node)
        return {
            "node": box.node,
            "name": called[box.node],
            "kind": str(guide.nodes[box.node].kind),
            "is_jump": box.is_jump,
            "answer": self._text(box.answer) if box.answer else None,
            "answer_height": box.answer_height,
            "x": box.x,
            "y": box.y,
            "width": box.width,
            "height": box.height,
            "body": [
                (look, self.see(text) if look == "see" else self._text(text))
                for look, text in body
                if look != "below"
            ],
            "goes_on": any(look == "below" for look, _ in body),
        }


def _has_more(node: Guidance) -> bool:
    """Return whether an end of a guide says more than fits its box."""
    return bool(node.steps or getattr(node, "escalate", None))


def words_code(leaves: Leaves, words: Mapping[str, Any]) -> Code:
    """Return the code that makes a language's words known to the templates."""
    return Code(f"#let {leaves.words}={value_code(words)}")
