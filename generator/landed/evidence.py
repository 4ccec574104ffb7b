"""Compares a patch with a commit: from the features of both to what they have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from generator.landed.features import Features, sketch_of, words_of
from generator.landed.rarity import Rarity
from generator.landed.rules import Evidence


@dataclass(frozen=True, slots=True)
class Weighed:
    """Features of a patch or commit with the weights of its lines and words."""

    features: Features
    lines: dict[int, float]
    words: dict[int, float]
    #: The highest line that its sketch speaks of.
    highest: int


def weighed(features: Features, rarity: Rarity) -> Weighed:
    """Features ready to be compared."""
    sketch = sketch_of(features.change)
    is_whole = features.change.count <= len(sketch)
    return Weighed(
        features,
        {key: rarity.weight(key) for key in sketch},
        {key: rarity.weight(key) + 1 for key in words_of(features.title)},
        (1 << 32) if is_whole else sketch[-1],
    )


def compare(
    patch: Weighed,
    commit: Weighed,
    *,
    is_named: bool = False,
    is_told: bool = False,
    recurring: bool = False,
) -> Evidence:
    """What a patch and a commit have in common."""
    ours, theirs = patch.features, commit.features
    lines, contained, weight, shared = _lines(patch, commit)
    files = _share(ours.change.paths, theirs.change.paths)
    has_body = bool(ours.change.body)
    return Evidence(
        is_named=is_named,
        is_told=is_told,
        whole=has_body and ours.change.whole == theirs.change.whole,
        body=has_body and ours.change.body == theirs.change.body,
        title=bool(ours.title) and ours.title == theirs.title,
        author=not set(ours.authors).isdisjoint(theirs.authors),
        authored=bool(ours.authored) and ours.authored == theirs.authored,
        words=_words(patch.words, commit.words),
        lines=lines,
        contained=contained,
        weight=weight,
        shared=shared,
        file=files > 0 or not set(ours.change.names).isdisjoint(theirs.change.names),
        files=files,
        recurring=recurring,
    )


def _lines(a: Weighed, b: Weighed) -> tuple[float, float, float, float]:
    """(weighted Jaccard index, containment, weight of the lighter side, shared weight) of the lines.

    A sketch says nothing of lines above its highest, so both are compared up to the lower one.
    """
    end = min(a.highest, b.highest)
    shared = ours = theirs = 0.0
    for key, weight in a.lines.items():
        if key <= end:
            ours += weight
            if key in b.lines:
                shared += weight
    for key, weight in b.lines.items():
        if key <= end:
            theirs += weight
    lighter, union = min(ours, theirs), ours + theirs - shared
    return (
        shared / union if union else 0.0, shared / lighter if lighter else 0.0, lighter, shared
    )  # fmt: skip


def _words(a: dict[int, float], b: dict[int, float]) -> float:
    """What two titles share of their words, weighed."""
    shared = sum(weight for key, weight in a.items() if key in b)
    union = sum(a.values()) + sum(b.values()) - shared
    return shared / union if union else 0.0


def _share(a: Iterable[int], b: Iterable[int]) -> float:
    ours, theirs = set(a), set(b)
    return len(ours & theirs) / max(min(len(ours), len(theirs)), 1)
