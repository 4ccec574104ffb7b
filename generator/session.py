"""The options that all commands share, and what they make of them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from generator.report import Terminal
from generator.store.archive import Archive

FOLDER = click.Path(file_okay=False, path_type=Path)


@dataclass
class Session:
    """What the common options say."""

    content: Path
    output: Path
    terminal: Terminal

    @property
    def archive_path(self) -> Path:
        return self.content / "archive.db"

    def archive(self, *, read_only: bool = False) -> Archive:
        if read_only:
            Archive(
                self.archive_path
            ).close()  # made or brought up to date; empty is as good as none
        return Archive(self.archive_path, read_only=read_only)


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that all commands share; the command gets a Session."""

    @click.option("--content", type=FOLDER, help="Input folder.  [default: content]")
    @click.option("--output", type=FOLDER, help="Folder of the site.  [default: output]")
    @click.option("-q", "--quiet", count=True, help="Say nothing but faults.")
    @click.option("-v", "--verbose", count=True, help="Say more.")
    @functools.wraps(command)
    def run(
        *args: Any,
        content: Path | None,
        output: Path | None,
        quiet: int,
        verbose: int,
        **kwargs: Any,
    ) -> Any:
        above = click.get_current_context().find_root().params
        session = Session(
            content or above["content"],
            output or above["output"],
            Terminal(verbose + above["verbose"] - quiet - above["quiet"]),
        )
        return command(session, *args, **kwargs)

    return run
