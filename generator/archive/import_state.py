"""What an import keeps beside the objects: the files it has read, and what waits for its parent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from generator.archive.database import Archive


class FileVersion(NamedTuple):
    """A file as it was when it was read: absolute path, size (bytes), time of change (ns since 1970)."""

    path: str
    size: int
    mtime: int


class WaitingObject(NamedTuple):
    """A comment or check whose parent isn't known yet, with where it was read (see `json_files.Found`)."""

    where: str
    context: str
    value: dict[str, Any]


def was_read(archive: Archive, file: FileVersion) -> bool:
    """Whether this version of a file was read to its end without a fault."""
    query = "SELECT 1 FROM source_file WHERE path = ? AND size = ? AND mtime = ?"
    return archive.sql.execute(query, file).fetchone() is not None


def set_read(archive: Archive, files: Iterable[FileVersion]) -> None:
    """Note that these were read to their end without a fault."""
    archive.sql.executemany("INSERT OR REPLACE INTO source_file VALUES (?, ?, ?)", files)


class WaitingObjects:
    """Comments and checks that wait for their parent, in a temporary table of the archive's connection."""

    def __init__(self, archive: Archive) -> None:
        """Begin with none."""
        self._sql = archive.sql
        self._sql.execute(
            "CREATE TEMP TABLE IF NOT EXISTS waiting_object (origin TEXT, context TEXT, value BLOB)"
        )
        self._sql.execute("DELETE FROM waiting_object")

    def add(self, item: WaitingObject) -> None:
        where = item.where.encode("utf-8", "backslashreplace").decode()  # a path may not be UTF-8
        row = (where, item.context, msgspec.json.encode(item.value))
        self._sql.execute("INSERT INTO waiting_object VALUES (?, ?, ?)", row)

    def __len__(self) -> int:
        count: int = self._sql.execute("SELECT count(*) FROM waiting_object").fetchone()[0]
        return count

    def each(self) -> Iterator[tuple[int, WaitingObject]]:
        """Each with a number to remove it by, in the order they came; they may be removed meanwhile."""
        row_id = -1
        query = (
            "SELECT rowid, origin, context, value FROM waiting_object WHERE rowid > ? "
            "ORDER BY rowid LIMIT 1"
        )
        while row := self._sql.execute(query, (row_id,)).fetchone():
            row_id, where, context, value = row
            yield row_id, WaitingObject(where, context, msgspec.json.decode(value))

    def remove(self, number: int) -> None:
        self._sql.execute("DELETE FROM waiting_object WHERE rowid = ?", (number,))
