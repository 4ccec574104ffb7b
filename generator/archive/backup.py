"""Copies an archive while others read and write it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from generator.archive.database import Archive
from generator.disk_errors import describe
from generator.errors import ConfigError, StorageError

#: Pages (of 4 KB) that are copied at a time: enough to be fast, few enough for Ctrl+C and progress.
_PAGES = 4096


def back_up(
    archive: Archive,
    target: Path,
    *,
    force: bool = False,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Copy the archive as it is now into one file, whole or not at all; its size in bytes.

    `force` replaces a file that is there. `advance` gets the pages copied so far, and their number.
    Raises ConfigError where `target` can't be the copy, and StorageError where the disk is full or the like.
    """
    _require_possible(archive, target, force=force)
    part = target.with_name(f".{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        _copy(archive, part, advance)
        _sync(part)
        part.replace(target)
        _sync(target.parent)
    except (OSError, sqlite3.Error) as error:
        raise StorageError(describe(error, target)) from error
    finally:
        for suffix in ("", "-journal"):
            part.with_name(part.name + suffix).unlink(missing_ok=True)
    return target.stat().st_size


def _require_possible(archive: Archive, target: Path, *, force: bool) -> None:
    if not target.parent.is_dir():
        raise ConfigError(f"{target.parent}: no such folder")
    if target.is_dir():
        raise ConfigError(f"{target}: a folder; name a file")
    if target.exists() and not target.is_file():  # root could put a file in the place of a device
        raise ConfigError(f"{target}: a device or pipe; name a file")
    # As bytes: a path needn't be UTF-8.
    query = "SELECT CAST(file AS BLOB) FROM pragma_database_list WHERE name = 'main'"
    source = archive.sql.execute(query).fetchone()[0]
    if target.exists() and os.path.samefile(target, source):  # noqa: PTH121
        raise ConfigError(f"{target}: the archive itself; name another file")
    if os.path.lexists(target) and not force:
        raise ConfigError(f"{target}: exists; name another file, or replace it with --force")


def _copy(archive: Archive, part: Path, advance: Callable[[int, int], None]) -> None:
    copy = sqlite3.connect(part)
    # A transaction that reads: what a pull writes meanwhile is not in the copy, and begins no new one.
    archive.sql.execute("BEGIN")
    try:
        archive.sql.execute("SELECT 1 FROM meta").fetchone()
        archive.sql.backup(
            copy,
            pages=_PAGES,
            progress=lambda _, rest, total: advance(total - rest, total),
            sleep=0,
        )
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a journal beside it
    finally:
        archive.sql.execute("ROLLBACK")
        copy.close()


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
