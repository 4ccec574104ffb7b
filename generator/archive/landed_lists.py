"""Lists of what landed in repositories, by month and by release; and which patches a commit came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.archive.database import Archive
from generator.archive.landed import Commit, commits_by_id

#: By what commits are listed: the month of the commit (`2026-03`, UTC), the first tag that has it.
BY = {"month": "strftime('%Y-%m', c.committed, 'unixepoch')", "release": "c.release"}
#: Links (archive/landed.py) with the patches that a commit came from.
_FROM = (
    "FROM landed_link l JOIN git_commit c ON c.id = l.commit_id "
    "WHERE l.role IN ('landed', 'same', 'part') "
    "AND l.patch_id NOT IN (SELECT patch_id FROM landed_override)"
)


@dataclass(frozen=True, slots=True)
class LandedCount:
    """The commits of a month or release on the first branch, and how many of them came from patches here.

    newest: the date of the last of them (seconds since 1970).
    """

    name: str
    commits: int
    linked: int
    newest: int


def counts_by(archive: Archive, project: int, by: str) -> list[LandedCount]:
    """The months or releases (`by`, of BY) in which patches of a project landed, newest first."""
    query = (
        f"SELECT {BY[by]}, count(*), sum(c.id IN (SELECT l.commit_id {_FROM})), max(c.committed) "
        "FROM git_commit c WHERE c.project_id = ? AND c.place = 0 GROUP BY 1 "
        "ORDER BY max(c.committed) DESC, 1 DESC"
    )
    rows = archive.sql.execute(query, (project,)).fetchall()
    return [LandedCount(*row) for row in rows if row[0] and row[2]]


def landed_in(archive: Archive, project: int, by: str, name: str) -> list[tuple[Commit, list[int]]]:
    """The commits of a month or release with the patches that they came from, newest first."""
    query = (
        f"SELECT l.commit_id, l.patch_id {_FROM} AND c.project_id = ? AND c.place = 0 "
        f"AND {BY[by]} = ? ORDER BY c.committed DESC, c.id DESC, l.patch_id"
    )
    patches: dict[int, list[int]] = {}
    for commit, patch in archive.sql.execute(query, (project, name)):
        patches.setdefault(commit, []).append(patch)
    commits = commits_by_id(archive, list(patches))
    return [(commits[number], found) for number, found in patches.items()]


def origins(archive: Archive) -> Iterator[tuple[str, int]]:
    """(name of a commit, patch) of all commits that came from patches here, by name.

    Those that content/updates/ sets are among them, by as many digits as it has.
    """
    query = (
        f"SELECT lower(hex(c.sha)), l.patch_id {_FROM} UNION "
        "SELECT o.sha, o.patch_id FROM landed_override o JOIN patch p ON p.id = o.patch_id "
        "WHERE o.sha <> '' ORDER BY 1, 2"
    )
    yield from archive.sql.execute(query)
