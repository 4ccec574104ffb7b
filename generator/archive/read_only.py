"""Opens an SQLite file for reading: on a read-only disk as well, and without leaving files beside it."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path


class ReadOnlyConnection(sqlite3.Connection):
    """Reads an SQLite file, and on closing removes what SQLite made beside it for that."""

    #: The file, where nothing lay beside it before.
    tidy: Path | None = None

    def close(self) -> None:
        super().close()
        if self.tidy:
            # The files -wal and -shm are removed by the last connection to close that may write.
            with contextlib.suppress(sqlite3.Error):
                last = _open(self.tidy, "mode=rw")
                last.execute("PRAGMA schema_version")
                last.close()


def connect(path: Path) -> sqlite3.Connection:
    """A connection to the SQLite file at `path` that changes nothing.

    Raises sqlite3.Error where the file can't be read.
    """
    journal = path.with_name(f"{path.name}-wal")
    had_journal = journal.exists()
    sql = _open(path, "mode=ro")
    try:
        sql.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError as error:
        sql.close()
        # In a read-only folder SQLite can't make the file -shm. Without a journal it needs none,
        # with one it would pass over what stands in it.
        cause = error.sqlite_errorname
        in_journal = journal.exists() and journal.stat().st_size
        if in_journal or not cause.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY")):
            raise
        return _open(path, "immutable=1")
    sql.tidy = None if had_journal else path
    return sql


def _open(path: Path, parameters: str) -> ReadOnlyConnection:
    uri = f"{path.absolute().as_uri()}?{parameters}"
    return sqlite3.connect(uri, uri=True, factory=ReadOnlyConnection)
