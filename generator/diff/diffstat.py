"""The files that a diff changes, with counts of added and removed lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from generator.diff.parse import FileDiff


@dataclass(frozen=True, slots=True)
class Stat:
    """One file of a diffstat."""

    path: str
    change: str
    added: int
    removed: int


def diffstat(files: Iterable[FileDiff]) -> list[Stat]:
    """The files that a diff changes, in its order."""
    return [Stat(file.path, file.change, file.added, file.removed) for file in files if file.path]


def total(stats: list[Stat]) -> list[Stat]:
    """The sum over several diffs: each file once, by path."""
    sums: dict[str, list[Stat]] = {}
    for stat in stats:
        sums.setdefault(stat.path, []).append(stat)
    return [
        Stat(path, parts[0].change, sum(p.added for p in parts), sum(p.removed for p in parts))
        for path, parts in sorted(sums.items())
    ]
