"""What the changes of a project consist of, as rows: patches, cover letters, comments; without texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from generator.archive.database import Archive

#: What a change is known by: `series` and the number of its first version, or `patch` and its number.
ChangeKey = tuple[str, int]


class Person(NamedTuple):
    """Who sent a mail of a change or commented on it."""

    id: int
    name: str
    email: str


class MemberPatch(NamedTuple):
    """A patch of a change. tags: how often its own text says that it was reviewed or acked."""

    id: int
    series: int | None
    state: str
    archived: int
    date: int
    person: int | None
    name: str
    tags: int
    deleted: int
    commit_ref: str


class MemberComment(NamedTuple):
    """A comment on a patch or cover letter (`kind`). addressed: what the server says, None without a word.

    reviews: trailers that count as a review; tags: these and Tested-by.
    """

    kind: str
    parent: int
    id: int
    date: int
    person: int | None
    reviews: int
    tags: int
    addressed: int | None


@dataclass(slots=True)
class Members:
    """What a change consists of: by series (None without one) its patches, and its cover letters."""

    patches: defaultdict[int | None, list[MemberPatch]] = field(
        default_factory=lambda: defaultdict(list)
    )
    covers: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))


def people(archive: Archive) -> dict[int, Person]:
    """Everybody, by number."""
    rows = archive.sql.execute("SELECT id, name, email FROM person")
    return {row[0]: Person(*row) for row in rows}


def works(archive: Archive) -> dict[int, int]:
    """The work of each series that has other versions."""
    return dict(archive.sql.execute("SELECT series_id, work FROM series_version"))


def series(archive: Archive, project: int) -> dict[int, tuple[str, int | None]]:
    """The name of each series of a project, and its date where that is known."""
    query = "SELECT id, name, date FROM series WHERE project_id = ?"
    return {number: (name, date) for number, name, date in archive.sql.execute(query, (project,))}


def members(archive: Archive, project: int, work_of: Mapping[int, int]) -> dict[ChangeKey, Members]:
    """The changes of a project with their patches in order, and their cover letters."""
    found: defaultdict[ChangeKey, Members] = defaultdict(Members)
    rows = archive.sql.execute(
        "SELECT p.id, series_id, state, archived, date, submitter_id, name, acked + reviewed, "
        "EXISTS (SELECT 1 FROM deletion d WHERE d.kind = 'patch' AND d.id = p.id), "
        "coalesce((SELECT commit_ref FROM patch_commit k WHERE k.kind = 'patch' AND k.id = p.id), '') "
        "FROM patch p WHERE project_id = ? ORDER BY number IS NULL, number, date, p.id",
        (project,),
    )
    for patch in map(MemberPatch._make, rows):
        number = patch.series
        key = ("patch", patch.id) if number is None else ("series", work_of.get(number, number))
        found[key].patches[number].append(patch)
    covers = (
        "SELECT id, series_id FROM cover WHERE project_id = ? AND series_id IS NOT NULL ORDER BY id"
    )
    for letter, number in archive.sql.execute(covers, (project,)):
        found["series", work_of.get(number, number)].covers[number].append(letter)
    return found


def comments(archive: Archive, project: int) -> dict[tuple[str, int], list[MemberComment]]:
    """The comments on each mail of a project that the server still has, by kind and number of the mail."""
    found: defaultdict[tuple[str, int], list[MemberComment]] = defaultdict(list)
    for kind in ("patch", "cover"):
        rows = archive.sql.execute(
            "SELECT c.parent_kind, c.parent_id, c.id, c.date, c.submitter_id, c.acked + c.reviewed, "
            "c.acked + c.reviewed + c.tested, "
            "(SELECT addressed FROM comment_mark k WHERE k.kind = :own AND k.id = c.id) "
            f"FROM comment c JOIN {kind} m ON m.id = c.parent_id "
            "WHERE c.parent_kind = :kind AND m.project_id = :project AND NOT EXISTS "
            "(SELECT 1 FROM deletion d WHERE d.kind = :own AND d.id = c.id) ORDER BY c.date, c.id",
            {"kind": kind, "own": f"{kind}-comment", "project": project},
        )
        for comment in map(MemberComment._make, rows):
            found[kind, comment.parent].append(comment)
    return found
