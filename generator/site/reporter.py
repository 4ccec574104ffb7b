"""What a build tells while it works. The command line shows it; tests and programs may listen."""

from __future__ import annotations


class Reporter:
    """Hears of stages and faults; this one keeps quiet."""

    def stage(self, name: str, total: int) -> None: ...

    def advance(self, count: int) -> None: ...

    def failure(self, line: str) -> None: ...
