"""Reads the published index: entry, terms, postings, columns, records. Opens each file once."""

from __future__ import annotations

import json
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.archive.index_queries import mail_key
from generator.errors import SearchError
from generator.search import encoding
from generator.search.encoding import (
    Columns,
    Cursor,
    Record,
    read_dated_columns,
    read_docs,
    read_fields,
    read_positions,
    read_postings,
)
from generator.search.fields import NUMBERS, POSITIONAL
from generator.search.outcomes import Outcomes, commit_file, read_commits, read_outcomes
from generator.search.tokenizer import STEM

_STEM = STEM.encode()

#: Patch number within the segment → fields.
Window = dict[int, int]


@dataclass(frozen=True, slots=True)
class Chunk:
    """The patches of one window: how many, where their positions are, and where they are themselves.

    place: (file, offset); None in the first window, whose patches are at hand.
    """

    count: int
    positions: tuple[int, int] | None
    place: tuple[int, int] | None


@dataclass(slots=True)
class Posting:
    """Where a term stands. It holds the patches themselves, or, of a long one, those of the first window.

    `chunks` says by window where those of a long one are. `positions_length`: in the file of the leaf.
    """

    count: int
    docs: Window
    chunks: dict[int, Chunk]
    positions_file: int
    positions_at: int
    positions_length: int


class SegmentReader:
    """One segment's files."""

    def __init__(
        self, data: Path, entry: dict[str, Any], layout: dict[str, int], newer: int
    ) -> None:
        """`newer`: how many mails the later segments have."""
        self.newer = newer
        self._folder = data / entry["name"]
        self._columns = [data / name for name in entry["columns"]]
        self._outcomes = [data / name if name else None for name in entry["outcomes"]]
        self._entry = entry
        self._layout = layout
        self.window_size = window = layout["window"]
        self._files: dict[Path, bytes] = {}
        self._records: dict[int, list[Record]] = {}
        self._columns_read: dict[int, Columns] = {}
        self._outcomes_read: dict[int, Outcomes] = {}
        self.docs: int = entry["docs"]
        #: The date of the newest mail of each window, and of the oldest mail of all.
        self.bounds: list[int] = entry["dates"]
        self.windows = range(-(-self.docs // window))

    def size(self, window: int) -> int:
        """How many mails a window has."""
        return min(self.window_size, self.docs - window * self.window_size)

    def _read(self, path: Path) -> bytes:
        if path not in self._files:
            self._files[path] = _unpacked(path)
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
                    if text == wanted or not text.endswith(_STEM):
                        yield text.decode(), posting
                elif text > wanted:
                    return
            leaf += 1

    def _leaf(self, number: int) -> Iterator[tuple[bytes, Posting]]:
        cursor = Cursor(self._read(self._folder / f"t{number}"))
        size, file, places_at = (cursor.varint() for _ in range(3))
        shared, lengths = cursor.varints(size), cursor.varints(size)
        suffixes = Cursor(cursor.take(sum(lengths)))
        counts = cursor.varints(size)
        short = [count for count in counts if count <= self._layout["inline"]]
        places = cursor.varints(len(short))
        docs = [read_docs(cursor, count) for count in short]
        masks = [
            dict(zip(members, read_fields(cursor, len(members)), strict=True)) for members in docs
        ]
        term = b""
        at = 0
        for common, length, count in zip(shared, lengths, counts, strict=True):
            term = term[:common] + suffixes.take(length)
            if count <= self._layout["inline"]:
                yield term, Posting(count, masks[at], {}, file, places_at, places[at])
                places_at += places[at]
                at += 1
            else:
                body = Cursor(cursor.take(cursor.varint()))
                yield term, Posting(count, *_chunks(body), file, 0, 0)

    def sample(self, step: int = 5) -> Iterator[tuple[str, int, int]]:
        """Terms of some leaves: the term, how many patches have it, in which fields (if they are few)."""
        for leaf in range(0, self._entry["leaves"], step):
            for term, posting in self._leaf(leaf):
                masks = 0
                for mask in () if posting.chunks else posting.docs.values():
                    masks |= mask
                yield term.decode(), posting.count, masks

    def around(self, word: str) -> Iterator[tuple[str, int]]:
        """The words, with counts, beside which a word would stand, that begin with the same two letters."""
        leaf = max(bisect_right(self._separators(), word) - 1, 0)
        for term, posting in self._leaf(leaf):
            text = term.decode()
            if text[:2] == word[:2] and not text.endswith((STEM, "/")):
                yield text, posting.count

    def window(self, posting: Posting, window: int) -> Window:
        """The patches of one window in which a term stands."""
        chunk = posting.chunks.get(window)
        if not chunk or not chunk.place:
            low, high = window * self.window_size, (window + 1) * self.window_size
            return {doc: mask for doc, mask in posting.docs.items() if low <= doc < high}
        file, offset = chunk.place
        cursor = Cursor(self._read(self._folder / f"c{file}"), offset)
        docs, masks = read_postings(cursor, chunk.count, window * self.window_size)
        return dict(zip(docs, masks, strict=True))

    def positions(self, posting: Posting, window: int) -> dict[int, dict[int, list[int]]]:
        """Patch → field → positions of a term in one window."""
        if not posting.chunks:
            docs = posting.docs
            if not posting.positions_length:
                return {}
            data = self._read(self._folder / f"p{posting.positions_file}")
            cursor = Cursor(data, posting.positions_at)
        else:
            where = posting.chunks[window].positions if window in posting.chunks else None
            if where is None:
                return {}
            docs = self.window(posting, window)
            cursor = Cursor(self._read(self._folder / f"q{where[0]}"), where[1])
        return {doc: read_positions(cursor, mask, POSITIONAL) for doc, mask in docs.items()}

    def mail_keys(self) -> Iterator[int]:
        """The keys (archive.index_queries) of all its mails, in order."""
        for window in self.windows:
            for doc, kind in enumerate(self.columns(window).kinds, window * self.window_size):
                record = self.record(doc)
                yield mail_key(kind, record.id if record.reply is None else record.reply)

    def numbers(self, window: int) -> dict[str, list[int]]:
        """The numbers (fields.NUMBERS) of a window's mails, -1 where a mail has none."""
        cursor = Cursor(self._read(self._folder / f"v{window}"))
        size = self.size(window)
        return {name: [number - 1 for number in cursor.varints(size)] for name in NUMBERS}

    def columns(self, window: int) -> Columns:
        """What can be asked of a window's mails without their words."""
        if window not in self._columns_read:
            cursor = Cursor(self._read(self._columns[window]))
            self._columns_read[window] = read_dated_columns(cursor, self.size(window))
        return self._columns_read[window]

    def outcomes(self, window: int) -> Outcomes:
        """What the mails of a window became."""
        if window not in self._outcomes_read:
            path = self._outcomes[window] if self._outcomes else None
            self._outcomes_read[window] = read_outcomes(self._read(path)) if path else {}
        return self._outcomes_read[window]

    def record(self, doc: int) -> Record:
        """What results show of a mail."""
        block = doc // self._layout["records"]
        if block not in self._records:
            self._records[block] = encoding.read_records(self._read(self._folder / f"r{block}"))
        return self._records[block][doc % self._layout["records"]]


def _unpacked(path: Path) -> bytes:
    try:
        return encoding.unpack(path.read_bytes())
    except (OSError, zlib.error) as error:
        raise SearchError(f"the index is damaged: {path}: {error}") from error


def _chunks(cursor: Cursor) -> tuple[Window, dict[int, Chunk]]:
    """The patches of a long posting in the first window; and all its chunks."""
    chunks: dict[int, Chunk] = {}
    first: Window = {}
    if count := cursor.varint():
        _by_default, has, *where = cursor.varints(4)
        chunks[0] = Chunk(count, (where[0], where[1]) if has else None, None)
        first = dict(zip(*read_postings(cursor, count), strict=True))
    window = 0
    while cursor.at < len(cursor.data):
        gap, count, _by_default, has, *where, file, offset = cursor.varints(8)
        window += gap
        chunks[window] = Chunk(count, (where[0], where[1]) if has else None, (file, offset))
    return first, chunks


class Index:
    """The whole index of an output folder; raises SearchError where there is none."""

    def __init__(self, output: Path) -> None:
        path = output / "search" / "entry.json"
        try:
            if not path.is_file():  # to read a pipe would take for ever
                raise FileNotFoundError
            entry = json.loads(path.read_text("utf-8"))
            version = entry["version"]
        except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
            raise SearchError(f"{path}: there is no search index; run `stillwork build`") from error
        if version != encoding.VERSION:
            raise SearchError(f"{path}: the index has format {version}, not {encoding.VERSION}")
        try:
            self._open(output, entry)
        except (LookupError, TypeError, ValueError) as error:
            raise SearchError(f"{path}: the index is damaged; run `stillwork build`") from error

    def _open(self, output: Path, entry: dict[str, Any]) -> None:
        self.output = output
        data = output / "search" / "data"
        self.docs: int = entry["docs"]
        self.states: list[str] = entry["states"]
        self.delegates: list[str] = entry["delegates"]
        #: States of patches that wait for somebody, in lower case.
        self.open_states: list[str] = entry["open"]
        #: Projects whose repository was read; the releases that patches landed in, the newest first; and
        #: whether anything says what landed.
        self.repositories: list[int] = entry["repositories"]
        self.releases: list[str] = entry["releases"]
        self.knows_commits = bool(self.repositories or entry["commits"])
        self._commits = [data / name if name else None for name in entry["commits"]]
        #: (number, folder, link name, name, list id, address of the list) of each.
        self.projects: list[tuple[Any, ...]] = [tuple(project) for project in entry["projects"]]
        self.project_names = {number: set(_names(names)) for number, *names in self.projects}
        self.segments = []
        older = 0
        for segment in entry["segments"]:
            older += segment["docs"]
            self.segments.append(SegmentReader(data, segment, entry, self.docs - older))

    def patches_of_commit(self, start: str) -> list[int]:
        """The patches that became a commit, given by its first digits (seven or more)."""
        count = len(self._commits)
        path = self._commits[commit_file(start, count)] if count else None
        return sorted(read_commits(_unpacked(path), start)) if path else []


def _names(names: list[str]) -> Iterator[str]:
    """All that a project may be called, in lower case; its list also by what stands before the @."""
    for name in names:
        yield name.lower()
    yield names[-1].partition("@")[0].lower()
