"""What commands print about their work, in sentences whose counts agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from generator.cli.terminal import Terminal
from generator.sources.importer import ImportSummary

if TYPE_CHECKING:  # its modules take long to load, and most commands need none of them
    from pathlib import Path

    from generator.site.build import Report
    from generator.site.disk_usage import DiskUsage, Usage
    from generator.sources.django_dump import LeftOut

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


def report_left_out(terminal: Terminal, path: Path, left_out: LeftOut) -> None:
    """What a dump of a database has that isn't for everybody; with -v also which tables."""
    parts = [
        counted(left_out.bundles, "private bundle"),
        f"{counted(left_out.accounts, 'account')} that nothing public names",
        "all passwords and settings",
        counted(sum(left_out.rows.values()), "row") + " of other tables",
    ]
    terminal.line(f"{path}: left out {', '.join(parts)}")
    for table, count in sorted(left_out.rows.items()):
        terminal.detail(f"  {table}: {counted(count, 'row')}")


def report_build(terminal: Terminal, output: Path, report: Report) -> None:
    """What a build wrote and removed, and what a patch takes; with -v also by kind and stage."""
    for kind, count in sorted((+report.written).items()):
        terminal.detail(f"  {kind}: {counted(count, 'file')} written")
    for stage, seconds in report.seconds.items():
        terminal.detail(f"  {stage}: {seconds:.1f} s")
    written, kept = sum(report.written.values()), sum(report.kept.values())
    if written or kept or report.failed:
        line = f"{counted(written, 'file')} written, {kept:,} unchanged, {report.removed:,} removed"
        line += f", {len(report.failed):,} failed" if report.failed else ""
        if report.patches:
            line += (
                f"; {report.site_files / report.patches:.1f} files and "
                f"{report.site_bytes / report.patches / 1000:,.0f} KB a patch"
            )
    else:
        line = "nothing has changed"
    terminal.line(f"{output}: {line}")


def disk_lines(usage: DiskUsage, patches: int) -> Iterator[str]:
    """A table of what a site takes on disk, for each patch too, and what options would save."""
    share = max(patches, 1)
    yield f"{'files':>12} {'MB on disk':>12} {'files/patch':>12} {'KB/patch':>10}"
    for name, kind in usage.kinds.items():
        yield f"{_disk_columns(kind, share)}  {name}"
    yield f"{_disk_columns(usage.total, share)}  all files"
    if usage.folders:
        size, each = usage.folders / 1e6, usage.folders / share / 1e3
        yield f"{'':>12} {size:>12,.1f} {'':>12} {each:>10,.1f}  folders"
    for option, saved in usage.savings.items():
        yield f"{_disk_columns(saved, share)}  saved by {option}"


def _disk_columns(usage: Usage, share: int) -> str:
    return (
        f"{usage.files:>12,} {usage.disk / 1e6:>12,.1f} "
        f"{usage.files / share:>12,.2f} {usage.disk / share / 1e3:>10,.1f}"
    )
