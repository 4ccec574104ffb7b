"""Events: what happened to patches on the server, a file for each project and month.

`api/events/P/2026-03.json` has them by date, each with numbers in place of the objects that Patchwork embeds;
`api/events/months.json` lists the files. `/api/events/` itself answers `[]`: it would have no end.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from generator import urls
from generator.archive import events, planning
from generator.archive.server_clock import ServerClock
from generator.model import Event
from generator.site.build_context import Context, Files
from generator.site.exports.api import encode
from generator.site.exports.bulk import span_of
from generator.site.plan import Plan
from generator.site.registry import PageKind, Unit


def events_file(context: Context, key: tuple[str, int, str], payload: None) -> Files:
    """The events of a month. key: the path of the file, the project's number and the month."""
    path, project, month = key
    found = events.encoded_events(context.archive, span_of(project, month))
    clock = context.server_clock()
    decoded = (msgspec.json.decode(encoded, type=Event) for encoded in found)
    return {path: encode([event_entry(event, clock) for event in decoded])}


def event_entry(event: Event, clock: ServerClock) -> dict[str, Any]:
    """An event: `date` by the server's clock, as it was sent, and `date_utc`, null where that isn't known.

    `payload` has the numbers of patches, series, cover letters, comments and checks, the names of states, and
    the usernames of delegates.
    """
    utc = clock.utc(event.date)
    return {
        "id": event.id,
        "category": event.category,
        "date": _second(event.date),
        "date_utc": utc and f"{_second(utc)}Z",
        "actor": event.actor.username if event.actor else None,
        "payload": {name: _short(held) for name, held in event.payload.items()},
    }


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return value.get("username", value.get("id"))
    return value if isinstance(value, str | int | None) else None


def _second(date: datetime) -> str:
    return date.replace(tzinfo=None).isoformat(timespec="seconds")


def months_file(context: Context, key: tuple[()], files: list[tuple[str, str, str]]) -> Files:
    """The list of all files of events: project, month, and the path from the site's root."""
    entries = [{"project": slug, "month": month, "file": path} for slug, month, path in files]
    return {"api/events/months.json": encode(entries)}


def _files(plan: Plan) -> Iterator[tuple[str, int, str, int]]:
    """(path, project, month, fingerprint) of each file."""
    slugs = planning.project_slugs(plan.archive)
    for (project, month), state in plan.fingerprints.event_months.items():
        yield f"api/events/{urls.segment(slugs[project])}/{month}.json", project, month, state


def _units(plan: Plan) -> Iterator[Unit]:
    for path, project, month, state in _files(plan) if plan.config.api else ():
        yield plan.unit("api-events", (path, project, month), (state, plan.server_zone))


def _month_units(plan: Plan) -> Iterator[Unit]:
    if plan.config.api:
        slugs = planning.project_slugs(plan.archive)
        files = [(slugs[project], month, path) for path, project, month, _ in _files(plan)]
        yield plan.unit("api-event-months", (), files, files)


EVENTS = PageKind("api-events", _units, events_file)
EVENT_MONTHS = PageKind("api-event-months", _month_units, months_file)
