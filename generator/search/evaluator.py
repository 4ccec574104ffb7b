"""Answers a query from the published index, as the browser does: window by window, with sets as bits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

from generator.search import line_phrases
from generator.search.column_values import KINDS_FOUND, has_value
from generator.search.encoding import Record
from generator.search.fields import MAIL_KINDS, POSITIONAL
from generator.search.index_reader import Index, Posting, SegmentReader
from generator.search.numbered import numbered
from generator.search.query_nodes import (
    And,
    DateRange,
    Node,
    Not,
    NumberRange,
    Or,
    Phrase,
    Prefix,
    Term,
    Value,
    Word,
)
from generator.search.query_parser import parse, parse_exact, parse_title
from generator.search.relevance import Relevance
from generator.search.result_kinds import for_results


@dataclass(frozen=True, slots=True)
class Hit:
    """One result: a patch, a cover letter or a reply to one of them.

    id, msgid, name, project, slug: of the patch or cover letter, whose page is in these folders; `page` is
    `patch` or `cover`. reply: the number of the reply, which is on that page, else None. date, submitter:
    of the mail that was found. state: None for cover letters.
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
    folder, slug = _page(index, r)
    columns = segment.columns(window)
    state = index.states[columns.states[at] - 1] if columns.states[at] else None
    page = MAIL_KINDS[columns.kinds[at]].partition("-")[0]
    return Hit(
        r.id, r.msgid, r.name, match.date, r.submitter, state, folder, r.series, slug, page, r.reply
    )


def _page(index: Index, record: Record) -> tuple[str, str]:
    """The folder names of a mail's project and of its page."""
    folder = next(slug for number, slug, *_ in index.projects if number == record.project)
    return folder, record.slug or record.msgid.replace("/", "%2F")


def _bits(value: int, base: int) -> Iterator[int]:
    while value:
        low = value & -value
        yield base + low.bit_length() - 1
        value ^= low


class Evaluation:
    """Evaluates nodes on one segment, and remembers the postings that it read."""

    def __init__(self, index: Index, segment: SegmentReader) -> None:
        self.segment = segment
        self._index = index
        self._postings: dict[tuple[str, bool], list[Posting]] = {}

    def window(self, node: Node, window: int) -> int:
        """The patches of a window that a node finds, as bits."""
        match node:
            case And(children):
                return self._and(children, window)
            case Or(children) | Word(children):
                return self._or(children, window)
            case Not(child):
                return self._everything(window) & ~self.window(child, window)
            case Term() | Prefix():
                return self._term(node, window)
            case Phrase():
                return self._phrase(node, window)
            case Value(column, value):
                return self._value(column, value, window)
            case DateRange(start, end):
                dates = self.segment.columns(window).dates
                return _where(
                    (start is None or date >= start) and (end is None or date < end)
                    for date in dates
                )
            case NumberRange(column, lowest, highest):
                return _where(
                    (lowest or 0) <= number and (highest is None or number <= highest)
                    for number in self.segment.numbers(window)[column]
                )

    def _everything(self, window: int) -> int:
        return (1 << self.segment.size(window)) - 1

    def _and(self, children: Iterable[Node], window: int) -> int:
        bits = self._everything(window)
        # What costs nothing, or finds little, goes first: the rest may not be needed at all.
        for child in sorted(children, key=self._cost):
            bits &= self.window(child, window)
            if not bits:
                break
        return bits

    def _or(self, children: Iterable[Node], window: int) -> int:
        bits = 0
        for child in children:
            bits |= self.window(child, window)
        return bits

    def _cost(self, node: Node) -> int:
        match node:
            case Term() | Prefix():
                return self.count(node)
            case Word(forms):
                return sum(map(self.count, forms))
            case And() | Or() | Phrase() | Not():
                return self._index.docs
            case Value() | DateRange() | NumberRange():
                return 0

    def _postings_of(self, text: str, *, prefix: bool = False) -> list[Posting]:
        key = text, prefix
        if key not in self._postings:
            postings = self.segment.postings(text, prefix=prefix)
            self._postings[key] = [posting for _, posting in postings]
        return self._postings[key]

    def _find(self, term: Term | Prefix) -> list[Posting]:
        return self._postings_of(term.text, prefix=isinstance(term, Prefix))

    def _term(self, term: Term | Prefix, window: int) -> int:
        bits = bytearray(self.segment.size(window) // 8 + 1)
        base = window * self.segment.window_size
        for posting in self._find(term):
            for doc, mask in self.segment.window(posting, window).items():
                if mask & term.fields:
                    bits[(doc - base) >> 3] |= 1 << ((doc - base) & 7)
        return int.from_bytes(bits, "little")

    def _phrase(self, phrase: Phrase, window: int) -> int:
        in_lines = line_phrases.asks_lines(phrase)
        postings = [self._postings_of(word) for word in phrase.words]
        if not all(postings):
            return 0
        bits = 0
        base = window * self.segment.window_size
        unordered = 0 if phrase.exact else ~POSITIONAL
        places = None
        for doc, common in self._with_all(postings, phrase.fields, window):
            if common & unordered or (in_lines and self._has_in_lines(doc, phrase, common)):
                bits |= 1 << (doc - base)
            elif common & POSITIONAL:
                places = places or [self.segment.positions(p[0], window) for p in postings]
                if _consecutive([place[doc] for place in places], common):
                    bits |= 1 << (doc - base)
        return bits

    def _with_all(
        self, postings: list[list[Posting]], fields: int, window: int
    ) -> Iterator[tuple[int, int]]:
        """The patches that have the words of a phrase in one field, with the fields that have all of them."""
        windows = [self.segment.window(of_word[0], window) for of_word in postings]
        for doc, common in min(windows, key=len).items():
            common &= fields
            for masks in windows:
                common &= masks.get(doc, 0)
            if common:
                yield doc, common

    def _has_in_lines(self, doc: int, phrase: Phrase, fields: int) -> bool:
        record = self.segment.record(doc)
        diff = line_phrases.read_diff(self._index.output, *_page(self._index, record))
        return line_phrases.has_phrase(diff, replace(phrase, fields=fields))

    def _value(self, column: str, value: str, window: int) -> int:
        columns = self.segment.columns(window)
        if column == "project":
            wanted = {n for n, names in self._index.project_names.items() if value in names}
            return _where(project in wanted for project in columns.projects)
        if column == "is" and value in KINDS_FOUND:
            return _where(kind in KINDS_FOUND[value] for kind in columns.kinds)
        test = has_value(self._index, column, value)
        return _where(map(test, columns.states, columns.delegates, columns.flags))

    def masks(self, window: int, terms: tuple[Term | Prefix, ...]) -> dict[int, int]:
        """Patch → the fields in which it has one of some terms, in a window."""
        masks: dict[int, int] = {}
        for term in terms:
            for posting in self._find(term):
                for doc, mask in self.segment.window(posting, window).items():
                    if mask & term.fields:
                        masks[doc] = masks.get(doc, 0) | mask & term.fields
        return masks

    def count(self, term: Term | Prefix) -> int:
        """How many patches of the segment a term finds in any field."""
        return sum(posting.count for posting in self._find(term))


def _consecutive(places: list[dict[int, list[int]]], fields: int) -> bool:
    """Whether the words stand one after the other in one of the fields."""
    for field in places[0]:
        if not field & fields:
            continue
        starts = set(places[0][field])
        for offset, place in enumerate(places[1:], 1):
            starts &= {at - offset for at in place.get(field, ())}
            if not starts:
                break
        if starts:
            return True
    return False


def _where(flags: Iterable[bool]) -> int:
    """Flags as bits, the first one lowest."""
    return int("".join("1" if flag else "0" for flag in flags)[::-1] or "0", 2)
