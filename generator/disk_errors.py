"""What went wrong with a file or a disk, and what to do about it, in one line."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

_SPACE = "the disk is full; free some space and try again, what was stored before is kept"
_PERMISSIONS = "check the permissions of this path and its folder"
_READ_ONLY = "the disk is read-only"
_FAULTY = "the disk can't be read or written; check it, and restore a backup if need be"

_OF_SYSTEM = {
    errno.ENOSPC: _SPACE,
    errno.EDQUOT: _SPACE,
    errno.EACCES: f"Permission denied; {_PERMISSIONS}",
    errno.EPERM: f"Operation not permitted; {_PERMISSIONS}",
    errno.EROFS: _READ_ONLY,
    errno.EIO: _FAULTY,
}

#: By the first part of SQLite's name of an error, which may go on, as in SQLITE_READONLY_DIRECTORY.
_OF_SQLITE = {
    "SQLITE_FULL": _SPACE,
    "SQLITE_BUSY": "locked by another process; try again when that has ended",
    "SQLITE_LOCKED": "locked by another process; try again when that has ended",
    "SQLITE_READONLY": f"can't be written; {_PERMISSIONS}",
    "SQLITE_CANTOPEN": f"can't be opened; {_PERMISSIONS}",
    "SQLITE_IOERR": _FAULTY,
    "SQLITE_NOTADB": "not an SQLite file, or damaged",
    "SQLITE_CORRUPT": "damaged",
}
_DAMAGE = ("SQLITE_NOTADB", "SQLITE_CORRUPT")


def describe(error: OSError | sqlite3.Error, path: Path) -> str:
    """One line for the user. `path` is the file, or the folder, in question where the error names none."""
    if isinstance(error, OSError):
        place = error.filename if isinstance(error.filename, str) else path
        return f"{place}: {_OF_SYSTEM.get(error.errno or 0) or error.strerror or error}"
    name = _sqlite_name(error)
    known = (text for prefix, text in _OF_SQLITE.items() if name.startswith(prefix))
    return f"{path}: {next(known, error)}"


def is_of_disk(error: OSError) -> bool:
    """Whether an error is the disk's, so that writing anything else would fail, too."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an SQLite file is damaged, or is none."""
    return _sqlite_name(error).startswith(_DAMAGE)


def _sqlite_name(error: sqlite3.Error) -> str:
    """SQLite's own name of an error; empty for those of Python's module."""
    return getattr(error, "sqlite_errorname", None) or ""
