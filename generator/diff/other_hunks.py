"""Hunks of merges, and of diff's other forms: where each ends.

Formats: git-diff(1), "Combined diff format"; diff(1), "Context Format" (`-c`) and "Normal Format".
"""

from __future__ import annotations

import re

from generator.diff.raw_hunk import RawHunk, fault_of

_COMBINED = re.compile(
    r"(@@@{1,8}) ((?:-\d{1,9}(?:,\d{1,9})? ){2,9})\+(\d{1,9})(?:,(\d{1,9}))? \1(?!@) ?"
)
_RANGE = re.compile(r"-(\d{1,9})(?:,(\d{1,9}))? ")
_STARS = re.compile(r"\*{15} ?")
OLD_RANGE = re.compile(r"\*\*\* (\d{1,9})(?:,(\d{1,9}))? \*\*\*\*\r?")
NEW_RANGE = re.compile(r"--- (\d{1,9})(?:,(\d{1,9}))? ----\r?")
_COMMAND = re.compile(r"(\d{1,9})(?:,(\d{1,9}))?([acd])(\d{1,9})(?:,(\d{1,9}))?\r?")
_COLUMNS = frozenset("+- ")
_CONTEXT_SIGNS = frozenset(("  ", "+ ", "- ", "! "))


def combined(lines: list[str], at: int) -> RawHunk | None:
    """The hunk of a merge whose header (`@@@ -a,b -c,d +e,f @@@`) is this line; None: it is none."""
    match = _COMBINED.match(lines[at])
    if not match:
        return None
    ranges = [(int(start), int(size or 1)) for start, size in _RANGE.findall(match[2])]
    ranges.append((int(match[3]), int(match[4] or 1)))
    width = len(ranges) - 1
    if width != len(match[1]) - 1:
        return None
    announced = [size for _, size in ranges]
    left = announced.copy()
    end = at + 1
    while end < len(lines) and any(n > 0 for n in left):
        signs = lines[end][:width].rstrip("\r").ljust(width)
        if not signs.startswith("\\"):
            if not _COLUMNS.issuperset(signs):
                break
            for column in columns_of(signs):
                left[column] -= 1
        end += 1
    if end < len(lines) and lines[end].startswith("\\"):
        end += 1
    return RawHunk(
        "combined",
        lines[at],
        lines[at][match.end() :],
        tuple(start for start, _ in ranges),
        lines[at + 1 : end],
        fault_of(announced, left) if any(left) else "",
    )


def columns_of(signs: str) -> list[int]:
    """Of which files a line of a combined diff is one: parents from 0, then the merge.

    Format: git-diff(1), "Combined diff format".
    """
    if "-" in signs:
        return [n for n, sign in enumerate(signs) if sign == "-"]
    return [*(n for n, sign in enumerate(signs) if sign == " "), len(signs)]


def context(lines: list[str], at: int) -> RawHunk | None:
    """The hunk of a context diff that this line of stars begins; None: it does not."""
    match = _STARS.match(lines[at])
    old = OLD_RANGE.fullmatch(lines[at + 1]) if at + 1 < len(lines) else None
    if not match or not old:
        return None
    middle = _context_part(lines, at + 2, "- !")
    new = NEW_RANGE.fullmatch(lines[middle]) if middle < len(lines) else None
    end = _context_part(lines, middle + 1, "+ !") if new else middle
    found = _files_lines(lines[at + 2 : middle]), _files_lines(lines[middle + 1 : end])
    announced = _range_size(old), _range_size(new) if new else 0
    # A part in which nothing changes is left out.
    left = [size - have if have else 0 for size, have in zip(announced, found, strict=True)]
    return RawHunk(
        "context",
        lines[at],
        lines[at][match.end() :],
        (int(old[1]), int(new[1]) if new else 0),
        lines[at + 1 : end],
        fault_of(announced, left) if any(left) else "" if new else "its new lines are missing",
    )


def _range_size(match: re.Match[str]) -> int:
    start, end = int(match[1]), int(match[2] or match[1])
    return max(0, end - start + 1) if end else 0


def _files_lines(lines: list[str]) -> int:
    return sum(not line.startswith("\\") for line in lines)


def _context_part(lines: list[str], start: int, signs: str) -> int:
    """The index after one file's lines of a context diff."""
    at = start
    while at < len(lines):
        line = lines[at]
        has_sign = line[:1] in signs and line[1:2] in ("", " ", "\r") if line else False
        is_blank = not line and at + 1 < len(lines) and lines[at + 1][:2] in _CONTEXT_SIGNS
        if not (has_sign or is_blank or line.startswith("\\ ")):
            break
        at += 1
    return at


def normal(lines: list[str], at: int) -> RawHunk | None:
    """The hunk of a normal diff below a command such as `3c3`; None: this is no command."""
    match = _COMMAND.fullmatch(lines[at])
    if not match:
        return None
    middle = end = _marked_run(lines, at + 1, "<")
    if match[3] == "c" and end < len(lines) and lines[end].rstrip("\r") == "---":
        middle = end + 1
    last = _marked_run(lines, middle, ">")
    if last == at + 1:
        return None
    sizes = [
        int(to or start) - int(start) + 1 for start, to in (match.group(1, 2), match.group(4, 5))
    ]
    announced = 0 if match[3] == "a" else sizes[0], 0 if match[3] == "d" else sizes[1]
    found = _files_lines(lines[at + 1 : end]), _files_lines(lines[middle:last])
    left = [size - have for size, have in zip(announced, found, strict=True)]
    return RawHunk(
        "normal",
        lines[at],
        "",
        (int(match[1]), int(match[4])),
        lines[at + 1 : last],
        fault_of(announced, left) if any(left) else "",
    )


def _marked_run(lines: list[str], start: int, mark: str) -> int:
    at = start
    while at < len(lines) and (
        lines[at].startswith(f"{mark} ")
        or lines[at].rstrip("\r") == mark
        or (at > start and lines[at].startswith("\\ "))
    ):
        at += 1
    return at
