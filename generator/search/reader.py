"""Reads the published index: entry, terms, postings, columns, records. Opens each file once."""

from __future__ import annotations

import json
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.errors import SearchError
from generator.search import format, schema
from generator.search.format import Cursor, read_positions, read_postings
from generator.search.segment import DATE_SHIFT

#: Patch number within the segment → fields.
Window = dict[int, int]


@dataclass(slots=True)
class Posting:
    """Where a term stands. Either the patches are here, or `chunks` says where those of a window are."""

    count: int
    docs: Window
    chunks: dict[int, tuple[int, int, int, tuple[int, int] | None]]
    leaf: int
    positions_at: int
    positions_length: int


class Segment:
    """One segment's files."""

    def __init__(self, data: Path, entry: dict[str, Any], layout: dict[str, int]) -> None:
        self._folder = data / entry["name"]
        self._columns = data / entry["columns"]
        self._entry = entry
        self._layout = layout
        self.window_size = window = layout["window"]
        self._files: dict[Path, bytes] = {}
        self.docs: int = entry["docs"]
        self.windows = range(-(-self.docs // window))

    def size(self, window: int) -> int:
        """How many patches a window has."""
        return min(self.window_size, self.docs - window * self.window_size)

    def _read(self, path: Path) -> bytes:
        if path not in self._files:
            try:
                self._files[path] = format.unpack(path.read_bytes())
            except (OSError, zlib.error) as error:
                raise SearchError(f"the index is damaged: {path}: {error}") from error
        return self._files[path]

    def _separators(self) -> list[str]:
        if not self._entry["grouped"]:
            terms: list[str] = self._entry["terms"]
            return terms
        groups = -(-self._entry["leaves"] // self._layout["group"])
        parts = [json.loads(self._read(self._folder / f"g{n}")) for n in range(groups)]
        return [term for part in parts for term in part]

    def postings(self, term: str, *, prefix: bool = False) -> Iterator[tuple[str, Posting]]:
        """The postings of a term, or of all terms that begin with it."""
        separators = self._separators()
        wanted = term.encode()
        leaf = max(bisect_right(separators, term) - 1, 0)
        while leaf < len(separators):
            if leaf and not prefix and separators[leaf] > term:
                return
            for text, posting in self._leaf(leaf):
                if text == wanted or (prefix and text.startswith(wanted)):
                    yield text.decode(), posting
                elif text > wanted:
                    return
            leaf += 1

    def _leaf(self, number: int) -> Iterator[tuple[bytes, Posting]]:
        cursor = Cursor(self._read(self._folder / f"t{number}"))
        term, positions_at = b"", 0
        while cursor.at < len(cursor.data):
            shared = cursor.varint()
            term = term[:shared] + cursor.take(cursor.varint())
            count = cursor.varint()
            body = Cursor(cursor.take(cursor.varint()))
            if count <= self._layout["inline"]:
                docs = dict(zip(*read_postings(body, count), strict=True))
                length = cursor.varint()
                yield term, Posting(count, docs, {}, number, positions_at, length)
                positions_at += length
            else:
                yield term, Posting(count, {}, _chunks(body), number, 0, 0)

    def window(self, posting: Posting, window: int) -> Window:
        """The patches of one window in which a term stands."""
        if not posting.chunks:
            low, high = window * self.window_size, (window + 1) * self.window_size
            return {doc: mask for doc, mask in posting.docs.items() if low <= doc < high}
        if window not in posting.chunks:
            return {}
        count, file, offset, _ = posting.chunks[window]
        cursor = Cursor(self._read(self._folder / f"c{file}"), offset)
        docs, masks = read_postings(cursor, count, window * self.window_size)
        return dict(zip(docs, masks, strict=True))

    def positions(self, posting: Posting, window: int) -> dict[int, dict[int, list[int]]]:
        """Patch → field → positions of a term in one window."""
        if not posting.chunks:
            docs = posting.docs
            if not posting.positions_length:
                return {}
            data = self._read(self._folder / f"p{posting.leaf}")
            cursor = Cursor(data, posting.positions_at)
        else:
            where = posting.chunks[window][3] if window in posting.chunks else None
            if where is None:
                return {}
            docs = self.window(posting, window)
            cursor = Cursor(self._read(self._folder / f"q{where[0]}"), where[1])
        return {doc: read_positions(cursor, mask, schema.POSITIONAL) for doc, mask in docs.items()}

    def dates(self, window: int) -> tuple[list[int], list[int]]:
        """The dates and the projects' numbers of a window's patches."""
        cursor = Cursor(self._read(self._folder / f"d{window}"))
        size = self.size(window)
        dates: list[int] = []
        for _ in range(size):
            value = cursor.varint()
            dates.append(value - DATE_SHIFT if not dates else dates[-1] - value)
        return dates, [cursor.varint() for _ in range(size)]

    def columns(self, window: int) -> tuple[list[int], list[int], list[int]]:
        """The states, delegates and flags of a window's patches."""
        cursor = Cursor(self._read(self._columns / f"m{window}"))
        size = self.size(window)
        states, delegates, flags = ([cursor.varint() for _ in range(size)] for _ in range(3))
        return states, delegates, flags

    def record(self, doc: int) -> list[Any]:
        """What results show of a patch; see `documents`."""
        content = self._read(self._folder / f"r{doc // self._layout['records']}")
        record: list[Any] = json.loads(content)[doc % self._layout["records"]]
        return record


def _chunks(cursor: Cursor) -> dict[int, tuple[int, int, int, tuple[int, int] | None]]:
    chunks = {}
    window = 0
    while cursor.at < len(cursor.data):
        window += cursor.varint()
        count, file, offset, has = (cursor.varint() for _ in range(4))
        where = (cursor.varint(), cursor.varint())
        chunks[window] = (count, file, offset, where if has else None)
    return chunks


class Index:
    """The whole index of an output folder; raises SearchError where there is none."""

    def __init__(self, output: Path) -> None:
        path = output / "search" / "entry.json"
        try:
            entry = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise SearchError(f"{path}: there is no search index; run `stillwork build`") from error
        if entry["version"] != format.VERSION:
            raise SearchError(
                f"{path}: the index has format {entry['version']}, not {format.VERSION}"
            )
        data = output / "search" / "data"
        self.docs: int = entry["docs"]
        self.states: list[str] = entry["states"]
        self.delegates: list[str] = entry["delegates"]
        self.projects: list[tuple[int, str, str, str]] = [tuple(p) for p in entry["projects"]]
        self.segments = [Segment(data, segment, entry) for segment in entry["segments"]]
