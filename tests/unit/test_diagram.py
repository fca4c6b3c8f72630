"""A guide as a drawn tree."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.diagram import Drawing, Frame, drawings, lines_of, names
from generator.model import Guide

FRAME = Frame(64.0, 88.0, 4)


def guide(nodes: dict[str, list[str]], start: str = "n0") -> Guide:
    """Return a guide of questions with ways, and guidance where there is no way."""
    made = {
        key: {"kind": "question", "text": f"question {key}", "answers": [
            {"text": f"to {each}", "next": each} for each in ways
        ]} if ways else {"kind": "guidance", "text": f"do {key} " * 8}
        for key, ways in nodes.items()
    }  # fmt: skip
    return Guide.model_validate(
        {"id": "GD-0001", "title": "t", "issue_type": "network", "start": start, "nodes": made}
    )


def caption(node: str) -> tuple[str, ...]:
    """Return some text for a box."""
    return (f"What is seen at {node}, and where one has to look for it?", "a second paragraph")


def drawn(made: tuple[Drawing, ...]) -> list[str]:
    """Return the nodes that have a box of their own."""
    return [box.node for drawing in made for box in drawing.boxes if not box.is_jump]


@st.composite
def guides(draw: st.DrawFn) -> Guide:
    """Any guide: trees, joins and loops."""
    count = draw(st.integers(2, 24))
    keys = [f"n{number}" for number in range(count)]
    nodes = {key: draw(st.lists(st.sampled_from(keys), max_size=5)) for key in keys}
    nodes = {key: ways if len(ways) > 1 else [] for key, ways in nodes.items()}
    return guide(nodes)


@given(guides(), st.sampled_from([FRAME, Frame(49.5, 64.0, 3), Frame(30.0, 12.0, 2)]))
@settings(max_examples=150, deadline=None)
def test_every_reachable_node_has_one_box(made: Guide, frame: Frame) -> None:
    """Whatever joins or loops a guide has, each node that can be reached is drawn exactly once."""
    done = drawings(made, frame, caption)
    assert sorted(drawn(done)) == sorted(names(made))


@given(guides(), st.sampled_from([FRAME, Frame(49.5, 64.0, 3)]))
@settings(max_examples=100, deadline=None)
def test_drawings_fit_and_boxes_do_not_touch(made: Guide, frame: Frame) -> None:
    """No box leaves its drawing or covers another; a drawing fits its frame at its scale."""
    for drawing in drawings(made, frame, caption):
        assert drawing.width <= frame.width + 1e-6
        assert drawing.height * drawing.scale <= frame.height + 1e-6
        for box in drawing.boxes:
            assert box.x >= 0 and box.y + box.height <= drawing.height + 1e-6
        for one, other in combinations(drawing.boxes, 2):
            beside = one.x + one.width <= other.x or other.x + other.width <= one.x
            below = one.y + one.height <= other.y or other.y + other.height <= one.y
            assert beside or below


def test_questions_are_numbered_and_ends_lettered() -> None:
    """Questions are 1, 2, … and ends A, B, … in the order in which they are read."""
    made = guide({"n0": ["n1", "n2"], "n1": [], "n2": ["n3", "n4"], "n3": [], "n4": []})
    assert names(made) == {"n0": "1", "n1": "A", "n2": "2", "n3": "B", "n4": "C"}


def test_a_loop_is_a_reference() -> None:
    """A way back is a reference to the box that is there already."""
    (drawing,) = drawings(guide({"n0": ["n1", "n0"], "n1": []}), FRAME, caption)
    assert [(box.node, box.is_jump) for box in drawing.boxes] == [
        ("n0", False), ("n1", False), ("n0", True),
    ]  # fmt: skip


def test_what_is_too_deep_goes_on_elsewhere() -> None:
    """A tree with more questions in a row than columns goes on in another drawing."""
    made = guide(
        {"n0": ["n1", "e0"], "n1": ["n2", "e1"], "n2": ["n3", "e2"], "n3": ["e3", "e4"],
         **{f"e{n}": [] for n in range(5)}}
    )  # fmt: skip
    done = drawings(made, FRAME, caption)
    assert [drawing.boxes[0].node for drawing in done] == ["n0", "n3"]


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [("", 10.0, 1), ("一二三四五六七八九十", 5.0, 2), ("word word", 3.0, 2), ("x" * 500, 10.0, 30)],
)
def test_lines(text: str, room: float, lines: int) -> None:
    """The height of a text is known closely enough without a font."""
    assert lines_of(text, room) == lines
