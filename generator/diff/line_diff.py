"""The shortest edit from one text to another, by lines (longest common subsequence), and its hunks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rapidfuzz.distance import LCSseq

#: Unchanged lines around changed ones.
CONTEXT = 3
#: Above this many pairs of lines a comparison costs too much: the texts count as wholly different.
_MAX_CELLS = 400_000_000

#: (`equal`, `delete` or `insert`; start and end in the old lines; start and end in the new lines).
Step = tuple[str, int, int, int, int]


def steps(a: Sequence[int] | Sequence[str], b: Sequence[int] | Sequence[str]) -> list[Step]:
    """The shortest edit from one text to another, as steps."""
    if len(a) * len(b) > _MAX_CELLS:
        return [("delete", 0, len(a), 0, 0), ("insert", len(a), len(a), 0, len(b))]
    edit: list[Step] = []
    old_at = new_at = 0
    for op in LCSseq.opcodes(a, b):
        if op.tag == "equal":
            edit += _changed(old_at, op.src_start, new_at, op.dest_start)
            edit.append(("equal", op.src_start, op.src_end, op.dest_start, op.dest_end))
            old_at, new_at = op.src_end, op.dest_end
    return edit + _changed(old_at, len(a), new_at, len(b))


def _changed(old: int, old_end: int, new: int, new_end: int) -> list[Step]:
    """The steps between two equal stretches: first the deletion, then the insertion."""
    deletions: list[Step] = [("delete", old, old_end, new, new)] if old < old_end else []
    return deletions + ([("insert", old_end, old_end, new, new_end)] if new < new_end else [])


def hunks(edit: list[Step]) -> Iterable[list[Step]]:
    """Cut an edit into hunks, with unchanged lines around each change."""
    hunk: list[Step] = []
    last = len(edit) - 1
    for n, (tag, old, old_end, new, new_end) in enumerate(edit):
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


def diff_size(a: Sequence[int], b: Sequence[int]) -> int:
    """How many lines a unified diff between two texts has, hunk headers and context included."""
    size = 0
    for hunk in hunks(steps(a, b)):
        size += 1 + sum(max(old_end - old, new_end - new) for _, old, old_end, new, new_end in hunk)
    return size
