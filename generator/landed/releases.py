"""Which release a commit was first in: one walk over the history, whatever the number of tags."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_VERSION = re.compile(r"(\D{0,60}?)(\d{1,9}(?:[._-]\d{1,9}){0,9})(\D.{0,60})?\Z")
_PRERELEASE = re.compile(r"[-._~]?(?:rc|alpha|beta|pre|dev|a\d|b\d)", re.IGNORECASE)
#: Tags that begin otherwise than one in so many of them name something else, such as a part of the project.
_RARE = 10


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag, the commit it leads to, and its date (seconds since 1970)."""

    name: str
    sha: str
    date: int


def in_order(tags: Iterable[Tag]) -> list[Tag]:
    """The tags that are releases: final ones by date, then those before them, by date."""
    named = [(tag, match) for tag in tags if (match := _VERSION.match(tag.name))]
    starts = Counter(match[1] for _, match in named)
    releases = [
        (bool(_PRERELEASE.match(match[3] or "")), tag.date, _numbers(match[2]), tag.name, tag)
        for tag, match in named
        if starts[match[1]] * _RARE >= len(named)
    ]
    return [tag for *_, tag in sorted(releases, key=lambda row: row[:4])]


def first_releases(history: Iterable[str], tags: Iterable[Tag]) -> Iterator[tuple[str, str]]:
    """(commit, name of its first release) for each commit that is in one.

    history: lines of `git rev-list --parents`: a commit and those before it. tags: as `in_order` has them.
    """
    numbers: dict[bytes, int] = {}
    first = array("q")  # where the parents of a commit begin, -1 while it wasn't met
    count = array("H")
    parents = array("q")
    for line in history:
        row = [numbers.setdefault(bytes.fromhex(name), len(numbers)) for name in line.split()]
        while len(first) < len(numbers):
            first.append(-1)
            count.append(0)
        first[row[0]], count[row[0]] = len(parents), len(row) - 1
        parents.extend(row[1:])
    release = array("l", [-1]) * len(numbers)
    names: list[str] = []
    for tag in tags:
        at = numbers.get(bytes.fromhex(tag.sha))
        if at is not None:
            _mark(at, len(names), release, first, count, parents)
            names.append(tag.name)
    for sha, number in numbers.items():
        if release[number] >= 0:
            yield sha.hex(), names[release[number]]


def _mark(
    start: int, name: int, release: array[int], first: array[int], count: array[int],
    parents: array[int],
) -> None:  # fmt: skip
    """Set the release of all commits from one on that have none yet."""
    todo = [start]
    while todo:
        at = todo.pop()
        if release[at] < 0:
            release[at] = name
            begin = first[at]
            todo += [parent for parent in parents[begin : begin + count[at]] if release[parent] < 0]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.split(r"[._-]", version))
