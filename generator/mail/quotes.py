"""Tells which lines of a mail are quoted, and by which marks."""

from __future__ import annotations

import re

_QUOTE = re.compile(r"^ ?(?:> ?)*>[ ]?")
#: Marks that also begin lines which aren't quoted: bars, and the sender's initials (supercite, The Bat!).
_BAR = re.compile(r"^ ?(?:[|] ?)+(?:> ?)*")
_INITIALS = re.compile(r"^ ?([A-Z][A-Za-z]{0,3})>(?: ?>)* ?")

#: A line that has no bar or angle bracket among so many characters has no mark.
_LONGEST_MARK = 6


def quote_marks(lines: list[str]) -> list[int]:
    """For each line, how many characters mark it as a quote; 0 where it is none.

    Bars and initials count only below a line that introduces a quote, which ends with a colon.
    """
    marks = []
    mark = ""  # how the quote begins that the last line belongs to: `|`, or the initials
    introduced = False
    for line in lines:
        found = None
        head = line[:_LONGEST_MARK]
        if ">" in head or "|" in head:
            if found := _QUOTE.match(line):
                mark = ""
            elif odd := _odd_mark(line):
                text, match = odd
                found = match if introduced or text == mark else None
                mark = text if found else ""
        marks.append(found.end() if found else 0)
        if stripped := line.rstrip():
            introduced = not found and stripped[-1] in ":："
    return marks


def _odd_mark(line: str) -> tuple[str, re.Match[str]] | None:
    """The mark of a line that may be quoted by bars or initials, and its match."""
    if match := _BAR.match(line):
        return ("|", match) if not line.rstrip().endswith("|") or line.strip() == "|" else None
    if match := _INITIALS.match(line):
        return match[1], match
    return None


def may_be_quoted(line: str) -> bool:
    """Whether a line begins with a mark of any kind, below a line that introduces a quote."""
    return bool(_QUOTE.match(line) or _odd_mark(line))
