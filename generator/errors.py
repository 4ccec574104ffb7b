"""What can go wrong in a way that a user can act on. Raised where the fact is known, caught in cli.py."""


class StillworkError(Exception):
    """One clear line for the user; `status` is the exit status of the command."""

    status = 1


class ConfigError(StillworkError):
    """The configuration, the theme or the command line is wrong."""

    status = 2


class InputError(StillworkError):
    """One object, or one file, that was read from outside is bad; the rest goes on."""


class SourceError(StillworkError):
    """The server can't be reached, or refuses to talk to us."""

    status = 3


class SearchError(StillworkError):
    """A query that can't be understood, or an index that is missing or damaged."""

    status = 2
