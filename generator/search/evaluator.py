"""Which mails of a window answer a query, as sets of bits: the twin of evaluator.js."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from generator.archive.landed_index import LandedAs
from generator.search import line_phrases
from generator.search.column_values import KINDS_FOUND, has_value
from generator.search.encoding import Record
from generator.search.fields import EXACT, POSITIONAL
from generator.search.index_reader import Index, Posting, SegmentReader
from generator.search.outcomes import in_release, landed_on
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


def page_of(index: Index, record: Record) -> tuple[str, str]:
    """The folder names of a mail's project and of its page."""
    folder = next(slug for number, slug, *_ in index.projects if number == record.project)
    return folder, record.slug or record.msgid.replace("/", "%2F")


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
            case Value("commit", start):
                patches = self._index.patches_of_commit(start)
                return self._or([Term(f"id:{number}", EXACT) for number in patches], window)
            case Value("release", wanted):
                return self._became(window, lambda found: in_release(found, wanted))
            case Value(column, value):
                return self._value(column, value, window)
            case DateRange(start, end):
                dates = self.segment.columns(window).dates
                return _where(
                    (start is None or date >= start) and (end is None or date < end)
                    for date in dates
                )
            case NumberRange("landed", first, last):
                return self._became(window, lambda found: _is_within(landed_on(found), first, last))
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
        diff = line_phrases.read_diff(self._index.output, *page_of(self._index, record))
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

    def _became(self, window: int, test: Callable[[Sequence[LandedAs]], bool]) -> int:
        """The mails of a window of which a test says that they became what is wanted."""
        bits = 0
        for place, found in self.segment.outcomes(window).items():
            bits |= test(found) << place
        return bits

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


def _is_within(date: int | None, first: int | None, last: int | None) -> bool:
    if date is None:
        return False
    return (first is None or date >= first) and (last is None or date <= last)


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
