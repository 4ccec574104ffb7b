"""Errors that a user can act on. Raised where the cause is known, caught once, in the command line."""

from __future__ import annotations

import traceback
from typing import NamedTuple


class StillworkError(Exception):
    """One clear line for the user; `status` is the exit status of the command that it ends.

    Never 1, which says that all is done but for what was named.
    """

    status = 4


class ConfigError(StillworkError):
    """The configuration, the theme or the command line is wrong."""

    status = 2


class InputError(StillworkError):
    """An object or file from outside is bad. It is skipped, and the rest is read."""


class SourceError(StillworkError):
    """The server can't be reached or refuses requests."""

    status = 3


class StorageError(StillworkError):
    """A disk or a file can't be read or written now; what was stored before is kept."""

    status = 2


class SearchError(StillworkError):
    """A query is invalid, or the index is missing or damaged."""

    status = 2


class Failure(NamedTuple):
    """What could not be done while the rest goes on: a line for everybody, the traceback for `-vv`."""

    line: str
    traceback: str

    @classmethod
    def of(cls, name: str, error: Exception) -> Failure:
        """`name` says what failed. To be called where the error was caught."""
        kind = "" if isinstance(error, StillworkError) else f"{type(error).__name__}: "
        text = " ".join(f"{kind}{error}".split())
        return cls(f"{name}: {text[:_LONGEST]}", traceback.format_exc())


#: Letters of an error that a line shows: some quote all that they were given.
_LONGEST = 400
