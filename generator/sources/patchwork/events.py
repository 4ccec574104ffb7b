"""The server's diary: what happened since the last pull, read from where that left off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from generator.sources.patchwork.client import Client, Missing, Params
from generator.sources.patchwork.followups import date_of
from generator.sources.patchwork.ingest import Landing
from generator.sources.patchwork.pagination import one_page, pages

Progress = Callable[[int], None]


async def read_events(
    client: Client,
    landing: Landing,
    path: str,
    projects: Sequence[int],
    scope: Params,
    since: datetime | None,
    progress: Progress,
) -> None:
    """Take in the events of the projects since their cursor, or else since a date (None: all).

    Events are asked for by date, but those of one date come in no order that lasts from one answer
    to the next. So in place of page 2 we ask for what happened since the last date of page 1, and
    pass over what we had. Raises Missing or Unavailable when they can't be read.
    """
    start = landing.ledger.cursor(projects) or since
    number = 1
    while True:
        asked = [*scope, ("order", "date"), *_since(start)]
        try:
            page = await one_page(client, path, asked, number)
        except Missing:
            if number == 1:
                raise
            return
        dates = [date for item in page.items if (date := date_of(item))]
        if dates != sorted(dates):
            await _read_newest_first(
                client, landing, path, projects, [*scope, *_since(start)], progress
            )
            return
        with landing.archive.transaction():
            for item in page.items:
                landing.event(item)
            if dates:
                landing.ledger.move_cursor(projects, dates[-1])
        progress(len(page.items))
        if page.is_last or not dates:
            return
        start, number = (dates[-1], 1) if dates[-1] != start else (start, number + 1)


async def _read_newest_first(
    client: Client,
    landing: Landing,
    path: str,
    projects: Sequence[int],
    scope: Params,
    progress: Progress,
) -> None:
    """The same where the server knows only one order (before API 1.2): the cursor moves at the end."""
    newest: datetime | None = None
    async for page in pages(client, path, scope):
        with landing.archive.transaction():
            for item in page.items:
                landing.event(item)
        newest = max([date for item in page.items if (date := date_of(item))] + [newest or _FIRST])
        progress(len(page.items))
    if newest:
        with landing.archive.transaction():
            landing.ledger.move_cursor(projects, newest)


_FIRST = datetime(1970, 1, 1)


def _since(start: datetime | None) -> Params:
    return [("since", start.isoformat())] if start else []
