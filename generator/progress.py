"""How long-running work reports progress, results and errors. The command line shows them."""

from __future__ import annotations


class Reporter:
    """Receives stages, results and errors; this one ignores them."""

    def stage(self, name: str, total: int | None) -> None:
        """A stage of work begins; `total` is how many steps it has, None if that is unknown."""

    def advance(self, count: int) -> None:
        """So many more steps of the stage are done."""

    def line(self, text: str) -> None:
        """A result."""

    def detail(self, text: str) -> None:
        """A detail for verbose output."""

    def failure(self, line: str) -> None:
        """An error: one line about something that was skipped."""

    def traceback(self, text: str) -> None:
        """Where in the code the error before came from."""
