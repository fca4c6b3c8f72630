"""Two figures as bars of one scale: in go the figures, out come places of bars. Pure geometry."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure: where its bar begins and how long it is."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bars:
    """A figure before and after, on one scale that holds zero."""

    before: Bar
    after: Bar
    zero: float
    """Where the line of zero stands."""
    change: float | None
    """What was gained or lost, as a share of the figure before; None where that is zero."""


def bars(before: float, after: float, room: float) -> Bars:
    """Return both bars in a drawing that is `room` wide, in its unit; negative ones go left."""
    low, high = min(0.0, before, after), max(0.0, before, after)
    scale = room / ((high - low) or 1.0)
    zero = -low * scale

    def bar(value: float) -> Bar:
        width = abs(value) * scale
        return Bar(round(zero if value >= 0 else zero - width, 1), round(width, 1))

    change = (after - before) / abs(before) if before else None
    return Bars(bar(before), bar(after), round(zero, 1), change)
