"""The bytes of the index: numbers, compressed blocks, leaves of the term directory, postings, positions.

All numbers are unsigned LEB128 varints. All files are raw deflate streams (RFC 1951), which browsers
unpack without any setting of the server. docs/search-format.md describes the files as a whole.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: Raised when an older reader would misread the files.
VERSION = 1


@dataclass(frozen=True, slots=True)
class Layout:
    """Sizes by which an index is cut. Readers find those that they need in the entry file."""

    #: Patches of a segment are evaluated, and long postings cut, in windows of this many.
    window: int = 4096
    #: Postings longer than this lie outside of their leaf, a chunk for each window.
    inline: int = 256
    #: Records of this many patches lie in one file.
    records: int = 128
    #: A segment with more leaves than this has their first terms in files of this many.
    group: int = 256
    #: Bytes, before compression, after which a leaf, its positions or a pack of chunks is closed.
    leaf: int = 40_000
    positions: int = 90_000
    pack: int = 60_000
    #: Patches of the smallest full segment.
    unit: int = 2048


LAYOUT = Layout()


def varint(number: int) -> bytes:
    """One number as a varint."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def varints(numbers: Iterable[int]) -> bytes:
    """Numbers one after the other."""
    out = bytearray()
    for number in numbers:
        while number > 127:
            out.append(number & 127 | 128)
            number >>= 7
        out.append(number)
    return bytes(out)


class Cursor:
    """Reads numbers out of bytes; raises IndexError past their end."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at

    def varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7

    def take(self, length: int) -> bytes:
        piece = self.data[self.at : self.at + length]
        self.at += length
        return piece


def pack(data: bytes) -> bytes:
    """A file's content, compressed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def unpack(data: bytes) -> bytes:
    """The content of a file; raises zlib.error when it is damaged or cut off."""
    unpacker = zlib.decompressobj(-15)
    content = unpacker.decompress(data)
    if not unpacker.eof:
        raise zlib.error("the file is cut off")
    return content


def postings(docs: Sequence[int], masks: Sequence[int], base: int = 0) -> bytes:
    """Ascending patch numbers as gaps, then their fields: one value if all are the same, else each."""
    out = bytearray()
    last = base - 1
    for doc in docs:
        out += varint(doc - last - 1)
        last = doc
    first = masks[0]
    if all(mask == first for mask in masks):
        return bytes(out) + varint(first << 1)
    # The lowest bit says that the values follow one by one.
    return bytes(out) + varint((first << 1) | 1) + varints(masks[1:])


def read_postings(cursor: Cursor, count: int, base: int = 0) -> tuple[list[int], list[int]]:
    """The reverse of `postings`."""
    docs = []
    last = base - 1
    for _ in range(count):
        last += cursor.varint() + 1
        docs.append(last)
    first = cursor.varint()
    if first & 1:
        return docs, [first >> 1, *(cursor.varint() for _ in range(count - 1))]
    return docs, [first >> 1] * count


def positions(fields: Iterable[Sequence[int]]) -> bytes:
    """The positions of a term in one patch: for each field in which it stands, how many, and gaps.

    The fields come in the order of their bits; the postings' mask says which they are.
    """
    out = bytearray()
    for places in fields:
        out += varint(len(places))
        last = 0
        for place in places:
            out += varint(place - last)
            last = place
    return bytes(out)


def read_positions(cursor: Cursor, mask: int, positional: int) -> dict[int, list[int]]:
    """The reverse of `positions`, as field → places; `positional` are the fields that have any."""
    found = {}
    bits = mask & positional
    while bits:
        field = bits & -bits
        bits ^= field
        last = 0
        places = []
        for _ in range(cursor.varint()):
            last += cursor.varint()
            places.append(last)
        found[field] = places
    return found
