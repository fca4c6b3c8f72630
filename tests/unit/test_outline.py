"""The picture of a whole guide, and how far it still is from each of its nodes."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from generator.model import Guide
from generator.outline import WIDTH, outline, steps_left


def guide(**nodes: list[str]) -> Guide:
    """Return a guide from each question to what its answers lead to; others are guidance."""
    made: dict[str, Any] = {}
    for name, following in nodes.items():
        answers = [{"text": f"to {each}", "next": each} for each in following]
        made[name] = {"kind": "question", "text": name, "answers": answers}
        for each in following:
            made.setdefault(each, {"kind": "guidance", "text": each})
    made |= {name: made[name] for name in nodes}
    return Guide.model_validate({
        "id": "GD-0001", "title": "t", "issue_type": "printing", "start": "a", "nodes": made
    })  # fmt: skip


def test_a_node_is_drawn_once() -> None:
    """What two answers lead to is drawn at the first and referred to at the second."""
    drawn = outline(guide(a=["b", "end"], b=["end", "other"]), lambda node: (node,))
    assert [(each.node, each.name, each.answer, each.is_jump) for each in drawn.spots] == [
        ("a", "1", "", False),
        ("b", "2", "to b", False),
        ("end", "A", "to end", False),
        ("other", "B", "to other", False),
        ("end", "A", "to end", True),
    ]
    assert drawn.spots[0].line == ""
    assert drawn.spots[1].line.startswith(f"M9 {drawn.spots[0].height}V")


def test_how_far_it_still_is() -> None:
    """From each node, the longest way to an end counts."""
    left = steps_left(guide(a=["b", "end"], b=["c", "end"], c=["end", "other"]))
    assert left == {"a": 3, "b": 2, "c": 1, "end": 0, "other": 0}
    assert steps_left(guide(a=["d", "b"], b=["d", "end"], d=["end", "other"]))["a"] == 3


def test_a_long_way() -> None:
    """A guide of two thousand questions one after the other is drawn and counted."""
    many = {f"n{n}": [f"n{n + 1}", "end"] for n in range(2000)}
    long = guide(a=["n0", "end"], **many)
    assert steps_left(long)["a"] == 2001
    assert len(outline(long, lambda node: (node,)).spots) == 4003


@given(st.lists(st.text(max_size=90), min_size=2, max_size=6))
def test_nothing_overlaps(texts: list[str]) -> None:
    """Boxes stand below each other, inside the picture, tall enough for up to two lines each."""
    made = guide(a=["b", "c"], b=["d", "e"])
    drawn = outline(made, lambda node: (texts[ord(node) % len(texts)],))
    for one, other in zip(drawn.spots, drawn.spots[1:], strict=False):
        assert one.y + one.height < other.y
    assert all(each.x + each.width == WIDTH for each in drawn.spots)
    assert drawn.height == drawn.spots[-1].y + drawn.spots[-1].height
