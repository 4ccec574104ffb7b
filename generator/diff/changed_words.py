"""Which words changed between a removed line and the added one that took its place."""

from __future__ import annotations

import re

from rapidfuzz.distance import LCSseq

_TOKENS = re.compile(r"\w+|\s+|[^\w\s]")
#: Above this many pairs of tokens a comparison costs too much; only the lines' ends are compared.
_MAX_CELLS = 1_000_000
#: Lines that share less than this part of their text are unrelated: no words are marked.
_MIN_SHARED = 0.3

#: Half-open ranges of characters.
Spans = list[tuple[int, int]]


def changed_spans(old: str, new: str) -> tuple[Spans, Spans]:
    """The ranges of characters of each line that the other lacks; empty where they share little."""
    if len(old) + len(new) > 4000:
        return [], []
    a, b = _TOKENS.findall(old), _TOKENS.findall(new)
    start = 0
    shortest = min(len(a), len(b))
    while start < shortest and a[start] == b[start]:
        start += 1
    end = 0
    while end < shortest - start and a[-1 - end] == b[-1 - end]:
        end += 1
    middle_a, middle_b = a[start : len(a) - end], b[start : len(b) - end]
    keep_a, keep_b = _common(middle_a, middle_b)
    head, tail = sum(map(len, a[:start])), sum(map(len, a[len(a) - end :]))
    shared = _weight(old[:head]) + _weight(old[len(old) - tail :])
    shared += sum(_weight(middle_a[n]) for n in keep_a)
    longest = max(_weight(old), _weight(new))
    if longest and shared / longest < _MIN_SHARED:
        return [], []
    return _spans(head, middle_a, keep_a), _spans(head, middle_b, keep_b)


def _weight(line: str) -> int:
    return len(line) - line.count(" ") - line.count("\t")


def _common(a: list[str], b: list[str]) -> tuple[set[int], set[int]]:
    """The indices of a longest common subsequence in each list."""
    if not a or not b or len(a) * len(b) > _MAX_CELLS:
        return set(), set()
    keep_a: set[int] = set()
    keep_b: set[int] = set()
    for at_a, at_b, length in LCSseq.editops(a, b).as_matching_blocks():
        if all(token.isspace() for token in a[at_a : at_a + length]):
            continue  # a lone blank between changed words would only split the mark
        keep_a.update(range(at_a, at_a + length))
        keep_b.update(range(at_b, at_b + length))
    return keep_a, keep_b


def _spans(at: int, tokens: list[str], keep: set[int]) -> Spans:
    """The ranges of the tokens that are not in `keep`; the first token begins at `at`."""
    spans: Spans = []
    for n, token in enumerate(tokens):
        if n not in keep:
            if spans and spans[-1][1] == at:
                spans[-1] = (spans[-1][0], at + len(token))
            else:
                spans.append((at, at + len(token)))
        at += len(token)
    return spans
