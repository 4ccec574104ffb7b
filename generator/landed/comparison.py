"""What a maintainer changed: a patch as sent and the commit that it landed as, compared as versions are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from generator.archive.landed_changes import Change, ChangeRows
from generator.diff import parse, range_diff
from generator.diff.parse import FileDiff
from generator.diff.range_diff import Row
from generator.landed.messages import Message, of_commit, of_mail
from generator.model import Patch

#: How patches are compared. Raised when something else comes out: all are compared again.
FORM = 1
#: So many pairs of lines of one file are compared, and a comparison of so many bytes is shown.
_MOST_PAIRS, _LARGEST = 100_000_000, 1 << 20

#: Files by path: their heading, and the lines of their hunks.
_Files = dict[str, list[str]]


class Refused(Exception):
    """Why a patch can't be compared."""


@dataclass(slots=True)
class _Difference:
    """What differs in the files: see Change."""

    rows: list[Row] = field(default_factory=list)
    lines: int = 0
    paths: int = 0
    context: bool = False
    is_blank: bool = True


class Sent:
    """A patch as sent, ready to be compared. Raises Refused where there is nothing to compare."""

    def __init__(self, patch: Patch) -> None:
        text = patch.diff if isinstance(patch.diff, str) else ""
        if len(text) > _LARGEST:
            raise Refused("too large")
        self._message = of_mail(patch)
        parsed = _parsed(text)
        if not parsed:
            raise Refused("the mail has no diff")
        self._files = _files(parsed)
        self.options = _options(parsed)

    def compare(self, message: str, diff: str) -> tuple[Change, ChangeRows]:
        """What differs in a commit, and the rows of it that are shown. Raises Refused."""
        theirs = of_commit(message)
        found = _difference(self._files, _files(_parsed(diff)))
        change = Change(
            lines=found.lines,
            is_blank=bool(found.lines) and found.is_blank,
            paths=found.paths,
            context=found.context,
            message=not self._message.says_the_same(theirs),
            added=_only_in(theirs, self._message),
            removed=_only_in(self._message, theirs),
        )
        if not (found.rows or change.message):
            return change, ChangeRows()
        rows = ChangeRows(range_diff.rows(self._message.lines, theirs.lines), found.rows)
        if rows.size > _LARGEST:
            return msgspec.structs.replace(change, refused="too much differs"), ChangeRows()
        return change, rows


def _only_in(message: Message, other: Message) -> tuple[str, ...]:
    """The trailers of one message that the other lacks."""
    there = {trailer.lower() for trailer in other.trailers}
    return tuple(dict.fromkeys(line for line in message.trailers if line.lower() not in there))


def _parsed(text: str) -> list[FileDiff]:
    """The files of a diff, without what mails have around them."""
    every = parse.parse(text)
    return [file for file in every if file.path and file.change not in ("text", "message")]


def _options(files: Sequence[FileDiff]) -> tuple[str, ...]:
    """Options by which git makes diffs of the form that a patch has: renames, unchanged lines around."""
    changes = {file.change for file in files}
    renames = "-C" if "copied" in changes else "-M" if "renamed" in changes else "--no-renames"
    around = [
        length
        for file in files
        for hunk in file.hunks
        for length in _lengths([line.line_type for line in hunk.lines])
    ]
    return renames, f"-U{min(max(around, default=3), 25) or 3}"


def _lengths(kinds: Sequence[str]) -> Iterator[int]:
    """How many unchanged lines a hunk begins and ends with."""
    changed = [at for at, kind in enumerate(kinds) if kind in ("+", "-")]
    if changed:
        yield from (changed[0], len(kinds) - changed[-1] - 1)


def _files(parsed: Iterable[FileDiff]) -> _Files:
    """The lines of each file, with no words about the place of a hunk, as these depend on the repository."""
    files: _Files = {}
    for file in parsed:
        if file.refused:
            raise Refused(file.refused)
        hunks = [replace(hunk, function="") for hunk in file.hunks]
        lines = range_diff.diff_lines([replace(file, hunks=hunks, plain=[])])
        plain = ("\n".join(lines)).encode("utf-8", "replace").decode()
        files.setdefault(file.path, []).extend(line.rstrip() for line in plain.split("\n"))
    return files


def _difference(sent: _Files, landed: _Files) -> _Difference:
    found = _Difference()
    for ours, theirs in _pairs(sent, landed):
        if ours[:1] == theirs[:1] and _changed(ours) == _changed(theirs):
            found.context |= _around(ours) != _around(theirs)
            continue
        if len(ours) * len(theirs) > _MOST_PAIRS:
            raise Refused("too large")
        found.is_blank &= _without_blanks(_changed(ours)) == _without_blanks(_changed(theirs))
        for hunk in _hunks(range_diff.rows(ours, theirs)):
            lines, paths = _count(hunk, "+", "-"), _count(hunk, " ## ")
            if lines or paths:
                found.rows += hunk
            else:
                found.context = True
            found.lines += lines
            found.paths += paths
    return found


def _pairs(sent: _Files, landed: _Files) -> Iterator[tuple[list[str], list[str]]]:
    """The files of both by path; of the others, those of one name in different folders."""
    moved = {path.rpartition("/")[2]: path for path in sorted(landed.keys() - sent.keys())}
    rest = dict(landed)
    for path, ours in sorted(sent.items()):
        name = path.rpartition("/")[2]
        yield ours, rest.pop(path if path in rest else moved.pop(name, path), [])
    for _, theirs in sorted(rest.items()):
        yield [], theirs


def _changed(lines: Sequence[str]) -> list[str]:
    """The lines that a patch removes, then those that it adds: tools alternate them in different ways."""
    return [line for sign in "-+" for line in lines if line[:1] == sign]


def _around(lines: Sequence[str]) -> list[str]:
    return [line for line in lines if line[:1] in ("", " ", "\\")]


def _without_blanks(lines: Iterable[str]) -> list[str]:
    return ["".join(line.split()) for line in lines]


def _hunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows by the row `@` that they follow, which each begins with."""
    hunk: list[Row] = []
    for row in rows:
        if row.sign == "@" and hunk:
            yield hunk
            hunk = []
        hunk.append(row)
    if hunk:
        yield hunk


def _count(rows: Sequence[Row], *starts: str) -> int:
    """How many lines with one of these beginnings differ; a line in place of another is one."""
    signs = [row.sign for row in rows if row.text.startswith(starts)]
    return max(signs.count("-"), signs.count("+"))
