"""What changed between two versions of a series: patches matched as git-range-diff(1) does, diffs of diffs.

A patch is taken as lines: its commit message, then its diff without line numbers and index lines. The
patches of both versions are paired so that the diffs between them, and the patches that stay alone, cost
least: a pair costs the lines of the diff of their diffs, one that stays alone 60 % of its own lines.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import LCSseq

from generator.text import diff, message, subject
from generator.text.diff import FileDiff

#: What a patch that stays alone costs, as a part of its lines: git's default creation factor.
_ALONE = 60, 100
#: Lines that stay the same around those that changed.
CONTEXT = 3
#: Above this many pairs of lines a comparison is too dear: such diffs count as wholly different.
_MAX_CELLS = 400_000_000

#: Lines tell patches apart while so many have them; with no more patches than this, all of them do.
_TELLING = range(1, 33)

#: (what, from and to in the old lines, from and to in the new ones): `equal`, `delete` or `insert`.
Step = tuple[str, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Version:
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


def version(title: str, content: str, files: Sequence[FileDiff]) -> Version:
    """A patch as lines; `content` is the mail's text, `files` its parsed diff."""
    body, _ = message.split_notes(content.replace("\r\n", "\n"))
    lines = [line.rstrip() for line in body.strip("\n").split("\n")]
    return Version(title, tuple(lines), tuple(_diff_lines(files)))


def _diff_lines(files: Sequence[FileDiff]) -> Iterable[str]:
    """A diff without what changes by itself; ` ## path ##` is above each file's lines, as in git."""
    for number, file in enumerate(files):
        if number:
            yield ""
        yield f" ## {_heading(file)} ##"
        if diff.is_binary(file):
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


def compare(old: Sequence[Version], new: Sequence[Version]) -> list[Pair]:
    """What became of each patch, in the order of the new version; dropped ones where they were."""
    partner = match([v.diff for v in old], [v.diff for v in new])
    rewritten = _by_title(old, new, partner)
    partner = [rewritten.get(at, place) for at, place in enumerate(partner)]
    places = [place for place in partner if place is not None]
    taken, in_order = set(places), _longest_rising(places)
    waiting = [place for place in range(len(old)) if place not in taken]
    pairs: list[Pair] = []
    for at, place in enumerate(partner):
        # A dropped patch stands as soon as all that were before it in the old version do.
        while waiting and taken.isdisjoint(range(waiting[0])):
            pairs.append(Pair("dropped", waiting.pop(0), None))
        if place is None:
            pairs.append(Pair("added", None, at))
            continue
        taken.discard(place)
        pair = _pair(old[place], new[at], place, at)
        pair.moved = place not in in_order
        pair.kind = "rewritten" if at in rewritten else pair.kind
        pairs.append(pair)
    return pairs + [Pair("dropped", place, None) for place in waiting]


def _by_title(
    old: Sequence[Version], new: Sequence[Version], partner: list[int | None]
) -> dict[int, int]:
    """Pairs among what was left alone: new → old."""
    if len(old) == len(new) == 1 and partner == [None]:
        return {0: 0}
    titles: dict[str, list[int]] = {}
    for place, version in enumerate(old):
        if place not in partner:
            titles.setdefault(subject.topic(version.title), []).append(place)
    found = {}
    for at, version in enumerate(new):
        if partner[at] is None and (places := titles.get(subject.topic(version.title))):
            found[at] = places.pop(0)
    return found


def _pair(old: Version, new: Version, place: int, at: int) -> Pair:
    if old == new:
        return Pair("unchanged", place, at)
    head, was = (new.title, "", *new.message), (old.title, "", *old.message)
    return Pair("changed", place, at, False, rows(was, head), rows(old.diff, new.diff))


def match(old: Sequence[Sequence[str]], new: Sequence[Sequence[str]]) -> list[int | None]:
    """For each new patch (lines of a diff) the place of the old one that it came from."""
    partner: list[int | None] = [None] * len(new)
    free: dict[tuple[str, ...], list[int]] = {}
    for place in range(len(old) - 1, -1, -1):
        free.setdefault(tuple(old[place]), []).append(place)
    for at, lines in enumerate(new):
        if places := free.get(tuple(lines)):
            partner[at] = places.pop()
    taken = set(partner)
    left = [place for place in range(len(old)) if place not in taken]
    right = [at for at, place in enumerate(partner) if place is None]
    for at, place in _cheapest(_gains(old, new, left, right)).items():
        partner[at] = place
    return partner


def _gains(
    old: Sequence[Sequence[str]], new: Sequence[Sequence[str]], left: list[int], right: list[int]
) -> dict[int, dict[int, int]]:
    """For each new patch, what pairing it with an old one saves against leaving both alone."""
    numbers: dict[str, int] = {}
    coded_old = {p: [numbers.setdefault(line, len(numbers)) for line in old[p]] for p in left}
    coded_new = {p: [numbers.setdefault(line, len(numbers)) for line in new[p]] for p in right}
    bags = {p: Counter(lines) for p, lines in coded_old.items()}
    where: dict[int, list[int]] = {}
    for place, old_bag in bags.items():
        for line in old_bag:
            where.setdefault(line, []).append(place)
    gains: dict[int, dict[int, int]] = {}
    for at, b in coded_new.items():
        bag = Counter(b)
        # A pair that shares only what very many patches have is none.
        telling = (where[line] for line in bag if len(where.get(line, ())) in _TELLING)
        for place in sorted({place for places in telling for place in places}):
            a = coded_old[place]
            alone = _alone(old[place]) + _alone(new[at])
            shared = (bags[place] & bag).total()
            if len(a) + len(b) - 2 * shared >= alone:
                continue  # even the shortest diff that could be costs more
            if (cost := diff_size(a, b)) < alone:
                gains.setdefault(at, {})[place] = alone - cost
    return gains


def _alone(lines: Sequence[str]) -> int:
    # The empty lines between files don't count, in git neither.
    return sum(map(bool, lines)) * _ALONE[0] // _ALONE[1]


def diff_size(a: Sequence[int], b: Sequence[int]) -> int:
    """The lines of a unified diff between two texts, hunk headers and context included."""
    size = 0
    for hunk in _hunks(steps(a, b)):
        size += 1 + sum(max(old_end - old, new_end - new) for _, old, old_end, new, new_end in hunk)
    return size


def steps(a: Sequence[int] | Sequence[str], b: Sequence[int] | Sequence[str]) -> list[Step]:
    """The shortest way from one text to another: what is equal, deleted, inserted."""
    if len(a) * len(b) > _MAX_CELLS:
        return [("delete", 0, len(a), 0, 0), ("insert", len(a), len(a), 0, len(b))]
    found: list[Step] = []
    was = now = 0
    for op in LCSseq.opcodes(a, b):
        if op.tag == "equal":
            found += _changed(was, op.src_start, now, op.dest_start)
            found.append(("equal", op.src_start, op.src_end, op.dest_start, op.dest_end))
            was, now = op.src_end, op.dest_end
    return found + _changed(was, len(a), now, len(b))


def _changed(old: int, old_end: int, new: int, new_end: int) -> list[Step]:
    """What stands between two equal stretches: first all that went, then all that came."""
    gone: list[Step] = [("delete", old, old_end, new, new)] if old < old_end else []
    return gone + ([("insert", old_end, old_end, new, new_end)] if new < new_end else [])


def _hunks(found: list[Step]) -> Iterable[list[Step]]:
    """Cut the steps into stretches with a little context around what changed."""
    hunk: list[Step] = []
    last = len(found) - 1
    for n, (tag, old, old_end, new, new_end) in enumerate(found):
        if tag != "equal":
            hunk.append((tag, old, old_end, new, new_end))
            continue
        length = old_end - old
        after = min(length, CONTEXT if n > 0 else 0)
        before = min(length, CONTEXT if n < last else 0)
        if n > 0 and n < last and length <= 2 * CONTEXT:
            hunk.append((tag, old, old_end, new, new_end))
            continue
        if after:
            hunk.append((tag, old, old + after, new, new + after))
        if n > 0:
            yield hunk
        hunk = [(tag, old_end - before, old_end, new_end - before, new_end)] if before else []
    if any(step[0] != "equal" for step in hunk):
        yield hunk


def rows(old: Sequence[str], new: Sequence[str]) -> list[Row]:
    """The diff of two texts; empty if they are the same. A row `@` names the file or part that follows."""
    numbers: dict[str, int] = {}
    a = [numbers.setdefault(line, len(numbers)) for line in old]
    b = [numbers.setdefault(line, len(numbers)) for line in new]
    found: list[Row] = []
    for hunk in _hunks(steps(a, b)):
        found.append(Row("@", _above(new, hunk[0][3])))
        for tag, at, end, new_at, new_end in hunk:
            if tag == "equal":
                found += [Row(" ", line) for line in new[new_at:new_end]]
            elif tag == "delete":
                found += [Row("-", line) for line in old[at:end]]
            else:
                found += [Row("+", line) for line in new[new_at:new_end]]
    return found


def _above(lines: Sequence[str], at: int) -> str:
    """The nearest heading above a line, of a file or a hunk."""
    for line in reversed(lines[:at]):
        if line.startswith(" ## ") and line.endswith(" ##"):
            return line[4:-3]
        if line.startswith("@@ "):
            return line[3:]
    return ""


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


def _cheapest(gains: dict[int, dict[int, int]]) -> dict[int, int]:
    """The pairs, each new and old patch in one at most, that save most in all: new → old.

    Augments along the best path until none saves anything (successive shortest paths); only pairs
    that save something are there, so that even long series are few steps.
    """
    chosen: dict[int, int] = {}
    while path := _best_path(gains, chosen):
        chosen |= path
    return chosen


def _best_path(gains: dict[int, dict[int, int]], chosen: dict[int, int]) -> dict[int, int]:
    """The pairs to make (new → old), from a free new patch to a free old one, that raise the savings most."""
    owner = {place: at for at, place in chosen.items()}
    best: dict[int, int] = {}  # the most that is saved on the way to an old patch
    came: dict[int, tuple[int, int | None]] = {}
    todo: list[tuple[int, int | None, int]] = [
        (at, None, 0) for at in sorted(gains) if at not in chosen
    ]
    while todo:
        following: list[tuple[int, int | None, int]] = []
        for at, over, saved in todo:
            if over is not None and best[over] - gains[at][over] != saved:
                continue  # a better way there was found meanwhile
            for place, gain in gains[at].items():
                if chosen.get(at) != place and saved + gain > best.get(place, 0):
                    best[place], came[place] = saved + gain, (at, over)
                    if place in owner:
                        before = owner[place]
                        following.append((before, place, saved + gain - gains[before][place]))
        todo = following
    free = [place for place in best if place not in owner]
    end: int | None = max(free, key=lambda place: (best[place], -place)) if free else None
    path = {}
    while end is not None:
        at, above = came[end]
        path[at] = end
        end = above
    return path
