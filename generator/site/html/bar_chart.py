"""Bars for counts: where each part of each bar stands in an SVG drawing, which a template writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

#: The drawing's size, in its own units; it scales with the page.
WIDTH, HEIGHT = 900, 240
_LEFT, _BOTTOM, _TOP = 48, 24, 8
#: Labels under the bars need so much room each.
_LABEL = 64


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a bar: its place and size, what it counts and for what."""

    x: float
    y: float
    width: float
    height: float
    part: int
    told: str


@dataclass(slots=True)
class BarChart:
    """Counts as bars. `parts` names what a bar consists of; `rows` are (label, a count for each part)."""

    name: str
    title: str
    note: str
    heading: str
    parts: tuple[str, ...]
    rows: Sequence[tuple[str, tuple[int, ...]]]
    bars: list[Bar] = field(default_factory=list)
    #: (y, label) of the lines across, and (x, label) below the bars.
    lines: list[tuple[float, str]] = field(default_factory=list)
    labels: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        most = max((sum(counts) for _, counts in self.rows), default=0)
        if not most:
            return
        top, step = _scale(most)
        room = HEIGHT - _BOTTOM - _TOP
        each = (WIDTH - _LEFT) / len(self.rows)
        for value in range(0, top + 1, step):
            self.lines.append((round(HEIGHT - _BOTTOM - room * value / top, 1), f"{value:,}"))
        every = max(1, -(-_LABEL // max(1, int(each))))
        for n, (label, counts) in enumerate(self.rows):
            x = _LEFT + n * each
            if n % every == 0:
                self.labels.append((round(x + each / 2, 1), label))
            self._stack(x + each * 0.1, each * 0.8, room / top, label, counts)

    def _stack(
        self, x: float, width: float, unit: float, label: str, counts: tuple[int, ...]
    ) -> None:
        y: float = HEIGHT - _BOTTOM
        for part, count in enumerate(counts):
            if count:
                y -= count * unit
                what = f"{self.parts[part]}: " if len(self.parts) > 1 else ""
                told = f"{label}: {what}{count:,}"
                size = round(width, 2), round(count * unit, 2)
                self.bars.append(Bar(round(x, 2), round(y, 2), *size, part, told))


def _scale(most: int) -> tuple[int, int]:
    """A round number at or above the greatest count, and the step between lines."""
    step = 1
    while most > 5 * step:
        # 1, 2, 5, 10, 20, 50 …
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return -(-most // step) * step, step
