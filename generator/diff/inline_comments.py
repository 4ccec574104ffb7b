"""Inline comments: which lines of a diff the remarks in a reply are about.

A reply quotes lines of the patch and comments below them. The quote is looked up in the diff, from its
last line upwards: it may be trimmed at both ends, nested in other quotes, rewrapped by a mailer, and
differ in blanks. A reply to a remark gets that remark's place. An ambiguous quote gets none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.diff.parse import FileDiff
from generator.mail.blocks import blocks
from generator.mail.quotes import quote_marks

_SIGNATURE = re.compile(r"^-- ?$")
_DIFF_LINE = re.compile(r"^(?:[+-]|@@ |diff |index |new file |rename |similarity )")
#: A match of fewer letters (blanks aside) counts only if it is the only one.
_MIN_LETTERS = 8
#: Into how many lines a mailer may have wrapped one.
_MAX_WRAPPED = 3
#: Lines compared for all remarks on one patch: a limit on what a hostile reply can cost.
_BUDGET = 300_000
#: Lines compared above the last quoted one.
_MAX_ABOVE = 80


@dataclass(frozen=True, slots=True)
class DiffPosition:
    """A line of a diff: indices of file, hunk and line, each from 0; line -1 is the hunk's header."""

    file: int
    hunk: int
    line: int


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reply says below quoted lines; `place` is None where the diff lacks these.

    `about_diff`: whether the quote looks like lines of a diff.
    """

    text: str
    place: DiffPosition | None
    about_diff: bool


class Finder:
    """Finds the lines of a patch's diff that replies quote."""

    def __init__(self, files: Sequence[FileDiff]) -> None:
        self._keys: list[str] = []
        self._places: list[DiffPosition] = []
        self._indices: dict[str, list[int]] = {}
        self._budget = _BUDGET
        #: Lines of earlier remarks, and where these stand.
        self._remark_places: dict[str, DiffPosition] = {}
        for line, place in _lines(files):
            if key := _key(line):
                self._indices.setdefault(key, []).append(len(self._keys))
                self._keys.append(key)
                self._places.append(place)

    def remarks(self, content: str) -> list[Remark]:
        """The remarks of a reply, in its order. Pass replies by date, because one may quote another."""
        remarks = []
        after = -1
        for quote, text in _runs(content):
            keys = [key for line in quote if (key := _key(line))]
            at = self._find(keys, after)
            after = after if at is None else at
            place = self._place_of_remark(keys) if at is None else self._places[at]
            about_diff = place is not None or any(_DIFF_LINE.match(line) for line in quote)
            remarks.append(Remark(text, place, about_diff))
            if place:
                remark_keys = (
                    key for line in text.split("\n") if len(key := _key(line)) >= _MIN_LETTERS
                )
                self._remark_places |= {
                    key: place for key in remark_keys if key not in self._remark_places
                }
        return remarks

    def _place_of_remark(self, keys: list[str]) -> DiffPosition | None:
        """The place of the earlier remark that a quote has a line of."""
        return next(
            (self._remark_places[key] for key in reversed(keys) if key in self._remark_places), None
        )

    def _find(self, keys: list[str], after: int) -> int | None:
        """The index in the diff of a quote's last line that it has, preferably beyond `after`."""
        for end in range(len(keys), 0, -1):
            for joined in range(1, min(_MAX_WRAPPED, end) + 1):
                last = "".join(keys[end - joined : end])
                if places := self._indices.get(last):
                    at = self._best(places, keys, end - joined, len(last), after)
                    if at is not None:
                        return at
        return None

    def _best(
        self, candidates: list[int], keys: list[str], end: int, letters: int, after: int
    ) -> int | None:
        """The candidate with most in common above it; None where that is little and several tie.

        Compares the first `end` keys of a quote.
        """
        ranked = []
        for at in candidates:
            self._budget -= 1
            if self._budget <= 0:
                return None
            ranked.append((letters + self._shared(at, keys, end), at > after, -at))
        most, _, at = max(ranked)
        ties = sum(shared == most for shared, *_ in ranked)
        if most < _MIN_LETTERS and ties > 1:
            return None
        return -at

    def _shared(self, at: int, keys: list[str], end: int) -> int:
        """How many letters of the lines right above `at` match a quote, up to the first that differs."""
        letters, stop = 0, max(0, end - _MAX_ABOVE)
        while at > 0 and end > stop:
            self._budget -= 1
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
    """The quotable lines of a diff with their places; a file's header belongs to its first hunk."""
    for number, file in enumerate(files):
        if not file.hunks:
            continue
        for line in file.header:
            yield line, DiffPosition(number, 0, -1)
        for count, hunk in enumerate(file.hunks):
            yield hunk.header, DiffPosition(number, count, -1)
            for at, line in enumerate(hunk.text_lines()):
                yield line, DiffPosition(number, count, at)


def _key(line: str) -> str:
    """A line without its blanks, which mailers change; for comparing only."""
    return "".join(line.split())


def _runs(content: str) -> Iterator[tuple[list[str], str]]:
    """(quoted lines without their marks, the text below them) of a reply, up to its signature."""
    quote: list[str] = []
    text: list[str] = []
    lines = content.replace("\r\n", "\n").split("\n")
    for line, mark in zip(lines, quote_marks(lines), strict=True):
        if _SIGNATURE.match(line):
            break
        if mark:
            if _has_prose(text):
                if quote:
                    yield quote, "\n".join(text).strip("\n")
                quote = []
            text = []
            quote.append(line[mark:])
        else:
            text.append(line)
    if quote and _has_prose(text):
        yield quote, "\n".join(text).strip("\n")


def _has_prose(lines: list[str]) -> bool:
    """Whether there is more than blank lines and trailers."""
    return any(
        block.kind == "text" and any(line.strip() for line in block.lines)
        for block in blocks("\n".join(lines))
    )
