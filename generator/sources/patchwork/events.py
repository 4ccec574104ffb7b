"""Reads the server's events, which say what changed, from where the last pull ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from generator.sources.patchwork.client import Client, Missing, Params
from generator.sources.patchwork.followups import server_date
from generator.sources.patchwork.ingest import Ingester
from generator.sources.patchwork.pagination import ApiPage, one_page, pages

Progress = Callable[[int], None]


async def read_events(
    client: Client,
    ingester: Ingester,
    path: str,
    projects: Sequence[int],
    scope: Params,
    since: datetime | None,
    progress: Progress,
) -> None:
    """Store the events of some projects from their cursor on, or else from a date (None: all of them).

    `scope` is the filter for the projects. Events are filtered by date, but those of one date come in
    an order that may differ between two answers. So in place of page 2 we ask for the events since the
    last date of page 1, and skip those that we had. Raises Missing or Unavailable when they can't be read.
    """
    start = ingester.state.event_cursor(projects) or since
    number = 1
    while True:
        params = [*scope, ("order", "date"), *_since(start)]
        try:
            page = await one_page(client, path, params, number)
        except Missing:
            if number == 1:
                raise
            return
        dates = _dates(page)
        if dates != sorted(dates):
            params = [*scope, *_since(start)]
            await _read_newest_first(client, ingester, path, projects, params, progress)
            return
        with ingester.archive.transaction():
            for item in page.items:
                ingester.add_event(item)
            if dates:
                ingester.state.advance_event_cursor(projects, dates[-1])
        progress(len(page.items))
        if page.is_last or not dates:
            return
        start, number = (dates[-1], 1) if dates[-1] != start else (start, number + 1)


async def _read_newest_first(
    client: Client,
    ingester: Ingester,
    path: str,
    projects: Sequence[int],
    params: Params,
    progress: Progress,
) -> None:
    """The same for a server that only lists the newest first (before API 1.2).

    The cursor advances only when all pages were read.
    """
    newest = datetime.min
    async for page in pages(client, path, params):
        with ingester.archive.transaction():
            for item in page.items:
                ingester.add_event(item)
        newest = max([newest, *_dates(page)])
        progress(len(page.items))
    if newest > datetime.min:
        with ingester.archive.transaction():
            ingester.state.advance_event_cursor(projects, newest)


def _dates(page: ApiPage) -> list[datetime]:
    return [date for item in page.items if (date := server_date(item))]


def _since(start: datetime | None) -> Params:
    return [("since", start.isoformat())] if start else []
