"""What became of a project's patches and series, as rows to count. Dates are seconds since 1970."""

from __future__ import annotations

from dataclasses import dataclass

from generator.archive.database import Archive

#: States in which a patch waits for somebody to act, and in which it was taken.
OPEN = ("new", "under-review")
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
    found: dict[int, Work] = {}
    work_of: dict[int, Work] = {}
    for number, series, date, accepted in rows:
        change = work_of[series] = found.setdefault(number, Work())
        change.versions += 1
        change.begun = _earliest(change.begun, date)
        change.is_accepted |= bool(accepted)
    for series, date in _reviews(archive, project):
        if work := work_of.get(series):
            work.reviewed = _earliest(work.reviewed, date)
    for series, date in _acceptances(archive, project):
        if work := work_of.get(series):
            work.accepted = max(work.accepted or date, date)
    return list(found.values())


def _earliest(one: int | None, other: int) -> int:
    return other if one is None else min(one, other)


def _reviews(archive: Archive, project: int) -> list[tuple[int, int]]:
    """(series, date) of the first answer by somebody else to each of its mails."""
    found: list[tuple[int, int]] = []
    for kind in ("patch", "cover"):
        rows = archive.sql.execute(
            f"SELECT m.series_id, min(c.date) FROM comment c JOIN {kind} m ON m.id = c.parent_id "
            "WHERE c.parent_kind = ? AND m.project_id = ? AND m.series_id IS NOT NULL "
            "AND c.submitter_id <> m.submitter_id GROUP BY m.series_id",
            (kind, project),
        )
        found += rows.fetchall()
    return found


def _acceptances(archive: Archive, project: int) -> list[tuple[int, int]]:
    """(series, date) of when patches that are accepted now came into that state."""
    rows = archive.sql.execute(
        "SELECT p.series_id, max(e.date) FROM patch p CROSS JOIN event e ON p.id = e.patch_id "
        "WHERE e.category = 'patch-state-changed' AND p.project_id = ? AND p.series_id IS NOT NULL "
        f"AND p.state IN ({', '.join('?' * len(ACCEPTED))}) GROUP BY p.series_id",
        (project, *ACCEPTED),
    )
    return rows.fetchall()
