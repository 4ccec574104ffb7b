"""Mails whose sender's clock was wrong, and when they are listed instead.

A row of `wrong_clock` keeps the date that the mail, or a series that it began, came with; the `date` column
beside the object has the one that it is listed by. There is different evidence: what a mail itself shows
(`mail`) is noted when it is stored, and so is that it was dated later than that (`import`). Else its
neighbours in number tell, which arrived before and after it (`archive`).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC
from statistics import median_low
from typing import NamedTuple

from generator.archive.columns import seconds
from generator.archive.database import Archive
from generator.mail import clocks
from generator.model import Mail

_DAY = 86400
_FIRST = int(clocks.FIRST.replace(tzinfo=UTC).timestamp())
#: A machine that says that it is earlier has no clock that could tell which mails are dated ahead.
_EARLIEST_NOW = 1_767_225_600  # 2026
#: How many mails of the latest dates are examined: others can't stand on top of a list.
_LATEST = 200
#: A mail is dated ahead if most of the next mails, and at least so many, are dated so many days before it.
_NEXT, _FEWEST, _AHEAD = 20, 5, 30
#: From how many mails on either side the date is taken.
_SIDE = 10

#: The table of each kind of mail (as in derived.put), and which of its rows are of that kind.
_ROWS_OF = {
    "patch": "patch WHERE 1",
    "cover": "cover WHERE 1",
    "patch-comment": "comment WHERE parent_kind = 'patch'",
    "cover-comment": "comment WHERE parent_kind = 'cover'",
    "series": "series WHERE 1",
}
_MAILS = ("patch", "cover", "patch-comment", "cover-comment")

_Key = tuple[str, int]  # kind, number


class _Wrong(NamedTuple):
    """An object with a wrong date, and the one that it is listed by (seconds since 1970).

    noticed: the day on which a mail was stored that was dated later; None where that is not the evidence.
    """

    sent: int
    listed: int
    noticed: int | None = None


def refresh(archive: Archive) -> None:
    """Correct the dates of mails and series by what the archive knows now."""
    sql = archive.sql
    stored = {
        (kind, number): _Wrong(sent, 0, noticed)
        for kind, number, sent, noticed in sql.execute(
            "SELECT kind, id, sent, noticed FROM wrong_clock WHERE evidence <> 'mail'"
        )
    }
    current: dict[_Key, _Wrong] = {}
    for kind in _MAILS:
        current |= _mails(sql, kind, stored)
    current |= _series(sql, current, stored)
    changed = [
        key for key in current if _date(sql, *key) != current[key].listed or key not in stored
    ]
    vanished = stored.keys() - current.keys()
    if not changed and not vanished:
        return
    with archive.transaction():
        for kind, number in sorted(vanished):
            _set_date(sql, kind, number, stored[kind, number].sent)
            sql.execute("DELETE FROM wrong_clock WHERE kind = ? AND id = ?", (kind, number))
        for kind, number in changed:
            wrong = current[kind, number]
            _set_date(sql, kind, number, wrong.listed)
            evidence = "archive" if wrong.noticed is None else "import"
            row = (kind, number, wrong.sent, evidence, wrong.noticed)
            sql.execute("INSERT OR REPLACE INTO wrong_clock VALUES (?, ?, ?, ?, ?)", row)


def note(sql: sqlite3.Connection, kind: str, item: Mail) -> None:
    """Correct the date of a mail that was just stored by what it shows itself, and by what day it is.

    `kind` as in derived.put.
    """
    sent, corrected = seconds(item.date), clocks.corrected_date(item)
    if corrected is None:
        date = noticed = _noticed(sql, kind, item.id, sent)
        evidence = "import"
    else:
        date, noticed, evidence = seconds(corrected), None, "mail"
    if date is not None:
        row = (kind, item.id, sent, evidence, noticed)
        sql.execute("INSERT OR REPLACE INTO wrong_clock VALUES (?, ?, ?, ?, ?)", row)
        _set_date(sql, kind, item.id, date)


def forget(sql: sqlite3.Connection, kind: str, number: int, *, is_deleted: bool) -> None:
    """Delete what is known of a mail's clock; of one that is stored again, not that it was dated ahead."""
    kept = "" if is_deleted else "AND evidence <> 'import'"
    sql.execute(f"DELETE FROM wrong_clock WHERE kind = ? AND id = ? {kept}", (kind, number))


def listed_dates(archive: Archive, kind: str) -> dict[int, int]:
    """The dates (seconds since 1970) by which mails of a kind are listed whose clock was wrong, by number."""
    return dict(archive.sql.execute(_LISTED.format("id, date", _ROWS_OF[kind], ""), (kind,)))


def listed_dates_by_sender(archive: Archive, kind: str) -> Iterator[tuple[int, int]]:
    """(number of the sender, date) of the same mails, by their numbers."""
    query = _LISTED.format(
        "submitter_id, date", _ROWS_OF[kind], "AND submitter_id IS NOT NULL ORDER BY id"
    )
    return archive.sql.execute(query, (kind,))


def listed_date(archive: Archive, kind: str, number: int) -> int | None:
    """The same of one mail; None where its own date counts."""
    query = _LISTED.format("date", _ROWS_OF[kind], "AND id = ?")
    row = archive.sql.execute(query, (kind, number)).fetchone()
    return row[0] if row else None


_LISTED = "SELECT {} FROM {} AND id IN (SELECT id FROM wrong_clock WHERE kind = ?) {}"


def _noticed(sql: sqlite3.Connection, kind: str, number: int, sent: int) -> int | None:
    """The day on which a mail was first stored, if it was dated later; else None."""
    query = "SELECT sent, noticed FROM wrong_clock WHERE kind = ? AND id = ?"
    if row := sql.execute(query, (kind, number)).fetchone():
        known: int | None = row[1]
        if row[0] == sent:
            return known
        forget(sql, kind, number, is_deleted=True)  # it has another date now
    now = int(time.time())
    return now // _DAY * _DAY if _EARLIEST_NOW <= now < sent - _DAY else None


def _mails(sql: sqlite3.Connection, kind: str, stored: dict[_Key, _Wrong]) -> dict[_Key, _Wrong]:
    """The mails of a kind of which their neighbours, or the day of their import, show that they are wrong."""
    rows_of = _ROWS_OF[kind]
    known = {number: wrong for (what, number), wrong in stored.items() if what == kind}
    rows = sql.execute(
        f"SELECT id, date FROM {rows_of} ORDER BY date DESC, id DESC LIMIT ?", (_LATEST,)
    ).fetchall()
    rows += sql.execute(f"SELECT id, date FROM {rows_of} AND date < ?", (_FIRST,)).fetchall()
    examined = dict(rows) | {number: wrong.sent for number, wrong in known.items()}
    noticed = {number: wrong.noticed for number, wrong in known.items()}
    wrong = {
        number: sent
        for number, sent in sorted(examined.items())
        if _date(sql, kind, number) is not None
        and (
            sent < _FIRST
            or noticed.get(number) is not None
            or _is_ahead(sql, kind, number, sent, examined)
        )
    }
    found: dict[_Key, _Wrong] = {}
    for number, sent in wrong.items():
        sides = *_near(sql, kind, number, "<", _SIDE), *_near(sql, kind, number, ">", _SIDE)
        dates = [date for other, date in sides if other not in wrong]
        day = noticed.get(number)
        bounds = [date for date in (median_low(dates) if dates else None, day) if date is not None]
        if bounds:
            found[kind, number] = _Wrong(sent, min(bounds), day)
    return found


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
    query = f"SELECT id, date FROM {_ROWS_OF[kind]} AND id {side} ? ORDER BY id {order} LIMIT ?"
    return sql.execute(query, (number, count)).fetchall()


def _series(
    sql: sqlite3.Connection, mails: dict[_Key, _Wrong], stored: dict[_Key, _Wrong]
) -> dict[_Key, _Wrong]:
    """The series whose date is that of a mail with a wrong clock: Patchwork takes the first mail's."""
    found: dict[_Key, _Wrong] = {}
    for kind in ("cover", "patch"):
        dates = [
            (number, wrong.sent, wrong.listed)
            for (what, number), wrong in mails.items()
            if what == kind
        ]
        dates += sql.execute(
            f"SELECT w.id, w.sent, m.date FROM wrong_clock w JOIN {kind} m ON m.id = w.id WHERE w.kind = ? "
            "AND w.evidence = 'mail'",
            (kind,),
        )
        for number, sent, listed in dates:
            row = sql.execute(
                f"SELECT s.id, s.date FROM {kind} m JOIN series s ON s.id = m.series_id WHERE m.id = ?",
                (number,),
            ).fetchone()
            if row and row[1] is not None:
                key = "series", row[0]
                came_with = stored[key].sent if key in stored else row[1]
                if abs(came_with - sent) <= _DAY:
                    best = min(listed, found[key].listed) if key in found else listed
                    found[key] = _Wrong(came_with, best)
    return dict(sorted(found.items()))


def _date(sql: sqlite3.Connection, kind: str, number: int) -> int | None:
    query = f"SELECT date FROM {_ROWS_OF[kind]} AND id = ?"
    row = sql.execute(query, (number,)).fetchone()
    return row[0] if row else None


def _set_date(sql: sqlite3.Connection, kind: str, number: int, date: int) -> None:
    """Set the date by which an object is listed; `kind` as in derived.put."""
    name, _, condition = _ROWS_OF[kind].partition(" WHERE ")
    sql.execute(f"UPDATE {name} SET date = ? WHERE {condition} AND id = ?", (date, number))
