"""Figures: the objects in the archive, the patches and changes of a project. Dates are seconds since 1970."""

from __future__ import annotations

from dataclasses import dataclass

from generator.archive.database import Archive

#: States in which a patch was taken.
ACCEPTED = ("accepted", "mainlined")


@dataclass(slots=True)
class Work:
    """A change from its first version on: one series, or several that are versions of each other.

    begun, reviewed and accepted are None where the archive doesn't know.
    """

    versions: int = 0
    begun: int | None = None
    reviewed: int | None = None
    accepted: int | None = None
    is_accepted: bool = False


def patches(archive: Archive, project: int) -> list[tuple[int, str]]:
    """(date, state) of the patches of a project."""
    query = "SELECT date, state FROM patch WHERE project_id = ? ORDER BY date, id"
    return archive.sql.execute(query, (project,)).fetchall()


def works(archive: Archive, project: int) -> list[Work]:
    """The changes that were proposed to a project."""
    rows = archive.sql.execute(
        "SELECT coalesce(l.work, p.series_id), p.series_id, min(p.date), "
        f"sum(p.state IN ({', '.join('?' * len(ACCEPTED))})) FROM patch p "
        "LEFT JOIN series_version l ON l.series_id = p.series_id "
        "WHERE p.project_id = ? AND p.series_id IS NOT NULL GROUP BY p.series_id",
        (*ACCEPTED, project),
    )
    changes: dict[int, Work] = {}
    work_of: dict[int, Work] = {}
    for number, series, date, accepted in rows:
        change = work_of[series] = changes.setdefault(number, Work())
        change.versions += 1
        change.begun = _earliest(change.begun, date)
        change.is_accepted |= bool(accepted)
    for series, date in _reviews(archive, project):
        if work := work_of.get(series):
            work.reviewed = _earliest(work.reviewed, date)
    for series, date in _acceptances(archive, project):
        if work := work_of.get(series):
            work.accepted = max(work.accepted or date, date)
    return list(changes.values())


def _earliest(known: int | None, date: int) -> int:
    return date if known is None else min(known, date)


def _reviews(archive: Archive, project: int) -> list[tuple[int, int]]:
    """(series, date) of the first answer by somebody else to each of its mails."""
    first: list[tuple[int, int]] = []
    for kind in ("patch", "cover"):
        rows = archive.sql.execute(
            f"SELECT m.series_id, min(c.date) FROM comment c JOIN {kind} m ON m.id = c.parent_id "
            "WHERE c.parent_kind = ? AND m.project_id = ? AND m.series_id IS NOT NULL "
            "AND c.submitter_id <> m.submitter_id GROUP BY m.series_id",
            (kind, project),
        )
        first += rows.fetchall()
    return first


def _acceptances(archive: Archive, project: int) -> list[tuple[int, int]]:
    """(series, date) of when patches that are accepted now came into that state."""
    rows = archive.sql.execute(
        "SELECT p.series_id, max(e.date) FROM patch p CROSS JOIN event e ON p.id = e.patch_id "
        "WHERE e.category = 'patch-state-changed' AND p.project_id = ? AND p.series_id IS NOT NULL "
        f"AND p.state IN ({', '.join('?' * len(ACCEPTED))}) GROUP BY p.series_id",
        (project, *ACCEPTED),
    )
    return rows.fetchall()


def object_counts(archive: Archive) -> dict[str, int]:
    """How many objects of each kind the archive holds."""
    tables = {"projects": "project", "patches": "patch", "series": "series", "covers": "cover",
              "comments": "comment", "checks": "check_result", "people": "person",
              "users": "user", "events": "event"}  # fmt: skip
    return {
        name: archive.sql.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for name, table in tables.items()
    }
