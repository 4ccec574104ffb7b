"""Answers a query from the published index: finds mails in all segments, ranks them, reads their records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from generator.archive.landed_index import LandedAs
from generator.search.evaluator import Evaluation, page_of
from generator.search.fields import MAIL_KINDS
from generator.search.index_reader import Index
from generator.search.numbered import numbered
from generator.search.query_nodes import Node
from generator.search.query_parser import parse, parse_exact, parse_title
from generator.search.relevance import Relevance
from generator.search.result_kinds import for_results


@dataclass(frozen=True, slots=True)
class Hit:
    """One result: a patch, a cover letter or a reply to one of them.

    id, msgid, name, project, slug: of the patch or cover letter, whose page is in these folders; `page` is
    `patch` or `cover`. reply: the number of the reply, which is on that page, else None. date, submitter:
    of the mail that was found. state: None for cover letters. outcome: the commit that the patch became, if
    one is known.
    """

    id: int
    msgid: str
    name: str
    date: int
    submitter: str
    state: str | None
    project: str
    series: int | None
    slug: str
    page: str
    reply: int | None
    outcome: LandedAs | None

    @property
    def kind(self) -> str:
        """What was found: `patch`, `cover` or `reply`, as `is:` calls them."""
        return self.page if self.reply is None else "reply"


@dataclass(frozen=True, slots=True)
class Results:
    """All results are counted; `hits` has the first ones, in order."""

    total: int
    hits: list[Hit]


class _Match(NamedTuple):
    """A mail that a query finds, in the order of comparison: the greatest comes first."""

    score: float
    date: int
    #: Place of the segment, oldest first, then the number in it, negated: newer mails have lower ones.
    segment: int
    minus_doc: int


#: Orders of results.
ORDERS = ("newest", "oldest", "relevance")


def search(index: Index, text: str, *, limit: int = 20, order: str = "newest") -> Results:
    """Answer a query in one of the ORDERS: by date, or the best first. Raises SearchError.

    What the text names, such as a message id or a number, comes before what else it finds.
    """
    node, named = for_results(parse(text)), parse_exact(text) or parse_title(text)
    evaluations = [Evaluation(index, segment) for segment in index.segments]
    relevance = None
    if order == "relevance":
        relevance = Relevance(
            node, index.docs, lambda term: sum(e.count(term) for e in evaluations)
        )
    matches = [
        match
        for place, evaluation in enumerate(evaluations)
        for match in _matches(evaluation, node, place, relevance)
    ]
    matches.sort(reverse=order != "oldest")
    by_number = {(place, -doc) for place, doc in numbered(index, text)}
    found = {(match.segment, match.minus_doc) for match in matches}
    matches += [
        _Match(0.0, _date(index, place, -minus), place, minus)
        for place, minus in sorted(by_number - found)
    ]
    if named:
        first = by_number | {
            (match.segment, match.minus_doc)
            for place, evaluation in enumerate(evaluations)
            for match in _matches(evaluation, for_results(named), place, None)
        }
        matches.sort(key=lambda match: (match.segment, match.minus_doc) not in first)
    return Results(len(matches), [_hit(index, match) for match in matches[:limit]])


def _date(index: Index, place: int, doc: int) -> int:
    segment = index.segments[place]
    return segment.columns(doc // segment.window_size).dates[doc % segment.window_size]


def _matches(
    evaluation: Evaluation, node: Node, place: int, relevance: Relevance | None
) -> Iterator[_Match]:
    """What a query finds in one segment; without `relevance`, all scores are 0."""
    segment = evaluation.segment
    for window in segment.windows:
        base = window * segment.window_size
        docs = list(_bits(evaluation.window(node, window), base))
        if not docs:
            continue
        dates = segment.columns(window).dates
        scores: dict[int, float] = {}
        if relevance:
            scores = relevance.scores(docs, segment.newer, partial(evaluation.masks, window))
        for doc in docs:
            yield _Match(scores.get(doc, 0.0), dates[doc - base], place, -doc)


def _hit(index: Index, match: _Match) -> Hit:
    segment, doc = index.segments[match.segment], -match.minus_doc
    window, at = divmod(doc, segment.window_size)
    r = segment.record(doc)
    folder, slug = page_of(index, r)
    columns = segment.columns(window)
    state = index.states[columns.states[at] - 1] if columns.states[at] else None
    page = MAIL_KINDS[columns.kinds[at]].partition("-")[0]
    outcome = next(iter(segment.outcomes(window).get(at, ())), None)
    return Hit(
        r.id, r.msgid, r.name, match.date, r.submitter, state, folder, r.series, slug, page, r.reply,
        outcome,
    )  # fmt: skip


def _bits(value: int, base: int) -> Iterator[int]:
    while value:
        low = value & -value
        yield base + low.bit_length() - 1
        value ^= low
