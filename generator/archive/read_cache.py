"""A bounded cache of what was read from the archive: pages rendered in turn read the same objects."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from operator import itemgetter
from typing import Any, TypeVar, cast

from cachetools import LRUCache

T = TypeVar("T")


class ReadCache:
    """Values by key; the least recently used go first once all together exceed a size."""

    def __init__(self, max_bytes: int, max_value_bytes: int) -> None:
        """`max_value_bytes`: a larger value isn't kept; a negative bound keeps none."""
        self._max_value_bytes = max_value_bytes
        self._entries: LRUCache[Hashable, tuple[Any, int]] = LRUCache(max_bytes, itemgetter(1))
        #: By kind: the key of the last value that is too large for the others, and that value.
        self._large: dict[str, tuple[Hashable, Any]] = {}

    def get(
        self, key: Hashable, read: Callable[[], tuple[T, int]], *, large: str | None = None
    ) -> T:
        """The value of a key. `read` gives it with its size (bytes) where the cache hasn't got it.

        `large`: a kind of value that pages of its many parts all ask for; the last of each kind is kept even
        if it is too large.
        """
        try:
            return cast(T, self._entries[key][0])
        except KeyError:
            pass
        if large in self._large and self._large[large][0] == key:
            return cast(T, self._large[large][1])
        value, size = read()
        if size <= self._max_value_bytes:
            self._entries[key] = value, size
        elif large and self._max_value_bytes >= 0:
            self._large[large] = key, value
        return value
