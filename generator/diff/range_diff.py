"""What changed between two versions of a series: patches paired as git-range-diff(1) does, diffs of diffs.

A patch is compared as lines: its commit message, then its diff without line numbers and index lines.
`diff/patch_matching` pairs the patches of both versions.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from generator.diff import line_diff, parse
from generator.diff.parse import FileDiff
from generator.diff.patch_matching import match
from generator.mail import body as message
from generator.mail import subject


@dataclass(frozen=True, slots=True)
class PatchText:
    """A patch of one version: its title, and the lines of its message and of its diff."""

    title: str
    message: tuple[str, ...]
    diff: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a diff of diffs: `sign` says which version has it (` `, `-`, `+`), or is `@`."""

    sign: str
    text: str


@dataclass(slots=True)
class Pair:
    """A patch in both versions, or in one. old and new are its indices in them.

    kind is `unchanged`, `changed`, `rewritten` (git sees no pair, but the title is the same, or each
    version has just one patch), `added` or `dropped`. moved: whether its place among the others changed.
    """

    kind: str
    old: int | None
    new: int | None
    moved: bool = False
    message: list[Row] = field(default_factory=list)
    diff: list[Row] = field(default_factory=list)


def version(title: str, content: str, files: Sequence[FileDiff]) -> PatchText:
    """A patch as lines; `content` is the mail's text, `files` its parsed diff."""
    body, _ = message.split_notes(content.replace("\r\n", "\n"))
    lines = [line.rstrip() for line in body.strip("\n").split("\n")]
    return PatchText(title, tuple(lines), tuple(diff_lines(files)))


def diff_lines(files: Sequence[FileDiff]) -> Iterable[str]:
    """A diff without positions and index lines; ` ## path ##` is above each file's lines, as in git."""
    for number, file in enumerate(files):
        if number:
            yield ""
        yield f" ## {_heading(file)} ##"
        if parse.is_binary(file):
            yield f" Binary file {file.path}"
        for hunk in file.hunks:
            yield f"@@ {file.path}: {hunk.function.strip()}" if hunk.function.strip() else "@@"
            yield from hunk.text_lines()
        if not parse.is_binary(file):
            yield from (f" {line}" for line in file.plain)


def _heading(file: FileDiff) -> str:
    match file.change:
        case "added":
            return f"{file.path} (new)"
        case "removed":
            return f"{file.path} (deleted)"
        case "renamed" | "copied":
            return f"{file.old_path} => {file.path}"
    old = next((line[9:] for line in file.header if line.startswith("old mode ")), "")
    new = next((line[9:] for line in file.header if line.startswith("new mode ")), "")
    return f"{file.path} (mode change {old} => {new})" if old and new else file.path


def compare(old: Sequence[PatchText], new: Sequence[PatchText]) -> list[Pair]:
    """What became of each patch, in the order of the new version; dropped ones stay at their old place."""
    partners = match([v.diff for v in old], [v.diff for v in new])
    rewritten = _by_title(old, new, partners)
    partners = [rewritten.get(new_index, old_index) for new_index, old_index in enumerate(partners)]
    old_indices = [old_index for old_index in partners if old_index is not None]
    pending, listed, in_order = set(old_indices), set[int](), _longest_rising(old_indices)
    pairs: list[Pair] = []
    next_old = 0  # the first old patch that isn't in `pairs` yet
    for new_index, old_index in enumerate(partners):
        # A dropped patch follows as soon as all old patches before it are listed.
        while next_old < len(old) and next_old not in pending:
            pairs += [] if next_old in listed else [Pair("dropped", next_old, None)]
            next_old += 1
        if old_index is None:
            pairs.append(Pair("added", None, new_index))
            continue
        pending.discard(old_index)
        listed.add(old_index)
        pair = _pair(old[old_index], new[new_index], old_index, new_index)
        pair.moved = old_index not in in_order
        pair.kind = "rewritten" if new_index in rewritten else pair.kind
        pairs.append(pair)
    return pairs + [Pair("dropped", n, None) for n in range(next_old, len(old)) if n not in listed]


def _by_title(
    old: Sequence[PatchText], new: Sequence[PatchText], partners: list[int | None]
) -> dict[int, int]:
    """Pairs of unpaired patches (new → old): those with the same title, or the only ones."""
    if len(old) == len(new) == 1 and partners == [None]:
        return {0: 0}
    titles: dict[str, list[int]] = {}
    paired = set(partners)
    for old_index, patch in enumerate(old):
        if old_index not in paired:
            titles.setdefault(subject.topic(patch.title), []).append(old_index)
    pairs = {}
    for new_index, patch in enumerate(new):
        if partners[new_index] is None and (old_indices := titles.get(subject.topic(patch.title))):
            pairs[new_index] = old_indices.pop(0)
    return pairs


def _pair(old: PatchText, new: PatchText, old_index: int, new_index: int) -> Pair:
    if old == new:
        return Pair("unchanged", old_index, new_index)
    new_message, old_message = (new.title, "", *new.message), (old.title, "", *old.message)
    message_rows, diff_rows = rows(old_message, new_message), rows(old.diff, new.diff)
    return Pair("changed", old_index, new_index, message=message_rows, diff=diff_rows)


def rows(old: Sequence[str], new: Sequence[str]) -> list[Row]:
    """The diff of two texts; empty if they are equal. A row `@` names the file or hunk that follows."""
    codes: dict[str, int] = {}
    old_lines = [codes.setdefault(line, len(codes)) for line in old]
    new_lines = [codes.setdefault(line, len(codes)) for line in new]
    diff_rows: list[Row] = []
    heading, scanned = "", 0
    for hunk in line_diff.hunks(line_diff.steps(old_lines, new_lines)):
        heading, scanned = _last_heading(new[scanned : hunk[0][3]], heading), hunk[0][3]
        diff_rows.append(Row("@", heading))
        for tag, old_at, old_end, new_at, new_end in hunk:
            if tag == "equal":
                diff_rows += [Row(" ", line) for line in new[new_at:new_end]]
            elif tag == "delete":
                diff_rows += [Row("-", line) for line in old[old_at:old_end]]
            else:
                diff_rows += [Row("+", line) for line in new[new_at:new_end]]
    return diff_rows


def _last_heading(lines: Sequence[str], otherwise: str) -> str:
    """The last heading of a file or hunk in some lines; `otherwise` if there is none."""
    for line in reversed(lines):
        if line.startswith(" ## ") and line.endswith(" ##"):
            return line[4:-3]
        if line.startswith("@@ "):
            return line[3:]
    return otherwise


def _longest_rising(places: list[int]) -> set[int]:
    """The largest set of indices that are still in ascending order; the other patches moved."""
    ends: list[int] = []
    at_end: list[int] = []
    before: list[int | None] = []
    for n, place in enumerate(places):
        length = bisect_left(ends, place)
        before.append(at_end[length - 1] if length else None)
        ends[length : length + 1] = [place]
        at_end[length : length + 1] = [n]
    kept: set[int] = set()
    last = at_end[-1] if at_end else None
    while last is not None:
        kept.add(places[last])
        last = before[last]
    return kept
