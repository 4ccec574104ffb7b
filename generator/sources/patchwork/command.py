"""`stillwork pull`: the options and the configuration made into a pull, and its outcome into words."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from generator.archive.database import Archive
from generator.config import Config
from generator.errors import ConfigError
from generator.progress import Reporter
from generator.sources.patchwork.client import Client, Options
from generator.sources.patchwork.discovery import root_of
from generator.sources.patchwork.rate_limit import parse_rate
from generator.sources.patchwork.sync import Pull, PullSummary, Wishes

_PLURALS = {"patch": "patches", "series": "series", "cover": "cover letters"}
_TOKEN = "STILLWORK_TOKEN"


def pull(
    archive: Archive,
    settings: Config,
    reporter: Reporter,
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
) -> int:
    """Pull into the archive and tell what that brought; returns how many objects were left out.

    Raises ConfigError and SourceError.
    """
    address = url or settings.pull.url
    if not address:
        raise ConfigError("no server: give its URL, or set url under [pull] in site.toml")
    root = root_of(address)
    limit = rate or settings.pull.rate
    options = Options(
        connections=connections or settings.pull.connections,
        rate=parse_rate(limit) if limit else 0.0,
        contact=settings.contact,
        token=_token(settings, root),
        max_body=settings.pull.max_body_mb << 20,
    )
    # What the configuration names are the projects of its own server.
    chosen = projects or (
        settings.pull.projects if not url or _is_configured(settings, root) else ()
    )
    wishes = Wishes(chosen, since, full, relist, prune, moved)
    return asyncio.run(_pull(archive, root, options, wishes, reporter))


async def _pull(
    archive: Archive, root: str, options: Options, wishes: Wishes, reporter: Reporter
) -> int:
    begun = time.monotonic()
    async with Client(root, options) as client:
        run = Pull(archive, client, wishes, reporter, int(time.time()), options.connections)
        done = False
        try:
            await run.run()
            done = True
        finally:
            if run.summary.projects:
                _tell(run.summary, client, reporter, time.monotonic() - begun, done=done)
    return run.summary.news.left_out


def _is_configured(settings: Config, root: str) -> bool:
    return bool(settings.pull.url) and root_of(settings.pull.url) == root


def _token(settings: Config, root: str) -> str:
    """The token for a server: one in the configuration belongs to the server named there."""
    token = os.environ.get(_TOKEN) or (
        settings.pull.token if _is_configured(settings, root) else ""
    )
    if not token.isascii() or not token.isprintable():
        raise ConfigError("the API token holds characters that no token has")
    return token.strip()


def _tell(
    summary: PullSummary, client: Client, reporter: Reporter, seconds: float, *, done: bool
) -> None:
    """The outcome, in a line for everyone and some for those who want more."""
    news = summary.news
    parts = [f"{what} {word}" for what, word in (
        (_named(news.new), "new"), (_named(news.changed), "changed"), (_named(news.gone), "gone"),
        (_named(summary.pruned), "deleted")) if what]  # fmt: skip
    told = "; ".join(parts) or ("nothing has changed" if done else "nothing new until then")
    brought = news.new["patch"] + news.changed["patch"]
    each = f", {client.requests / brought:.1f} a patch" if brought else ""
    told += (
        f" ({client.requests:,} requests{each}; {client.received / 1e6:.1f} MB, {seconds:.0f} s)"
    )
    if news.left_out:
        told += f"; {news.left_out} left out"
    if summary.waiting:
        told += f"; {summary.waiting:,} to be asked for next time"
    reporter.line(
        f"{', '.join(summary.projects[:5])}{' …' if summary.projects[5:] else ''}: {told}"
    )
    if news.drift:
        drift = ", ".join(f"{count} {name}" for name, count in news.drift.most_common())
        reporter.line(f"had drifted with no event telling so: {drift}")


def _named(counts: Counter[str]) -> str:
    return ", ".join(
        f"{count:,} {kind if count == 1 else _PLURALS.get(kind, f'{kind}s')}"
        for kind, count in counts.items()
        if count
    )
