"""The options that all commands share, what they make of them, and what commands tell of their work."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.archive.database import Archive
from generator.cli.terminal import Terminal
from generator.sources.importer import Importer, ImportSummary

if TYPE_CHECKING:  # a build's modules take long to load, and most commands need none of them
    from generator.site.build import Report

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


def import_paths(
    session: Session, archive: Archive, paths: list[Path], *, only_new: bool
) -> ImportSummary:
    """Import files and folders, with progress and a line for each fault."""
    terminal = session.terminal
    with terminal.progress():
        importer = Importer(archive, terminal.failure, terminal.counter("importing objects"))
        return importer.run(paths, only_new=only_new)


def tell_import(session: Session, summary: ImportSummary) -> None:
    """Say what was imported."""
    names = {"patch": "patches", "person": "people"}
    told = [
        f"{n} {names.get(k, k if k == 'series' else k + 's')}" for k, n in summary.counts.items()
    ]
    session.terminal.line(
        f"imported {', '.join(told) or 'nothing'} from {summary.files} files"
        + (f"; {summary.skipped} skipped" if summary.skipped else "")
    )


def tell_build(session: Session, report: Report) -> None:
    """Say what a build did; by kind and stage with `-v`."""
    terminal = session.terminal
    for kind, count in sorted((+report.written).items()):
        terminal.detail(f"  {kind}: {count} files written")
    for stage, seconds in report.seconds.items():
        terminal.detail(f"  {stage}: {seconds:.1f} s")
    written, kept = sum(report.written.values()), sum(report.kept.values())
    told = f"{written} files written, {kept} parts unchanged, {report.removed} files removed"
    told += f", {len(report.failed)} failed" if report.failed else ""
    terminal.line(f"{session.output}: {told if written or kept else 'nothing has changed'}")
