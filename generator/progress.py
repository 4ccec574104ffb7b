"""What long work tells while it goes on. The command line shows it; tests and programs may listen."""

from __future__ import annotations


class Reporter:
    """Hears of stages, results and faults; this one keeps quiet."""

    def stage(self, name: str, total: int | None) -> None:
        """A stretch of work begins: so many things to do, or nobody knows how many."""

    def advance(self, count: int) -> None:
        """So many of them are done."""

    def line(self, text: str) -> None:
        """A result."""

    def detail(self, text: str) -> None:
        """Something for those who asked to hear more."""

    def failure(self, line: str) -> None:
        """Something was left out."""

    def traceback(self, text: str) -> None:
        """Where in the code the failure before came from."""
