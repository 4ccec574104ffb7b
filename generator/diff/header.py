"""The lines above a file's hunks → its names, and what happens to it.

Formats: git-diff(1), "Generating patch text with -p" and "Combined diff format"; diff(1) in its unified,
context and normal forms; the headers of CVS, Subversion, Mercurial and quilt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from generator.diff import paths
from generator.mail import attached

#: Mercurial names revisions, GNU diff both files.
_HG = re.compile(r"diff (?:--nodates )?(?:-r [0-9a-f]{1,40} ){1,2}(.+)")
_GNU = re.compile(r"diff (?:-\S+ (?:'[^']*' )?)*+(\S+) (\S+)")
SUBMODULE = re.compile(r"Submodule (\S+) (?:[0-9a-f]{7,64}\.{2,3}[0-9a-f]{7,64}|contains )")
_BINARY = ("Binary file", "GIT binary patch", "Cannot display: file marked as a binary type")


@dataclass(frozen=True, slots=True)
class Header:
    """What a file's header says. See FileDiff for `change`."""

    old_path: str | None
    new_path: str | None
    change: str


@dataclass(slots=True)
class _Names:
    """The names as the lines give them.

    old, new: prefixes included. index: for where nothing else names the file.
    """

    old: str | None = None
    new: str | None = None
    index: str | None = None
    moved_from: str | None = None
    moved_to: str | None = None
    is_git: bool = False
    is_absent: bool = False
    will_be_absent: bool = False


def read_header(lines: Sequence[str]) -> Header:
    """Names and kind of change from the lines above a file's hunks. Never raises."""
    if lines and attached.begins(lines, 0):
        return Header(None, None, "message")
    names = _Names()
    change = ""
    is_context = False
    for line in lines:
        if line.startswith("index "):
            continue
        if line.startswith(("diff ", "Index: ", "Submodule ", "Property changes on: ")):
            _names_above(line, names)
        elif line.startswith("*** "):
            names.old, names.is_absent = paths.name_and_stamp(line[4:])
            is_context = True
        elif line.startswith("--- ") and not is_context:
            name, names.is_absent = paths.name_and_stamp(line[4:])
            names.old = name if name or not names.is_git else names.old
        elif line.startswith(("+++ ", "--- ")):
            name, names.will_be_absent = paths.name_and_stamp(line[4:])
            names.new = name if name or not names.is_git else names.new
        elif line.startswith(("rename from ", "copy from ")):
            verb, _, name = line.partition(" from ")
            names.moved_from = paths.unquote(name)
            change = "renamed" if verb == "rename" else "copied"
        elif line.startswith(("rename to ", "copy to ")):
            names.moved_to = paths.unquote(line.partition(" to ")[2])
        elif line.startswith("new file mode"):
            change = "added"
        elif line.startswith("deleted file mode"):
            change = "removed"
        elif line.startswith("old mode") and not change:
            change = "mode"
        elif line.startswith(_BINARY):
            change = "binary" if change in ("", "mode") else change
            _names_of_binary(line, names)
    old, new = _paths(names, change)
    return Header(old, new, change or _change(lines, old, new))


def is_binary(lines: Sequence[str]) -> bool:
    """Whether a header says that its file is binary, whatever else happens to it."""
    return any(line.startswith(_BINARY) for line in lines)


def _names_above(line: str, names: _Names) -> None:
    """The names in the lines that tools write above the others."""
    line = line.rstrip("\r")
    if line.startswith("diff --git "):
        names.is_git = True
        if pair := paths.git_names(line[11:]):
            names.old, names.new = pair
    elif line.startswith(("diff --cc ", "diff --combined ")):
        names.is_git = True
        names.old = names.new = paths.unquote(line.partition(" --")[2].partition(" ")[2])
    elif match := _HG.fullmatch(line):
        names.index = match[1]
    elif match := _GNU.fullmatch(line):
        names.index = names.index or paths.common_name(match[1], match[2])
    elif line.startswith("Index: "):
        names.index = line[7:].strip()
    elif line.startswith("Property changes on: "):
        names.index = names.index or line[21:].strip()
    elif match := SUBMODULE.match(line):
        names.index = match[1]


def _names_of_binary(line: str, names: _Names) -> None:
    """`Binary files A and B differ` or `Binary file A has changed`, where no other line names the file."""
    if names.old or names.new or names.index:
        return
    line = line.rstrip("\r")
    old, _, new = line.removeprefix("Binary files ").rpartition(" and ")
    if old != line and old and new.endswith(" differ"):
        names.old, names.is_absent = paths.name_and_stamp(old)
        names.new, names.will_be_absent = paths.name_and_stamp(new.removesuffix(" differ"))
    elif line.startswith("Binary file "):
        names.index = line[12:].removesuffix(" has changed")


def _paths(names: _Names, change: str) -> tuple[str | None, str | None]:
    """(old, new) without prefixes; None for a side on which there is no file."""
    old, new = names.old, names.new
    if old and new:
        if names.is_git:
            old, new = paths.without_prefixes(old, new)
        else:
            old = new = paths.common_name(old, new)
    elif old or new:
        alone = paths.without_prefix(old or new or "")
        old, new = (alone, None) if old else (None, alone)
    elif names.index:
        old = new = names.index
    if names.moved_from or names.moved_to:
        old, new = names.moved_from or old, names.moved_to or new
    if (names.is_absent and not names.will_be_absent) or change == "added":
        old = None
    elif names.will_be_absent or change == "removed":
        new = None
    return old, new


def _change(lines: Sequence[str], old: str | None, new: str | None) -> str:
    if old is None and new is None:
        return "modified" if lines and lines[0].startswith(("diff ", "---", "***")) else "text"
    if old is None:
        return "added"
    return "removed" if new is None else "modified"
