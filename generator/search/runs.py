"""Sorted runs: what a thousand mails contribute to the index, on disk, and runs merged into one stream.

A run fits in memory, a segment needn't. Runs are made by any process, in any order, and are temporary.
"""

from __future__ import annotations

import gc
import heapq
import marshal
import struct
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, groupby, pairwise
from operator import itemgetter
from pathlib import Path

from generator.archive.database import Archive
from generator.archive.index_queries import MailRow, mail_name, mail_rows
from generator.errors import Failure
from generator.limits import DOCUMENT_MB, DOCUMENT_SECONDS, ceiling
from generator.search import encoding
from generator.search.documents import Document, read_document, stub
from generator.search.encoding import Record
from generator.search.fields import EXACT, PATH, POSITIONAL, PROSE
from generator.search.tokenizer import Splitter, path_terms

#: Mails in a run, at most; a run never reaches over the end of a window.
SIZE = 1024
#: Terms in a block. While a segment is merged, a block of each of its runs is in memory.
_BLOCK = 100
_LENGTH = struct.Struct("<I")
#: The terms lie in ranges that begin with these, so that several processes can merge them.
RANGES = ("", "b", "d", "f", "k", "n", "r", "t")
_STARTS = struct.Struct(f"<{len(RANGES)}Q")
#: Its words are remembered for the next run of the same process.
_SPLITTER = Splitter()
#: The positions, encoded, of a term that stands in a field once.
_ONCE = [encoding.positions([place]) for place in range(2048)]


@dataclass(slots=True)
class PostingPart:
    """Where a term stands in one run: numbers within the segment, fields, positions (encoded)."""

    docs: list[int]
    masks: list[int]
    positions: bytes


#: A term with its parts, run by run.
Entry = tuple[str, list[PostingPart]]


#: A document; each of its terms with its fields; the positions, encoded, of those that have any.
_Indexed = tuple[Document, dict[str, int], dict[str, bytes]]


def write_run(
    archive_path: Path, keys: list[int], first: int, target: Path, stubs: Collection[int] = ()
) -> dict[int, Failure]:
    """Index some mails, given by their keys; the first has the number `first` in its segment.

    Those in `stubs`, and those that fail, are indexed by subject and ids alone. Returns the failures by key.
    """
    failures: dict[int, Failure] = {}
    gc.disable()  # a run makes a great many objects, and no reference cycles
    try:
        with Archive(archive_path, read_only=True) as archive, archive.snapshot():
            rows = mail_rows(archive, keys)
            batch = (_indexed(archive, row, failures, row.key in stubs) for row in rows)
            _write(batch, first, target)
    finally:
        gc.enable()
    return failures


def _indexed(
    archive: Archive, row: MailRow, failures: dict[int, Failure], is_stub: bool
) -> _Indexed:
    """Guard each document: an error in it costs its own text only."""
    if not is_stub:
        try:
            with ceiling(DOCUMENT_SECONDS, DOCUMENT_MB):
                document = read_document(archive, row)
                return document, *_terms(document, _SPLITTER)
        except Exception as error:  # noqa: BLE001 - an object of a stranger may bring about any
            failures[row.key] = Failure.of(f"search index: {mail_name(row.key)}", error)
    document = stub(row)
    return document, *_terms(document, _SPLITTER)


def _write(batch: Iterable[_Indexed], first: int, target: Path) -> None:
    """Write a run. Where the ranges begin stands at the end of the file."""
    terms: dict[str, tuple[array[int], array[int], bytearray]] = {}
    facts = []
    for number, (document, masks, places) in enumerate(batch, first):
        # marshal knows plain tuples only
        facts.append((document.date, document.numbers, tuple(document.record)))
        for term, mask in masks.items():
            entry = terms.get(term)
            if entry is None:
                entry = terms[term] = (array("I"), array("H"), bytearray())
            entry[0].append(number)
            entry[1].append(mask)
        for term, encoded in places.items():
            terms[term][2].extend(encoded)
    with target.open("wb") as file:
        marshal.dump(facts, file)
        ordered = sorted(terms)
        starts = []
        bounds = [bisect_left(ordered, bound) for bound in RANGES]
        for start, end in pairwise([*bounds, len(ordered)]):
            starts.append(file.tell())
            for at in range(start, end, _BLOCK):
                block = [(t, *map(bytes, terms[t])) for t in ordered[at : min(at + _BLOCK, end)]]
                packed = marshal.dumps(block)
                file.write(_LENGTH.pack(len(packed)) + packed)
            file.write(_LENGTH.pack(0))
        file.write(_STARTS.pack(*starts))


def _terms(document: Document, splitter: Splitter) -> tuple[dict[str, int], dict[str, bytes]]:
    """Each term of a mail with its fields; and its positions, encoded, if it has any."""
    stems = splitter.stems
    masks: dict[str, int] = {}
    places: dict[str, bytes] = {}
    for field, text in sorted(document.texts):
        if not text:
            continue
        if field & POSITIONAL:
            positions_of: defaultdict[str, list[int]] = defaultdict(list)
            for position, alternatives in enumerate(splitter.terms(text)):
                for term in alternatives:
                    positions_of[term].append(position)
            if field & PROSE:
                for term in {stems[word] for word in positions_of}:
                    if term:
                        masks[term] = masks.get(term, 0) | field
            for term, positions in positions_of.items():
                masks[term] = masks.get(term, 0) | field
                if len(positions) == 1 and positions[0] < len(_ONCE):
                    encoded = _ONCE[positions[0]]
                else:
                    encoded = encoding.positions(positions)
                places[term] = places[term] + encoded if term in places else encoded
        else:
            for term in splitter.unique(text):
                masks[term] = masks.get(term, 0) | field
    for path in document.paths:
        for term in {*path_terms(path), *chain.from_iterable(splitter.terms(path))}:
            masks[term] = masks.get(term, 0) | PATH
    for term in document.exact:
        masks[term] = masks.get(term, 0) | EXACT
    return masks, places


def facts(run: Path) -> list[tuple[int, tuple[int | None, ...], Record]]:
    """(date, numbers, record) of a run's mails."""
    with run.open("rb") as file:
        return [(*fact, Record(*record)) for *fact, record in marshal.load(file)]


def merged(runs: list[Path], first: int, last: int) -> Iterator[Entry]:
    """The terms of some ranges (`last` excluded) of consecutive runs, in order, each once."""
    streams = [_entries(run, number, first, last) for number, run in enumerate(runs)]
    for term, group in groupby(heapq.merge(*streams), key=itemgetter(0)):
        yield term, [_part(*encoded) for _, _, *encoded in group]


def _part(docs: bytes, masks: bytes, positions: bytes) -> PostingPart:
    numbers, fields = array("I"), array("H")
    numbers.frombytes(docs)
    fields.frombytes(masks)
    return PostingPart(numbers.tolist(), fields.tolist(), positions)


def _entries(
    run: Path, number: int, first: int, last: int
) -> Iterator[tuple[str, int, bytes, bytes, bytes]]:
    with run.open("rb") as file:
        file.seek(-_STARTS.size, 2)
        at = _STARTS.unpack(file.read())[first]
    for _ in range(first, last):
        while block := _block(run, at):
            at += _LENGTH.size + len(block)
            for term, docs, masks, positions in marshal.loads(block):
                yield term, number, docs, masks, positions
        at += _LENGTH.size


def _block(run: Path, at: int) -> bytes:
    """What begins at a place of a run; it is opened each time, as there may be thousands of runs."""
    with run.open("rb", buffering=0) as file:
        file.seek(at)
        (length,) = _LENGTH.unpack(file.read(_LENGTH.size))
        return file.read(length)
