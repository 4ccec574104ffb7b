"""Patches as lists show them, a row each, without their mails, with counts of tags and checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from generator.archive.checks import LATEST_CHECKS
from generator.archive.database import Archive
from generator.archive.landed import commits_of_patches


class PatchRow(msgspec.Struct, frozen=True):
    """A patch in a list. Dates are seconds since 1970; `tags` are A, R, T; `checks` are S, W, F.

    landed: the commit that it landed as, or empty.
    """

    id: int
    project_id: int
    slug: str
    msgid: str
    name: str
    date: int
    submitter_id: int | None
    submitter: str
    delegate: str
    state: str
    archived: bool
    number: int | None
    series_id: int | None
    series: str
    tags: tuple[int, int, int]
    checks: tuple[int, int, int]
    landed: str = ""


_QUERY = """
SELECT p.id, p.project_id, p.slug, p.msgid, p.name, p.date, p.submitter_id,
       coalesce(nullif(w.name, ''), w.email, ''), coalesce(u.username, ''), p.state, p.archived,
       p.number, p.series_id, coalesce(s.name, ''), p.acked, p.reviewed, p.tested
FROM patch p LEFT JOIN person w ON w.id = p.submitter_id LEFT JOIN user u ON u.id = p.delegate_id
     LEFT JOIN series s ON s.id = p.series_id
"""

_CHECK_STATES = ("success", "warning", "fail")


def patch_rows(archive: Archive, ids: Sequence[int]) -> list[PatchRow]:
    """The rows of some patches, in the order of `ids`."""
    rows: dict[int, PatchRow] = {}
    for at in range(0, len(ids), 500):
        part = ids[at : at + 500]
        for row in _rows(archive, "p.id IN ({})".format(",".join("?" * len(part))), part):
            rows[row.id] = row
    return [rows[number] for number in ids if number in rows]


def rows_of_series(archive: Archive, series_id: int) -> list[PatchRow]:
    """The patches of a series by their number, those without one last, by date."""
    rows = _rows(archive, "p.series_id = ?", [series_id])
    return sorted(rows, key=lambda r: (r.number is None, r.number or 0, r.date, r.id))


def _rows(archive: Archive, where: str, keys: Sequence[int]) -> list[PatchRow]:
    sql = archive.sql
    plain = sql.execute(f"{_QUERY} WHERE {where}", keys).fetchall()
    ids = [row[0] for row in plain]
    tags, checks = comment_tags(archive, ids), check_counts(archive, ids)
    landed = commits_of_patches(archive, ids)
    none = (0, 0, 0)
    rows: list[PatchRow] = []
    for number, *fields, archived, position, series_id, series, acked, reviewed, tested in plain:
        a, r, t = tags.get(number, none)
        given = (acked + a, reviewed + r, tested + t)
        after: list[Any] = [position, series_id, series, given, checks.get(number, none)]
        after.append(landed.get(number, ""))
        rows.append(PatchRow(*[number, *fields, bool(archived), *after]))
    return rows


def comment_tags(
    archive: Archive, ids: Sequence[int] | None = None
) -> dict[int, tuple[int, int, int]]:
    """How many tags (A, R, T) the comments on each patch give; all patches when ids is None."""
    # Without the hint SQLite reads all comments on patches even for a few.
    table = "comment" if ids is None else "comment INDEXED BY comment_parent"
    query = (
        f"SELECT parent_id, sum(acked), sum(reviewed), sum(tested) FROM {table} "
        "WHERE parent_kind = 'patch'"
    )
    rows = _restricted(archive, query, "parent_id", ids, " GROUP BY parent_id")
    return {row[0]: (row[1], row[2], row[3]) for row in rows if row[1] or row[2] or row[3]}


def check_counts(
    archive: Archive, ids: Sequence[int] | None = None
) -> dict[int, tuple[int, int, int]]:
    """How many latest checks (success, warning, fail) each patch has; all patches when ids is None."""
    counts: dict[int, list[int]] = {}
    for patch, state, _ in _restricted(archive, LATEST_CHECKS, "patch_id", ids, ""):
        if state in _CHECK_STATES:
            counts.setdefault(patch, [0, 0, 0])[_CHECK_STATES.index(state)] += 1
    return {patch: (s, w, f) for patch, (s, w, f) in counts.items()}


def _restricted(
    archive: Archive, query: str, column: str, ids: Sequence[int] | None, tail: str
) -> list[tuple[Any, ...]]:
    if ids is None:
        return archive.sql.execute(query + tail).fetchall()
    rows: list[tuple[Any, ...]] = []
    for at in range(0, len(ids), 500):
        part = ids[at : at + 500]
        marks = ",".join("?" * len(part))
        rows += archive.sql.execute(f"{query} AND {column} IN ({marks}){tail}", part).fetchall()
    return rows
