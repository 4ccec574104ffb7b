"""Events: what happened to patches on the server."""

from __future__ import annotations

from collections.abc import Iterator

from generator.archive.database import Archive
from generator.archive.export import Span
from generator.model import Event


def patch_events(archive: Archive, patch_id: int) -> list[Event]:
    """The changes of a patch's state and delegate, oldest first."""
    rows = archive.sql.execute(
        "SELECT raw FROM event WHERE patch_id = ? AND category IN "
        "('patch-state-changed', 'patch-delegated') ORDER BY date, id",
        (patch_id,),
    )
    return [archive.decode(Event, raw) for (raw,) in rows.fetchall()]


def month_digests(archive: Archive) -> Iterator[tuple[int, int, int]]:
    """(project, date, digest) of each event: by project and date, in seconds by the server's clock."""
    return archive.sql.execute(
        "SELECT project_id, date, digest FROM event WHERE project_id IN (SELECT id FROM project) "
        "ORDER BY project_id, date, id"
    )


def encoded_events(archive: Archive, span: Span) -> Iterator[bytes]:
    """The JSON of a project's events in a span of time by the server's clock, by date."""
    query = (
        "SELECT raw FROM event WHERE project_id = ? AND date >= ? AND date < ? ORDER BY date, id"
    )
    for (raw,) in archive.sql.execute(query, (span.project, span.start, span.end)):
        yield archive.unpack(raw)
