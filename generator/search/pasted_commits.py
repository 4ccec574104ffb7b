"""Commits that people paste: ids with titles, lines of `git log`, of `git rebase`, of `git blame`.

`pasted_commits.js` in the theme is the same.
"""

from __future__ import annotations

import re

from generator.search.pasted_subjects import read_subject
from generator.search.reading import HEX, Readings, commit, query

_NAMED = re.compile(
    r"^[(\[]? ?(?:(?:[A-Za-z][A-Za-z-]* ){0,4}commit:?|from|git (?:show|log|diff|cherry-pick|revert|describe|"
    rf"checkout|reset|range-diff|rebase|format-patch)(?: -[^ ]*){{0,9}}) (?:[0-9a-f]+\.\.\.?)?({HEX})\b(.*)$",
    re.I | re.A,
)
_ALONE = re.compile(rf"^(?:[^ ]{{1,200}}-g)?({HEX})[,.;:]?$", re.I | re.A)
#: Signs of a graph, and commands of a rebase, stand before the id.
_WITH_TITLE = re.compile(
    rf"^(?:[*|/\\_ ]{{1,40}} |(?:pick|reword|edit|squash|fixup|drop|[+=-]) )?({HEX}) (.+)$",
    re.I | re.A,
)
_BLAMED = re.compile(
    rf"^\^?({HEX}) [^()]{{0,400}}\([^()]{{1,200}} [0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[^()]{{0,60}} [0-9]+\)",
    re.A,
)
_TITLE = re.compile(r'^[^("]*\( ?["\'](.+)["\'] ?\)')
#: As `git log --pretty=reference` has it.
_REFERENCE = re.compile(r"^ ?\((.+), [0-9]{4}-[0-9]{2}-[0-9]{2}\)", re.A)
_DECORATION = re.compile(r"^\((?:HEAD|tag:|origin/)[^)]*\) ")
_VALUE = re.compile(rf"^(?:commit )?({HEX})\b(.*)$", re.I | re.A)


def read_commit(text: str) -> Readings:
    """`commit ID ("title")`, `git show ID`, `ID title`, or an id alone. What has no digit may be a word."""
    if (match := _NAMED.match(text)) and _has_digit(match[1]):
        return _with_title(match[1], match[2])
    if match := _BLAMED.match(text):
        return commit(match[1])
    if match := _WITH_TITLE.match(text):
        if _TITLE.match(match[2]) or _REFERENCE.match(match[2]):
            return _with_title(match[1], match[2])
        title = _DECORATION.sub("", match[2])
        if title.count(" ") > 1 and _has_digit(match[1]) and not match[1].isdigit():
            return (*commit(match[1]), *read_subject(title))
    if (match := _ALONE.match(text)) and not match[1].isdigit():
        exact, mentions = commit(match[1])
        return (mentions if _has_digit(match[1]) else query(match[1]), exact)
    return ()


def read_commit_value(value: str) -> Readings:
    """What a trailer such as `Fixes:` names: an id, and a title where it has one."""
    match = _VALUE.match(value)
    return _with_title(match[1], match[2]) if match else ()


def read_commit_of_log(lines: list[str]) -> Readings:
    """What `git log` and `git show` print: the title is the first line that is indented."""
    first = _NAMED.match(lines[0]) if lines[0].startswith("commit ") else None
    if not first:
        return ()
    title = next((line.strip() for line in lines[1:] if line.startswith("    ")), "")
    return (*commit(first[1]), *read_subject(title))


def commit_of_mail(line: str) -> Readings:
    """The commit in the first line of a mail that git made: `From ID Mon Sep 17 00:00:00 2001`."""
    match = _NAMED.match(line) if line.startswith("From ") else None
    return commit(match[1]) if match else ()


def _has_digit(hexes: str) -> bool:
    return re.search("[0-9]", hexes) is not None


def _with_title(hexes: str, rest: str) -> Readings:
    title = _TITLE.match(rest) or _REFERENCE.match(rest)
    return (*commit(hexes), *(read_subject(title[1]) if title else ()))
