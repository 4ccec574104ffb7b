"""Hunks of unified diffs, and of Subversion's properties: where each ends.

A hunk has as many lines as it announces. One that hasn't is read as far as its lines can be told from others:
mailers wrap long lines and strip blanks, people edit patches by hand. Format: git-diff(1), diff(1).
"""

from __future__ import annotations

import re

from generator.diff.raw_hunk import RawHunk, fault_of

#: Longer numbers are no line numbers; `int` refuses thousands of digits, and pages would show them.
HUNK = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@ ?")
PROPERTY = re.compile(r"## -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? ## ?")
#: The first characters of context lines; mailers strip the blank of an empty one.
_CONTEXT = frozenset((" ", "", "\r"))
SIGNS = frozenset(("+", "-", " ", "\\"))
#: What is never a line of a hunk, whatever the hunk still lacks.
BOUNDARIES = (
    "@@", "diff -", "Index: ", "From ", "Property changes on: ", "Binary file", "Only in ", "# HG ",
)  # fmt: skip
#: How many lines without a sign may stand in a hunk, one after the other: what a mailer wrapped.
_MOST_STRAYS = 8


def signs_of(lines: list[str]) -> str:
    """The first character of each line; a blank for empty ones, whose blank mailers strip."""
    return "".join([line[:1] or " " for line in lines]).replace("\r", " ")


def starts_file(lines: list[str], at: int) -> bool:
    """Whether a file's header begins at this line, if it is in no hunk whose lines are still to come."""
    line = lines[at]
    if line.startswith(("diff -", "Index: ")):
        return True
    if at + 1 < len(lines):
        below = lines[at + 1]
        if line.startswith("--- "):
            return below.startswith("+++ ")
        if line.startswith("*** ") and below.startswith("--- "):
            return at + 2 < len(lines) and lines[at + 2].startswith("***************")
    return False


def unified(lines: list[str], signs: str, at: int) -> RawHunk:
    """The hunk below a line `@@ …`. `signs`: see signs_of."""
    if match := HUNK.match(lines[at]):
        return _counted(lines, signs, at, match, "unified")
    end = _signed_run(lines, at + 1)
    fault = "its header can't be read"
    return RawHunk("broken", lines[at], "", (0, 0), lines[at + 1 : end], fault)


def of_properties(lines: list[str], signs: str, at: int) -> RawHunk | None:
    """The hunk below a line `## -a,b +c,d ##`; None: this is no such line."""
    match = PROPERTY.match(lines[at])
    return _counted(lines, signs, at, match, "property") if match else None


def _counted(lines: list[str], signs: str, at: int, match: re.Match[str], form: str) -> RawHunk:
    old_start, old, new_start, new = map(int, match.groups("1"))
    function = lines[at][match.end() :]
    starts = old_start, new_start
    end = _end_of_whole(signs, at + 1, old, new)
    if end is not None and not _has_excess(lines, end):
        return RawHunk(form, lines[at], function, starts, lines[at + 1 : end])
    end, strays, *left = _run(lines, at + 1, old, new)
    fault = fault_of((old, new), left) if strays or any(left) else ""
    return RawHunk(form, lines[at], function, starts, lines[at + 1 : end], fault)


def _end_of_whole(signs: str, start: int, old: int, new: int) -> int | None:
    """The index after the lines of a hunk that has as many as it announces; else None."""
    end = start
    missing_old, missing_new = old, new
    while missing_old or missing_new:
        # A line counts at most once for each file, so there are at least so many more.
        end += max(missing_old, missing_new)
        context = signs.count(" ", start, end)
        removed, added = signs.count("-", start, end), signs.count("+", start, end)
        marks = end - start - context - removed - added
        # No newline at the end of a file is said once for each file.
        if end > len(signs) or marks > 2 or signs.count("\\", start, end) != marks:
            return None
        missing_old, missing_new = old - context - removed, new - context - added
        if missing_old < 0 or missing_new < 0:
            return None
    return end + 1 if signs[end : end + 1] == "\\" else end


def _has_excess(lines: list[str], at: int) -> bool:
    """Whether a hunk has lines beyond its number: those which another hunk of the file follows."""
    if at >= len(lines) or lines[at][:1] not in SIGNS:
        return False
    end = _signed_run(lines, at)
    return at < end < len(lines) and bool(HUNK.match(lines[end]))


def _run(lines: list[str], start: int, old: int, new: int) -> tuple[int, int, int, int]:
    """Where the lines of a hunk end that isn't whole.

    Returns the index after them, how many have no sign, and how many old and new lines are missing.
    """
    at, strays, size = start, 0, len(lines)
    while at < size and (old > 0 or new > 0):
        kind = lines[at][:1]
        if kind == "+":
            new -= 1
        elif kind == "-":
            if lines[at].startswith("--- ") and is_next_file(lines, at, old, new):
                break
            old -= 1
        elif kind in _CONTEXT:
            old -= 1
            new -= 1
        elif kind != "\\":
            if not _goes_on(lines, at):
                break
            strays += 1
        at += 1
    end = _signed_run(lines, at) if old <= 0 and new <= 0 else at
    for line in lines[at:end]:
        old -= line[:1] not in ("+", "\\")
        new -= line[:1] not in ("-", "\\")
    # The blank line and the signature below a hunk that is too short aren't its own.
    while (old or new) and end > start and lines[end - 1] in ("", "-- "):
        end -= 1
        old += 1
        new += not lines[end]
    return end, strays, old, new


def is_next_file(lines: list[str], at: int, old: int, new: int) -> bool:
    """Whether a line `--- x`, in a hunk that lacks so many lines, begins the next file's header."""
    return (
        (old, new) != (1, 1)
        and starts_file(lines, at)
        and at + 2 < len(lines)
        and bool(HUNK.match(lines[at + 2]))
    )


def _goes_on(lines: list[str], at: int) -> bool:
    """Whether a hunk goes on below a line without a sign, which may be the end of a wrapped one."""
    for n in range(at, min(at + _MOST_STRAYS, len(lines))):
        if lines[n].startswith(BOUNDARIES) or starts_file(lines, n):
            return False
        if n > at and lines[n][:1] in SIGNS:
            return True
    return False


def _signed_run(lines: list[str], start: int) -> int:
    """The index after consecutive lines that have a sign, up to the next file or the mail's signature."""
    at, size = start, len(lines)
    while at < size and lines[at] != "-- " and not starts_file(lines, at):
        is_blank = lines[at] == "" and at + 1 < size and lines[at + 1][:1] in SIGNS
        if lines[at][:1] not in SIGNS and not is_blank:
            break
        at += 1
    return at
