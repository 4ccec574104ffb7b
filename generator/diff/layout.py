"""Where the lines of a diff are shown: on the page of its patch, or on pages of its files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from generator.diff.inline_comments import DiffPosition
from generator.diff.parse import FileDiff, parse


class Bound(NamedTuple):
    """The most lines and characters of something."""

    lines: int
    characters: int

    def holds(self, lines: int, characters: int) -> bool:
        return lines <= self.lines and characters <= self.characters


#: In a longer diff of several files, long ones start out folded.
SHORT_DIFF = Bound(3000, 300_000)
#: Each file of a longer diff has pages of its own, and the patch's page shows only the first files.
_ONE_PAGE = Bound(10_000, 2_000_000)
_FIRST_FILES = SHORT_DIFF
#: A longer file has several pages.
_FILE_PAGE = SHORT_DIFF


@dataclass(frozen=True)
class Layout:
    """Where the lines of a diff are shown.

    first: how many files the patch's page shows. pages: for each file of a large diff, the lines on each of
    its pages, counted from 0 through its hunks and what follows them; empty if the diff isn't large.
    """

    first: int
    pages: Sequence[Sequence[range]] = ()

    def page(self, files: Sequence[FileDiff], place: DiffPosition) -> tuple[int, int] | None:
        """The page that shows a line: its file and its number among that file's; None: that of the patch."""
        if place.file < self.first:
            return None
        hunks = files[place.file].hunks
        at = sum(len(hunk.lines) for hunk in hunks[: place.hunk]) + max(place.line, 0)
        ranges = self.pages[place.file]
        part = next((n for n, lines in enumerate(ranges, 1) if at in lines), len(ranges))
        return place.file + 1, part


def layout(files: Sequence[FileDiff], characters: int) -> Layout:
    """Where to show the lines of a diff of so many characters."""
    counts = [line_count(file) for file in files]
    if _ONE_PAGE.holds(sum(counts), characters):
        return Layout(len(files))
    first = lines = size = 0
    for file, count in zip(files, counts, strict=True):
        lines, size = lines + count, size + characters_of(file)
        if not _FIRST_FILES.holds(lines, size):
            break
        first += 1
    return Layout(first, [_pages(file) for file in files])


def page_counts(text: str) -> list[int]:
    """How many pages each file of a diff has, by its text; empty unless the diff is large."""
    if _ONE_PAGE.holds(text.count("\n") + 1, len(text)):
        return []  # most diffs: they needn't be parsed
    files = [file for file in parse(text) if file.change != "message"]
    return [len(pages) for pages in layout(files, len(text)).pages]


def _pages(file: FileDiff) -> list[range]:
    """The lines on each page of a file."""
    starts = [0]
    size = 0
    for at, length in enumerate(_lengths(file)):
        size += length
        if at > starts[-1] and not _FILE_PAGE.holds(at - starts[-1] + 1, size):
            starts.append(at)
            size = length
    return [range(*ends) for ends in pairwise([*starts, max(line_count(file), 1)])]


def _lengths(file: FileDiff) -> Iterator[int]:
    yield from (len(line.value) for hunk in file.hunks for line in hunk.lines)
    yield from map(len, file.plain)


def line_count(file: FileDiff) -> int:
    return sum(len(hunk.lines) for hunk in file.hunks) + len(file.plain)


def characters_of(file: FileDiff) -> int:
    return sum(_lengths(file))
