"""Splits a JSON array into its elements while it is read, so that it may be of any size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from generator.errors import InputError

_CHUNK = 1 << 18
_TOKEN = re.compile(rb'[{}\[\]"]')
_STRING_REST = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


def elements(first: bytes, stream: BinaryIO, limit: int) -> Iterator[bytes | InputError]:
    """The text of each object in an array.

    `first` is what was already read, beginning with `[`. What is not an object, an element longer than
    `limit` bytes and a truncated array are yielded as InputErrors.
    """
    buffer = first
    at, start, depth = 1, -1, 1
    junk = bytearray()
    while True:
        token = _TOKEN.search(buffer, at)
        if token is None:
            if start < 0:
                junk += buffer[at : at + 64]
            at = len(buffer)
        elif token[0] == b'"':
            string = _STRING_REST.match(buffer, token.end())
            if string:
                junk += buffer[at : token.end()] if start < 0 else b""
                at = string.end()
                continue
            at = token.start()
        else:
            if start < 0:
                junk += buffer[at : token.start()]
            at = token.end()
            depth += 1 if token[0] in b"{[" else -1
            if depth == 2 and start < 0:
                start = token.start()
            elif depth == 1 and start >= 0:
                yield buffer[start:at]
                start = -1
            elif depth <= 0:
                junk += buffer[at:] + stream.read(64)
                break
            continue
        # Everything in the buffer is used up: drop what was yielded, and read on.
        keep = start if start >= 0 else at
        buffer, at = buffer[keep:], at - keep
        start = 0 if start >= 0 else -1
        if len(buffer) > limit:
            yield InputError(
                f"element longer than {limit >> 20} MiB; skipped the rest of the array"
            )
            return
        data = stream.read(_CHUNK)
        if not data:
            yield InputError("truncated array")
            return
        buffer += data
        del junk[256:]
    if bytes(junk).replace(b",", b"").strip():
        yield InputError(f"not an object: {_printable(junk)}")


def _printable(junk: bytearray) -> str:
    text = bytes(junk).replace(b",", b" ").strip()[:40].decode("utf-8", "replace")
    return "".join(c if c.isprintable() else "?" for c in text)
