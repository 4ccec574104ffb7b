"""The order by relevance: BM25F, where a field has a word or it hasn't."""

from __future__ import annotations

import math
from collections.abc import Callable

from generator.search.fields import WEIGHTS
from generator.search.query_nodes import Node, Prefix, Term, wanted_words

#: A word that stands in fields of this weight together has half of what it can have.
SATURATION = 4.0
#: What the newest patch has over the oldest one.
FRESHNESS = 0.25


class Relevance:
    """Scores for the patches that a query finds: rare words, weighty fields and new patches count most."""

    def __init__(self, node: Node, docs: int, count: Callable[[Term | Prefix], int]) -> None:
        """`docs`: how many patches the index has; `count`: how many of them a term finds in any field."""
        self._docs = docs
        self._words = []
        for terms in wanted_words(node):
            # Of a word's forms the commonest counts.
            frequency = min(max(map(count, terms)), docs)
            rarity = math.log(1 + (docs - frequency + 0.5) / (frequency + 0.5))
            self._words.append((terms, rarity))

    def scores(
        self,
        docs: list[int],
        newer: int,
        masks: Callable[[tuple[Term | Prefix, ...]], dict[int, int]],
    ) -> dict[int, float]:
        """The scores of some patches of a segment, of which so many are newer than its first one.

        `masks`: patch → the fields in which it has one of some terms.
        """
        scores = dict.fromkeys(docs, 0.0)
        for terms, rarity in self._words:
            for doc, mask in masks(terms).items():
                if doc in scores:
                    weight = sum(weight for bit, weight in WEIGHTS.items() if mask & bit)
                    scores[doc] += rarity * weight / (weight + SATURATION)
        return {
            doc: score * (1 + FRESHNESS * (1 - (newer + doc) / self._docs))
            for doc, score in scores.items()
        }
