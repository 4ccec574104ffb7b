"""Bar charts: the geometry of the bars, lines and labels; a template writes the SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

#: The size of the SVG in its own units; it scales with the page.
WIDTH, HEIGHT = 900, 240
_LEFT, _BOTTOM, _TOP = 48, 24, 8
#: The least distance between labels under the bars.
_LABEL = 64


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a bar: its rectangle, the index of its part, and what it counts (`2026-03: open: 5`)."""

    x: float
    y: float
    width: float
    height: float
    part: int
    title: str


@dataclass(slots=True)
class BarChart:
    """Counts as stacked bars. `parts` names the parts of a bar; `rows` are (label, a count for each part).

    `name` is the anchor on the page, `heading` the column of the labels in the table.
    """

    name: str
    title: str
    note: str
    heading: str
    parts: tuple[str, ...]
    rows: Sequence[tuple[str, tuple[int, ...]]]
    bars: list[Bar] = field(default_factory=list)
    #: (y, label) of the horizontal lines, and (x, label) below the bars.
    lines: list[tuple[float, str]] = field(default_factory=list)
    labels: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        most = max((sum(counts) for _, counts in self.rows), default=0)
        if not most:
            return
        top, step = _scale(most)
        height = HEIGHT - _BOTTOM - _TOP
        width = (WIDTH - _LEFT) / len(self.rows)
        for value in range(0, top + 1, step):
            self.lines.append((round(HEIGHT - _BOTTOM - height * value / top, 1), f"{value:,}"))
        every = max(1, -(-_LABEL // max(1, int(width))))
        for n, (label, counts) in enumerate(self.rows):
            x = _LEFT + n * width
            if n % every == 0:
                self.labels.append((round(x + width / 2, 1), label))
            self._stack(x + width * 0.1, width * 0.8, height / top, label, counts)

    def _stack(
        self, x: float, width: float, unit: float, label: str, counts: tuple[int, ...]
    ) -> None:
        y: float = HEIGHT - _BOTTOM
        for part, count in enumerate(counts):
            if count:
                y -= count * unit
                what = f"{self.parts[part]}: " if len(self.parts) > 1 else ""
                title = f"{label}: {what}{count:,}"
                size = round(width, 2), round(count * unit, 2)
                self.bars.append(Bar(round(x, 2), round(y, 2), *size, part, title))


def _scale(most: int) -> tuple[int, int]:
    """A round number at or above the greatest count, and the step between lines."""
    step = 1
    while most > 5 * step:
        # 1, 2, 5, 10, 20, 50 …
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return -(-most // step) * step, step
