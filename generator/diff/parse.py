"""A diff's text → files, hunks and lines with their numbers.

unidiff reads the hunks that are whole; those that aren't, and other forms of diff, are read here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from unidiff.errors import UnidiffParseError
from unidiff.patch import Line, PatchSet

from generator.diff import header
from generator.diff.raw_hunk import RawHunk
from generator.diff.raw_rows import rows_of
from generator.diff.sections import Section, sections

#: Diffs with more lines than this are kept as plain text: a table of them would choke a browser.
MAX_LINES = 200_000


@dataclass(slots=True)
class Hunk:
    """Consecutive lines of a file. `header` is the whole first line, `function` what it says of the place.

    A line's type is one of `+`, `-`, blank, `\\`; `@` where it says which lines follow, `?` where it has no
    sign. signs: what stands in front of each line's text; None where that is its type. before: lines between
    the hunk above and this one, which belong to neither. fault: what is wrong, empty if nothing.
    """

    header: str
    function: str
    old_start: int
    new_start: int
    lines: list[Line]
    signs: list[str] | None = None
    before: list[str] = field(default_factory=list)
    fault: str = ""

    def text_line(self, at: int) -> str:
        """One of its lines as the diff has it."""
        line = self.lines[at]
        sign = self.signs[at] if self.signs else line.line_type.replace("?", "")
        return sign + line.value.removesuffix("\n")

    def text_lines(self) -> list[str]:
        """Its lines as the diff has them."""
        signs = self.signs or [
            "" if line.line_type == "?" else line.line_type for line in self.lines
        ]
        return [
            sign + line.value.removesuffix("\n")
            for sign, line in zip(signs, self.lines, strict=True)
        ]


@dataclass(slots=True)
class FileDiff:
    """What a diff does to one file.

    `change` is one of added, removed, renamed, copied, mode, binary, modified; text when the section is no
    diff of a file; message when it is a mail within the diff. `plain` holds the lines after the last hunk,
    the data of a binary patch, or all that follow the header where they are too many, as `refused` says.
    """

    header: list[str]
    old_path: str | None = None
    new_path: str | None = None
    change: str = "modified"
    hunks: list[Hunk] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)
    refused: str = ""
    added: int = 0
    removed: int = 0

    @property
    def path(self) -> str:
        return self.new_path or self.old_path or ""


def parse(diff: str) -> list[FileDiff]:
    """Parse a diff (text as Patchwork gives it) into its files. Never raises."""
    lines = diff.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    refused = f"the diff has {len(lines):,} lines" if len(lines) > MAX_LINES else ""
    return [_file(section, refused) for section in sections(lines)]


def is_binary(file: FileDiff) -> bool:
    """Whether the section says that the file is binary, whatever else happens to it."""
    return header.is_binary(file.header)


def _file(section: Section, refused: str) -> FileDiff:
    head = header.read_header(section.header)
    file = FileDiff(section.header, head.old_path, head.new_path, head.change)
    file.added, file.removed = counts(section)
    file.plain = section.rest
    if not section.hunks and "GIT binary patch" in file.header:
        end = file.header.index("GIT binary patch") + 1
        file.header, file.plain = file.header[:end], file.header[end:] + section.rest
    if refused and section.hunks:
        lines = [
            line for hunk in section.hunks for line in (*hunk.before, hunk.header, *hunk.lines)
        ]
        file.plain, file.refused = lines + section.rest, refused
    else:
        file.hunks = list(_hunks(section.hunks))
    return file


def counts(section: Section) -> tuple[int, int]:
    """How many lines of its file a section adds and removes. Subversion's properties aren't lines of it."""
    added = removed = 0
    for hunk in section.hunks:
        if hunk.width > 1:
            kinds = [line.line_type for line, _ in rows_of(hunk)]
        else:
            kinds = [] if hunk.form == "property" else [line[:1] for line in hunk.lines]
        added += kinds.count("+")
        removed += kinds.count("-")
    return added, removed


def changed_lines(hunk: RawHunk) -> tuple[list[str], list[str]]:
    """The texts of the lines that a hunk adds, and of those that it removes."""
    if hunk.width == 1:
        added = [line[1:] for line in hunk.lines if line[:1] == "+"]
        return added, [line[1:] for line in hunk.lines if line[:1] == "-"]
    rows = [(line.line_type, line.value.removesuffix("\n")) for line, _ in rows_of(hunk)]
    return [text for kind, text in rows if kind == "+"], [
        text for kind, text in rows if kind == "-"
    ]


def _hunks(raw: list[RawHunk]) -> Iterator[Hunk]:
    whole = [hunk for hunk in raw if _is_whole(hunk)]
    parsed = iter(_by_unidiff(whole))
    for hunk in raw:
        signs = None
        if _is_whole(hunk):
            lines = next(parsed)
        else:
            rows = list(rows_of(hunk))
            lines = [line for line, _ in rows]
            signs = [sign for _, sign in rows] if hunk.width > 1 else None
        starts = hunk.starts
        yield Hunk(
            hunk.header, hunk.function, starts[0], starts[-1], lines, signs, hunk.before, hunk.fault
        )


def _is_whole(hunk: RawHunk) -> bool:
    """Whether unidiff can read a hunk; it knows the mark at the end in one form only."""
    if hunk.form != "unified" or hunk.fault or not hunk.lines:
        return False
    return hunk.lines[-1][:1] != "\\" or hunk.lines[-1] == "\\ No newline at end of file"


def _by_unidiff(hunks: list[RawHunk]) -> list[list[Line]]:
    """The lines of whole hunks."""
    if not hunks:
        return []
    text = ["--- a\n", "+++ b\n"]
    for hunk in hunks:
        text.append(hunk.header + "\n")
        text += [line + "\n" for line in hunk.lines]
    try:
        found = [list(hunk) for file in PatchSet(text) for hunk in file]
    except (UnidiffParseError, ValueError):
        found = []
    if [len(lines) for lines in found] == [len(hunk.lines) for hunk in hunks]:
        return found
    return [[line for line, _ in rows_of(hunk)] for hunk in hunks]
