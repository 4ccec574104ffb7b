"""Which patches of two versions of a series belong together, as git-range-diff(1) has it.

They are paired so that the diffs between them, and the patches that stay alone, cost least: a pair costs
the lines of the diff of their diffs, one that stays alone 60 % of its own lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from generator.diff.line_diff import diff_size

#: What a patch that stays alone costs, as a part of its lines: git's default creation factor.
_ALONE = 60, 100
#: Lines tell patches apart while so many have them; with no more patches than this, all of them do.
_TELLING = range(1, 33)
#: Old patches that a new one is compared with, those first that share most lines.
_MOST_ALIKE = 32
#: What comparing a series may cost besides what its length allows: a line counts as one, so many pairs of
#: lines as another. Patches beyond it stay alone.
_BUDGET, _CELLS = 500_000, 10_000
#: Patches times pairs, of which the cheapest are looked for among all.
_MOST_STEPS = 1_000_000


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
    budget = _BUDGET + sum(len("".join(patch)) for patch in (*old, *new))
    for at, b in coded_new.items():
        bag = Counter(b)
        # A pair that shares only what very many patches have is none.
        telling = (where[line] for line in bag if len(where.get(line, ())) in _TELLING)
        alike = Counter(place for places in telling for place in places).most_common(_MOST_ALIKE)
        for place in sorted(place for place, _ in alike):
            a = coded_old[place]
            alone = _alone(old[place]) + _alone(new[at])
            shared = (bags[place] & bag).total()
            if len(a) + len(b) - 2 * shared >= alone:
                continue  # even the shortest diff that could be costs more
            budget -= len(a) + len(b) + len(a) * len(b) // _CELLS
            if budget < 0:
                return gains
            if (cost := diff_size(a, b)) < alone:
                gains.setdefault(at, {})[place] = alone - cost
    return gains


def _alone(lines: Sequence[str]) -> int:
    # The empty lines between files don't count, in git neither.
    return sum(map(bool, lines)) * _ALONE[0] // _ALONE[1]


def _cheapest(gains: dict[int, dict[int, int]]) -> dict[int, int]:
    """The pairs, each new and old patch in one at most, that save most in all: new → old.

    Augments along the best path until none saves anything (successive shortest paths); only pairs that
    save something are there, so that even long series are few steps. Where these are too many, the best
    pair is taken first, then the best of what is left.
    """
    chosen: dict[int, int] = {}
    if len(gains) * sum(map(len, gains.values())) > _MOST_STEPS:
        taken: set[int] = set()
        pairs = [(-gain, at, place) for at, row in gains.items() for place, gain in row.items()]
        for _, at, place in sorted(pairs):
            if at not in chosen and place not in taken:
                chosen[at] = place
                taken.add(place)
        return chosen
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
