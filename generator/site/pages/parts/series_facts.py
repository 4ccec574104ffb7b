"""A series in a line: the states of its patches, who vouched for them, their checks and comments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from generator import urls
from generator.archive.bundle_types import SeriesMails
from generator.archive.patch_rows import PatchRow
from generator.mail import body
from generator.model import Comment
from generator.site.facets import WORST_FIRST


class StateCount(NamedTuple):
    """How many patches of a series have a state; `url`: the list of the project's patches in it."""

    state: str
    url: str
    patches: int


class CommentCount(NamedTuple):
    """How many comments there are, and how many of them are marked as not addressed."""

    comments: int
    open: int


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """What the mails of a series have, counted.

    states: the most frequent first. tag_counts: A, R and T of the patches, and of the comments on the
    cover letter. check_counts: by result, the worst first. comments: of all mails; the others by patch and
    of the cover letter.
    """

    states: list[StateCount]
    tag_counts: dict[str, int]
    check_counts: dict[str, int]
    comments: CommentCount
    patch_comments: dict[int, CommentCount]
    cover_comments: CommentCount


def series_facts(mails: SeriesMails) -> SeriesFacts:
    """Count what the patches of a series have, and the comments on its mails."""
    rows = mails.series.rows
    on_patches = {bundle.mail.id: _comment_count(bundle.comments) for bundle in mails.patches}
    on_cover = _comment_count(mails.cover.comments if mails.cover else [])
    every = [*on_patches.values(), on_cover]
    return SeriesFacts(
        _states(mails.series.project_slug, rows),
        _tag_counts(rows, mails.cover.comments if mails.cover else []),
        _check_counts(rows),
        CommentCount(sum(c.comments for c in every), sum(c.open for c in every)),
        on_patches,
        on_cover,
    )


def _comment_count(comments: Sequence[Comment]) -> CommentCount:
    return CommentCount(len(comments), sum(comment.addressed is False for comment in comments))


def _states(project_slug: str, rows: Sequence[PatchRow]) -> list[StateCount]:
    counts = Counter(row.state for row in rows if row.state)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [StateCount(state, urls.facet(project_slug, "state", state), n) for state, n in ranked]


def _tag_counts(rows: Sequence[PatchRow], cover_comments: Sequence[Comment]) -> dict[str, int]:
    counts = {tag: sum(row.tags[at] for row in rows) for at, tag in enumerate("ART")}
    for comment in cover_comments:
        if isinstance(comment.content, str):
            for tag, count in body.tag_counts(comment.content).items():
                counts[tag] += count
    return counts


def _check_counts(rows: Sequence[PatchRow]) -> dict[str, int]:
    """The results are in a row's order: success, warning, fail."""
    totals = [sum(row.checks[at] for row in rows) for at in range(len(WORST_FIRST))]
    counts = dict(zip(reversed(WORST_FIRST), totals, strict=True))
    return {result: counts[result] for result in WORST_FIRST if counts[result]}
