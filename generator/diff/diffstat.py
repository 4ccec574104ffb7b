"""The files that a diff changes, with counts of added and removed lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generator.diff.parse import FileDiff, read_header, sections


@dataclass(frozen=True, slots=True)
class Stat:
    """One file of a diffstat."""

    path: str
    change: str
    added: int
    removed: int


def diffstat(files: Iterable[FileDiff]) -> list[Stat]:
    """The files that a diff changes, in its order. Refused ones are counted by the signs of their lines."""
    return [stat for file in files for stat in _stats(file) if stat.path]


def _stats(file: FileDiff) -> Iterator[Stat]:
    if not file.refused:
        yield Stat(file.path, file.change, file.added, file.removed)
    elif file.header:
        yield _counted(file, file.plain)
    else:  # a diff that is too long is kept as one text
        for section in sections(file.plain):
            start = next((n for n, line in enumerate(section) if line.startswith("@@ ")), None)
            part = FileDiff(section[:start])
            read_header(part)
            yield _counted(part, [] if start is None else section[start:])


def _counted(file: FileDiff, lines: list[str]) -> Stat:
    added = sum(line.startswith("+") for line in lines)
    removed = sum(line.startswith("-") for line in lines)
    return Stat(file.path, file.change, added, removed)


def total(stats: list[Stat]) -> list[Stat]:
    """The sum over several diffs: each file once, by path."""
    sums: dict[str, list[Stat]] = {}
    for stat in stats:
        sums.setdefault(stat.path, []).append(stat)
    return [
        Stat(path, parts[0].change, sum(p.added for p in parts), sum(p.removed for p in parts))
        for path, parts in sorted(sums.items())
    ]
