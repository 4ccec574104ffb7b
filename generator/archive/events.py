"""Events: what happened to patches on the server."""

from __future__ import annotations

from generator.archive.database import Archive
from generator.model import Event


def patch_events(archive: Archive, patch_id: int) -> list[Event]:
    """The changes of a patch's state and delegate, oldest first."""
    rows = archive.sql.execute(
        "SELECT raw FROM event WHERE patch_id = ? AND category IN "
        "('patch-state-changed', 'patch-delegated') ORDER BY date, id",
        (patch_id,),
    )
    return [archive.decode(Event, raw) for (raw,) in rows.fetchall()]
