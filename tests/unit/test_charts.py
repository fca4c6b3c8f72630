"""Figures as bars: one scale, zero in it, whatever the signs."""

from __future__ import annotations

import pytest

from generator.charts import Bar, bars


@pytest.mark.parametrize(
    ("before", "after", "wanted", "zero", "change"),
    [
        (200, 50, (Bar(0, 100), Bar(0, 25)), 0, -0.75),
        (0, 4, (Bar(0, 0), Bar(0, 100)), 0, None),
        (0, 0, (Bar(0, 0), Bar(0, 0)), 0, None),
        (-80, -40, (Bar(0, 100), Bar(50, 50)), 100, 0.5),
        (-10, 30, (Bar(0, 25), Bar(25, 75)), 25, 4.0),
    ],
)
def test_bars(
    before: float, after: float, wanted: tuple[Bar, Bar], zero: float, change: float | None
) -> None:
    """Bars share a scale and begin at zero."""
    drawn = bars(before, after, 100)
    assert (drawn.before, drawn.after) == wanted
    assert (drawn.zero, drawn.change) == (zero, change)
