"""Lists of what landed in repositories, by month and by release; and which patches a commit came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.archive.database import Archive
from generator.archive.landed import Commit, commits_by_id, set_here

#: By what commits are listed: the month of the commit (`2026-03`, UTC), the first tag that has it.
BY = {"month": "strftime('%Y-%m', c.committed, 'unixepoch')", "release": "c.release"}
#: Links (archive/landed.py) with the patches that a commit came from; `{}` is what content/updates/ sets.
_LINKS = (
    "(SELECT commit_id, patch_id FROM landed_link WHERE role IN ('landed', 'same', 'part') "
    "AND patch_id NOT IN (SELECT patch_id FROM landed_override){})"
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
    linked = f"c.id IN (SELECT commit_id FROM {_links(archive)})"
    query = (
        f"SELECT {BY[by]}, count(*), sum({linked}), max(c.committed) "
        "FROM git_commit c WHERE c.project_id = ? AND c.place = 0 GROUP BY 1 "
        "ORDER BY max(c.committed) DESC, 1 DESC"
    )
    rows = archive.sql.execute(query, (project,)).fetchall()
    return [LandedCount(*row) for row in rows if row[0] and row[2]]


def landed_in(archive: Archive, project: int, by: str, name: str) -> list[tuple[Commit, list[int]]]:
    """The commits of a month or release with the patches that they came from, newest first."""
    query = (
        f"SELECT l.commit_id, l.patch_id FROM {_links(archive)} l "
        "JOIN git_commit c ON c.id = l.commit_id "
        f"WHERE c.project_id = ? AND c.place = 0 AND {BY[by]} = ? "
        "ORDER BY c.committed DESC, c.id DESC, l.patch_id"
    )
    patches: dict[int, list[int]] = {}
    for commit, patch in archive.sql.execute(query, (project, name)):
        patches.setdefault(commit, []).append(patch)
    commits = commits_by_id(archive, list(patches))
    return [(commits[number], found) for number, found in patches.items()]


def origins(archive: Archive) -> Iterator[tuple[str, int]]:
    """(name of a commit, patch) of all commits that came from patches here, by name."""
    query = (
        f"SELECT lower(hex(c.sha)), l.patch_id FROM {_links(archive)} l "
        "JOIN git_commit c ON c.id = l.commit_id ORDER BY 1, 2"
    )
    yield from archive.sql.execute(query)


def _links(archive: Archive) -> str:
    """A table of (commit_id, patch_id): where content/updates/ says what a patch became, that counts."""
    here = [(commit, patch) for patch, commit in set_here(archive).items() if commit is not None]
    rows = ", ".join(f"({commit:d}, {patch:d})" for commit, patch in here)
    return _LINKS.format(f" UNION VALUES {rows}" if rows else "")
