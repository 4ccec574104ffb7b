"""Phrases in changed lines: the index has no positions there, so the diff itself is read, patch by patch."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Generator, Iterator
from pathlib import Path

from generator.diff import other_hunks
from generator.diff import parse as diffs
from generator.diff.raw_hunk import RawHunk
from generator.diff.unified_hunks import (
    BOUNDARIES,
    HUNK,
    PROPERTY,
    SIGNS,
    is_next_file,
    starts_file,
)
from generator.search.fields import ADDED, REMOVED
from generator.search.query_nodes import Phrase
from generator.search.tokenizer import words

_SIGNS = {"+": ADDED, "-": REMOVED}


def asks_lines(phrase: Phrase) -> bool:
    """Whether an exact phrase is wanted in changed lines alone, as in `dfb:"return -EINVAL"`."""
    return phrase.exact and not phrase.fields & ~(ADDED | REMOVED)


def changed_lines(diff: str) -> Iterator[tuple[int, str]]:
    """(field, text) of the lines that the hunks of a diff, in any form, add and remove.

    Of a damaged diff there may be more lines than `sections` finds, so that browsers need less code; never
    fewer. The index has found the words in lines that are added or removed before this is asked.
    """
    lines = diff.split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith(("@@ ", "## -")):
            at = yield from _unified(lines, at)
        elif hunk := _other_hunk(lines, at):
            for field, texts in zip((ADDED, REMOVED), diffs.changed_lines(hunk), strict=True):
                yield from ((field, text) for text in texts)
            at += len(hunk.lines) + 1
        else:
            at += 1


def _other_hunk(lines: list[str], at: int) -> RawHunk | None:
    sign = lines[at][:1]
    if sign == "@":
        return other_hunks.combined(lines, at)
    if sign == "*":
        return other_hunks.context(lines, at)
    return other_hunks.normal(lines, at) if sign.isdecimal() else None


def _unified(lines: list[str], at: int) -> Generator[tuple[int, str], None, int]:
    """The changed lines of a hunk of one parent; returns the index after it."""
    match = HUNK.match(lines[at]) or PROPERTY.match(lines[at])
    old, new = (int(match[2] or 1), int(match[4] or 1)) if match else (0, 0)
    at += 1
    while at < len(lines):
        line = lines[at]
        sign = line[:1]
        if old > 0 or new > 0:
            is_end = line.startswith(BOUNDARIES) or is_next_file(lines, at, old, new)
        else:
            is_end = line == "-- " or starts_file(lines, at) or not _has_sign(lines, at)
        if is_end:
            break
        if sign in _SIGNS:
            yield _SIGNS[sign], line[1:]
        old -= sign in ("-", " ", "", "\r")
        new -= sign in ("+", " ", "", "\r")
        at += 1
    return at


def _has_sign(lines: list[str], at: int) -> bool:
    """Whether a line has a sign, or is an empty one, whose blank was stripped, before another that has."""
    if lines[at]:
        return lines[at][0] in SIGNS
    return at + 1 < len(lines) and lines[at + 1][:1] in SIGNS


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
    """The diff of a patch as the site has it, plain or compressed; empty where it has none."""
    path = output / "project" / project / "patch" / slug / "raw"
    try:
        if path.exists():
            return path.read_text("utf-8", "replace")
        packed = path.with_name("raw.gz").read_bytes()
        return gzip.decompress(packed).decode("utf-8", "replace")
    except (OSError, ValueError, EOFError, zlib.error):
        return ""
