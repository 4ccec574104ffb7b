"""A diff's lines → one section per file: its header, its hunks, and what is in neither.

The lines that each hunk announces are counted, so that a removed line `-- x` (written `--- x` in the diff) is
never taken for a file's header, and what can't be read costs its hunk alone. Pages, the index, counts and
folders all come from these sections. Every line of the diff is in exactly one place of the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from generator.diff import other_hunks, unified_hunks
from generator.diff.header import SUBMODULE, read_header
from generator.diff.raw_hunk import RawHunk
from generator.diff.unified_hunks import signs_of, starts_file
from generator.mail import attached

#: The first characters of lines that may begin a hunk or a section.
_BEGINS_HUNK = frozenset("@#*0123456789")
_BEGINS_SECTION = frozenset("-*dISPBF>#")


@dataclass(slots=True)
class Section:
    """What a diff says of one file; or a mail within it, whose lines are all header.

    rest: the lines below the last hunk.
    """

    header: list[str] = field(default_factory=list)
    hunks: list[RawHunk] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)


def sections(lines: list[str]) -> Iterator[Section]:
    """Cut a diff's lines into sections."""
    section = Section()
    signs = signs_of(lines)
    at = 0
    while at < len(lines):
        sign = signs[at]
        if sign in _BEGINS_HUNK and (hunk := _hunk(lines, signs, at, section)):
            hunk.before, section.rest = section.rest, []
            section.hunks.append(hunk)
            at += len(hunk.lines) + 1
            continue
        if sign in _BEGINS_SECTION and _starts_section(lines, at, section):
            if section.header or section.hunks:
                yield section
            section = Section()
        (section.rest if section.hunks else section.header).append(lines[at])
        at += 1
    if section.header or section.hunks:
        yield section


def _hunk(lines: list[str], signs: str, at: int, section: Section) -> RawHunk | None:
    """The hunk that this line is the header of."""
    match signs[at]:
        case "@":
            if not lines[at].startswith("@@ "):
                return other_hunks.combined(lines, at)
            hunk = unified_hunks.unified(lines, signs, at)
            # Words that look like a broken header are one only where a file has been named.
            has_file = hunk.form != "broken" or section.hunks or _has_names(section)
            return hunk if has_file else None
        case "#":
            return unified_hunks.of_properties(lines, signs, at)
        case "*":
            return other_hunks.context(lines, at)
    return other_hunks.normal(lines, at)


def changed_paths(diff: str) -> dict[str, None]:
    """The paths that a diff names, old and new, in its order."""
    paths: dict[str, None] = {}
    for section in sections(diff.split("\n")):
        head = read_header(section.header)
        paths |= dict.fromkeys(path for path in (head.old_path, head.new_path) if path)
    return paths


def _has_names(section: Section) -> bool:
    ends = (*section.header[:8], *section.header[-8:])
    return any(line.startswith(("+++ ", "diff ", "Index: ")) for line in ends)


def _starts_section(lines: list[str], at: int, section: Section) -> bool:
    line = lines[at]
    if line.startswith(("diff -", "Index: ", "--- ", "*** ")):
        return starts_file(lines, at) and (
            bool(section.hunks) or not _continues(section.header, line)
        )
    if line.startswith("Binary files "):
        return bool(section.hunks) or not _names_its_file(section.header)
    if line.startswith("Property changes on: "):
        return f"Index: {line[21:]}" not in section.header
    if line.startswith(("From ", ">From ", "# HG ", "From: ", "Subject: ", "Date: ")):
        return attached.begins(lines, at)
    return line.startswith("Submodule ") and bool(SUBMODULE.match(line))


def _continues(header: Sequence[str], line: str) -> bool:
    """Whether a line that could start a file continues the header above it."""
    if not header or attached.begins(header, 0):
        return False
    if line.startswith(("--- ", "*** ")):
        return not any(above.startswith(("--- ", "*** ", "Binary file")) for above in header)
    # CVS and others write a few lines, the first with `Index: name`, above their `diff` line.
    return (
        line.startswith("diff ")
        and len(header) <= 8
        and header[0].startswith("Index: ")
        and not any(above.startswith(("--- ", "diff ")) for above in header)
    )


def _names_its_file(header: Sequence[str]) -> bool:
    """Whether a header has named the file, but not yet said what happens to it."""
    return any(line.startswith(("diff ", "Index: ")) for line in header) and not any(
        line.startswith(("Binary file", "--- ", "+++ ")) for line in header
    )
