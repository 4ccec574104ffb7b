"""How far the archive is in step with its Patchwork server: the server, its lists, its events.

A pull changes this in the same transaction as the objects, so that both agree after a kill at any moment.
`kind` is patch, cover or series.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import NamedTuple

from generator.archive.database import Archive
from generator.errors import ConfigError

#: Servers store some events late, dated a little back: this much is read again.
_LATE = timedelta(minutes=10)
#: But no more events than this, so that a burst of them isn't read again and again.
_LATE_EVENTS = 200


class CrawlDepth(IntEnum):
    """How much of a list a crawl reads."""

    NEW_ENTRIES = 0  # from the newest entry down to what is known
    FULL_LIST = 1  # every entry
    REFETCH = 2  # every entry, and then each object by itself


class Server(NamedTuple):
    """The server of an archive: host and path, no scheme; the API version last used, such as "1.4"."""

    root: str
    api_version: str


@dataclass(frozen=True, slots=True)
class ListProgress:
    """How far a project's list is known: every object whose id is in [lowest, highest].

    `listed_at`: when the full list was last read (seconds since 1970).
    """

    highest: int
    lowest: int
    listed_at: int


@dataclass(frozen=True, slots=True)
class ListCrawl:
    """An unfinished crawl of a list: the page to read next, the highest id seen so far, its depth.

    given_up: when the list turned out to have no end (seconds since 1970); 0 while the crawl goes on.
    """

    page: int = 1
    highest: int = 0
    depth: CrawlDepth = CrawlDepth.NEW_ENTRIES
    given_up: int = 0


class SyncState:
    """The tables about the server, its lists and its events. Writes belong to the caller's transaction."""

    def __init__(self, archive: Archive) -> None:
        self._sql = archive.sql

    # The server

    def server(self) -> Server | None:
        """The server that the archive mirrors; None before the first pull."""
        row = self._sql.execute("SELECT root, api_version FROM server").fetchone()
        return Server(*row) if row else None

    def set_server(self, server: Server, *, moved: bool = False) -> None:
        """Bind the archive to a server; raises ConfigError if it mirrors another one and hasn't `moved`."""
        known = self.server()
        if known is None:
            self._sql.execute("INSERT INTO server VALUES (?, ?, NULL, NULL)", server)
        elif known.root != server.root and not moved:
            raise ConfigError(
                f"the archive mirrors {known.root}, whose object ids would clash with those of "
                f"{server.root}; use another --content, or --moved if the same server changed its address"
            )
        elif known != server:
            self._sql.execute("UPDATE server SET root = ?, api_version = ?", server)

    def first_event_times(self) -> tuple[int | None, int | None]:
        """The times of the first event and of the first event about a comment (seconds since 1970)."""
        row = self._sql.execute("SELECT first_event, first_comment FROM server").fetchone()
        return row or (None, None)

    def note_event_time(self, time: int, *, is_comment: bool) -> None:
        """Take an event's time into account for `first_event_times`."""
        first, first_comment = self.first_event_times()
        if first is None or time < first:
            self._sql.execute("UPDATE server SET first_event = ?", (time,))
        if is_comment and (first_comment is None or time < first_comment):
            self._sql.execute("UPDATE server SET first_comment = ?", (time,))

    # The lists

    def list_progress(self, project: int, kind: str) -> ListProgress | None:
        """How far a project's list is known; None until its first crawl is complete."""
        query = (
            "SELECT highest, lowest, listed_at FROM list_progress WHERE project_id = ? AND kind = ?"
        )
        row = self._sql.execute(query, (project, kind)).fetchone()
        return ListProgress(*row) if row else None

    def set_list_progress(self, project: int, kind: str, progress: ListProgress) -> None:
        if self.list_progress(project, kind) == progress:
            return  # so that a pull without news leaves the archive unchanged
        row = (project, kind, progress.highest, progress.lowest, progress.listed_at)
        self._sql.execute("INSERT OR REPLACE INTO list_progress VALUES (?, ?, ?, ?, ?)", row)

    def list_crawl(self, scope: str, kind: str) -> ListCrawl | None:
        """The unfinished crawl of a list, if there is one; `scope` names its projects."""
        query = "SELECT page, highest, depth, given_up FROM list_crawl WHERE scope = ? AND kind = ?"
        row = self._sql.execute(query, (scope, kind)).fetchone()
        return ListCrawl(row[0], row[1], CrawlDepth(row[2]), row[3]) if row else None

    def set_list_crawl(self, scope: str, kind: str, crawl: ListCrawl) -> None:
        row = (scope, kind, crawl.page, crawl.highest, crawl.depth, crawl.given_up)
        self._sql.execute("INSERT OR REPLACE INTO list_crawl VALUES (?, ?, ?, ?, ?, ?)", row)

    def end_list_crawl(self, scope: str, kind: str) -> None:
        """Delete the state of a crawl that is complete, or begins anew."""
        self._sql.execute("DELETE FROM list_crawl WHERE scope = ? AND kind = ?", (scope, kind))

    def give_up(self, scope: str, kind: str, now: int) -> None:
        """Note that a list, or that of the events (kind: event), has no end; `now`: seconds since 1970."""
        self.set_list_crawl(scope, kind, ListCrawl(given_up=now))
        self.clear_seen(kind)

    def given_up_lists(self) -> list[tuple[str, str, int]]:
        """The lists that had no end: (scope, kind, when that was noticed in seconds since 1970)."""
        query = "SELECT scope, kind, given_up FROM list_crawl WHERE given_up > 0 ORDER BY 1, 2"
        return self._sql.execute(query).fetchall()

    def add_seen(self, kind: str, ids: Iterable[int]) -> None:
        """Note that a crawl of a full list has seen these objects."""
        rows = [(kind, number) for number in ids]
        self._sql.executemany("INSERT OR IGNORE INTO list_seen VALUES (?, ?)", rows)

    def clear_seen(self, kind: str) -> None:
        self._sql.execute("DELETE FROM list_seen WHERE kind = ?", (kind,))

    def highest_id(self, kind: str) -> int:
        """The highest id of a kind in the archive, 0 without any; servers never reuse one."""
        number: int = self._sql.execute(f"SELECT coalesce(max(id), 0) FROM {kind}").fetchone()[0]
        return number

    def ids_descending(self, kind: str, projects: Sequence[int], lowest: int) -> Iterator[int]:
        """The ids of the projects' objects in the archive, from the highest down to `lowest`."""
        marks = ",".join("?" * len(projects))
        query = f"SELECT id FROM {kind} WHERE project_id IN ({marks}) AND id >= ? ORDER BY id DESC"
        for row in self._sql.execute(query, (*projects, lowest)):
            yield row[0]

    # The events

    def creation_time(self, kind: str, number: int) -> int | None:
        """When a patch or cover letter was created, by its event (seconds since 1970); None without one."""
        query = f"SELECT min(date) FROM event WHERE {kind}_id = ? AND category = '{kind}-created'"
        date: int | None = self._sql.execute(query, (number,)).fetchone()[0]
        return date

    def event_cursor(self, projects: Iterable[int]) -> datetime | None:
        """The date from which the events of these projects are to be read; None: from the first one."""
        dates = []
        for project in projects:
            query = "SELECT since FROM event_cursor WHERE project_id = ?"
            row = self._sql.execute(query, (project,)).fetchone()
            if row is None:
                return None
            dates.append(row[0])
        return datetime.fromisoformat(min(dates)) if dates else None

    def is_new_event(self, number: int) -> bool:
        """Whether an event is not among those that were read lately."""
        query = "SELECT 1 FROM event_seen WHERE id = ?"
        return self._sql.execute(query, (number,)).fetchone() is None

    def add_event(self, number: int, date: datetime) -> None:
        """Note that an event was read."""
        row = (number, _sortable(date))
        self._sql.execute("INSERT OR IGNORE INTO event_seen VALUES (?, ?)", row)

    def advance_event_cursor(self, projects: Iterable[int], newest: datetime) -> None:
        """All events of the projects up to this date were read; late ones get some room."""
        since = _sortable(max(newest, datetime.min + _LATE) - _LATE)
        query = "SELECT date FROM event_seen WHERE date <= ? ORDER BY date DESC LIMIT 1 OFFSET ?"
        if row := self._sql.execute(query, (_sortable(newest), _LATE_EVENTS - 1)).fetchone():
            since = max(since, row[0])
        self._sql.executemany(
            "INSERT INTO event_cursor VALUES (?, ?) "
            "ON CONFLICT DO UPDATE SET since = excluded.since WHERE since < excluded.since",
            [(project, since) for project in projects],
        )
        query = "DELETE FROM event_seen WHERE date < (SELECT min(since) FROM event_cursor)"
        self._sql.execute(query)

    def reset_event_cursor(self, projects: Sequence[int], now: int) -> datetime | None:
        """Put the cursor of these projects where their newest archived event is, and return it.

        That is None, for the first event, where there is none from before `now` (seconds since 1970).
        """
        marks = ",".join("?" * len(projects))
        query = (
            "SELECT max(e.date) FROM event e LEFT JOIN patch p ON p.id = e.patch_id "
            f"LEFT JOIN cover c ON c.id = e.cover_id WHERE e.date BETWEEN 0 AND ? "
            f"AND coalesce(p.project_id, c.project_id) IN ({marks})"
        )
        newest = self._sql.execute(query, (now, *projects)).fetchone()[0]
        self._sql.execute(f"DELETE FROM event_cursor WHERE project_id IN ({marks})", projects)
        latest = _sortable(datetime.fromtimestamp(now, UTC).replace(tzinfo=None))
        self._sql.execute("DELETE FROM event_seen WHERE date > ?", (latest,))
        if newest is not None:
            date = datetime.fromtimestamp(newest, UTC).replace(tzinfo=None)
            self.advance_event_cursor(projects, date)
        return self.event_cursor(projects)


def _sortable(date: datetime) -> str:
    """A date as text that sorts by time."""
    return date.isoformat(timespec="microseconds")
