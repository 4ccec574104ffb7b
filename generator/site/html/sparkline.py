"""A small plot of counts, without axes: the geometry of its bars; a template writes the SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: The height of the SVG in its own units, the distance between bars, and their width.
HEIGHT, STEP, WIDTH = 24, 6, 5


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Counts by label as bars: (x, y, height) of each; `label` says what is seen."""

    label: str
    width: int
    bars: tuple[tuple[int, float, float], ...]


def sparkline(what: str, counts: Sequence[tuple[str, int]]) -> Sparkline | None:
    """A plot of some counts, the first to the left; none where nothing is counted."""
    most = max((count for _, count in counts), default=0)
    if not most:
        return None
    heights = [round(HEIGHT * count / most, 1) for _, count in counts]
    bars = tuple((n * STEP, round(HEIGHT - high, 1), high) for n, high in enumerate(heights))
    label = f"{what}, {counts[0][0]} to {counts[-1][0]}: {counts[-1][1]:,} in the last, at most {most:,}"
    return Sparkline(label, len(counts) * STEP, bars)
