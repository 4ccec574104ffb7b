"""Phrases in changed lines: the index has no positions there, so the diff itself is asked, patch by patch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from generator.search import fields as schema
from generator.search.tokenizer import words

#: Fields whose phrases are looked for in the patch's own diff, where a query asks for nothing else.
CHANGED = schema.ADDED | schema.REMOVED

_HUNK = re.compile(r"^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")
_SIGNS = {"+": schema.ADDED, "-": schema.REMOVED}


def is_asked_of_lines(fields: int, exact: bool) -> bool:
    """Whether an exact phrase is wanted in changed lines alone, as in `dfb:"return -EINVAL"`."""
    return exact and not fields & ~CHANGED


def changed_lines(diff: str) -> Iterator[tuple[int, str]]:
    """(field, text) of the lines that the hunks of a diff add and remove, by the counts they announce."""
    old = new = 0
    for line in diff.split("\n"):
        if old <= 0 and new <= 0:
            if hunk := _HUNK.match(line):
                old, new = int(hunk[1] or 1), int(hunk[2] or 1)
            continue
        sign = line[:1]
        old -= sign not in ("+", "\\")
        new -= sign not in ("-", "\\")
        if sign in _SIGNS:
            yield _SIGNS[sign], line[1:]


def has_phrase(diff: str, wanted: list[str], fields: int) -> bool:
    """Whether some words, whole ones, stand one after the other in a changed line."""
    size = len(wanted)
    for field, line in changed_lines(diff):
        if field & fields:
            found = words(line)
            if any(found[at : at + size] == wanted for at in range(len(found) - size + 1)):
                return True
    return False


def read_diff(output: Path, project: str, slug: str) -> str:
    """The diff of a patch as the site has it, by folder names; empty where it has none."""
    try:
        path = output / "project" / project / "patch" / slug / "raw"
        return path.read_text("utf-8", "replace")
    except (OSError, ValueError):
        return ""
