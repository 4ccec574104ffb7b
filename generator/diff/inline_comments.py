"""Review at the line: which lines of a diff the remarks in a reply are about.

A reply quotes some lines of the patch and says something below them. The quoted run is looked for in
the diff, from its last line upwards: it may be trimmed at both ends, nested in other quotes, wrapped
anew by a mailer, and differ in blanks. An answer to a remark stands where that stands. What is not found
for sure gets no place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.diff.parse import FileDiff
from generator.mail.body import blocks

_QUOTE = re.compile(r"^ ?(?:> ?)*>[ ]?")
_SIGNATURE = re.compile(r"^-- ?$")
_MARKED = re.compile(r"^(?:[+-]|@@ |diff |index |new file |rename |similarity )")
#: A place found by so few letters (blanks aside) counts only if there is no other like it.
_MIN_LETTERS = 8
#: A line may have been wrapped into as many.
_MAX_WRAPPED = 3
#: Lines compared for all remarks on one patch: what a hostile reply can cost.
_BUDGET = 300_000
#: Lines above the last quoted one that are compared; more tell nothing new.
_MAX_LOOK = 80


@dataclass(frozen=True, slots=True)
class DiffPosition:
    """A line of a diff: counts of file, hunk and line, each from 0; line -1 is the hunk's header."""

    file: int
    hunk: int
    line: int


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reply says below some quoted lines; `place` is None where these aren't found in the diff.

    `about_diff`: the quote looks like lines of a diff.
    """

    text: str
    place: DiffPosition | None
    about_diff: bool


class Finder:
    """The lines of a patch's diff, to look quotes up in."""

    def __init__(self, files: Sequence[FileDiff]) -> None:
        self._keys: list[str] = []
        self._places: list[DiffPosition] = []
        self._at: dict[str, list[int]] = {}
        self._left = _BUDGET
        #: What was said before, by line, and where.
        self._said: dict[str, DiffPosition] = {}
        for line, place in _lines(files):
            if key := _key(line):
                self._at.setdefault(key, []).append(len(self._keys))
                self._keys.append(key)
                self._places.append(place)

    def remarks(self, content: str) -> list[Remark]:
        """The remarks of a reply, in its order. Replies are to be asked for by date: one answers another."""
        found = []
        after = -1
        for quote, text in _runs(content):
            keys = [key for line in quote if (key := _key(line))]
            at = self._find(keys, after)
            after = after if at is None else at
            place = self._answered(keys) if at is None else self._places[at]
            about_diff = place is not None or any(_MARKED.match(line) for line in quote)
            found.append(Remark(text, place, about_diff))
            if place:
                said = (key for line in text.split("\n") if len(key := _key(line)) >= _MIN_LETTERS)
                self._said |= {key: place for key in said if key not in self._said}
        return found

    def _answered(self, keys: list[str]) -> DiffPosition | None:
        """Where an earlier remark stands that a quote holds a line of."""
        return next((self._said[key] for key in reversed(keys) if key in self._said), None)

    def _find(self, keys: list[str], after: int) -> int | None:
        """Where the last line of a quote that is in the diff stands there; rather below `after`."""
        for end in range(len(keys), 0, -1):
            for joined in range(1, min(_MAX_WRAPPED, end) + 1):
                last = "".join(keys[end - joined : end])
                if places := self._at.get(last):
                    at = self._best(places, keys, end - joined, len(last), after)
                    if at is not None:
                        return at
        return None

    def _best(
        self, places: list[int], keys: list[str], end: int, letters: int, after: int
    ) -> int | None:
        """The place with most in common above it; None where little is and several are alike.

        What is compared are the first `end` keys of a quote.
        """
        ranked = []
        for at in places:
            self._left -= 1
            if self._left <= 0:
                return None
            ranked.append((letters + self._shared(at, keys, end), at > after, -at))
        most, _, at = max(ranked)
        alike = sum(shared == most for shared, *_ in ranked)
        if most < _MIN_LETTERS and alike > 1:
            return None
        return -at

    def _shared(self, at: int, keys: list[str], end: int) -> int:
        """How many letters of the lines above a place are those of a quote, up to the first that isn't."""
        letters, stop = 0, max(0, end - _MAX_LOOK)
        while at > 0 and end > stop:
            self._left -= 1
            at -= 1
            for joined in range(1, min(_MAX_WRAPPED, end) + 1):
                if "".join(keys[end - joined : end]) == self._keys[at]:
                    letters += len(self._keys[at])
                    end -= joined
                    break
            else:
                break
        return letters


def _lines(files: Sequence[FileDiff]) -> Iterator[tuple[str, DiffPosition]]:
    """All lines of a diff that can be quoted, with their places; those above a file's first hunk are its."""
    for number, file in enumerate(files):
        if not file.hunks:
            continue
        for line in file.header:
            yield line, DiffPosition(number, 0, -1)
        for count, hunk in enumerate(file.hunks):
            yield hunk.header, DiffPosition(number, count, -1)
            for at, row in enumerate(hunk.lines):
                yield f"{row.line_type}{row.value}", DiffPosition(number, count, at)


def _key(line: str) -> str:
    """A line without its blanks, which mailers change. Tests for equality are all it is for."""
    return "".join(line.split())


def _runs(content: str) -> Iterator[tuple[list[str], str]]:
    """(quoted lines without their marks, what is said below them), without signatures."""
    quote: list[str] = []
    said: list[str] = []
    for line in content.replace("\r\n", "\n").split("\n"):
        if _SIGNATURE.match(line):
            break
        if match := _QUOTE.match(line):
            if _says_something(said):
                if quote:
                    yield quote, "\n".join(said).strip("\n")
                quote = []
            said = []
            quote.append(line[match.end() :])
        else:
            said.append(line)
    if quote and _says_something(said):
        yield quote, "\n".join(said).strip("\n")


def _says_something(lines: list[str]) -> bool:
    """Whether there is more than blank lines and trailers."""
    return any(
        block.kind == "text" and any(line.strip() for line in block.lines)
        for block in blocks("\n".join(lines))
    )
