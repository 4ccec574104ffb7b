"""Answers a query from the published index, as the browser does: window by window, with sets as bits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from generator.search import fields as schema
from generator.search import line_phrases
from generator.search.index_reader import Index, Posting, Record, SegmentReader
from generator.search.query_parser import Node, parse

#: What a word weighs in each field, for the order by relevance (BM25F; a field has a word or it hasn't).
WEIGHTS = {
    schema.SUBJECT: 8.0, schema.PATH: 4.0, schema.FROM: 3.0, schema.HUNK: 2.0, schema.UNQUOTED: 2.0,
    schema.QUOTED: 1.0, schema.ADDED: 1.5, schema.REMOVED: 1.0, schema.TO: 0.5, schema.CC: 0.5,
    schema.EXACT: 20.0,
}  # fmt: skip
#: A word that stands in fields of this weight together has half of what it can have.
_SATURATION = 4.0
#: What the newest patch has over the oldest one.
_FRESHNESS = 0.25


@dataclass(frozen=True, slots=True)
class Hit:
    """One result. `project` and `slug` are the folder names of its page."""

    id: int
    msgid: str
    name: str
    date: int
    submitter: str
    state: str
    project: str
    series: int | None
    slug: str


@dataclass(frozen=True, slots=True)
class Results:
    """All results are counted; `hits` has the first ones, in order."""

    total: int
    hits: list[Hit]


def search(index: Index, text: str, *, limit: int = 20, by_relevance: bool = False) -> Results:
    """Answer a query, newest first (by date, then number) or best first. Raises SearchError."""
    node = parse(text)
    found: list[tuple[float, int, int, SegmentReader, int, int]] = []
    evaluations = [Evaluation(index, segment, node) for segment in index.segments]
    rarities = _rarities(index, node, evaluations) if by_relevance else []
    for order, (segment, evaluation) in enumerate(zip(index.segments, evaluations, strict=True)):
        for window in segment.windows:
            docs = list(_bits(evaluation.window(node, window), window * evaluation.size))
            if not docs:
                continue
            dates, _ = segment.dates(window)
            states, _, _ = segment.columns(window)
            scores = evaluation.scores(window, docs, rarities) if by_relevance else {}
            for doc in docs:
                at = doc - window * evaluation.size
                found.append((scores.get(doc, 0.0), dates[at], -doc, segment, states[at], order))
    found.sort(key=lambda hit: (hit[0], hit[1], hit[5], hit[2]), reverse=True)
    hits = [
        _hit(index, segment, -doc, date, state) for _, date, doc, segment, state, _ in found[:limit]
    ]
    return Results(len(found), hits)


def _hit(index: Index, segment: SegmentReader, doc: int, date: int, state: int) -> Hit:
    r = segment.record(doc)
    folder, slug = _place(index, r)
    return Hit(r.id, r.msgid, r.name, date, r.sender, index.states[state], folder, r.series, slug)


def _place(index: Index, record: Record) -> tuple[str, str]:
    """The folder names of a patch's project and of its page."""
    folder = next(slug for known, slug, *_ in index.projects if known == record.project)
    return folder, record.slug or record.msgid.replace("/", "%2F")


def _bits(value: int, base: int) -> Iterator[int]:
    while value:
        low = value & -value
        yield base + low.bit_length() - 1
        value ^= low


class Evaluation:
    """One query on one segment."""

    def __init__(self, index: Index, segment: SegmentReader, node: Node) -> None:
        self._index = index
        self._segment = segment
        self._node = node
        self._postings: dict[tuple[str, str], list[Posting]] = {}
        self.size = segment.window_size

    def window(self, node: Node, window: int) -> int:
        """The patches of a window that a node finds, as bits."""
        everything = (1 << self._segment.size(window)) - 1
        match node[0]:
            case "and":
                found = everything
                # What costs nothing, or finds little, goes first: the rest may not be needed at all.
                for child in sorted(node[1:], key=self._cost):
                    found &= self.window(child, window)
                    if not found:
                        break
                return found
            case "or" | "word":
                found = 0
                for child in node[1:]:
                    found |= self.window(child, window)
                return found
            case "not":
                return everything & ~self.window(node[1], window)
            case "term" | "prefix":
                return self._words(node, window)
            case "phrase":
                return self._phrase(node, window)
            case "value":
                return self._value(node[1], node[2], window)
            case "date":
                return self._date(node[1], node[2], window)
        raise AssertionError(node)

    def _cost(self, node: Node) -> int:
        if node[0] in ("term", "prefix"):
            return self.count(node)
        if node[0] == "word":
            return sum(map(self._cost, node[1:]))
        return self._index.docs if node[0] in ("and", "or", "phrase", "not") else 0

    def _find(self, kind: str, text: str) -> list[Posting]:
        key = kind, text
        if key not in self._postings:
            found = self._segment.postings(text, prefix=kind == "prefix")
            self._postings[key] = [posting for _, posting in found]
        return self._postings[key]

    def _words(self, node: Node, window: int) -> int:
        kind, text, fields = node
        found = bytearray(self._segment.size(window) // 8 + 1)
        base = window * self.size
        for posting in self._find(kind, text):
            for doc, mask in self._segment.window(posting, window).items():
                if mask & fields:
                    found[(doc - base) >> 3] |= 1 << ((doc - base) & 7)
        return int.from_bytes(found, "little")

    def _phrase(self, node: Node, window: int) -> int:
        _, words, fields, exact = node
        in_lines = line_phrases.is_asked_of_lines(fields, exact)
        postings = [self._find("term", word) for word in words]
        if not all(postings):
            return 0
        windows = [self._segment.window(found[0], window) for found in postings]
        common: dict[int, int] = {}
        for doc, mask in min(windows, key=len).items():
            masks = [other.get(doc, 0) for other in windows]
            both = fields & mask
            for other in masks:
                both &= other
            if both:
                common[doc] = both
        if not common:
            return 0
        found = 0
        base = window * self.size
        unordered = 0 if exact else ~schema.POSITIONAL
        places = None
        for doc, both in common.items():
            if both & unordered or (in_lines and self._is_in_lines(doc, words, both)):
                found |= 1 << (doc - base)
            elif both & schema.POSITIONAL:
                places = places or [self._segment.positions(p[0], window) for p in postings]
                if _consecutive([place[doc] for place in places], both):
                    found |= 1 << (doc - base)
        return found

    def _is_in_lines(self, doc: int, words: list[str], fields: int) -> bool:
        record = self._segment.record(doc)
        diff = line_phrases.read_diff(self._index.output, *_place(self._index, record))
        return line_phrases.has_phrase(diff, words, fields)

    def _value(self, column: str, value: str, window: int) -> int:
        states, delegates, flags = self._segment.columns(window)
        match column:
            case "project":
                wanted = {n for n, *names in self._index.projects if value in _lower(names)}
                return _where(project in wanted for project in self._segment.dates(window)[1])
            case "state":
                known = {n for n, state in enumerate(self._index.states) if state.lower() == value}
                return _where(state in known for state in states)
            case "delegate":
                users = {
                    n for n, name in enumerate(self._index.delegates, 1) if name.lower() == value
                }
                users |= {0} if value == "nobody" else set()
                return _where(user in users for user in delegates)
            case "archived":
                return _where(bool(flag & 1) == (value == "yes") for flag in flags)
            case "check":
                wanted = {schema.CHECKS.index(value)}
                return _where(flag >> 1 & 3 in wanted for flag in flags)
            case "tag":
                bit = 8 << schema.TAGS.index(value)
                return _where(bool(flag & bit) for flag in flags)
        raise AssertionError(column)

    def _date(self, start: int | None, end: int | None, window: int) -> int:
        dates, _ = self._segment.dates(window)
        return _where(
            (start is None or date >= start) and (end is None or date < end) for date in dates
        )

    def scores(self, window: int, docs: list[int], rarities: list[float]) -> dict[int, float]:
        """How well each of some patches fits: rare words, weighty fields and new patches count most."""
        scores = dict.fromkeys(docs, 0.0)
        for terms, rarity in zip(_wanted(self._node), rarities, strict=True):
            masks: dict[int, int] = {}
            for kind, text, fields in terms:
                for posting in self._find(kind, text):
                    for doc, mask in self._segment.window(posting, window).items():
                        if doc in scores and mask & fields:
                            masks[doc] = masks.get(doc, 0) | mask & fields
            for doc, mask in masks.items():
                weight = sum(w for bit, w in WEIGHTS.items() if mask & bit)
                scores[doc] += rarity * weight / (weight + _SATURATION)
        newer = self._segment.newer
        return {
            doc: score * (1 + _FRESHNESS * (1 - (newer + doc) / self._index.docs))
            for doc, score in scores.items()
        }

    def count(self, term: Node) -> int:
        """How many patches of the segment a term finds, or more."""
        return sum(posting.count for posting in self._find(term[0], term[1]))


def _rarities(index: Index, node: Node, evaluations: list[Evaluation]) -> list[float]:
    """The inverse document frequency of each word that is wanted; of its forms the commonest counts."""
    found = []
    for terms in _wanted(node):
        most = max(sum(evaluation.count(term) for evaluation in evaluations) for term in terms)
        count = min(most, index.docs)
        found.append(math.log(1 + (index.docs - count + 0.5) / (count + 0.5)))
    return found


def _wanted(node: Node) -> Iterator[list[Node]]:
    """The words that a query wants, as opposed to those it excludes, each as terms of which one suffices."""
    match node[0]:
        case "and" | "or":
            for child in node[1:]:
                yield from _wanted(child)
        case "word":
            yield node[1:]
        case "term" | "prefix":
            yield [node]
        case "phrase":
            for word in node[1]:
                yield [["term", word, node[2]]]


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


def _where(values: Any) -> int:
    return int("".join("1" if value else "0" for value in values)[::-1] or "0", 2)


def _lower(names: list[Any]) -> list[str]:
    return [str(name).lower() for name in names]
