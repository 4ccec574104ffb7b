"""Series of mails that the server has none for, which is so in archives from before Patchwork 2.0.

They are rows of `series` like others, with numbers of their own: that of their first patch, above FIRST. What
they consist of follows from the mails in the archive alone, whatever the order in which these came.

Later servers give each patch a series; one without it was left out by the server, or its series was deleted
there. So nothing is worked out for what came after a project's first patch with a series.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from typing import Any

import msgspec

from generator import urls
from generator.archive.database import Archive
from generator.mail import subject
from generator.mail.series_grouping import Group, SentMail, grouped

#: No server has as many series. All numbers have 15 digits, which is what addresses and queries take.
FIRST = 900_000_000_000_000
#: Patches with higher numbers, which no server gives either, are in no series that is worked out.
_LAST_PATCH = 99_999_999_999_999


def is_worked_out(series: int) -> bool:
    """Whether a series (its number) was worked out here. No other has such a number: see the writer."""
    return series >= FIRST


def refresh(archive: Archive) -> None:
    """Bring these series up to date with the mails in the archive and the dates that these are listed by."""
    sql = archive.sql
    if sql.execute("SELECT worked_out_for FROM meta").fetchone()[0] == _digest(sql):
        return
    listed: dict[SentMail, int] = dict(_mails(sql))
    groups = {FIRST + min(m.id for m in g.patches.values()): g for g in grouped(listed)}
    rows = dict(_rows(archive, groups, listed)) if groups else {}
    stored = dict(sql.execute("SELECT id, digest FROM series WHERE id >= ?", (FIRST,)))
    vanished = [(number,) for number in stored.keys() - rows.keys()]
    with archive.transaction():
        sql.executemany("DELETE FROM series WHERE id = ?", vanished)
        for number, row in rows.items():
            if stored.get(number) != row["digest"]:
                marks = ", ".join(f":{column}" for column in row)
                query = f"INSERT OR REPLACE INTO series ({', '.join(row)}) VALUES ({marks})"
                sql.execute(query, row)
        for kind in ("patch", "cover"):
            moved = _moved(sql, kind, groups)
            sql.executemany(f"UPDATE {kind} SET series_id = ? WHERE id = ?", moved)
        sql.execute("UPDATE meta SET worked_out_for = ?", (_digest(sql),))


def _digest(sql: sqlite3.Connection) -> bytes:
    """A digest of all that these series depend on, and of the numbers that their mails have; empty for none.

    To take it costs a tenth of working out the series.
    """
    state = hashlib.blake2b(digest_size=16)
    is_empty = True
    for kind in ("cover", "patch"):
        rows = sql.execute(_WITHOUT_SERIES.format(kind), (kind,))
        while batch := rows.fetchmany(1000):
            state.update(repr(batch).encode("utf-8", "replace"))
            is_empty = False
    if is_empty and not sql.execute("SELECT 1 FROM series WHERE id >= ?", (FIRST,)).fetchone():
        return b""
    others = [*_first_with_series(sql, "cover").items(), *_first_with_series(sql, "patch").items()]
    projects = sql.execute("SELECT id, name, link_name FROM project ORDER BY id").fetchall()
    state.update(repr((others, projects)).encode("utf-8", "replace"))
    return state.digest()


#: With the dates that they were sent with: a wrong clock is the same for a whole series.
_WITHOUT_SERIES = (
    "SELECT m.id, m.project_id, m.submitter_id, coalesce(c.sent, m.date), m.msgid, m.name, w.answers, "
    "m.date, m.series_id, p.name, p.email FROM mail_without_series w JOIN {} m ON m.id = w.id "
    "LEFT JOIN wrong_clock c ON c.kind = w.kind AND c.id = w.id "
    "LEFT JOIN person p ON p.id = m.submitter_id WHERE w.kind = ? ORDER BY w.id"
)


def _first_with_series(sql: sqlite3.Connection, kind: str) -> dict[int, int]:
    """By project: the first of its patches or cover letters with a series of the server's."""
    query = f"SELECT project_id, min(id) FROM {kind} WHERE series_id < ? GROUP BY 1 ORDER BY 1"
    return dict(sql.execute(query, (FIRST,)))


def _mails(sql: sqlite3.Connection) -> Iterator[tuple[SentMail, int]]:
    """The mails of which series may be made, and the dates by which they are listed."""
    for kind in ("cover", "patch"):
        first_with_series = _first_with_series(sql, kind)
        for row in sql.execute(_WITHOUT_SERIES.format(kind), (kind,)):
            number, project, sender, sent, msgid, name, answers, date, *_ = row
            if number <= min(_LAST_PATCH, first_with_series.get(project, number)):
                answered = tuple(answers.split())
                is_cover = kind == "cover"
                mail = SentMail(number, is_cover, project, sender, sent, msgid, name, answered)
                yield mail, date


def _moved(
    sql: sqlite3.Connection, kind: str, groups: dict[int, Group]
) -> list[tuple[int | None, int]]:
    """(series, number) of the mails of a kind whose series is another one now, or none."""
    wanted: dict[int, int | None] = {
        mail.id: number
        for number, group in groups.items()
        for mail in group.mails
        if mail.is_cover == (kind == "cover")
    }
    query = f"SELECT id, series_id FROM {kind} WHERE series_id >= ?"
    stored: dict[int, int] = dict(sql.execute(query, (FIRST,)))
    wanted |= dict.fromkeys(stored.keys() - wanted.keys())
    return [(series, number) for number, series in wanted.items() if stored.get(number) != series]


def _rows(
    archive: Archive, groups: dict[int, Group], listed: dict[SentMail, int]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The columns of each series, by its number."""
    sql = archive.sql
    people = {
        number: {"id": number, "name": name, "email": email}
        for number, name, email in sql.execute("SELECT id, name, email FROM person")
    }
    projects = {
        number: {"id": number, "name": name, "link_name": link_name}
        for number, name, link_name in sql.execute("SELECT id, name, link_name FROM project")
    }
    for number, group in groups.items():
        cover, name = group.cover, group.name
        date = listed[cover or min(group.patches.values(), key=lambda mail: mail.id)]
        value = {
            "id": number,
            "project": projects[group.project],
            "name": name or None,
            "date": urls.moment(date).replace(tzinfo=None),
            "submitter": people.get(group.sender) if group.sender is not None else None,
            "version": group.version,
            "total": group.total,
        }
        digest, raw = archive.pack(msgspec.json.encode(value))
        yield number, {
            "id": number, "project_id": group.project, "name": name, "topic": subject.topic(name),
            "version": group.version, "total": group.total, "date": date, "submitter_id": group.sender,
            "cover_id": cover.id if cover else None, "digest": digest, "raw": raw,
        }  # fmt: skip
