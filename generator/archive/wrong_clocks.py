"""Mails whose sender's clock was wrong, and when they are listed instead.

A row of `wrong_clock` keeps the date that the mail, or a series that it began, came with; the `date` column
beside the object has the one that it is listed by. What a mail itself shows (`evidence` is `mail`) is noted
when the mail is stored. Else its neighbours in number tell, which arrived before and after it (`archive`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC
from statistics import median_low

from generator.archive.columns import seconds
from generator.archive.database import Archive
from generator.mail import clocks
from generator.model import Mail

_DAY = 86400
_FIRST = int(clocks.FIRST.replace(tzinfo=UTC).timestamp())
#: How many mails of the latest dates are examined: others can't stand on top of a list.
_LATEST = 200
#: A mail is dated ahead if most of the next mails, and at least so many, are dated so many days before it.
_NEXT, _FEWEST, _AHEAD = 20, 5, 30
#: From how many mails on either side the date is taken.
_SIDE = 10

_Row = tuple[str, int, int, int]  # kind, number, the date it came with, the date it is listed by


def refresh(archive: Archive) -> None:
    """Correct the dates of mails and series by what the archive knows now."""
    sql = archive.sql
    stored = {
        (kind, number): sent
        for kind, number, sent in sql.execute(
            "SELECT kind, id, sent FROM wrong_clock WHERE evidence = 'archive'"
        )
    }
    wanted = [row for kind in ("patch", "cover") for row in _mails(sql, kind, stored)]
    wanted += _series(sql, wanted, stored)
    current = {(kind, number): (sent, listed) for kind, number, sent, listed in wanted}
    changed = [key for key in current if _date(sql, *key) != current[key][1] or key not in stored]
    vanished = stored.keys() - current.keys()
    if not changed and not vanished:
        return
    with archive.transaction():
        for kind, number in sorted(vanished):
            _set_date(sql, kind, number, stored[kind, number])
            sql.execute("DELETE FROM wrong_clock WHERE kind = ? AND id = ?", (kind, number))
        for kind, number in changed:
            sent, listed = current[kind, number]
            _set_date(sql, kind, number, listed)
            row = (kind, number, sent, "archive")
            sql.execute("INSERT OR REPLACE INTO wrong_clock VALUES (?, ?, ?, ?)", row)


def note(sql: sqlite3.Connection, kind: str, item: Mail) -> None:
    """Correct the date of a mail that was just stored by what it shows itself; `kind` as in derived.put."""
    if (date := clocks.corrected_date(item)) is None:
        return
    row = (kind, item.id, seconds(item.date), "mail")
    sql.execute("INSERT OR REPLACE INTO wrong_clock VALUES (?, ?, ?, ?)", row)
    _set_date(sql, kind, item.id, seconds(date))


def listed_dates(archive: Archive, kind: str) -> dict[int, int]:
    """The dates (seconds since 1970) by which mails of a kind are listed whose clock was wrong, by number."""
    return dict(
        archive.sql.execute(
            f"SELECT m.id, m.date FROM wrong_clock w JOIN {kind} m ON m.id = w.id WHERE w.kind = ?",
            (kind,),
        )
    )


def listed_dates_by_sender(archive: Archive, kind: str) -> Iterator[tuple[int, int]]:
    """(number of the sender, date) of the same mails, by their numbers."""
    return archive.sql.execute(
        f"SELECT m.submitter_id, m.date FROM wrong_clock w JOIN {kind} m ON m.id = w.id "
        "WHERE w.kind = ? AND m.submitter_id IS NOT NULL ORDER BY m.id",
        (kind,),
    )


def listed_date(archive: Archive, kind: str, number: int) -> int | None:
    """The same of one mail; None where its own date counts."""
    query = f"SELECT m.date FROM wrong_clock w JOIN {kind} m ON m.id = w.id WHERE w.kind = ? AND w.id = ?"
    row = archive.sql.execute(query, (kind, number)).fetchone()
    return row[0] if row else None


def _mails(
    sql: sqlite3.Connection, kind: str, stored: dict[tuple[str, int], int]
) -> Iterator[_Row]:
    """The patches or cover letters whose neighbours show that their dates are wrong."""
    rows = sql.execute(
        f"SELECT id, date FROM {kind} ORDER BY date DESC, id LIMIT ?", (_LATEST,)
    ).fetchall()
    rows += sql.execute(f"SELECT id, date FROM {kind} WHERE date < ?", (_FIRST,)).fetchall()
    examined = dict(rows) | {
        number: sent for (what, number), sent in stored.items() if what == kind
    }
    wrong = {
        number: sent
        for number, sent in sorted(examined.items())
        if _exists(sql, kind, number)
        and (sent < _FIRST or _is_ahead(sql, kind, number, sent, examined))
    }
    for number, sent in wrong.items():
        dates = [
            date
            for other, date in (
                *_near(sql, kind, number, "<", _SIDE),
                *_near(sql, kind, number, ">", _SIDE),
            )
            if other not in wrong
        ]
        if dates:
            yield kind, number, sent, median_low(dates)


def _is_ahead(
    sql: sqlite3.Connection, kind: str, number: int, sent: int, own: dict[int, int]
) -> bool:
    """Whether most mails that arrived after this one are dated long before it."""
    after = [own.get(other, date) for other, date in _near(sql, kind, number, ">", _NEXT)]
    before = sum(date < sent - _AHEAD * _DAY for date in after)
    return before >= _FEWEST and before * 5 >= len(after) * 4


def _near(
    sql: sqlite3.Connection, kind: str, number: int, side: str, count: int
) -> list[tuple[int, int]]:
    order = "DESC" if side == "<" else "ASC"
    query = f"SELECT id, date FROM {kind} WHERE id {side} ? ORDER BY id {order} LIMIT ?"
    return sql.execute(query, (number, count)).fetchall()


def _series(
    sql: sqlite3.Connection, mails: list[_Row], stored: dict[tuple[str, int], int]
) -> list[_Row]:
    """The series whose date is that of a mail with a wrong clock: Patchwork takes the first mail's."""
    listed = {(kind, number): date for kind, number, _, date in mails}
    found: dict[int, _Row] = {}
    for kind in ("cover", "patch"):
        noted = sql.execute(
            f"SELECT w.id, w.sent, m.date FROM wrong_clock w JOIN {kind} m ON m.id = w.id WHERE w.kind = ? "
            "AND w.evidence = 'mail'",
            (kind,),
        ).fetchall()
        noted += [(number, sent, date) for what, number, sent, date in mails if what == kind]
        for number, sent, date in noted:
            row = sql.execute(
                f"SELECT s.id, s.date FROM {kind} m JOIN series s ON s.id = m.series_id WHERE m.id = ?",
                (number,),
            ).fetchone()
            if row and row[1] is not None:
                came_with = stored.get(("series", row[0]), row[1])
                if abs(came_with - sent) <= _DAY:
                    own = listed.get((kind, number), date)
                    best = min(own, found[row[0]][3]) if row[0] in found else own
                    found[row[0]] = ("series", row[0], came_with, best)
    return [found[number] for number in sorted(found)]


def _exists(sql: sqlite3.Connection, kind: str, number: int) -> bool:
    return sql.execute(f"SELECT 1 FROM {kind} WHERE id = ?", (number,)).fetchone() is not None


def _date(sql: sqlite3.Connection, kind: str, number: int) -> int | None:
    row = sql.execute(f"SELECT date FROM {kind} WHERE id = ?", (number,)).fetchone()
    return row[0] if row else None


def _set_date(sql: sqlite3.Connection, kind: str, number: int, date: int) -> None:
    """Set the date by which an object is listed; `kind` as in derived.put."""
    parent = kind.removesuffix("-comment")
    if parent != kind:
        query = "UPDATE comment SET date = ? WHERE parent_kind = ? AND id = ?"
        sql.execute(query, (date, parent, number))
    else:
        sql.execute(f"UPDATE {kind} SET date = ? WHERE id = ?", (date, number))
