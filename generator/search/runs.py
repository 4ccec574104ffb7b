"""Sorted runs: what a thousand patches contribute to the index, on disk, and runs merged into one stream.

A run fits in memory, a segment needn't. Runs are made by any process, in any order, and are temporary.
"""

from __future__ import annotations

import heapq
import marshal
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from generator.search import format, schema
from generator.search.documents import Document, documents
from generator.search.words import Splitter, path_terms
from generator.store.archive import Archive

#: Patches in a run, at most; a run never reaches over the end of a window.
SIZE = 1024
_BLOCK = 2000


@dataclass(slots=True)
class Part:
    """Where a term stands in one run: numbers within the segment, fields, positions (encoded)."""

    docs: list[int]
    masks: list[int]
    positions: bytes


#: A term with its parts, run by run.
Entry = tuple[str, list[Part]]


def write_run(archive_path: Path, ids: list[int], first: int, target: Path) -> int:
    """Index some patches, the first of which has the number `first` in its segment; how many."""
    with Archive(archive_path, read_only=True) as archive:
        write_documents(documents(archive, ids), first, target)
    return len(ids)


def write_documents(found: Iterable[Document], first: int, target: Path) -> None:
    """The same for documents at hand. Records and dates come first in the file, then the terms."""
    terms: dict[str, tuple[array[int], array[int], bytearray]] = {}
    splitter = Splitter()
    facts = []
    for number, document in enumerate(found, first):
        facts.append((document.date, document.project, document.record))
        for term, (mask, places) in _terms(document, splitter).items():
            entry = terms.get(term)
            if entry is None:
                entry = terms[term] = (array("I"), array("H"), bytearray())
            entry[0].append(number)
            entry[1].append(mask)
            if places:
                entry[2].extend(format.positions(places[field] for field in sorted(places)))
    with target.open("wb") as file:
        marshal.dump(facts, file)
        ordered = sorted(terms)
        for at in range(0, len(ordered), _BLOCK):
            block = [(t, *map(bytes, terms[t])) for t in ordered[at : at + _BLOCK]]
            marshal.dump(block, file)
        marshal.dump([], file)


def _terms(document: Document, splitter: Splitter) -> dict[str, tuple[int, dict[int, list[int]]]]:
    """Each term of a patch with its fields, and its positions in those that have any."""
    masks: dict[str, int] = {}
    places: dict[str, dict[int, list[int]]] = {}
    for field, text in document.texts:
        if not text:
            continue
        found = splitter.terms(text)
        if field & schema.POSITIONAL:
            for position, alternatives in enumerate(found):
                for term in alternatives:
                    masks[term] = masks.get(term, 0) | field
                    places.setdefault(term, {}).setdefault(field, []).append(position)
        else:
            for term in set(chain.from_iterable(found)):
                masks[term] = masks.get(term, 0) | field
    for path in document.paths:
        for term in {*path_terms(path), *chain.from_iterable(splitter.terms(path))}:
            masks[term] = masks.get(term, 0) | schema.PATH
    for term in document.exact:
        masks[term] = masks.get(term, 0) | schema.EXACT
    none: dict[int, list[int]] = {}
    return {term: (mask, places.get(term, none)) for term, mask in masks.items()}


def facts(run: Path) -> list[tuple[int, int, list[Any]]]:
    """(date, project, record) of a run's patches."""
    with run.open("rb") as file:
        found: list[tuple[int, int, list[Any]]] = marshal.load(file)
        return found


def merged(runs: list[Path]) -> Iterator[Entry]:
    """All the terms of consecutive runs, in order, each once."""
    streams = [_entries(run, number) for number, run in enumerate(runs)]
    for term, group in groupby(heapq.merge(*streams), key=itemgetter(0)):
        yield term, [_part(*encoded) for _, _, *encoded in group]


def _part(docs: bytes, masks: bytes, positions: bytes) -> Part:
    numbers, fields = array("I"), array("H")
    numbers.frombytes(docs)
    fields.frombytes(masks)
    return Part(numbers.tolist(), fields.tolist(), positions)


def _entries(run: Path, number: int) -> Iterator[tuple[str, int, bytes, bytes, bytes]]:
    with run.open("rb") as file:
        marshal.load(file)
        while block := marshal.load(file):
            for term, docs, masks, positions in block:
                yield term, number, docs, masks, positions
