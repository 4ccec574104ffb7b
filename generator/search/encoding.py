"""The bytes of the index: numbers, compressed blocks, leaves of the term directory, postings, positions.

All numbers are unsigned LEB128 varints. All files are raw deflate streams (RFC 1951), which browsers
unpack without any setting of the server. docs/search-format.md describes the files as a whole.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from operator import sub
from typing import Any, NamedTuple

#: Raised when an older reader would misread the files.
VERSION = 6
#: Added to dates, so that years before 1970 have numbers, too.
DATE_SHIFT = 1 << 36


@dataclass(frozen=True, slots=True)
class Layout:
    """Sizes by which an index is cut. Readers find those that they need in the entry file."""

    #: Patches of a segment are evaluated, and long postings cut, in windows of this many.
    window: int = 2048
    #: Postings longer than this lie outside of their leaf, a chunk for each window but the first.
    inline: int = 256
    #: Records of this many patches lie in one file.
    records: int = 32
    #: A segment with more leaves than this has their first terms in files of this many.
    group: int = 8192
    #: Bytes, before compression, after which a pack of chunks or one of positions is closed, and a leaf
    #: may be: it has `leaf_share` for each patch of its segment, between the two.
    leaf: tuple[int, int] = (3_000, 7_000)
    leaf_share: int = 3
    pack: int = 4_000
    positions: int = 4_000
    #: Patches of the smallest full segment, and how many of these a larger one can have: a word costs a
    #: request for each segment.
    unit: int = 1024
    base: int = 16

    def leaf_size(self, docs: int) -> int:
        """Bytes of a leaf in a segment of so many patches: small ones are read as often as large ones."""
        return min(max(self.leaf[0], docs * self.leaf_share), self.leaf[1])


LAYOUT = Layout()


#: Higher ones cost four times the time for less than one percent.
_LEVEL = 6
_SMALL = [bytes([number]) for number in range(128)]


def varint(number: int) -> bytes:
    """One number as a varint."""
    if number < 128:
        return _SMALL[number]
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def varints(numbers: Iterable[int]) -> bytes:
    """Numbers one after the other."""
    out = bytearray()
    append = out.append
    for number in numbers:
        while number > 127:
            append(number & 127 | 128)
            number >>= 7
        append(number)
    return bytes(out)


def gaps(numbers: Iterable[int], last: int = 0, step: int = 0) -> bytes:
    """Ascending numbers as how much each is greater than the one before plus `step`."""
    out = bytearray()
    append = out.append
    for number in numbers:
        gap = number - last - step
        last = number
        while gap > 127:
            append(gap & 127 | 128)
            gap >>= 7
        append(gap)
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

    def varints(self, count: int) -> list[int]:
        return [self.varint() for _ in range(count)]

    def take(self, length: int) -> bytes:
        piece = self.data[self.at : self.at + length]
        self.at += length
        return piece


def pack(*parts: bytes | bytearray) -> bytes:
    """A file's content, compressed; each part with codes of its own, as fits values that differ in kind."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
    *others, last = parts
    packed = [packer.compress(part) + packer.flush(zlib.Z_BLOCK) for part in others]
    return b"".join([*packed, packer.compress(last), packer.flush()])


def unpack(data: bytes) -> bytes:
    """The content of a file; raises zlib.error when it is damaged or cut off."""
    unpacker = zlib.decompressobj(-15)
    content = unpacker.decompress(data)
    if not unpacker.eof:
        raise zlib.error("the file is cut off")
    return content


#: The bits of fields (fields.FIELDS) in the order in which files have them: the commonest first, so that
#: nearly all postings have one byte for their fields.
FIELD_ORDER = (2, 64, 128, 32, 16, 1024, 1, 8, 4, 512, 2048, 256, 4096, 8192, 16384)


class _Reordered(dict[int, int]):
    """A sum of bits → the same with other bits; made when first looked up."""

    def __init__(self, bits: Iterable[tuple[int, int]]) -> None:
        self._bits = tuple(bits)

    def __missing__(self, mask: int) -> int:
        self[mask] = found = sum(to for bit, to in self._bits if mask & bit)
        return found


_STORED = _Reordered((bit, 1 << at) for at, bit in enumerate(FIELD_ORDER))
_FIELDS = _Reordered((1 << at, bit) for at, bit in enumerate(FIELD_ORDER))


def fields(masks: list[int]) -> bytes:
    """The fields of each posting: one value if all are the same, else each."""
    first = _STORED[masks[0]] << 1
    if masks.count(masks[0]) == len(masks):
        return varint(first)
    # The lowest bit says that the values follow one by one.
    return varint(first | 1) + varints([_STORED[mask] for mask in masks[1:]])


def read_fields(cursor: Cursor, count: int) -> list[int]:
    """The reverse of `fields`."""
    first = cursor.varint()
    if first & 1:
        return [_FIELDS[first >> 1], *(_FIELDS[cursor.varint()] for _ in range(count - 1))]
    return [_FIELDS[first >> 1]] * count


def postings(docs: Sequence[int], masks: list[int], base: int = 0) -> bytes:
    """Ascending patch numbers as gaps, then their fields."""
    return gaps(docs, base - 1, 1) + fields(masks)


def read_docs(cursor: Cursor, count: int, base: int = 0) -> list[int]:
    """Patch numbers out of gaps."""
    docs = []
    last = base - 1
    for _ in range(count):
        last += cursor.varint() + 1
        docs.append(last)
    return docs


def read_postings(cursor: Cursor, count: int, base: int = 0) -> tuple[list[int], list[int]]:
    """The reverse of `postings`."""
    docs = read_docs(cursor, count, base)
    return docs, read_fields(cursor, count)


def positions(places: Sequence[int]) -> bytes:
    """The positions of a term in one field of one patch, ascending.

    The first one, times two; plus one if more follow: then how many less two, and the gaps. Those of several
    fields follow one another in the order of their bits; the mask says which they are.
    """
    if len(places) == 1:
        return varint(places[0] << 1)
    numbers = [places[0] << 1 | 1, len(places) - 2, *map(sub, places[1:], places)]
    return bytes(numbers) if max(numbers) < 128 else varints(numbers)


def read_positions(cursor: Cursor, mask: int, positional: int) -> dict[int, list[int]]:
    """The reverse of `positions`, as field → places; `positional` are the fields that have any."""
    places = {}
    bits = mask & positional
    while bits:
        field = bits & -bits
        bits ^= field
        first = cursor.varint()
        more = cursor.varint() + 1 if first & 1 else 0
        places[field] = list(accumulate(cursor.varints(more), initial=first >> 1))
    return places


class Columns(NamedTuple):
    """What can be asked of the mails of a window without their words, a list of each."""

    dates: list[int]
    projects: list[int]
    kinds: list[int]
    states: list[int]
    delegates: list[int]
    flags: list[int]


def dated_columns(values: Columns) -> bytes:
    """Columns one after the other. Dates descend: each but the first is how much older it is."""
    dates, *others = values
    older = (newer - date for newer, date in pairwise(dates))
    return columns([dates[0] + DATE_SHIFT, *older], *others)


def read_dated_columns(cursor: Cursor, count: int) -> Columns:
    """The reverse of `dated_columns`."""
    (first, *older), *others = (cursor.varints(count) for _ in Columns._fields)
    return Columns(list(accumulate(older, sub, initial=first - DATE_SHIFT)), *others)


def columns(*values: Iterable[int]) -> bytes:
    """Columns one after the other; a reader knows how long they are."""
    return b"".join(map(varints, values))


class Record(NamedTuple):
    """What results show of a mail; `slug` is None where it follows from the message id.

    For a reply, all but the submitter and the size is of the mail that it answers; `reply` is its own number.
    `size`: kilobytes of its text, rounded down.
    """

    id: int
    msgid: str
    name: str
    submitter: str
    project: int
    series: int | None
    slug: str | None
    reply: int | None
    size: int


def records(block: Sequence[Record]) -> bytes:
    """Records as a JSON array of columns."""
    ids, msgids, names, submitters, projects, series, slugs, replies, sizes = zip(
        *block, strict=True
    )
    columns = [
        _differences(ids), msgids, names, submitters,
        projects if len(set(projects)) > 1 else projects[0],
        _differences(series), slugs if any(slugs) else None,
        _differences(replies) if set(replies) != {None} else None, sizes,
    ]  # fmt: skip
    content = json.dumps(columns, ensure_ascii=False, separators=(",", ":"))
    return content.encode("utf-8", "replace")


def read_records(data: bytes) -> list[Record]:
    """The reverse of `records`."""
    columns: list[Any] = json.loads(data)
    ids, msgids, names, submitters, projects, series, slugs, replies, sizes = columns
    count = len(ids)
    rows = zip(
        _sums(ids), msgids, names, submitters,
        projects if isinstance(projects, list) else [projects] * count,
        _sums(series), slugs or [None] * count, _sums(replies or [None] * count), sizes, strict=True,
    )  # fmt: skip
    return [Record(*row) for row in rows]


def _differences(numbers: Iterable[int | None]) -> list[int | None]:
    """Each number less the one before; None stays and is passed over."""
    differences: list[int | None] = []
    last = 0
    for number in numbers:
        differences.append(None if number is None else number - last)
        last = last if number is None else number
    return differences


def _sums(differences: Iterable[int | None]) -> list[int | None]:
    """The reverse of `_differences`."""
    numbers: list[int | None] = []
    last = 0
    for difference in differences:
        last += difference or 0
        numbers.append(None if difference is None else last)
    return numbers
