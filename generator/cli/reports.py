"""What commands print about their work, in sentences whose counts agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.cli.terminal import Terminal
from generator.sources.importer import ImportSummary

if TYPE_CHECKING:  # its modules take long to load, and most commands need none of them
    from pathlib import Path

    from generator.site.build import Report

_PLURALS = {"patch": "patches", "series": "series", "person": "people"}


def counted(count: int, noun: str) -> str:
    """A number and its noun: `1 patch`, `2,000 patches`."""
    return f"{count:,} {noun if count == 1 else _PLURALS.get(noun, f'{noun}s')}"


def report_import(terminal: Terminal, summary: ImportSummary) -> None:
    """What was imported, and how much was skipped."""
    objects = ", ".join(counted(count, kind) for kind, count in summary.counts.items())
    line = f"imported {objects or 'nothing'} from {counted(summary.files, 'file')}"
    if summary.skipped:
        line += f"; {counted(summary.skipped, 'object')} skipped"
    terminal.line(line)


def report_build(terminal: Terminal, output: Path, report: Report) -> None:
    """What a build wrote and removed; with -v also by kind and stage."""
    for kind, count in sorted((+report.written).items()):
        terminal.detail(f"  {kind}: {counted(count, 'file')} written")
    for stage, seconds in report.seconds.items():
        terminal.detail(f"  {stage}: {seconds:.1f} s")
    written, kept = sum(report.written.values()), sum(report.kept.values())
    if written or kept or report.failed:
        line = f"{counted(written, 'file')} written, {kept:,} unchanged, {report.removed:,} removed"
        line += f", {len(report.failed):,} failed" if report.failed else ""
    else:
        line = "nothing has changed"
    terminal.line(f"{output}: {line}")
