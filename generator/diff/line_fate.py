"""What became of a line of a patch in a later version of that patch.

Lines are compared as texts, not by their places: a line is `unchanged` where the next version has it as
often, and `changed` only where no patch of the next version has it, whatever its blanks. In between nothing
is said: the line may have moved to another patch, or be one of several alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from generator.diff.inline_comments import DiffPosition
from generator.diff.parse import FileDiff

#: The sign by which the next version removes a line that the earlier one left, or the other way round.
_OPPOSITE = {" ": "-", "-": " "}


class PatchLines:
    """The lines of a diff with their signs, counted by file."""

    def __init__(self, files: Sequence[FileDiff]) -> None:
        self._files: dict[str, Counter[str]] = {}
        self._renamed: dict[str, str] = {}
        for file in files:
            if file.plain:
                continue  # not read line by line: nothing can be said of it
            lines = self._files.setdefault(file.path, Counter())
            for hunk in file.hunks:
                lines.update(hunk.text_lines())
            if file.old_path:
                self._renamed.setdefault(file.old_path, file.path)

    def of(self, path: str) -> Counter[str] | None:
        """The lines of a file, which may have got another name; None where there are none to compare."""
        return self._files.get(self.name(path))

    def name(self, path: str) -> str:
        """The name that a file has here."""
        return path if path in self._files else self._renamed.get(path, path)


class VersionLines:
    """All that the patches of a version touch: their files, and their lines without signs and blanks."""

    def __init__(self, patches: Iterable[Sequence[FileDiff]], *, is_whole: bool = True) -> None:
        """`is_whole`: whether these are all patches of the version. Otherwise any line may be in another."""
        self._is_whole = is_whole
        self._paths: set[str | None] = set()
        self._keys: set[str] = set()
        for files in patches:
            for file in files:
                self._paths |= {file.path, file.old_path}
                self._keys.update(map(_key, file.plain))
                for hunk in file.hunks:
                    self._keys.update(map(_key, hunk.before))
                    self._keys.update(map(_key, hunk.text_lines()))

    def may_have(self, line: str) -> bool:
        """Whether a patch has this line, with any sign and any blanks."""
        return not self._is_whole or _key(line) in self._keys

    def may_touch(self, path: str) -> bool:
        """Whether a patch changes this file."""
        return not self._is_whole or path in self._paths


def telling_line(file: FileDiff, place: DiffPosition) -> str | None:
    """A line with its sign; None for what can't be told from others: a hunk's header, a brace alone."""
    if place.line < 0:
        return None
    line = file.hunks[place.hunk].text_line(place.line)
    return line if any(map(str.isalnum, _key(line))) else None


def fate(
    path: str, line: str, old: PatchLines, new: PatchLines, version: VersionLines
) -> str | None:
    """What became of a line: `unchanged`, `changed`, `gone` with its file, or None where nothing is certain.

    `path` is its file, `line` has its sign, `old` is its patch, `new` the same patch in the next version,
    `version` all patches of that.
    """
    sign = line[:1]
    lines = new.of(path)
    if lines is None:
        return None if version.may_touch(path) or version.may_have(line) else "gone"
    if lines[line]:
        before = (old.of(path) or lines)[line]
        return "unchanged" if lines[line] >= before else None
    if sign == "+":
        return None if version.may_have(line) else "changed"
    return "changed" if lines[_OPPOSITE.get(sign, "") + line[1:]] else None


def _key(line: str) -> str:
    """A line without its sign and its blanks."""
    return "".join(line[1:].split())
