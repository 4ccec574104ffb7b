"""What pulls know: the server, how far its lists and events are known, what is still to be asked for.

A pull changes it in the same transaction as the objects, so that a kill at any moment leaves both level.
`what` is a kind of request: patch, cover, series, patch-comments, cover-comments or checks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from generator.archive.database import Archive
from generator.errors import ConfigError

#: Why something is asked for; the lower counts where there are two reasons.
NEW, CHANGED, AGAIN = 0, 1, 2
#: How thorough a walk is: down to what is known; through the whole list; asking for everything again.
TO_KNOWN, WHOLE, LOOK_AGAIN = 0, 1, 2

#: Events that end up in the database late are dated a little back: this much is read again.
_LATE = timedelta(minutes=10)
#: But no more events than this, so that a storm of them isn't read again and again.
_LATE_EVENTS = 200


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a list is known: every id in [bottom, mark]; `listed`: when all of it was last walked."""

    mark: int
    bottom: int
    listed: int


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk through a list: the page to read next, the highest id seen, how thorough it is."""

    page: int = 1
    top: int = 0
    depth: int = TO_KNOWN


class Ledger:
    """The tables `pull_*` of an archive."""

    def __init__(self, archive: Archive) -> None:
        self.sql = archive.sql

    # The server

    def server(self) -> tuple[str, str] | None:
        """(root, API version) of the server that the archive mirrors; None before the first pull."""
        row = self.sql.execute("SELECT root, version FROM pull_server").fetchone()
        return (row[0], row[1]) if row else None

    def set_server(self, root: str, version: str, *, moved: bool = False) -> None:
        """Bind the archive to a server; raises ConfigError where it mirrors another one."""
        known = self.server()
        if known is None:
            row = (root, version)
            self.sql.execute("INSERT INTO pull_server VALUES (?, ?, NULL, NULL)", row)
        elif known[0] != root and not moved:
            raise ConfigError(
                f"the archive mirrors {known[0]}, whose numbers would mix with those of {root}; "
                "use another --content, or --moved if it is the same server at a new address"
            )
        elif known != (root, version):
            self.sql.execute("UPDATE pull_server SET root = ?, version = ?", (root, version))

    def begun(self) -> tuple[int | None, int | None]:
        """When the first event, and the first event about a comment, happened (seconds since 1970)."""
        row = self.sql.execute("SELECT first_event, first_comment FROM pull_server").fetchone()
        return row or (None, None)

    def note_time(self, date: int, *, of_comment: bool) -> None:
        """Take an event's time into account for `begun`."""
        first, first_comment = self.begun()
        if first is None or date < first:
            self.sql.execute("UPDATE pull_server SET first_event = ?", (date,))
        if of_comment and (first_comment is None or date < first_comment):
            self.sql.execute("UPDATE pull_server SET first_comment = ?", (date,))

    # How far lists are known

    def mark(self, project: int, kind: str) -> Mark | None:
        """How far a project's list is known; None before its first walk ended."""
        query = "SELECT mark, bottom, listed FROM pull_mark WHERE project_id = ? AND kind = ?"
        row = self.sql.execute(query, (project, kind)).fetchone()
        return Mark(*row) if row else None

    def set_mark(self, project: int, kind: str, mark: Mark) -> None:
        if self.mark(project, kind) == mark:
            return  # an archive that nothing changed in stays the same
        row = (project, kind, mark.mark, mark.bottom, mark.listed)
        self.sql.execute("INSERT OR REPLACE INTO pull_mark VALUES (?, ?, ?, ?, ?)", row)

    def walk(self, scope: str, kind: str) -> Walk | None:
        """A walk that was begun and not ended; `scope` names the projects it is about."""
        query = "SELECT page, top, depth FROM pull_walk WHERE scope = ? AND kind = ?"
        row = self.sql.execute(query, (scope, kind)).fetchone()
        return Walk(*row) if row else None

    def set_walk(self, scope: str, kind: str, walk: Walk) -> None:
        row = (scope, kind, walk.page, walk.top, walk.depth)
        self.sql.execute("INSERT OR REPLACE INTO pull_walk VALUES (?, ?, ?, ?, ?)", row)

    def end_walk(self, scope: str, kind: str) -> None:
        self.sql.execute("DELETE FROM pull_walk WHERE scope = ? AND kind = ?", (scope, kind))

    def highest(self, kind: str) -> int:
        """The highest number of an object that the archive has; servers never use one twice."""
        query = f"SELECT coalesce(max(id), 0) FROM {kind}"
        number: int = self.sql.execute(query).fetchone()[0]
        return number

    def note_listed(self, kind: str, ids: Iterable[int]) -> None:
        """Remember that a walk through a whole list met these."""
        rows = [(kind, number) for number in ids]
        self.sql.executemany("INSERT OR IGNORE INTO pull_listed VALUES (?, ?)", rows)

    def ask_unlisted(self, kind: str, projects: Sequence[int], bottom: int, top: int) -> None:
        """At the end of such a walk, ask for what is here and wasn't met: it may be gone."""
        marks = ",".join("?" * len(projects))
        self.sql.execute(
            f"""INSERT OR IGNORE INTO pull_todo (what, id, why) SELECT ?, id, {AGAIN} FROM {kind} o
            WHERE o.project_id IN ({marks}) AND o.id BETWEEN ? AND ?
            AND NOT EXISTS (SELECT 1 FROM pull_listed l WHERE l.kind = ? AND l.id = o.id)
            AND NOT EXISTS (SELECT 1 FROM gone g WHERE g.kind = ? AND g.id = o.id)""",
            (kind, *projects, bottom, top, kind, kind),
        )
        self.sql.execute("DELETE FROM pull_listed WHERE kind = ?", (kind,))

    # What is to be asked for

    def ask(self, what: str, number: int, why: int = NEW) -> None:
        self.sql.execute(
            "INSERT INTO pull_todo (what, id, why) VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET why = min(why, excluded.why)",
            (what, number, why),
        )

    def ask_comments_of_all(self) -> None:
        """Ask for the comments on every patch and cover letter once more."""
        for kind in ("patch", "cover"):
            query = f"INSERT OR IGNORE INTO pull_todo (what, id, why) SELECT ?, id, ? FROM {kind}"
            self.sql.execute(query, (f"{kind}-comments", NEW))

    def settle(self, what: str, number: int) -> None:
        """It was answered."""
        self.sql.execute("DELETE FROM pull_todo WHERE what = ? AND id = ?", (what, number))

    def settle_change(self, what: str, number: int) -> bool:
        """A list's line answered it, if only for a change; whether one was waiting."""
        query = f"DELETE FROM pull_todo WHERE what = ? AND id = ? AND why = {CHANGED}"
        return self.sql.execute(query, (what, number)).rowcount > 0

    def put_off(self, what: str, number: int) -> None:
        """It can't be had now; the next pull asks again."""
        query = "UPDATE pull_todo SET tries = tries + 1 WHERE what = ? AND id = ?"
        self.sql.execute(query, (what, number))

    def todo(self, what: str) -> Iterator[tuple[int, int, int]]:
        """(id, why, tries) of what is to be asked for, newest first, what failed before at the end.

        Requests may be settled and put off meanwhile.
        """
        query = """SELECT id, why, tries FROM pull_todo WHERE what = ? AND (tries > 0) = ? AND id < ?
            ORDER BY id DESC LIMIT 500"""
        for failed in (0, 1):
            below = 1 << 62
            while rows := self.sql.execute(query, (what, failed, below)).fetchall():
                yield from rows
                below = rows[-1][0]

    def changed(self, kind: str) -> set[int]:
        """What is asked for only because it changed, so that a line in a list settles it."""
        query = f"SELECT id FROM pull_todo WHERE what = ? AND why = {CHANGED}"
        return {row[0] for row in self.sql.execute(query, (kind,))}

    def ids_down(self, kind: str, projects: Sequence[int], lowest: int) -> Iterator[int]:
        """The ids of the projects' objects, from the highest down to `lowest`."""
        marks = ",".join("?" * len(projects))
        query = f"SELECT id FROM {kind} WHERE project_id IN ({marks}) AND id >= ? ORDER BY id DESC"
        for row in self.sql.execute(query, (*projects, lowest)):
            yield row[0]

    def todo_count(self, what: str | None = None) -> int:
        """How much is to be asked for, of one kind or in all."""
        query = "SELECT count(*) FROM pull_todo WHERE what = coalesce(?, what)"
        count: int = self.sql.execute(query, (what,)).fetchone()[0]
        return count

    def forget_below(self, kind: str, bottom: int) -> None:
        """Drop requests for what lies below the bound of a first pull and isn't in the archive."""
        parts = {
            "patch": ["patch", "patch-comments", "checks"],
            "cover": ["cover", "cover-comments"],
        }
        for what in parts.get(kind, [kind]):
            self.sql.execute(
                f"DELETE FROM pull_todo WHERE what = ? AND id < ? AND id NOT IN (SELECT id FROM {kind})",
                (what, bottom),
            )

    # Events

    def birth(self, kind: str, number: int) -> int | None:
        """When an event told that a patch or cover letter was created (seconds since 1970)."""
        query = f"SELECT min(date) FROM event WHERE {kind}_id = ? AND category = '{kind}-created'"
        date: int | None = self.sql.execute(query, (number,)).fetchone()[0]
        return date

    def cursor(self, projects: Iterable[int]) -> datetime | None:
        """From when on the events of these projects are to be read; None: from the first."""
        found = []
        for project in projects:
            query = "SELECT since FROM pull_cursor WHERE project_id = ?"
            row = self.sql.execute(query, (project,)).fetchone()
            if row is None:
                return None
            found.append(row[0])
        return datetime.fromisoformat(min(found)) if found else None

    def is_new_event(self, number: int) -> bool:
        query = "SELECT 1 FROM pull_event WHERE id = ?"
        return self.sql.execute(query, (number,)).fetchone() is None

    def note_event(self, number: int, date: datetime) -> None:
        """An event was taken in."""
        row = (number, _stamp(date))
        self.sql.execute("INSERT OR IGNORE INTO pull_event VALUES (?, ?)", row)

    def move_cursor(self, projects: Iterable[int], newest: datetime) -> None:
        """All events of the projects up to this date were taken in; leave room for late ones."""
        since = _stamp(newest - _LATE)
        query = "SELECT date FROM pull_event WHERE date <= ? ORDER BY date DESC LIMIT 1 OFFSET ?"
        if row := self.sql.execute(query, (_stamp(newest), _LATE_EVENTS - 1)).fetchone():
            since = max(since, row[0])
        self.sql.executemany(
            "INSERT INTO pull_cursor VALUES (?, ?) "
            "ON CONFLICT DO UPDATE SET since = excluded.since WHERE since < excluded.since",
            [(project, since) for project in projects],
        )
        query = "DELETE FROM pull_event WHERE date < (SELECT min(since) FROM pull_cursor)"
        self.sql.execute(query)


def _stamp(date: datetime) -> str:
    """A date that sorts as text."""
    return date.isoformat(timespec="microseconds")
