"""What a person sees while the commands work: progress on a terminal, one line for each fault, a summary."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from generator.site.reporter import Reporter


class Terminal(Reporter):
    """Speaks to standard error; progress is shown on a terminal only."""

    def __init__(self, verbosity: int) -> None:
        self.verbosity = verbosity
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def line(self, text: str) -> None:
        """A result, for everyone but `-q`."""
        if self.verbosity >= 0:
            self._console.print(text, markup=False)

    def detail(self, text: str) -> None:
        """Something that only `-v` wants to know."""
        if self.verbosity > 0:
            self._console.print(text, markup=False)

    def failure(self, line: str) -> None:
        """A fault. Control characters in it would play tricks on a terminal."""
        safe = "".join(c if c.isprintable() else "?" for c in line)
        if self._progress and self._console.is_terminal:
            self._console.print(f"stillwork: {safe}", markup=False)
        else:
            print(f"stillwork: {safe}", file=sys.stderr)

    @contextmanager
    def progress(self) -> Iterator[None]:
        """Show the stages that are told of inside."""
        if not self._console.is_terminal or self.verbosity < 0:
            yield
            return
        columns = (
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"), TimeRemainingColumn(),
        )  # fmt: skip
        with Progress(*columns, console=self._console, transient=True) as self._progress:
            yield
        self._progress = None

    def stage(self, name: str, total: int) -> None:
        if self._progress:
            self._task = self._progress.add_task(name, total=total, rate="")

    def advance(self, count: int) -> None:
        if self._progress and self._task is not None:
            task = self._progress.tasks[-1]
            rate = f"{task.speed:.0f}/s" if task.speed else ""
            self._progress.update(self._task, advance=count, rate=rate)

    def counter(self, name: str) -> Callable[[int], None]:
        """A stage of which nobody knows the end: it is told how far it is."""
        if not self._progress:
            return lambda done: None
        progress = self._progress
        task = progress.add_task(name, total=None, rate="")

        def update(done: int) -> None:
            progress.update(task, completed=done)

        return update
