"""What was read lately, kept for a while: pages that are made one after the other ask for the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Recent:
    """Values by key, the ones used last, up to a size in all. A value that is too large isn't kept."""

    def __init__(self, room: int, largest: int) -> None:
        """`room`: bytes in all; `largest`: bytes of one value. What counts is the size given with it."""
        self._room = room
        self._largest = largest
        self._size = 0
        self._values: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], tuple[T, int]]) -> T:
        """The value of a key; `make` gives it with its size, where it isn't at hand."""
        if found := self._values.get(key):
            self._values.move_to_end(key)
            return cast(T, found[0])
        value, size = make()
        if size <= self._largest:
            self._values[key] = value, size
            self._size += size
            while self._size > self._room:
                _, (_, freed) = self._values.popitem(last=False)
                self._size -= freed
        return value
