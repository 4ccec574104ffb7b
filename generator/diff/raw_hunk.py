"""A hunk as its lines stand in a diff, before anything is read from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class RawHunk:
    """The lines of a hunk as they are.

    form: unified, combined, context, normal, property (of Subversion), or broken where the header can't be
    read. function: what the header says of the place. starts: the first line numbers that it announces; the
    last is that of the new file. fault: what is wrong, empty if nothing. before: lines between the hunk above
    and this one, which belong to neither.
    """

    form: str
    header: str
    function: str
    starts: tuple[int, ...]
    lines: list[str]
    fault: str = ""
    before: list[str] = field(default_factory=list)

    @property
    def width(self) -> int:
        """How many characters of each line are signs."""
        if self.form == "combined":
            return len(self.starts) - 1
        return 2 if self.form in ("context", "normal") else 1


def fault_of(announced: Sequence[int], left: Sequence[int]) -> str:
    """What is wrong with a hunk that has so many lines fewer than it announces, of each file."""
    if not any(left):
        return "lines without a sign stand in it"
    old, new = announced[0], announced[-1]
    return (
        f"it announces {old} old and {new} new lines, but has {old - left[0]} and {new - left[-1]}"
    )
