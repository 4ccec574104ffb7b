"""Errors that a user can act on. Raised where the cause is known, caught once, in the command line."""


class StillworkError(Exception):
    """One clear line for the user; `status` is the exit status of the command."""

    status = 1


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
