"""The shortest way from one text to another, line by line (a longest common subsequence), cut into hunks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rapidfuzz.distance import LCSseq

#: Lines that stay the same around those that changed.
CONTEXT = 3
#: Above this many pairs of lines a comparison is too dear: such diffs count as wholly different.
_MAX_CELLS = 400_000_000

#: (what, from and to in the old lines, from and to in the new ones): `equal`, `delete` or `insert`.
Step = tuple[str, int, int, int, int]


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


def hunks(found: list[Step]) -> Iterable[list[Step]]:
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


def diff_size(a: Sequence[int], b: Sequence[int]) -> int:
    """The lines of a unified diff between two texts, hunk headers and context included."""
    size = 0
    for hunk in hunks(steps(a, b)):
        size += 1 + sum(max(old_end - old, new_end - new) for _, old, old_end, new, new_end in hunk)
    return size
