"""Pairs the patches of two versions of a series, as git-range-diff(1) does.

The pairs chosen cost least in total: a pair costs the lines of the diff between its two diffs, and a patch
without a partner 60 % of its own lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from generator.diff.line_diff import diff_size

#: What an unpaired patch costs, as a fraction of its lines: git's default creation factor.
_CREATION_FACTOR = 60, 100
#: In how many old patches a line may occur and still suggest a pair.
_DISTINCTIVE = range(1, 33)
#: How many old patches a new one is compared with: those that share most lines with it.
_MAX_CANDIDATES = 32
#: What comparing a series may cost beyond its length in characters: a line costs one, and so do _CELLS
#: pairs of lines. Patches beyond this budget stay unpaired.
_BUDGET, _CELLS = 500_000, 10_000
#: Patches times possible pairs; above this, pairs are chosen greedily.
_MAX_STEPS = 1_000_000


def match(old: Sequence[Sequence[str]], new: Sequence[Sequence[str]]) -> list[int | None]:
    """For each new patch (lines of a diff), the index of the old one it came from, if there is one."""
    partner: list[int | None] = [None] * len(new)
    unpaired: dict[tuple[str, ...], list[int]] = {}
    for old_index in range(len(old) - 1, -1, -1):
        unpaired.setdefault(tuple(old[old_index]), []).append(old_index)
    for new_index, lines in enumerate(new):
        if old_indices := unpaired.get(tuple(lines)):
            partner[new_index] = old_indices.pop()
    taken = set(partner)
    old_unpaired = [old_index for old_index in range(len(old)) if old_index not in taken]
    new_unpaired = [new_index for new_index, old_index in enumerate(partner) if old_index is None]
    for new_index, old_index in _cheapest(_gains(old, new, old_unpaired, new_unpaired)).items():
        partner[new_index] = old_index
    return partner


def _gains(
    old: Sequence[Sequence[str]],
    new: Sequence[Sequence[str]],
    old_unpaired: list[int],
    new_unpaired: list[int],
) -> dict[int, dict[int, int]]:
    """New patch → old patch → what pairing them saves compared with leaving both unpaired."""
    codes: dict[str, int] = {}
    coded_old = {
        index: [codes.setdefault(line, len(codes)) for line in old[index]] for index in old_unpaired
    }
    coded_new = {
        index: [codes.setdefault(line, len(codes)) for line in new[index]] for index in new_unpaired
    }
    old_counts = {index: Counter(lines) for index, lines in coded_old.items()}
    patches_with: dict[int, list[int]] = {}
    for old_index, old_count in old_counts.items():
        for line in old_count:
            patches_with.setdefault(line, []).append(old_index)
    gains: dict[int, dict[int, int]] = {}
    budget = _BUDGET + sum(len("".join(patch)) for patch in (*old, *new))
    for new_index, new_lines in coded_new.items():
        new_count = Counter(new_lines)
        # Patches that share only very common lines are no pair.
        sharers = (
            patches_with[line]
            for line in new_count
            if len(patches_with.get(line, ())) in _DISTINCTIVE
        )
        candidates = Counter(
            old_index for old_indices in sharers for old_index in old_indices
        ).most_common(_MAX_CANDIDATES)
        for old_index in sorted(old_index for old_index, _ in candidates):
            old_lines = coded_old[old_index]
            unpaired_cost = _unpaired_cost(old[old_index]) + _unpaired_cost(new[new_index])
            shared = (old_counts[old_index] & new_count).total()
            if len(old_lines) + len(new_lines) - 2 * shared >= unpaired_cost:
                continue  # even the shortest possible diff costs more
            budget -= len(old_lines) + len(new_lines) + len(old_lines) * len(new_lines) // _CELLS
            if budget < 0:
                return gains
            if (cost := diff_size(old_lines, new_lines)) < unpaired_cost:
                gains.setdefault(new_index, {})[old_index] = unpaired_cost - cost
    return gains


def _unpaired_cost(lines: Sequence[str]) -> int:
    # As in git, the empty lines between files don't count.
    return sum(map(bool, lines)) * _CREATION_FACTOR[0] // _CREATION_FACTOR[1]


def _cheapest(gains: dict[int, dict[int, int]]) -> dict[int, int]:
    """The pairs (new → old) that save most in total; each patch is in one pair at most.

    Augments along the best path until none saves anything (successive shortest paths). `gains` has only
    pairs that save something, so even long series take few steps. Where it has too many, takes the best
    pair, then the best of the rest, and so on.
    """
    chosen: dict[int, int] = {}
    if len(gains) * sum(map(len, gains.values())) > _MAX_STEPS:
        taken: set[int] = set()
        pairs = [
            (-gain, new_index, old_index)
            for new_index, row in gains.items()
            for old_index, gain in row.items()
        ]
        for _, new_index, old_index in sorted(pairs):
            if new_index not in chosen and old_index not in taken:
                chosen[new_index] = old_index
                taken.add(old_index)
        return chosen
    while path := _best_path(gains, chosen):
        chosen |= path
    return chosen


def _best_path(gains: dict[int, dict[int, int]], chosen: dict[int, int]) -> dict[int, int]:
    """The pairs to set (new → old) along the path between two unpaired patches that saves most."""
    owner = {old_index: new_index for new_index, old_index in chosen.items()}
    best: dict[int, int] = {}  # the most saved on a path to an old patch
    came_from: dict[int, tuple[int, int | None]] = {}
    frontier: list[tuple[int, int | None, int]] = [
        (new_index, None, 0) for new_index in sorted(gains) if new_index not in chosen
    ]
    while frontier:
        following: list[tuple[int, int | None, int]] = []
        for new_index, via, saved in frontier:
            if via is not None and best[via] - gains[new_index][via] != saved:
                continue  # a better path has replaced this one
            for old_index, gain in gains[new_index].items():
                if chosen.get(new_index) != old_index and saved + gain > best.get(old_index, 0):
                    best[old_index], came_from[old_index] = saved + gain, (new_index, via)
                    if old_index in owner:
                        displaced = owner[old_index]
                        following.append(
                            (displaced, old_index, saved + gain - gains[displaced][old_index])
                        )
        frontier = following
    unpaired = [old_index for old_index in best if old_index not in owner]
    end: int | None = (
        max(unpaired, key=lambda old_index: (best[old_index], -old_index)) if unpaired else None
    )
    path = {}
    while end is not None:
        new_index, previous = came_from[end]
        path[new_index] = end
        end = previous
    return path
