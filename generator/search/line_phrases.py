"""Phrases in changed lines: the index has no positions there, so the diff itself is read, patch by patch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from generator.diff.unified_hunks import HUNK
from generator.search.fields import ADDED, REMOVED
from generator.search.query_nodes import Phrase
from generator.search.tokenizer import words

_SIGNS = {"+": ADDED, "-": REMOVED}


def asks_lines(phrase: Phrase) -> bool:
    """Whether an exact phrase is wanted in changed lines alone, as in `dfb:"return -EINVAL"`."""
    return phrase.exact and not phrase.fields & ~(ADDED | REMOVED)


def changed_lines(diff: str) -> Iterator[tuple[int, str]]:
    """(field, text) of the lines that the hunks of a diff add and remove, by the counts they announce."""
    old = new = 0
    for line in diff.split("\n"):
        # A hunk may have fewer lines than it announces; none of them begins like a header.
        if line.startswith("@@ ") and (hunk := HUNK.match(line)):
            old, new = int(hunk[2] or 1), int(hunk[4] or 1)
            continue
        if old <= 0 and new <= 0:
            continue
        sign = line[:1]
        old -= sign not in ("+", "\\")
        new -= sign not in ("-", "\\")
        if sign in _SIGNS:
            yield _SIGNS[sign], line[1:]


def has_phrase(diff: str, phrase: Phrase) -> bool:
    """Whether the words of a phrase stand one after the other, as whole words, in a changed line."""
    wanted = list(phrase.words)
    for field, line in changed_lines(diff):
        if field & phrase.fields:
            present = words(line)
            if any(present[at : at + len(wanted)] == wanted for at in range(len(present))):
                return True
    return False


def read_diff(output: Path, project: str, slug: str) -> str:
    """The diff of a patch as the site has it, by folder names; empty where it has none."""
    try:
        path = output / "project" / project / "patch" / slug / "raw"
        return path.read_text("utf-8", "replace")
    except (OSError, ValueError):
        return ""
