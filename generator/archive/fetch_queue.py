"""What a pull still has to fetch from the server. The queue survives an interrupted pull.

`resource` names what one request brings: patch, cover, series, patch-comments, cover-comments or checks.
`number` is that of the object, or of the patch or cover letter that comments and checks belong to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

from generator.archive.database import Archive

#: What belongs to an object of a kind, itself included.
_RESOURCES = {
    "patch": ("patch", "patch-comments", "checks"),
    "cover": ("cover", "cover-comments"),
    "series": ("series",),
}
#: Requests that failed before and are tried once more in one pull.
_RETRIED = 100
#: Requests are read from the table so many at a time.
_READ_AHEAD = 500


class Reason(IntEnum):
    """Why something is fetched; the lower number counts where there are two reasons."""

    INCOMPLETE = 0  # the archive lacks a part of it
    CHANGED = 1  # something of it changed; its entry in a list brings the change as well
    RECHECK = 2  # only to see whether it changed


class Request(NamedTuple):
    """Something to fetch; `attempts`: how many earlier pulls failed to fetch it."""

    number: int
    reason: Reason
    attempts: int


class FetchQueue:
    """The table `fetch_queue`. What is written belongs to the caller's transaction."""

    def __init__(self, archive: Archive) -> None:
        self._sql = archive.sql

    def enqueue(self, resource: str, number: int, reason: Reason = Reason.INCOMPLETE) -> None:
        """Queue a request for a resource."""
        self._sql.execute(
            "INSERT INTO fetch_queue (resource, id, reason) VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET reason = min(reason, excluded.reason)",
            (resource, number, reason),
        )

    def enqueue_all_comments(self) -> None:
        """Queue a request for the comments on every patch and cover letter."""
        for kind in ("patch", "cover"):
            self._sql.execute(
                "INSERT OR IGNORE INTO fetch_queue (resource, id, reason) "
                f"SELECT ?, id, ? FROM {kind}",
                (f"{kind}-comments", Reason.INCOMPLETE),
            )

    def enqueue_unseen(self, kind: str, projects: Sequence[int], lowest: int, highest: int) -> None:
        """Recheck the objects of these projects and ids that a crawl of the full list has not seen.

        They may be deleted on the server.
        """
        marks = ",".join("?" * len(projects))
        self._sql.execute(
            f"""INSERT OR IGNORE INTO fetch_queue (resource, id, reason) SELECT ?, id, ? FROM {kind} o
            WHERE o.project_id IN ({marks}) AND o.id BETWEEN ? AND ?
            AND NOT EXISTS (SELECT 1 FROM list_seen l WHERE l.kind = ? AND l.id = o.id)
            AND NOT EXISTS (SELECT 1 FROM deletion g WHERE g.kind = ? AND g.id = o.id)""",
            (kind, Reason.RECHECK, *projects, lowest, highest, kind, kind),
        )

    def done(self, resource: str, number: int) -> None:
        """Remove the request for a resource, which was fetched."""
        query = "DELETE FROM fetch_queue WHERE resource = ? AND id = ?"
        self._sql.execute(query, (resource, number))

    def done_if_changed(self, kind: str, number: int) -> bool:
        """Remove the request for a change: a list entry brought it. Whether there was such a request."""
        query = "DELETE FROM fetch_queue WHERE resource = ? AND id = ? AND reason = ?"
        return self._sql.execute(query, (kind, number, Reason.CHANGED)).rowcount > 0

    def postpone(self, resource: str, number: int) -> None:
        """Leave a resource that can't be fetched now to the next pull."""
        query = "UPDATE fetch_queue SET attempts = attempts + 1 WHERE resource = ? AND id = ?"
        self._sql.execute(query, (resource, number))

    def requests(self, resource: str) -> Iterator[Request]:
        """The queued requests for a resource, newest object first.

        Some of those that failed before come last, those that failed least often first. They may be done or
        postponed meanwhile.
        """
        failed = self._sql.execute(
            "SELECT id, reason, attempts FROM fetch_queue WHERE resource = ? AND attempts > 0 "
            f"ORDER BY attempts, id DESC LIMIT {_RETRIED}",
            (resource,),
        ).fetchall()
        query = f"""SELECT id, reason, attempts FROM fetch_queue
            WHERE resource = ? AND attempts = 0 AND id < ? ORDER BY id DESC LIMIT {_READ_AHEAD}"""
        below = 1 << 62
        while rows := self._sql.execute(query, (resource, below)).fetchall():
            for number, reason, attempts in rows:
                yield Request(number, Reason(reason), attempts)
            below = rows[-1][0]
        for number, reason, attempts in failed:
            yield Request(number, Reason(reason), attempts)

    def changed_ids(self, kind: str) -> set[int]:
        """The objects that are queued only because they changed."""
        query = "SELECT id FROM fetch_queue WHERE resource = ? AND reason = ?"
        return {row[0] for row in self._sql.execute(query, (kind, Reason.CHANGED))}

    def length(self, resource: str | None = None) -> int:
        """How many requests are queued, for one resource or in all."""
        query = "SELECT count(*) FROM fetch_queue WHERE resource = coalesce(?, resource)"
        count: int = self._sql.execute(query, (resource,)).fetchone()[0]
        return count

    def drop_below(self, kind: str, lowest: int) -> None:
        """Remove requests for objects below an id that the archive lacks: `--since` excludes them."""
        for resource in _RESOURCES[kind]:
            self._sql.execute(
                "DELETE FROM fetch_queue WHERE resource = ? AND id < ? "
                f"AND id NOT IN (SELECT id FROM {kind})",
                (resource, lowest),
            )
