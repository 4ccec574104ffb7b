"""What changed between two versions of a series: patches matched as git-range-diff(1) does, diffs of diffs.

A patch is taken as lines: its commit message, then its diff without line numbers and index lines. The
patches of both versions are paired by text/pairing.
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
    """A patch in both versions, or in one. old and new are its places, counted from 0.

    kind is `unchanged`, `changed`, `rewritten` (git sees no pair, but the title is the same, or there is
    no other patch), `added` or `dropped`; `moved`: it changed its place among the others.
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
    return PatchText(title, tuple(lines), tuple(_diff_lines(files)))


def _diff_lines(files: Sequence[FileDiff]) -> Iterable[str]:
    """A diff without what changes by itself; ` ## path ##` is above each file's lines, as in git."""
    for number, file in enumerate(files):
        if number:
            yield ""
        yield f" ## {_heading(file)} ##"
        if parse.is_binary(file):
            yield f" Binary file {file.path}"
        for hunk in file.hunks:
            yield f"@@ {file.path}: {hunk.function.strip()}" if hunk.function.strip() else "@@"
            for line in hunk.lines:
                yield f"{line.line_type}{line.value.rstrip(chr(10))}"
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
    """What became of each patch, in the order of the new version; dropped ones where they were."""
    partner = match([v.diff for v in old], [v.diff for v in new])
    rewritten = _by_title(old, new, partner)
    partner = [rewritten.get(at, place) for at, place in enumerate(partner)]
    places = [place for place in partner if place is not None]
    taken, shown, in_order = set(places), set[int](), _longest_rising(places)
    pairs: list[Pair] = []
    first = 0  # in the old version, of those that aren't here yet
    for at, place in enumerate(partner):
        # A dropped patch stands as soon as all that were before it in the old version do.
        while first < len(old) and first not in taken:
            pairs += [] if first in shown else [Pair("dropped", first, None)]
            first += 1
        if place is None:
            pairs.append(Pair("added", None, at))
            continue
        taken.discard(place)
        shown.add(place)
        pair = _pair(old[place], new[at], place, at)
        pair.moved = place not in in_order
        pair.kind = "rewritten" if at in rewritten else pair.kind
        pairs.append(pair)
    return pairs + [Pair("dropped", n, None) for n in range(first, len(old)) if n not in shown]


def _by_title(
    old: Sequence[PatchText], new: Sequence[PatchText], partner: list[int | None]
) -> dict[int, int]:
    """Pairs among what was left alone: new → old."""
    if len(old) == len(new) == 1 and partner == [None]:
        return {0: 0}
    titles: dict[str, list[int]] = {}
    taken = set(partner)
    for place, version in enumerate(old):
        if place not in taken:
            titles.setdefault(subject.topic(version.title), []).append(place)
    found = {}
    for at, version in enumerate(new):
        if partner[at] is None and (places := titles.get(subject.topic(version.title))):
            found[at] = places.pop(0)
    return found


def _pair(old: PatchText, new: PatchText, place: int, at: int) -> Pair:
    if old == new:
        return Pair("unchanged", place, at)
    head, was = (new.title, "", *new.message), (old.title, "", *old.message)
    return Pair("changed", place, at, False, rows(was, head), rows(old.diff, new.diff))


def rows(old: Sequence[str], new: Sequence[str]) -> list[Row]:
    """The diff of two texts; empty if they are the same. A row `@` names the file or part that follows."""
    numbers: dict[str, int] = {}
    a = [numbers.setdefault(line, len(numbers)) for line in old]
    b = [numbers.setdefault(line, len(numbers)) for line in new]
    found: list[Row] = []
    heading, read = "", 0
    for hunk in line_diff.hunks(line_diff.steps(a, b)):
        heading, read = _last_heading(new[read : hunk[0][3]], heading), hunk[0][3]
        found.append(Row("@", heading))
        for tag, at, end, new_at, new_end in hunk:
            if tag == "equal":
                found += [Row(" ", line) for line in new[new_at:new_end]]
            elif tag == "delete":
                found += [Row("-", line) for line in old[at:end]]
            else:
                found += [Row("+", line) for line in new[new_at:new_end]]
    return found


def _last_heading(lines: Sequence[str], otherwise: str) -> str:
    """The last heading in some lines, of a file or a hunk."""
    for line in reversed(lines):
        if line.startswith(" ## ") and line.endswith(" ##"):
            return line[4:-3]
        if line.startswith("@@ "):
            return line[3:]
    return otherwise


def _longest_rising(places: list[int]) -> set[int]:
    """The most places that still stand in their old order; the others moved."""
    ends: list[int] = []
    at_end: list[int] = []
    before: list[int | None] = []
    for n, place in enumerate(places):
        length = bisect_left(ends, place)
        before.append(at_end[length - 1] if length else None)
        ends[length : length + 1] = [place]
        at_end[length : length + 1] = [n]
    kept: set[int] = set()
    n_or_none = at_end[-1] if at_end else None
    while n_or_none is not None:
        kept.add(places[n_or_none])
        n_or_none = before[n_or_none]
    return kept
