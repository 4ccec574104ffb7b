"""How much a shared line or word says: in how few commits of the repository it occurs.

Counts lie in a table by the lowest bits of hashes; two of the same place look more common than they are.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable

from generator.landed.features import Features, sketch_of, words_of

#: Places of the table for each commit, and the least and the most of them (powers of two).
_PLACES, _SMALLEST, _LARGEST = 64, 1 << 12, 1 << 24
_MOST = (1 << 16) - 1
#: What a line weighs that only one commit has, however large the repository; one with N commits weighs 0.
UNIQUE = 11.0
#: A line of more commits than this, and than a fiftieth of them, says nothing.
_COMMON, _SHARE = 1000, 50


class Rarity:
    """In how many of `total` commits each line and word occurs."""

    def __init__(self, total: int, counts: array[int]) -> None:
        """`counts`: a power of two of 16-bit numbers."""
        self.total = total
        self._counts = counts
        self._mask = len(counts) - 1
        self._log = math.log(max(total, 2))
        self._common = max(_COMMON, total // _SHARE)

    @classmethod
    def counted(cls, total: int, commits: Iterable[Features]) -> Rarity:
        """Count the lines and words of all commits."""
        size = _SMALLEST
        while size < min(total * _PLACES, _LARGEST):
            size *= 2
        counts = array("H", bytes(2 * size))
        mask = size - 1
        for item in commits:
            for key in (*sketch_of(item.change), *words_of(item.title)):
                if counts[key & mask] < _MOST:
                    counts[key & mask] += 1
        return cls(total, counts)

    @classmethod
    def stored(cls, total: int, text: bytes) -> Rarity:
        """What `text` gave."""
        counts = array("H")
        counts.frombytes(text)
        return cls(total, counts)

    def text(self) -> bytes:
        """The table, to be stored."""
        return self._counts.tobytes()

    def count(self, key: int) -> int:
        """In how many commits a line or word occurs, at most."""
        return self._counts[key & self._mask] or 1

    def weight(self, key: int) -> float:
        """What a shared line or word is worth: UNIQUE at most, 0 for one that says nothing."""
        count = self.count(key)
        return 0.0 if count > self._common else UNIQUE * max(0.0, 1 - math.log(count) / self._log)
