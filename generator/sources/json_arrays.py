"""Splits a JSON array into its elements while it is read, so that it may be of any size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from generator.errors import InputError

_CHUNK = 1 << 18
#: How many bytes between elements are kept, to show what is wrong.
_MAX_BETWEEN = 256
_SEPARATORS = b", \t\r\n"
_TOKEN = re.compile(rb'[{}\[\]"]')
_STRING_REST = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


def elements(first: bytes, stream: BinaryIO, limit: int) -> Iterator[bytes | InputError]:
    """The text of each object in an array.

    `first` is what was already read, beginning with `[`. What is not an object, an element longer than
    `limit` bytes and a truncated array are yielded as InputErrors.
    """
    scanner = _Scanner(first)
    while True:
        yield from scanner.elements()
        if scanner.depth == 0:
            break
        if scanner.pending > limit:
            yield InputError(
                f"element longer than {limit >> 20} MiB; skipped the rest of the array"
            )
            return
        # Reads that grow with a long element keep the time linear: its strings are scanned again each time.
        data = stream.read(max(_CHUNK, scanner.pending))
        if not data:
            yield InputError("truncated array")
            return
        scanner.extend(data)
    others = bytes(scanner.between) + scanner.rest() + stream.read(_MAX_BETWEEN)
    if others.strip(_SEPARATORS):
        yield InputError(f"not an object: {_printable(others)}")


class _Scanner:
    """Finds elements in an array of which a part is in memory.

    `depth`: the brackets that are open, 0 once the array has ended; `between`: what stands between the
    elements beside commas and blanks, up to a length; a valid array of objects has none.
    """

    def __init__(self, buffer: bytes) -> None:
        self.depth = 1
        self.between = bytearray()
        self._buffer = buffer
        self._at = 1
        self._start = -1  # where the current element starts; -1 between elements

    @property
    def pending(self) -> int:
        """The bytes of an element that has not ended yet."""
        return len(self._buffer) - (self._start if self._start >= 0 else self._at)

    def rest(self) -> bytes:
        """What follows the end of the array."""
        return self._buffer[self._at :]

    def elements(self) -> Iterator[bytes]:
        """The elements that end within the buffer."""
        while self.depth > 0 and (token := _TOKEN.search(self._buffer, self._at)):
            if token[0] == b'"':
                string = _STRING_REST.match(self._buffer, token.end())
                self._advance(string.end() if string else token.start())
                if not string:
                    return
                continue
            self._advance(token.start())
            self._at = token.end()
            self.depth += 1 if token[0] in b"{[" else -1
            if self.depth == 2 and self._start < 0:
                self._start = token.start()
            elif self.depth == 1 and self._start >= 0:
                yield self._buffer[self._start : self._at]
                self._start = -1
        if self.depth > 0:
            self._advance(len(self._buffer))

    def extend(self, data: bytes) -> None:
        """Add to the buffer, and drop what is used up."""
        used = self._start if self._start >= 0 else self._at
        self._buffer = self._buffer[used:] + data
        self._at -= used
        self._start = min(self._start, 0)

    def _advance(self, to: int) -> None:
        if self._start < 0 and len(self.between) < _MAX_BETWEEN:
            between = self._buffer[self._at : to].strip(_SEPARATORS)
            self.between += between[:_MAX_BETWEEN] + b" " if between else b""
        self._at = to


def _printable(data: bytes) -> str:
    text = data.strip(_SEPARATORS)[:40].decode("utf-8", "replace")
    return "".join(c if c.isprintable() else "?" for c in text)
