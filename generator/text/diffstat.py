"""How many lines of which files a diff changes, without reading its hunks in full."""

from __future__ import annotations

from dataclasses import dataclass

from generator.text.diff import FileDiff, read_header, sections


@dataclass(frozen=True, slots=True)
class Stat:
    """One file of a diffstat."""

    path: str
    change: str
    added: int
    removed: int


def diffstat(diff: str) -> list[Stat]:
    """The files that a diff changes, in its order."""
    stats = []
    for section in sections(diff.split("\n")):
        first_hunk = next((n for n, line in enumerate(section) if line.startswith("@@ ")), None)
        file = FileDiff(section[:first_hunk])
        read_header(file)
        if not file.path:
            continue
        body = [] if first_hunk is None else section[first_hunk:]
        added = sum(line.startswith("+") for line in body)
        removed = sum(line.startswith("-") for line in body)
        stats.append(Stat(file.path, file.change, added, removed))
    return stats


def total(stats: list[Stat]) -> list[Stat]:
    """The sum over several diffs: each file once, by path."""
    sums: dict[str, list[Stat]] = {}
    for stat in stats:
        sums.setdefault(stat.path, []).append(stat)
    return [
        Stat(path, parts[0].change, sum(p.added for p in parts), sum(p.removed for p in parts))
        for path, parts in sorted(sums.items())
    ]
