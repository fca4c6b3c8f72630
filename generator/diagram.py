"""A guide as a drawn decision tree: in go its nodes, out come places of boxes and arrows.

Pure geometry, the same for paper and screen. All measures are in em, the size of the letters in
the boxes. A tree grows from left to right, one column a question; what does not fit a frame goes
on in a drawing of its own, and a box that was drawn already is referred to by its number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from generator.model import Guide, Question

Caption = Callable[[str], tuple[str, ...]]
"""From a node's name to the plain paragraphs that will stand in its box."""

LINE = 1.5
PADDING = 0.55
ROW_GAP = 0.9
COLUMN_GAP = 2.4
JUMP_HEIGHT = 1.9
_TOKEN = re.compile(r"[\u0e00-\u0e7f]{1,6}|[!-~\u00a0-\u024f]+|\s+|.", re.DOTALL)
_MARKS = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class Frame:
    """The room a drawing may take."""

    width: float
    height: float
    columns: int
    head: float = 0.0
    """How much of the height the first drawing leaves to what stands above it."""

    @property
    def box_width(self) -> float:
        """How wide each box is."""
        return (self.width - COLUMN_GAP * (self.columns - 1)) / self.columns


@dataclass(frozen=True, slots=True)
class Box:
    """One node, or the word that it is drawn elsewhere (`is_jump`), under the answer to it."""

    node: str
    answer: str | None
    """The answer that leads here, as it stands in the guide; None at a drawing's root."""
    is_jump: bool
    x: float
    y: float
    width: float
    height: float
    answer_height: float


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line with bends, from a box to one of those that follow it."""

    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """One tree, its root at the upper left."""

    width: float
    height: float
    scale: float
    """Below 1 where a single level is too tall for the frame."""
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


@dataclass(slots=True)
class _Branch:
    node: str
    answer: str | None
    is_jump: bool
    own: float
    answer_height: float
    children: list[_Branch] = field(default_factory=list)

    @property
    def height(self) -> float:
        rows = [child.height for child in self.children]
        return max(self.own, sum(rows) + ROW_GAP * (len(rows) - 1))

    def inner(self) -> Iterator[_Branch]:
        for child in self.children:
            if child.children:
                yield child
                yield from child.inner()


def names(guide: Guide) -> dict[str, str]:
    """Return what each node is called on paper: questions 1, 2, …; what ends a path A, B, …"""
    called: dict[str, str] = {}
    questions = endings = 0
    for node in _walk(guide):
        if isinstance(guide.nodes[node], Question):
            questions += 1
            called[node] = str(questions)
        else:
            letter = chr(ord("A") + endings % 26)
            called[node] = letter + (str(endings // 26 + 1) if endings >= 26 else "")
            endings += 1
    return called


def _walk(guide: Guide) -> Iterator[str]:
    waiting, seen = [guide.start], set()
    while waiting:
        node = waiting.pop()
        if node in seen or node not in guide.nodes:
            continue
        seen.add(node)
        yield node
        waiting.extend(following for _, following in reversed(ways(guide, node)))


def ways(guide: Guide, node: str) -> list[tuple[str, str]]:
    """Return a node's answers and where they lead, as far as that is in the guide."""
    found = guide.nodes[node]
    if not isinstance(found, Question):
        return []
    return [(each.text, each.next) for each in found.answers if each.next in guide.nodes]


def drawings(guide: Guide, frame: Frame, caption: Caption) -> tuple[Drawing, ...]:
    """Return the guide's tree, cut into drawings that fit the frame; the first has the start."""
    grower = _Grower(guide, frame, caption, _first_parents(guide))
    made: list[Drawing] = []
    drawn: set[str] = set()
    for node in _walk(guide):
        if node in drawn:
            continue
        room = frame.height - (0.0 if made else frame.head)
        root = grower.grow(node, None, 1)
        while root.height > room and (branch := _to_cut(root, room)) is not None:
            branch.children, branch.is_jump = [], True
            branch.own = branch.answer_height + JUMP_HEIGHT
        made.append(_place(root, frame, room))
        drawn.update(box.node for box in made[-1].boxes if not box.is_jump)
    return tuple(made)


def _first_parents(guide: Guide) -> Mapping[str, str]:
    """Return from where each node is drawn: the first question that leads to it."""
    parents: dict[str, str] = {}
    for node in _walk(guide):
        for _, following in ways(guide, node):
            if following != guide.start:
                parents.setdefault(following, node)
    return parents


@dataclass(frozen=True, slots=True)
class _Grower:
    guide: Guide
    frame: Frame
    caption: Caption
    parents: Mapping[str, str]

    def grow(self, node: str, answer: str | None, column: int) -> _Branch:
        """Return the tree below a node, as far as the frame has columns."""
        room = self.frame.box_width - 2 * PADDING
        head = _height([answer], room * 0.95) if answer else 0.0
        onward = ways(self.guide, node)
        is_jump = bool(onward) and column >= self.frame.columns
        own = head + (JUMP_HEIGHT if is_jump else _height(self.caption(node), room))
        branch = _Branch(node, answer, is_jump, own, head)
        for text, following in () if is_jump else onward:
            is_drawn_here = self.parents.get(following) == node
            if is_drawn_here and all(each.node != following for each in branch.children):
                branch.children.append(self.grow(following, text, column + 1))
            else:
                above = _height([text], room * 0.95)
                branch.children.append(_Branch(following, text, True, above + JUMP_HEIGHT, above))
        return branch


def _to_cut(root: _Branch, room: float) -> _Branch | None:
    """Return the smallest branch that makes the tree fit once it is gone, else the largest."""
    branches = sorted(root.inner(), key=lambda branch: branch.height)
    excess = root.height - room
    enough = (each for each in branches if each.height - each.answer_height - JUMP_HEIGHT >= excess)
    return next(enough, branches[-1] if branches else None)


def _place(root: _Branch, frame: Frame, room: float) -> Drawing:
    boxes: list[Box] = []
    arrows: list[Arrow] = []

    def put(branch: _Branch, column: int, y: float) -> None:
        x = column * (frame.box_width + COLUMN_GAP)
        boxes.append(
            Box(
                branch.node,
                branch.answer,
                branch.is_jump,
                x,
                y,
                frame.box_width,
                branch.own,
                branch.answer_height,
            )
        )
        start, bend = x + frame.box_width, x + frame.box_width + COLUMN_GAP * 0.4
        down = y
        for child in branch.children:
            level, child_level = y + 1.0, down + 1.0
            points = [(start, level), (bend, level), (bend, child_level)]
            arrows.append(Arrow((*points, (start + COLUMN_GAP, child_level))))
            put(child, column + 1, down)
            down += child.height + ROW_GAP

    put(root, 0, 0.0)
    width = max(box.x + box.width for box in boxes)
    return Drawing(width, root.height, min(1.0, room / root.height), tuple(boxes), tuple(arrows))


def _height(paragraphs: list[str] | tuple[str, ...], room: float) -> float:
    lines = sum(lines_of(paragraph, room) for paragraph in paragraphs)
    return LINE * lines + 2 * PADDING


def lines_of(text: str, room: float) -> int:
    """Return how many lines a text takes in a column `room` em wide; rather one more than less."""
    lines, used = 1, 0.0
    for token in _TOKEN.findall(text):
        width = _width(token)
        if used + width > room and not token.isspace():
            lines += 1 if used else 0
            lines += int(width // room)
            used = width % room
        else:
            used += width
    return lines


def _width(token: str) -> float:
    wide = 0.0
    for sign in _MARKS.sub("", token):
        if "\u0e00" <= sign <= "\u0e7f":
            wide += 0.56
        elif sign <= "\u024f":
            wide += 0.28 if sign in " .,:;|!'il" else 0.72 if sign.isupper() else 0.59
        else:
            wide += 1.0
    return wide
