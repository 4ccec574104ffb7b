"""The options that commands share, and the session that a command gets from them."""

from __future__ import annotations

import functools
import sqlite3
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from generator.archive.database import Archive
from generator.cli.terminal import Terminal
from generator.disk_errors import describe, is_damage
from generator.errors import ConfigError, StillworkError, StorageError

FOLDER = click.Path(file_okay=False, path_type=Path)


class WholeNumber(click.IntRange):
    """A number in ASCII digits: Python's own also reads `1_0` and digits of other scripts."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        digits = str(value).removeprefix("-")
        if not (digits.isascii() and digits.isdecimal()):
            self.fail(f"{value!r} is not a whole number.", param, ctx)
        return super().convert(value, param, ctx)


class Numbers(click.ParamType[list[int]]):
    """Numbers of objects, separated by commas; none where it is empty."""

    name = "numbers"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        parts = [part.strip() for part in value.split(",")] if value.strip() else []
        if not all(part.isascii() and part.isdecimal() and len(part) < 19 for part in parts):
            self.fail(f"{value!r} is no list of numbers, such as 12,15.", param, ctx)
        return [int(part) for part in parts]


class Date(click.DateTime):
    """A date, with a time or without, in ASCII digits."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not str(value).isascii():
            self.fail(f"{value!r} is not a date.", param, ctx)
        return super().convert(value, param, ctx)


@dataclass(frozen=True, slots=True)
class Session:
    """What the shared options say."""

    content: Path
    output: Path
    #: Whether `output` was given, and is not the default.
    names_output: bool
    terminal: Terminal

    @property
    def archive_path(self) -> Path:
        return self.content / "archive.db"

    def require_content(self) -> None:
        """Raise ConfigError where there is no content folder."""
        if not self.content.is_dir():
            raise ConfigError(
                f"{self.content}: no content folder; `stillwork init {self.content}` makes one"
            )

    def archive(self, *, create: bool = False, read_only: bool = False) -> Archive:
        """The archive of the content folder; raises ConfigError where there is none to open."""
        if not create and not self.archive_path.is_file():
            raise ConfigError(f"{self.content}: no archive here; `stillwork build` makes one")
        return Archive(self.archive_path, read_only=read_only)


def shared_options(*folders: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add -q, -v and the options for some `folders` (content, output); the command gets a Session first."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def run(*args: Any, quiet: int, verbose: int, **options: Any) -> Any:
            own = {name: options.pop(name) for name in folders}
            session = _session(own, verbose - quiet)
            try:
                return command(session, *args, **options)
            except StillworkError:
                session.terminal.traceback(traceback.format_exc())
                raise
            except BrokenPipeError:
                raise  # whoever read the output has seen enough
            except (OSError, sqlite3.Error) as error:
                session.terminal.traceback(traceback.format_exc())
                raise StorageError(_describe(error, session.archive_path)) from error

        for decorator in reversed([*(_FOLDER_OPTIONS[name] for name in folders), *_VERBOSITY]):
            run = decorator(run)
        return run

    return decorate


def _describe(error: OSError | sqlite3.Error, archive: Path) -> str:
    """One line about a file or disk that failed, and what to do about it."""
    line = describe(error, archive)
    if isinstance(error, sqlite3.Error) and is_damage(error):
        line += "; `stillwork verify --archive` lists the faults; restore a backup"
    return line


def program_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that may stand before the command's name."""
    command = click.option("-v", "--verbose", count=True, help="Verbose output.")(command)
    command = click.option("-q", "--quiet", count=True, help="Print errors only.")(command)
    for name in ("output", "content"):
        command = click.option(
            f"--{name}", type=FOLDER, default=name, show_default=True, help=_FOLDER_HELP[name]
        )(command)
    return command


def server_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """A server's URL, which of its projects are meant, and how many requests it gets."""
    for decorator in (
        click.option("--rate", help="Highest rate of requests, such as 5/s or 120/m."),
        click.option(
            "--connections", metavar="N", type=WholeNumber(1, 16),
            help="Concurrent requests.  [default: 4]",
        ),
        click.option(
            "--project", "projects", multiple=True, metavar="NAME",
            help="A project's link name, list id or number; may be repeated.  [default: all]",
        ),
        click.argument("url", required=False),
    ):  # fmt: skip
        command = decorator(command)
    return command


_FOLDER_HELP = {
    "content": "Folder of the archive and its configuration.",
    "output": "Folder of the site.",
}
_FOLDER_OPTIONS = {
    name: click.option(f"--{name}", type=FOLDER, help=f"{text}  [default: {name}]")
    for name, text in _FOLDER_HELP.items()
}
_VERBOSITY = (
    click.option("-q", "--quiet", count=True, help="Print errors only."),
    click.option("-v", "--verbose", count=True, help="Verbose output."),
)


def _session(folders: dict[str, Path | None], verbosity: int) -> Session:
    """A session from a command's own options, and those before its name."""
    program = click.get_current_context().find_root()
    is_given = program.get_parameter_source("output") == ParameterSource.COMMANDLINE
    return Session(
        content=folders.get("content") or program.params["content"],
        output=folders.get("output") or program.params["output"],
        names_output=is_given or bool(folders.get("output")),
        terminal=Terminal(verbosity + program.params["verbose"] - program.params["quiet"]),
    )
