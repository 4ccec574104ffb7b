"""Figures: the objects in the archive, the patches and changes of a project. Dates are seconds since 1970."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median_low

from generator.archive import landed
from generator.archive.database import Archive
from generator.archive.landed_index import OutcomeReader

#: States in which a patch was taken.
ACCEPTED = ("accepted", "mainlined")
#: What a patch belongs to: the number of its series, or, negated, its own.
_UNIT = "coalesce({0}.series_id, -{0}.id)"


@dataclass(slots=True)
class Work:
    """A change from its first version on: a patch without a series, a series, or several that are versions.

    begun, reviewed, accepted and landed are None where the archive doesn't know. landed: when the last of its
    patches became a commit that wasn't reverted. patches: of its newest version. areas: the folders at the
    top of the tree that it touches.
    """

    versions: int = 0
    begun: int | None = None
    reviewed: int | None = None
    accepted: int | None = None
    landed: int | None = None
    is_accepted: bool = False
    patches: int = 0
    areas: set[str] = field(default_factory=set)

    @property
    def to_review(self) -> int | None:
        """Seconds from the first patch until somebody else commented; None where nobody did."""
        return _between(self.begun, self.reviewed)

    @property
    def to_landing(self) -> int | None:
        """Seconds from the first patch of the first version until the last commit; None where unknown."""
        return _between(self.begun, self.landed)


def _between(begun: int | None, ended: int | None) -> int | None:
    """A clock that is wrong makes nothing end before it began."""
    return None if begun is None or ended is None else max(ended - begun, 0)


def median_days(seconds: Sequence[int]) -> int:
    """The median of some spans of time, at least one, in days begun."""
    return max(1, -(-median_low(seconds) // 86400))


def summary(works: Sequence[Work]) -> dict[str, int | None]:
    """Changes in all and landed; and medians, None without one: days, in days begun, and versions."""
    landed = [work for work in works if work.to_landing is not None]
    to_landing = [time for work in works if (time := work.to_landing) is not None]
    to_review = [time for work in works if (time := work.to_review) is not None]
    return {
        "changes": len(works),
        "landed": len(landed),
        "days_to_landing": median_days(to_landing) if landed else None,
        "versions_to_landing": median_low(work.versions for work in landed) if landed else None,
        "days_to_first_comment": median_days(to_review) if to_review else None,
    }


def patches(archive: Archive, project: int) -> list[tuple[int, str]]:
    """(date, state) of the patches of a project."""
    query = "SELECT date, state FROM patch WHERE project_id = ? ORDER BY date, id"
    return archive.sql.execute(query, (project,)).fetchall()


def works(archive: Archive, project: int) -> list[Work]:
    """The changes that were proposed to a project."""
    unit = _UNIT.format("p")
    rows = archive.sql.execute(
        f"SELECT coalesce(l.work, {unit}), {unit}, min(p.date), count(*), "
        f"sum(p.state IN ({', '.join('?' * len(ACCEPTED))})) FROM patch p "
        "LEFT JOIN series_version l ON l.series_id = p.series_id "
        "WHERE p.project_id = ? GROUP BY 2 ORDER BY min(p.date), 2",
        (*ACCEPTED, project),
    )
    changes: dict[int, Work] = {}
    work_of: dict[int, Work] = {}
    for number, unit_number, date, patch_count, accepted in rows:
        change = work_of[unit_number] = changes.setdefault(number, Work())
        change.versions += 1
        change.begun = _earliest(change.begun, date)
        change.is_accepted |= bool(accepted)
        change.patches = patch_count  # the newest version comes last
    for unit_number, date in _reviews(archive, project):
        if work := work_of.get(unit_number):
            work.reviewed = _earliest(work.reviewed, date)
    for unit_number, date in _acceptances(archive, project):
        if work := work_of.get(unit_number):
            work.accepted = max(work.accepted or date, date)
    for unit_number, date in _landings(archive, project):
        work = work_of[unit_number]
        work.landed = max(work.landed or date, date)
    for unit_number, area in _areas(archive, project):
        work_of[unit_number].areas.add(area)
    return list(changes.values())


def _earliest(known: int | None, date: int) -> int:
    return date if known is None else min(known, date)


def _reviews(archive: Archive, project: int) -> list[tuple[int, int]]:
    """(series or patch, date) of the first answer by somebody else to each of its mails."""
    first: list[tuple[int, int]] = []
    for kind, unit in (("patch", _UNIT.format("m")), ("cover", "m.series_id")):
        rows = archive.sql.execute(
            f"SELECT {unit}, min(c.date) FROM comment c JOIN {kind} m ON m.id = c.parent_id "
            "WHERE c.parent_kind = ? AND m.project_id = ? AND c.submitter_id <> m.submitter_id GROUP BY 1",
            (kind, project),
        )
        first += rows.fetchall()
    return first


def _acceptances(archive: Archive, project: int) -> list[tuple[int, int]]:
    """(series or patch, date) of when patches that are accepted now came into that state."""
    rows = archive.sql.execute(
        f"SELECT {_UNIT.format('p')}, max(e.date) FROM patch p CROSS JOIN event e ON p.id = e.patch_id "
        "WHERE e.category = 'patch-state-changed' AND p.project_id = ? "
        f"AND p.state IN ({', '.join('?' * len(ACCEPTED))}) GROUP BY p.id",
        (project, *ACCEPTED),
    )
    return rows.fetchall()


def _landings(archive: Archive, project: int) -> list[tuple[int, int]]:
    """(series or patch, date) of the commits that patches became, but for those that were reverted."""
    became = OutcomeReader(archive).of(landed.linked_patches(archive, project))
    units = _units(archive, project) if became else {}
    return [
        (units[number], first.date)
        for number, (first, *_) in ((number, found) for number, found in became.items() if found)
        if first.role != "part" and not first.is_reverted and first.date is not None
    ]


def _areas(archive: Archive, project: int) -> list[tuple[int, str]]:
    """(series or patch, folder at the top of the tree that it touches)."""
    rows = archive.sql.execute(
        f"SELECT DISTINCT {_UNIT.format('p')}, substr(value, 1, instr(value || '/', '/') - 1) "
        "FROM facet f JOIN patch p ON p.id = f.patch_id WHERE f.kind = 'folder' AND p.project_id = ?",
        (project,),
    )
    return rows.fetchall()


def _units(archive: Archive, project: int) -> Mapping[int, int]:
    query = f"SELECT p.id, {_UNIT.format('p')} FROM patch p WHERE p.project_id = ?"
    return dict(archive.sql.execute(query, (project,)))


def object_counts(archive: Archive) -> dict[str, int]:
    """How many objects of each kind the archive holds."""
    tables = {"projects": "project", "patches": "patch", "series": "series", "covers": "cover",
              "comments": "comment", "checks": "check_result", "people": "person",
              "users": "user", "events": "event"}  # fmt: skip
    return {
        name: archive.sql.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for name, table in tables.items()
    }
