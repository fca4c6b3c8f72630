"""A guide's whole tree as a narrow picture beside its questions: in go its nodes, out come places.

Each node is a box in a column, moved to the right by its depth; all measures are in px, for letters
of `LETTER` px. A node that several answers lead to is drawn once, then only referred to.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from generator.diagram import Caption, lines_of, names, ways
from generator.model import Guide

LETTER = 12
WIDTH = 360
INDENT = 18
DEEPEST = 7
"""Deeper nodes are not moved further to the right."""
LINE = 17.4
PADDING = 6
GAP = 6
BADGE = 30
_MOST_LINES = 2


@dataclass(frozen=True, slots=True)
class Spot:
    """One node in the picture."""

    node: str
    name: str
    """Its number or letter."""
    kind: str
    answer: str
    """The answer that leads here, as it stands in the guide; empty at the start."""
    is_jump: bool
    """Whether it only refers to a node that is drawn above."""
    x: int
    y: int
    width: int
    height: int
    line: str
    """The path of the line from the box that leads here; empty at the start."""


@dataclass(frozen=True, slots=True)
class Outline:
    """The whole picture."""

    width: int
    height: int
    spots: tuple[Spot, ...]


def outline(guide: Guide, caption: Caption) -> Outline:
    """Return the guide's tree; `caption` gives the plain text that will stand in a node's box."""
    called = names(guide)
    spots: list[Spot] = []
    drawn: set[str] = set()
    y = 0
    waiting: list[tuple[str, str, int, Spot | None]] = [(guide.start, "", 0, None)]
    while waiting:
        node, answer, depth, parent = waiting.pop()
        is_jump = node in drawn
        drawn.add(node)
        x = INDENT * min(depth, DEEPEST)
        room = (WIDTH - x - BADGE - PADDING) / LETTER
        texts = ([answer] if answer else []) + ([] if is_jump else [" ".join(caption(node))])
        lines = sum(min(_MOST_LINES, lines_of(text, room)) for text in texts)
        height = math.ceil(lines * LINE + 2 * PADDING)
        kind = str(guide.nodes[node].kind)
        line = _line(parent, x, y + height // 2) if parent else ""
        name = called[node]
        spot = Spot(node, name, kind, answer, is_jump, x, y, WIDTH - x, height, line)
        spots.append(spot)
        y += height + GAP
        if not is_jump:
            following = reversed(ways(guide, node))
            waiting.extend((other, text, depth + 1, spot) for text, other in following)
    return Outline(WIDTH, y - GAP, tuple(spots))


def _line(parent: Spot, x: int, y: int) -> str:
    start = parent.x + INDENT // 2
    return f"M{start} {parent.y + parent.height}V{y}H{max(x, start)}"


def steps_left(guide: Guide) -> Mapping[str, int]:
    """Return how many questions a reader still answers at most, from each node on."""
    left: dict[str, int] = {}
    entered: set[str] = set()
    waiting = [guide.start]
    while waiting:
        node = waiting[-1]
        entered.add(node)
        following = [other for _, other in ways(guide, node)]
        open_ones = [other for other in following if other not in left and other not in entered]
        if open_ones:
            waiting.extend(open_ones)
            continue
        waiting.pop()
        left[node] = 1 + max((left.get(other, 0) for other in following), default=-1)
    return left
