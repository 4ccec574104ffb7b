"""Brings files into the archive, in transactions, and says what was left out."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from generator.archive.database import Archive
from generator.archive.writer import Orphan, Writer
from generator.errors import InputError
from generator.sources import json_files

#: A transaction ends after this many objects or seconds: what a kill can cost.
_BATCH_OBJECTS = 1000
_BATCH_SECONDS = 2.0


@dataclass
class ImportSummary:
    """What an import did: objects by kind, how many were left out, files read and passed over."""

    counts: dict[str, int] = field(default_factory=dict)
    left_out: int = 0
    files: int = 0
    unchanged: int = 0


class Importer:
    """Reads files into an archive. `report` gets one line for each thing that is left out."""

    def __init__(
        self,
        archive: Archive,
        report: Callable[[str], None],
        progress: Callable[[int], None] = lambda objects: None,
    ) -> None:
        self._archive = archive
        self._report = report
        self._progress = progress
        self._writer = Writer(archive)
        self.summary = ImportSummary(self._writer.counts)

    def run(self, paths: Iterable[Path], *, only_new: bool = False) -> ImportSummary:
        """Import everything at the paths; `only_new` passes over files that were read before."""
        sql = self._archive.sql
        sql.execute("CREATE TEMP TABLE IF NOT EXISTS orphan (place TEXT, context TEXT, value BLOB)")
        sql.execute("DELETE FROM orphan")
        clean: list[tuple[str, int, int]] = []
        for path in paths:
            if str(path) != "-" and not os.path.lexists(path):
                self._leave_out(f"{path}: no such file or folder")
                continue
            for file in json_files.walk(path):
                if isinstance(file, InputError):
                    self._leave_out(str(file))
                elif only_new and self._is_known(file):
                    self.summary.unchanged += 1
                elif self._import_file(file) and only_new:
                    clean.append(_stamp(file))
        if self._import_orphans() == 0:
            with self._archive.transaction():
                sql.executemany("INSERT OR REPLACE INTO source_file VALUES (?, ?, ?)", clean)
        return self.summary

    def _is_known(self, file: Path) -> bool:
        query = "SELECT 1 FROM source_file WHERE path = ? AND size = ? AND mtime = ?"
        return self._archive.sql.execute(query, _stamp(file)).fetchone() is not None

    def _import_file(self, file: Path) -> bool:
        """Import one file; whether nothing of it was left out."""
        before = self.summary.left_out
        self.summary.files += 1
        found = json_files.read(file)
        for batch in _batches(found):
            with self._archive.transaction():
                for item in batch:
                    self._import_one(item)
            self._progress(sum(self.summary.counts.values()))
        return self.summary.left_out == before

    def _import_one(self, item: json_files.Found | InputError) -> None:
        if isinstance(item, InputError):
            self._leave_out(str(item))
            return
        try:
            self._writer.put(item.value, item.context)
        except Orphan:
            encoded = msgspec.json.encode(item.value)
            row = (item.where, item.context, encoded)
            self._archive.sql.execute("INSERT INTO orphan VALUES (?, ?, ?)", row)
        except InputError as error:
            self._leave_out(f"{_file_of(item.where)}: {error}")

    def _import_orphans(self) -> int:
        """Try what had no parent once more, now that everything is there; how many still have none."""
        sql = self._archive.sql
        failed = 0
        with self._archive.transaction():
            while True:
                rows = sql.execute("SELECT rowid, place, context, value FROM orphan").fetchall()
                failed = 0
                for rowid, place, context, value in rows:
                    try:
                        self._writer.put(msgspec.json.decode(value), context)
                        sql.execute("DELETE FROM orphan WHERE rowid = ?", (rowid,))
                    except Orphan:
                        failed += 1
                    except InputError as error:
                        self._leave_out(f"{_file_of(place)}: {error}")
                        sql.execute("DELETE FROM orphan WHERE rowid = ?", (rowid,))
                if failed == 0 or failed == len(rows):
                    break
            for place, _, value in sql.execute("SELECT place, context, value FROM orphan"):
                number = msgspec.json.decode(value).get("id")
                self._leave_out(f"{_file_of(place)}: object {number}: its patch can't be told")
        return failed

    def _leave_out(self, line: str) -> None:
        self.summary.left_out += 1
        self._report(line)


def _batches(
    found: Iterator[json_files.Found | InputError],
) -> Iterator[Iterator[json_files.Found | InputError]]:
    """Cut a stream into stretches that are worth a transaction each."""

    def stretch(first: json_files.Found | InputError) -> Iterator[json_files.Found | InputError]:
        yield first
        end = time.monotonic() + _BATCH_SECONDS
        for _, item in zip(range(_BATCH_OBJECTS - 1), found, strict=False):
            yield item
            if time.monotonic() > end:
                return

    for first in found:
        yield stretch(first)


def _file_of(where: str) -> str:
    """A place for an error line: the object's own label follows, so its line isn't needed."""
    return re.sub(r":\d+$|: element \d+$", "", where)


def _stamp(file: Path) -> tuple[str, int, int]:
    stat = file.stat()
    return str(file.absolute()), stat.st_size, stat.st_mtime_ns
