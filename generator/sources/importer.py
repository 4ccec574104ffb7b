"""Imports files into the archive, in transactions, and reports what it skips."""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from generator.archive.database import Archive
from generator.archive.import_state import (
    FileVersion,
    WaitingObject,
    WaitingObjects,
    set_read,
    was_read,
)
from generator.archive.writer import Orphan, Writer
from generator.errors import Failure, InputError
from generator.sources import json_files

#: A transaction ends after this many objects or seconds: what a kill can cost.
_BATCH_OBJECTS = 1000
_BATCH_SECONDS = 2.0


@dataclass
class ImportSummary:
    """What an import did: stored objects by kind, skipped ones, files read and files that are unchanged.

    `failed` counts those of the skipped ones that met a fault of Stillwork's own.
    """

    counts: dict[str, int] = field(default_factory=dict)
    skipped: int = 0
    failed: int = 0
    files: int = 0
    unchanged: int = 0


class Importer:
    """Imports files into an archive.

    `report` gets one line for each skipped object or file, `progress` the objects stored so far, and
    `trace` where in the code a fault of Stillwork's own came from.
    """

    def __init__(
        self,
        archive: Archive,
        report: Callable[[str], None],
        progress: Callable[[int], None] = lambda objects: None,
        trace: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._archive = archive
        self._report = report
        self._progress = progress
        self._trace = trace
        self._writer = Writer(archive)
        self._waiting = WaitingObjects(archive)
        self.summary = ImportSummary(self._writer.counts)

    def run(self, paths: Iterable[Path], *, only_new: bool = False) -> ImportSummary:
        """Import everything at the paths; `only_new` skips files that were read without a fault before."""
        clean: list[FileVersion] = []
        for path in paths:
            if str(path) != "-" and not os.path.lexists(path):
                self.skip(f"{path}: no such file or directory")
                continue
            for file in json_files.walk(path):
                if isinstance(file, InputError):
                    self.skip(str(file))
                elif not only_new:
                    self._import_file(file)
                elif version := self._import_new(file):
                    clean.append(version)
        with self._archive.transaction():
            self._import_waiting()
            if not self._waiting:
                set_read(self._archive, clean)
        return self.summary

    def _import_new(self, file: Path) -> FileVersion | None:
        """Import a file unless it was read before; its version where all of it is stored now."""
        # From before it is read: what is written to it meanwhile is read the next time.
        version = _version(file)
        if version and was_read(self._archive, version):
            self.summary.unchanged += 1
            return None
        return version if self._import_file(file) else None

    def _import_file(self, file: Path) -> bool:
        """Import one file; whether all of it could be stored, or waits for its parent."""
        before = self.summary.skipped
        self.store(json_files.read(file))
        return self.summary.skipped == before

    def store(self, items: Iterator[json_files.Found | InputError]) -> None:
        """Import what was found in a file; comments and checks whose parent isn't known wait for `run`."""
        self.summary.files += 1
        for batch in _batches(items):
            with self._archive.transaction():
                for item in batch:
                    self._import_one(item)
            self._progress(sum(self.summary.counts.values()))

    def _import_one(self, item: json_files.Found | InputError) -> None:
        if isinstance(item, InputError):
            self.skip(str(item))
            return
        waiting = WaitingObject(item.where, item.context, item.value)
        try:
            self._put(waiting)
        except Orphan:
            self._waiting.add(waiting)

    def _put(self, item: WaitingObject) -> None:
        """The guard around each object: whatever happens in it costs that object. Raises Orphan."""
        try:
            with self._archive.savepoint():
                self._writer.put(item.value, item.context)
        except Orphan:
            raise
        except InputError as error:
            self.skip(f"{_file_of(item.where)}: {error}")
        except sqlite3.Error:
            raise  # of the disk, or of the archive as a whole
        except Exception as error:  # noqa: BLE001 - an object of a stranger may bring about any
            failure = Failure.of(item.where, error)
            self._writer = Writer(self._archive)  # the old one remembers what was rolled back
            self._writer.counts = self.summary.counts
            self.summary.failed += 1
            self.skip(failure.line)
            self._trace(failure.traceback)

    def _import_waiting(self) -> None:
        """Store what waits for its parent, now that all files are read; report what goes on waiting.

        A comment may answer another one that waits, so this goes on as long as it gets anywhere.
        """
        before = -1
        while before != len(self._waiting):
            before = len(self._waiting)
            for number, item in self._waiting.each():
                try:
                    self._put(item)
                except Orphan:
                    continue
                self._waiting.remove(number)
        for _, item in self._waiting.each():
            label = f"object {item.value.get('id')}"
            self.skip(f"{_file_of(item.where)}: {label}: parent patch unknown")

    def skip(self, line: str) -> None:
        """Count and report something that the archive doesn't get."""
        self.summary.skipped += 1
        self._report(line)


def _batches(
    items: Iterator[json_files.Found | InputError],
) -> Iterator[Iterator[json_files.Found | InputError]]:
    """Cut a stream into batches that are worth a transaction each."""

    def batch(first: json_files.Found | InputError) -> Iterator[json_files.Found | InputError]:
        yield first
        end = time.monotonic() + _BATCH_SECONDS
        for _, item in zip(range(_BATCH_OBJECTS - 1), items, strict=False):
            yield item
            if time.monotonic() > end:
                return

    for first in items:
        yield batch(first)


def _file_of(where: str) -> str:
    """The file of an error line: the object's own label follows, so its line number isn't needed."""
    return re.sub(r":\d+$|: element \d+$", "", where)


def _version(file: Path) -> FileVersion | None:
    """None for a file that isn't there, or not any more: whoever reads it says so."""
    try:
        stat = file.stat()
    except OSError:
        return None
    # SQLite takes no path that isn't UTF-8, which Python has as surrogates.
    path = str(file.absolute()).encode("utf-8", "backslashreplace").decode()
    return FileVersion(path, stat.st_size, stat.st_mtime_ns)
