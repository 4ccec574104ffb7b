"""A diff's text → files, hunks and lines. unidiff reads the hunks; what it refuses stays plain text.

The text is first cut into one section per file, by counting the lines each hunk announces, so that a
removed line `-- x` (written `--- x` in the diff) is never taken for a file header, and a bad
section does not affect the others. Every line of the text is in exactly one place of the result.
Format: git-diff(1), "Generating patch text with -p", and POSIX unified diffs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from unidiff.errors import UnidiffParseError
from unidiff.patch import Hunk as UnidiffHunk
from unidiff.patch import Line, PatchSet

#: Diffs with more lines than this are kept as plain text: a table of them would choke a browser.
MAX_LINES = 200_000

#: Longer numbers are no line numbers; `int` refuses thousands of digits, and pages would show them.
HUNK = re.compile(r"^@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@")
_STARTS_FILE = re.compile(r"^(?:diff -|diff --(?:git|cc|combined) |Index: )")
#: Two names, in quotes or not. Possessive, so that an unclosed quote is read only once.
_QUOTED_NAMES = re.compile(
    r"""\s*("(?:[^"\\]|\\.)*+"|[^\s"]++)\s*("(?:[^"\\]|\\.)*+"|[^\s"]++)\s*"""
)
_OCTAL = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
#: The first characters of lines within hunks.
_IN_HUNK = frozenset(("+", "-", " ", "\\", ""))
#: The longest `Binary files … differ` line that unidiff gets to read.
_MAX_BINARY_NOTE = 400
_ESCAPES = {
    b"n": b"\n",
    b"t": b"\t",
    b"r": b"\r",
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"v": b"\v",
}


@dataclass(slots=True)
class Hunk:
    """Consecutive lines of a file. `header` is the whole `@@` line, `function` what follows it."""

    header: str
    function: str
    old_start: int
    new_start: int
    lines: list[Line]


@dataclass(slots=True)
class FileDiff:
    """What a diff does to one file.

    `change` is one of added, removed, renamed, copied, mode, binary, empty, modified, or text when
    the section is no diff of a file. `plain` holds lines that are in no hunk: those after the last one, or
    all of them where the diff was refused, for the reason in `refused`.
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
    if len(lines) > MAX_LINES:
        reason = f"it has {len(lines)} lines"
        return [FileDiff([], change="text", plain=lines, refused=reason)]
    return [_read_section(section) for section in sections(lines)]


def sections(lines: list[str]) -> Iterator[list[str]]:
    """Cut a diff's lines into one section per file."""
    start = at = 0
    in_header = True
    while at < len(lines):
        line = lines[at]
        if hunk := HUNK.match(line):
            in_header = False
            at = _after_hunk(lines, at + 1, int(hunk[1] or 1), int(hunk[2] or 1))
            continue
        if _STARTS_FILE.match(line) or _is_bare_header(lines, at):
            if at > start and not (in_header and _belongs_to_header(lines[start:at], line)):
                yield lines[start:at]
                start = at
            in_header = True
        at += 1
    if lines:
        yield lines[start:]


def _after_hunk(lines: list[str], start: int, old_left: int, new_left: int) -> int:
    """The index after the last line of a hunk, which ends early at a line that can't belong to it."""
    for at in range(start, len(lines)):
        if old_left <= 0 and new_left <= 0:
            return at
        kind = lines[at][:1]
        if kind == "+":
            new_left -= 1
        elif kind == "-":
            old_left -= 1
        elif kind in (" ", "", "\r"):
            old_left -= 1
            new_left -= 1
        elif kind != "\\":
            return at
    return len(lines)


def _is_bare_header(lines: list[str], number: int) -> bool:
    """Whether this line is `--- a`, with `+++ b` below it."""
    return (
        lines[number].startswith("--- ")
        and number + 1 < len(lines)
        and lines[number + 1].startswith("+++ ")
    )


def _belongs_to_header(header: list[str], line: str) -> bool:
    """Whether a line that could start a file continues the header above it."""
    if line.startswith("--- "):
        return not any(earlier.startswith("--- ") for earlier in header)
    # CVS and others write a few lines, the first with `Index: name`, above their `diff` line.
    above = header[:8]
    return (
        line.startswith("diff ")
        and above[0].startswith("Index: ")
        and len(above) == len(header)
        and not any(earlier.startswith(("--- ", "diff ")) for earlier in above)
    )


def _read_section(lines: list[str]) -> FileDiff:
    first_hunk = next((n for n, line in enumerate(lines) if HUNK.match(line)), None)
    header = lines if first_hunk is None else lines[:first_hunk]
    file = FileDiff(header)
    read_header(file)
    if first_hunk is None:
        return file
    body = lines[first_hunk:]
    if any(_chokes_unidiff(line) for line in body if line[:1] not in _IN_HUNK):
        file.plain, file.refused = body, "a line of it is malformed"
        return file
    try:
        parsed = PatchSet(f"{line}\n" for line in ["--- a", "+++ b", *body])
        if len(parsed) != 1:
            raise UnidiffParseError("more than one file in a section")
        hunks = list(parsed[0])
    except (UnidiffParseError, ValueError) as error:
        file.plain, file.refused = body, str(error).strip() or "it is malformed"
        return file
    if sum(len(hunk) + 1 for hunk in hunks) < len(body):
        file.plain, body = _split_footer(body, hunks)
    file.hunks = _with_raw_headers(hunks, body)
    file.added = sum(hunk.added for hunk in hunks)
    file.removed = sum(hunk.removed for hunk in hunks)
    return file


def _chokes_unidiff(line: str) -> bool:
    """Whether unidiff would read huge numbers from a line, or match it in cubic time."""
    if line.startswith("@@ -"):
        return not HUNK.match(line)
    return line.startswith("Binary file") and (
        len(line) > _MAX_BINARY_NOTE or line.count(" and ") > 8
    )


def _with_raw_headers(hunks: list[UnidiffHunk], body: list[str]) -> list[Hunk]:
    converted = []
    at = 0
    for hunk in hunks:
        function = hunk.section_header
        converted.append(Hunk(body[at], function, hunk.source_start, hunk.target_start, list(hunk)))
        at += len(hunk) + 1
    return converted


def _split_footer(body: list[str], hunks: list[UnidiffHunk]) -> tuple[list[str], list[str]]:
    """Split off the lines after the last hunk, such as a mailing list's footer: (these, the others)."""
    end = sum(len(hunk) + 1 for hunk in hunks)
    return body[end:], body[:end]


def read_header(file: FileDiff) -> None:
    """Set paths and kind of change from the lines above the hunks."""
    change = ""
    for line in file.header:
        if line.startswith("diff --git "):
            file.old_path, file.new_path = _git_paths(line[11:])
        elif line.startswith("Index: "):
            file.old_path = file.new_path = line[7:].strip()
        elif line.startswith("--- "):
            file.old_path = _path(line[4:])
        elif line.startswith("+++ "):
            file.new_path = _path(line[4:])
        elif line.startswith(("rename from ", "copy from ")):
            verb, _, name = line.partition(" from ")
            file.old_path, change = _unquote(name), "renamed" if verb == "rename" else "copied"
        elif line.startswith(("rename to ", "copy to ")):
            file.new_path = _unquote(line.partition(" to ")[2])
        elif line.startswith("new file mode"):
            change = "added"
        elif line.startswith("deleted file mode"):
            change = "removed"
        elif line.startswith("old mode") and not change:
            change = "mode"
        elif line.startswith(("Binary files ", "Binary file ", "GIT binary patch")):
            change = "binary" if change in ("", "mode") else change
    file.change = change or _change_of_paths(file)
    if file.change == "added":
        file.old_path = None
    elif file.change == "removed":
        file.new_path = None


def _change_of_paths(file: FileDiff) -> str:
    if file.old_path is None and file.new_path is None:
        return "modified" if file.header and file.header[0].startswith(("diff", "---")) else "text"
    if file.old_path is None:
        return "added"
    return "removed" if file.new_path is None else "modified"


def is_binary(file: FileDiff) -> bool:
    """Whether the section says that the file is binary, whatever else happens to it."""
    return any(line.startswith(("Binary file", "GIT binary patch")) for line in file.header)


def _git_paths(text: str) -> tuple[str | None, str | None]:
    """The two names of a `diff --git` line, which git writes without a separator."""
    quoted = text.startswith('"') or text.endswith('"')
    if quoted and (names := _QUOTED_NAMES.fullmatch(text)):
        return _path(names[1]), _path(names[2])
    half = len(text) // 2
    if text[half : half + 1] == " " and text[2:half] == text[half + 3 :]:
        return _path(text[:half]), _path(text[half + 1 :])
    old, _, new = text.partition(" b/")
    return _path(old), _path("b/" + new) if new else None


def _path(text: str) -> str | None:
    """A name of a `---` or `+++` line without prefix, timestamp and quotes; None for /dev/null."""
    name = _unquote(text.partition("\t")[0].rstrip("\r"))
    if name.strip() == "/dev/null":
        return None
    return name[2:] if name[:2] in ("a/", "b/", "c/", "i/", "o/", "w/") else name


def _unquote(name: str) -> str:
    r"""Undo git's C-style quoting (`"a\303\244"`, core.quotePath)."""
    name = name.rstrip("\r")
    if len(name) < 2 or name[0] != '"' or name[-1] != '"':
        return name

    def replace(match: re.Match[bytes]) -> bytes:
        code = match[1]
        if len(code) == 3:
            return bytes([int(code, 8) & 255])
        return _ESCAPES.get(code, code)

    return _OCTAL.sub(replace, name[1:-1].encode("utf-8", "replace")).decode("utf-8", "replace")
