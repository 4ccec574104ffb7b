"""Writes one segment: files with the terms, postings, positions, records and numbers of its mails.

Files by their first letter: `t` leaves of the term directory, with short postings and the first window of
long ones, `p` the positions to short ones, `c` the other windows of long ones, `q` the positions to these
and the first, `g` groups of leaves in large segments, `r` records, `v` numbers (version, files, lines).
"""

from __future__ import annotations

import json
from array import array
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from generator.search import encoding
from generator.search.encoding import Layout, Record, pack, varint
from generator.search.fields import DEFAULT, NUMBERS
from generator.search.runs import RANGES, Entry, PostingPart, facts, merged

#: The packs of each share are numbered from a multiple of this.
_STRIDE = 1 << 14
#: A leaf ends before a term that a beginning of so many letters tells from the one before it, or one more for
#: each such part of its size that it is too large: the entry file lists these beginnings.
_SHORT, _PATIENCE = 3, 20


@dataclass(slots=True)
class SegmentInfo:
    """What the entry file says about a segment. `dates`: the newest of each window, then the oldest.

    failed: the patches (numbers) whose text could not be indexed.
    """

    name: str
    docs: int
    dates: list[int]
    terms: list[str]
    leaves: int
    grouped: bool
    failed: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Packs:
    """Chunks, several to a file."""

    folder: Path
    letter: str
    size: int
    number: int = 0
    buffer: bytearray = field(default_factory=bytearray)

    def add(self, chunk: bytes) -> tuple[int, int]:
        """Where a chunk lies: (file, offset in its content)."""
        if self.buffer and len(self.buffer) + len(chunk) > self.size:
            self.close()
        place = self.number, len(self.buffer)
        self.buffer += chunk
        return place

    def close(self) -> None:
        if self.buffer:
            (self.folder / f"{self.letter}{self.number}").write_bytes(pack(bytes(self.buffer)))
            self.number += 1
            self.buffer.clear()


class _Leaves:
    """The term directory, leaf by leaf, each in columns, because similar values compress well together."""

    def __init__(self, folder: Path, layout: Layout, docs: int, share: int) -> None:
        self._folder = folder
        self._share = share
        self._layout = layout
        self._size = layout.leaf_size(docs)
        start = share * _STRIDE
        self._chunks = _Packs(folder, "c", layout.pack, start)
        self._chunk_positions = _Packs(folder, "q", layout.positions, start)
        self._positions = _Packs(folder, "p", layout.positions, start)
        self._columns = [bytearray() for _ in _COLUMNS]
        self._places = bytearray()
        self._terms = 0
        self._last, self._last_bytes = "", b""
        self.first_terms: list[str] = []

    def add(self, entry: Entry) -> None:
        term, parts = entry
        if self._is_full(term):
            self._close()
        text = term.encode()
        if not self._terms:
            self.first_terms.append(_separator(self._last, term))
            common = 0
        else:
            common = _shared(self._last_bytes, text)
        shared, lengths, suffixes, counts, places, docs, masks, long = self._columns
        suffix = text[common:]
        count = sum(len(part.docs) for part in parts)
        shared += varint(common)
        lengths += varint(len(suffix))
        suffixes += suffix
        counts += varint(count)
        if count <= self._layout.inline:
            whole = _joined(parts)
            places += varint(len(whole.positions))
            self._places += whole.positions
            docs += encoding.gaps(whole.docs, -1, 1)
            masks += encoding.fields(whole.masks)
        else:
            body = self._long(parts)
            long += varint(len(body)) + body
        self._terms += 1
        self._last, self._last_bytes = term, text

    def _is_full(self, term: str) -> bool:
        """Whether a leaf should begin with a term."""
        size = sum(map(len, self._columns))
        if size <= self._size or not self._terms:
            return False
        patience = (size - self._size) * _PATIENCE // self._size
        return len(_separator(self._last, term)) <= _SHORT + patience

    def _long(self, parts: list[PostingPart]) -> bytes:
        """Postings cut at the windows: those of the first, then for each other where they lie."""
        size = self._layout.window
        out = bytearray()
        last = 0
        for window, group in groupby(parts, key=lambda part: part.docs[0] // size):
            whole = _joined(list(group))
            postings = encoding.postings(whole.docs, whole.masks, window * size)
            encoded = whole.positions
            where = self._chunk_positions.add(encoded) if encoded else (0, 0)
            counts = len(whole.docs), sum(1 for mask in whole.masks if mask & DEFAULT)
            if window == 0:
                out += encoding.varints((*counts, bool(encoded), *where)) + postings
                continue
            if not out:
                out += varint(0)  # none in the first window
            place = self._chunks.add(postings)
            out += encoding.varints((window - last, *counts, bool(encoded), *where, *place))
            last = window
        return bytes(out)

    def _close(self) -> None:
        file, at = self._positions.add(bytes(self._places)) if self._places else (0, 0)
        head = encoding.varints((self._terms, file, at))
        shared, lengths, suffixes, counts, places, docs, masks, long = self._columns
        content = pack(head + shared + lengths, suffixes, counts + places + docs, masks + long)
        name = _leaf_name(self._share, len(self.first_terms) - 1)
        (self._folder / name).write_bytes(content)
        for column in (*self._columns, self._places):
            column.clear()
        self._terms = 0

    def close(self) -> None:
        if self._terms:
            self._close()
        for packs in (self._chunks, self._chunk_positions, self._positions):
            packs.close()


#: Of a leaf, in this order: bytes in common with the term before, bytes that follow, these bytes, how
#: many patches; of terms with few patches the length of the positions, the patches, their fields; of the
#: others where their chunks lie.
_COLUMNS = ("shared", "lengths", "suffixes", "counts", "places", "docs", "masks", "long")


def _joined(parts: list[PostingPart]) -> PostingPart:
    """What a term has in some consecutive runs."""
    if len(parts) == 1:
        return parts[0]
    docs = [doc for part in parts for doc in part.docs]
    masks = [mask for part in parts for mask in part.masks]
    return PostingPart(docs, masks, b"".join(part.positions for part in parts))


def shares(docs: int, layout: Layout) -> int:
    """Into how many shares a segment's terms are cut, so that several processes can merge it."""
    windows = docs // layout.window
    return 8 if windows >= 8 else 4 if windows >= 2 else 2 if windows else 1


def write_terms(runs: list[Path], folder: Path, layout: Layout, docs: int, share: int) -> list[str]:
    """Merge one share of the terms of a segment's runs; the first terms of its leaves."""
    step = len(RANGES) // shares(docs, layout)
    leaves = _Leaves(folder, layout, docs, share)
    for entry in merged(runs, share * step, (share + 1) * step):
        leaves.add(entry)
    leaves.close()
    return leaves.first_terms


def write_facts(runs: list[Path], folder: Path, layout: Layout) -> list[int]:
    """Write the records and numbers of a segment's mails; what `SegmentInfo.dates` holds."""
    dates = array("q")
    numbers = tuple(array("q") for _ in NUMBERS)
    block: list[Record] = []
    blocks = 0
    for run in runs:
        for date, values, record in facts(run):
            dates.append(date)
            for column, value in zip(numbers, values, strict=True):
                column.append(0 if value is None else value + 1)
            block.append(record)
            if len(block) == layout.records:
                (folder / f"r{blocks}").write_bytes(pack(encoding.records(block)))
                blocks, block = blocks + 1, []
    if block:
        (folder / f"r{blocks}").write_bytes(pack(encoding.records(block)))
    for window, start in enumerate(range(0, len(dates), layout.window)):
        part = slice(start, start + layout.window)
        content = encoding.columns(*(column[part] for column in numbers))
        (folder / f"v{window}").write_bytes(pack(content))
    return [*dates[:: layout.window], *dates[-1:]]


def finish(
    folder: Path, name: str, layout: Layout, docs: int, dates: list[int], leaves: list[list[str]]
) -> SegmentInfo:
    """Number the leaves of all shares, given by their first terms; what the entry file has of the segment."""
    terms: list[str] = []
    for share, first_terms in enumerate(leaves):
        for number in range(len(first_terms)):
            (folder / _leaf_name(share, number)).rename(folder / f"t{len(terms) + number}")
        terms += first_terms
    grouped = len(terms) > layout.group
    if grouped:
        for number, start in enumerate(range(0, len(terms), layout.group)):
            content = json.dumps(terms[start : start + layout.group], ensure_ascii=False)
            (folder / f"g{number}").write_bytes(pack(content.encode()))
    shown = terms[:: layout.group] if grouped else terms
    return SegmentInfo(name, docs, dates, shown, len(terms), grouped)


def _leaf_name(share: int, number: int) -> str:
    return f"share{share}-{number}"


def _shared(one: str | bytes, other: str | bytes) -> int:
    """How many characters, or bytes, two terms begin with in common."""
    limit = min(len(one), len(other))
    at = 0
    while at < limit and one[at] == other[at]:
        at += 1
    return at


def _separator(last: str, term: str) -> str:
    """The shortest beginning of a term that is greater than the one before it."""
    return term[: _shared(last, term) + 1]
