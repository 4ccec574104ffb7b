"""What commands show while they work: progress on a terminal, one line for each error, a summary."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from generator.disk_errors import describe
from generator.errors import ConfigError, StorageError
from generator.progress import Reporter

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

#: Without a terminal, progress is a line each time so many seconds have passed.
_PLAIN_EVERY = 30.0
#: Letters of an error message that are shown: the beginning says where, the end why.
_LONGEST = 1000


class Terminal(Reporter):
    """Prints to standard error. Progress is a bar on a terminal, and elsewhere a line now and then."""

    def __init__(self, verbosity: int) -> None:
        self.verbosity = verbosity
        self._stage: tuple[str, int | None] = ("", None)
        self._done = 0
        self._begun = self._last_line = time.monotonic()
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def line(self, text: str) -> None:
        """A result; hidden by `-q`."""
        if self.verbosity >= 0:
            self._console.print(_printable(text), markup=False)

    def detail(self, text: str) -> None:
        """A detail; shown by `-v`."""
        if self.verbosity > 0:
            self._console.print(_printable(text), markup=False)

    def failure(self, line: str) -> None:
        """An error."""
        safe = one_line(line)
        if self._progress and self._console.is_terminal:
            self._console.print(f"stillwork: {safe}", markup=False)
        else:
            print(f"stillwork: {safe}", file=sys.stderr)

    def traceback(self, text: str) -> None:
        """Where a failure came from, for `-vv`."""
        if self.verbosity > 1:
            safe = "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
            self._console.print(safe.rstrip("\n"), markup=False)

    @contextmanager
    def progress(self) -> Iterator[None]:
        """Show the stages that begin inside."""
        if not self._console.is_terminal or self.verbosity < 0:
            yield
            return
        # It takes long to load, and most runs have no terminal.
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        columns = (
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"), TimeRemainingColumn(),
        )  # fmt: skip
        with Progress(*columns, console=self._console, transient=True) as self._progress:
            yield
        self._progress = None

    def stage(self, name: str, total: int | None) -> None:
        self._stage, self._done, self._begun = (name, total), 0, time.monotonic()
        if self._progress:
            if self._task is not None and self._progress.tasks[-1].total is None:
                self._progress.update(self._task, total=self._progress.tasks[-1].completed)
            self._task = self._progress.add_task(name, total=total, rate="")

    def advance(self, count: int) -> None:
        self._done += count
        if self._progress and self._task is not None:
            task = self._progress.tasks[-1]
            rate = f"{task.speed:.0f}/s" if task.speed else ""
            self._progress.update(self._task, advance=count, rate=rate)
        elif not self._console.is_terminal:
            self._print_progress()

    def _print_progress(self) -> None:
        now = time.monotonic()
        if now - self._last_line < _PLAIN_EVERY:
            return
        self._last_line = now
        name, total = self._stage
        rate = self._done / max(now - self._begun, 0.001)
        text = f"{name}: {self._done:,}" + (f" of {total:,}" if total else "") + f", {rate:.0f}/s"
        if total and rate:
            left = max(total - self._done, 0) / rate
            text += f", {left / 60:.0f} min left" if left > 90 else f", {left:.0f} s left"
        self.line(text)

    def counter(self, name: str) -> Callable[[int], None]:
        """A stage of unknown length; the function that is returned takes how much is done."""
        if not self._progress:
            return lambda done: None
        progress = self._progress
        task = progress.add_task(name, total=None, rate="")

        def update(done: int) -> None:
            progress.update(task, completed=done)

        return update


def echo(text: str) -> None:
    """A line of a result on standard output; raises StorageError where that can't take it."""
    try:
        click.echo(_printable(text))
    except BrokenPipeError:
        raise  # whoever read the output has seen enough
    except OSError as error:
        raise StorageError(describe(error, Path("standard output"))) from error


def echo_json(value: Any) -> None:
    """A value as one line of JSON; what `echo` would replace is escaped."""
    text = json.dumps(value, ensure_ascii=False)
    echo("".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text))


def read_input() -> str:
    """All of standard input; raises ConfigError where it is closed."""
    if sys.stdin is None:
        raise ConfigError("standard input is closed")
    return sys.stdin.buffer.read().decode("utf-8", "replace")


def one_line(text: str) -> str:
    """A message as one line of bounded length: it may quote a name of any length, with line breaks."""
    line = _printable(" ".join(part.strip() for part in text.splitlines()))
    half = _LONGEST // 2
    return line if len(line) <= _LONGEST else f"{line[:half]} … {line[-half:]}"


def _printable(line: str) -> str:
    """A line with its control characters replaced: a terminal would obey them."""
    return "".join(c if c.isprintable() else "?" for c in line)
