"""Reads the server's events, which say what changed, from where the last pull ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from generator.sources.patchwork.client import Client, Missing, Params, Unavailable
from generator.sources.patchwork.followups import server_date
from generator.sources.patchwork.ingest import Ingester
from generator.sources.patchwork.pagination import MAX_PAGES, ApiPage, Endless, one_page, pages

Progress = Callable[[int], None]

#: So many pages in a row may hold known events only: what comes late is looked for again and again.
_MAX_IDLE_PAGES = 100
#: The clock of a server may be ahead by this. Later dates are wrong, and would hide the events to come.
_AHEAD = timedelta(days=1)


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
    last date of page 1, and skip those that we had. Raises Missing or Unavailable when they can't be read,
    and Endless when they have no end.
    """
    start = _start(ingester, projects) or since
    number, idle = 1, 0
    for _ in range(MAX_PAGES):
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
            news = sum([ingester.add_event(item) for item in page.items])
            _advance_cursor(ingester, projects, dates)
        progress(len(page.items))
        if page.is_last or not dates:
            return
        idle = 0 if news else idle + 1
        if idle >= _MAX_IDLE_PAGES:
            raise Unavailable(f"{client.url(path, params)}: its pages loop")
        start, number = (dates[-1], 1) if dates[-1] != start else (start, number + 1)
    raise Endless(f"{client.url(path, scope)}: more than {MAX_PAGES:,} pages")


def _start(ingester: Ingester, projects: Sequence[int]) -> datetime | None:
    """The date from which the events of these projects are to be read; None: from the first one."""
    cursor = ingester.state.event_cursor(projects)
    if not cursor or _plausible([cursor], ingester.now):
        return cursor
    with ingester.archive.transaction():
        start = ingester.state.reset_event_cursor(projects, ingester.now)
    place = f"from {start:%Y-%m-%d} on" if start else "from the first one on"
    ingester.report(
        f"events were read up to {cursor:%Y-%m-%d}, which is still to come; read again {place}"
    )
    return start


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
    dates: list[datetime] = []
    async for page in pages(client, path, params, limit=MAX_PAGES):
        with ingester.archive.transaction():
            for item in page.items:
                ingester.add_event(item)
        dates = _plausible([*dates, *_dates(page)], ingester.now)[-1:]
        progress(len(page.items))
    with ingester.archive.transaction():
        _advance_cursor(ingester, projects, dates)


def _advance_cursor(ingester: Ingester, projects: Sequence[int], dates: list[datetime]) -> None:
    """Note that the events of the projects up to the last of these dates were read."""
    if plausible := _plausible(dates, ingester.now):
        ingester.state.advance_event_cursor(projects, plausible[-1])


def _plausible(dates: list[datetime], now: int) -> list[datetime]:
    """The dates, sorted, without those of the future. `now`: seconds since 1970."""
    latest = datetime.fromtimestamp(now, UTC).replace(tzinfo=None) + _AHEAD
    return sorted(date for date in dates if date <= latest)


def _dates(page: ApiPage) -> list[datetime]:
    return [date for item in page.items if (date := server_date(item))]


def _since(start: datetime | None) -> Params:
    return [("since", start.isoformat())] if start else []
