"""`stillwork pull`: runs a pull by the options and the configuration, and reports its summary."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from generator.archive.database import Archive
from generator.config import Config
from generator.errors import ConfigError
from generator.progress import Reporter
from generator.sources.patchwork.client import Client, ClientOptions
from generator.sources.patchwork.discovery import discover, root_of
from generator.sources.patchwork.rate_limit import parse_rate
from generator.sources.patchwork.sync import Pull, PullOptions, PullSummary

#: Kinds of objects whose names aren't regular: in the singular and the plural.
_NAMES = {
    "patch": ("patch", "patches"), "series": ("series", "series"),
    "cover": ("cover letter", "cover letters"), "patch-comment": ("comment", "comments"),
    "cover-comment": ("comment", "comments"),
}  # fmt: skip
_TOKEN = "STILLWORK_TOKEN"


class Source(NamedTuple):
    """A server: its root URL, how to talk to it, and the names of the projects that are meant (none: all)."""

    root: str
    client: ClientOptions
    projects: Sequence[str]


class Request(NamedTuple):
    """What to pull: the server's root URL, how to talk to it, and what of it."""

    root: str
    client: ClientOptions
    options: PullOptions


def request(
    settings: Config,
    url: str | None,
    *,
    projects: Sequence[str],
    since: datetime | None,
    full: bool,
    relist: bool,
    prune: bool,
    connections: int | None,
    rate: str | None,
    moved: bool,
) -> Request:
    """What the options of the command line ask for; those that are None come from the configuration.

    Raises ConfigError.
    """
    root, client, chosen = source(
        settings, url, projects=projects, connections=connections, rate=rate
    )
    return Request(root, client, PullOptions(chosen, since, full, relist, prune, moved))


def source(
    settings: Config,
    url: str | None,
    *,
    projects: Sequence[str],
    connections: int | None,
    rate: str | None,
) -> Source:
    """The server that the options of the command line name; the same for these."""
    address = url or settings.pull.url
    if not address:
        raise ConfigError("no server given: name its URL, or set url under [pull] in site.toml")
    root = root_of(address)
    limit = rate or settings.pull.rate
    client = ClientOptions(
        connections=connections or settings.pull.connections,
        rate=parse_rate(limit) if limit else 0.0,
        contact=settings.contact,
        token=_token(settings, root),
        max_body=settings.pull.max_body_mb << 20,
    )
    # The configured projects are those of the configured server.
    chosen = projects or (
        settings.pull.projects if not url or _is_configured(settings, root) else ()
    )
    return Source(root, client, chosen)


def pull(path: Path, wanted: Request, reporter: Reporter) -> int:
    """Pull into the archive at a path and report the summary; returns how many objects were skipped.

    An archive that isn't there is made when the server has told its projects: a mistyped address leaves
    nothing. Raises ConfigError and SourceError.
    """
    if os.path.lexists(path):
        Archive(path).close()  # its faults are told before the server is asked
    return asyncio.run(_pull(path, wanted, reporter))


async def _pull(path: Path, wanted: Request, reporter: Reporter) -> int:
    start = time.monotonic()
    root, client_options, options = wanted
    async with Client(root, client_options) as client:
        instance = await discover(client, options.projects)
        with Archive(path) as archive:
            now, connections = int(time.time()), client_options.connections
            run = Pull(archive, client, instance, options, reporter, now, connections)
            is_complete = False
            try:
                await run.run()
                is_complete = True
            finally:
                if run.summary.projects:
                    seconds = time.monotonic() - start
                    _report(run.summary, client, reporter, seconds, is_complete=is_complete)
    return run.summary.counts.skipped


def _is_configured(settings: Config, root: str) -> bool:
    return bool(settings.pull.url) and root_of(settings.pull.url) == root


def _token(settings: Config, root: str) -> str:
    """The API token for a server; the configured one is for the configured server only."""
    token = os.environ.get(_TOKEN) or (
        settings.pull.token if _is_configured(settings, root) else ""
    )
    if not token.isascii() or not token.isprintable():
        raise ConfigError("the API token contains invalid characters")
    return token.strip()


def _report(
    summary: PullSummary, client: Client, reporter: Reporter, seconds: float, *, is_complete: bool
) -> None:
    """Report what a pull did: one line, and another for changes without an event."""
    counts = summary.counts
    parts = [f"{label} {_counted(count)}" for label, count in (
        ("new:", counts.new), ("changed:", counts.changed),
        ("deleted on the server:", counts.deleted), ("pruned:", summary.pruned)) if +count]  # fmt: skip
    text = "; ".join(parts) or ("no changes" if is_complete else "no changes before it stopped")
    patches = counts.new["patch"] + counts.changed["patch"]
    per_patch = f", {client.requests / patches:.1f} per patch" if patches else ""
    text += f" ({_number(client.requests, 'request', 'requests')}{per_patch}; "
    text += f"{client.received / 1e6:.1f} MB, {seconds:.0f} s)"
    if counts.skipped:
        text += f"; {counts.skipped:,} skipped"
    if summary.queued:
        text += f"; {_number(summary.queued, 'request', 'requests')} left for the next pull"
    names = f"{', '.join(summary.projects[:5])}{' …' if summary.projects[5:] else ''}"
    reporter.line(f"{names}: {text}")
    if counts.without_event:
        changes = ", ".join(f"{count} {name}" for name, count in counts.without_event.most_common())
        reporter.line(f"changed without an event: {changes}")


def _counted(counts: Counter[str]) -> str:
    """Counts by kind of object, such as "2 patches, 1 cover letter"."""
    by_name: Counter[tuple[str, str]] = Counter()
    for kind, count in counts.items():
        by_name[_NAMES.get(kind, (kind, f"{kind}s"))] += count
    return ", ".join(_number(count, *names) for names, count in by_name.items() if count)


def _number(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
