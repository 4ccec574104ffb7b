"""What became of patches: the commits that they are linked with, for whoever shows it.

What content/updates/ says of a patch is over everything else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from generator.archive import landed_changes
from generator.archive.database import Archive
from generator.archive.git_commits import BranchTip, branches
from generator.archive.landed_changes import Change
from generator.archive.landed_later import LaterPatch, later_patches
from generator.archive.landed_matching import name_range

__all__ = ["BranchTip", "branches"]

_PART = 500
_NAME = re.compile(r"[0-9a-f]{4,64}\Z")
#: How a link was found, and the role of one, that content/updates/ set.
SET_HERE, _LANDED, _LATER = "set here", "landed", "later"


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of a project's repository. Dates are seconds since 1970.

    branch: the first of the configured ones that has it. release: the first tag that has it, or empty.
    picked: the commit (beginning of its name) that it was picked from, reverts: the one that it reverts, or
    empty; reverted_by: the commits that revert it. A commit that isn't known has only a name.
    """

    sha: str
    project_id: int
    author: str = ""
    authored: int = 0
    committer: str = ""
    committed: int = 0
    title: str = ""
    branch: str = ""
    release: str = ""
    picked: str = ""
    reverts: str = ""
    reverted_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LandedLink:
    """A patch and a commit.

    role: "landed" (the patch landed as this commit), "later" (a later version of it did), "same" (the same
    change by somebody else did), "also" (it is in another branch, too) or "part" (parts of it are in there).
    later: the later version that landed. change: what the maintainer changed, None where that isn't known.
    certainty: "certain", "likely" or "part". found: the name of a rule in generator/landed/rules.py, or
    "set here". similarity: the changed lines that both have, in hundredths, weighed by rarity.
    """

    patch_id: int
    commit: Commit
    role: str
    certainty: str
    found: str
    similarity: int
    later: LaterPatch | None = None
    change: Change | None = None


_COMMIT = """
c.id, lower(hex(c.sha)), c.project_id, c.author, c.authored, c.committer, c.committed, c.title,
coalesce(b.name, ''), c.release, c.picked, c.reverts
"""
_BRANCH = "LEFT JOIN repository_branch b ON b.project_id = c.project_id AND b.place = c.place"
#: Whether a commit is known to revert one, which it names by its first digits.
_REVERT = """
SELECT 1 FROM git_commit r WHERE r.reverts <> '' AND r.reverts >= substr(lower(hex(c.sha)), 1, 7)
AND r.reverts <= lower(hex(c.sha)) AND lower(hex(c.sha)) LIKE r.reverts || '%'
"""
_ROLES = ("landed", "later", "same", "also", "part")


def landed_links(archive: Archive, patches: Sequence[int]) -> dict[int, tuple[LandedLink, ...]]:
    """The commits that each of some patches is linked with, the one it landed as first."""
    query = (
        f"SELECT l.patch_id, l.role, l.certainty, l.found, l.similarity, c.place, {_COMMIT} "
        f"FROM landed_link l JOIN git_commit c ON c.id = l.commit_id {_BRANCH} WHERE l.patch_id IN"
    )
    rows = sorted(
        _restricted(archive, query, patches),
        key=lambda row: (row[0], _ROLES.index(row[1]), row[5], row[12], row[7]),
    )
    found: dict[int, list[LandedLink]] = {}
    reverts = _reverted_by(archive, [row[7] for row in rows])
    later = later_patches(archive, [row[6] for row in rows if row[1] == _LATER])
    for patch, role, certainty, how, similarity, _, *commit in rows:
        instead = later.get(commit[0]) if role == _LATER else None
        if role == _LATER and not instead:
            continue  # content/updates/ says that it didn't land
        link = LandedLink(
            patch, _commit(commit, reverts), role, certainty, how, similarity, instead
        )
        found.setdefault(patch, []).append(link)
    every = {patch: tuple(links) for patch, links in found.items()} | _set_here(archive, patches)
    return _with_changes(archive, every)


def _with_changes(
    archive: Archive, every: dict[int, tuple[LandedLink, ...]]
) -> dict[int, tuple[LandedLink, ...]]:
    """The same links, with what is known of how the patches differ from the commits they landed as."""
    for patch, (sha, change) in landed_changes.changes(archive, list(every)).items():
        every[patch] = tuple(
            replace(link, change=change)
            if link.role == _LANDED and link.commit.sha == sha
            else link
            for link in every[patch]
        )
    return every


def digests(archive: Archive) -> dict[int, int]:
    """By patch that is linked, or for which content/updates/ says something: a digest of what is shown."""
    query = "SELECT patch_id FROM landed_link UNION SELECT patch_id FROM landed_override ORDER BY 1"
    numbers = [row[0] for row in archive.sql.execute(query)]
    found = landed_links(archive, numbers)
    return {number: _digest(found.get(number, ())) for number in numbers}


def commits_of_patches(archive: Archive, patches: Sequence[int] | None = None) -> dict[int, str]:
    """By patch that landed, itself or as sent by somebody else: the commit, if it wasn't reverted.

    Of some patches, or of all.
    """
    query = (
        "SELECT l.patch_id, lower(hex(c.sha)) FROM landed_link l JOIN git_commit c ON c.id = l.commit_id "
        f"WHERE l.role IN ('landed', 'same') AND NOT EXISTS ({_REVERT})"
    )
    if patches is None:
        found = dict(archive.sql.execute(query).fetchall())
        here = _set_here(archive, [*overrides(archive)])
    else:
        found = dict(_restricted(archive, f"{query} AND l.patch_id IN", patches))
        here = _set_here(archive, patches)
    for number, links in here.items():
        found.pop(number, None)
        if links and not links[0].commit.reverted_by:
            found[number] = links[0].commit.sha
    return dict(sorted(found.items()))


def branch_names(archive: Archive) -> dict[int, tuple[str, ...]]:
    """By project that has a repository: the branches that were read, the most important first."""
    names: dict[int, tuple[str, ...]] = {}
    query = "SELECT project_id, name FROM repository_branch ORDER BY project_id, place"
    for project, name in archive.sql.execute(query):
        names[project] = (*names.get(project, ()), name)
    return names


def _digest(links: Sequence[LandedLink]) -> int:
    shown = repr(links).encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(shown, digest_size=8).digest(), "big")


def patches_of_commit(archive: Archive, commit: Commit) -> list[tuple[int, str]]:
    """(patch, role) of the patches that are linked with a commit, those that landed as it first."""
    query = (
        "SELECT l.patch_id, l.role FROM landed_link l JOIN git_commit c ON c.id = l.commit_id "
        "WHERE c.sha = ? AND c.project_id = ? "
        "AND l.patch_id NOT IN (SELECT patch_id FROM landed_override)"
    )
    linked = archive.sql.execute(query, (bytes.fromhex(commit.sha), commit.project_id)).fetchall()
    set_here = (
        "SELECT o.patch_id FROM landed_override o JOIN patch p ON p.id = o.patch_id "
        "WHERE p.project_id = ? AND o.sha <> '' AND substr(?, 1, length(o.sha)) = o.sha"
    )
    here = archive.sql.execute(set_here, (commit.project_id, commit.sha)).fetchall()
    linked += [(number, _LANDED) for (number,) in here]
    return sorted(linked, key=lambda row: (_ROLES.index(row[1]), row[0]))


def commit_of(archive: Archive, prefix: str) -> list[Commit]:
    """The commits that the beginning of a name (4 digits and more) is of: several, where it is ambiguous."""
    name = prefix.lower()
    if not _NAME.match(name):
        return []
    low, high = name_range(name)
    query = f"SELECT {_COMMIT} FROM git_commit c {_BRANCH} WHERE c.sha >= ? AND c.sha <= ? ORDER BY c.sha"
    rows = archive.sql.execute(query, (low, high)).fetchall()
    reverts = _reverted_by(archive, [row[1] for row in rows])
    return [_commit(row, reverts) for row in rows]


def commits_by_id(archive: Archive, numbers: Sequence[int]) -> dict[int, Commit]:
    """Commits by their numbers in the archive."""
    query = f"SELECT {_COMMIT} FROM git_commit c {_BRANCH} WHERE c.id IN"
    rows = _restricted(archive, query, numbers)
    reverts = _reverted_by(archive, [row[1] for row in rows])
    return {row[0]: _commit(row, reverts) for row in rows}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many patches a project has, and how many of them landed or have a later version that did."""

    patches: int
    linked: int


def counts(archive: Archive, project: int) -> Counts:
    """The patches of a project and those of them that landed."""
    query = "SELECT count(*) FROM patch WHERE project_id = ?"
    total = archive.sql.execute(query, (project,)).fetchone()[0]
    linked = sum(
        any(link.role in (_LANDED, _LATER) for link in links)
        for links in landed_links(archive, linked_patches(archive, project)).values()
    )
    return Counts(total, linked)


def linked_patches(archive: Archive, project: int) -> list[int]:
    """The patches of a project that have links, or for which content/updates/ says something."""
    query = (
        "SELECT id FROM patch WHERE project_id = ? AND "
        "(id IN (SELECT patch_id FROM landed_link) OR id IN (SELECT patch_id FROM landed_override)) "
        "ORDER BY id"
    )
    return [row[0] for row in archive.sql.execute(query, (project,))]


def overrides(archive: Archive) -> dict[int, str | None]:
    """What content/updates/ sets: the name of a patch's commit, None where it is none."""
    return dict(archive.sql.execute("SELECT patch_id, sha FROM landed_override"))


def set_overrides(archive: Archive, wanted: dict[int, str | None]) -> None:
    """Set that, in place of what was set before."""
    known = overrides(archive)
    numbers = [n for n in {**known, **wanted} if known.get(n, "") != wanted.get(n, "")]
    landed_changes.forget(archive, numbers)
    archive.sql.execute("DELETE FROM landed_override")
    archive.sql.executemany("INSERT INTO landed_override VALUES (?, ?)", sorted(wanted.items()))


def set_here(archive: Archive) -> dict[int, int | None]:
    """By patch for which content/updates/ says it: the commit (its number here); None: none that is known."""
    query = "SELECT o.patch_id, o.sha, p.project_id FROM landed_override o JOIN patch p ON p.id = o.patch_id"
    found: dict[int, int | None] = {}
    for patch, sha, project in archive.sql.execute(query).fetchall():
        named = "SELECT id FROM git_commit WHERE sha >= ? AND sha <= ? AND project_id = ?"
        rows = archive.sql.execute(named, (*name_range(sha), project)).fetchall() if sha else []
        found[patch] = rows[0][0] if len(rows) == 1 else None
    return found


def _set_here(archive: Archive, patches: Sequence[int]) -> dict[int, tuple[LandedLink, ...]]:
    query = (
        "SELECT o.patch_id, o.sha, p.project_id FROM landed_override o "
        "JOIN patch p ON p.id = o.patch_id WHERE o.patch_id IN"
    )
    found: dict[int, tuple[LandedLink, ...]] = {}
    for number, sha, project in _restricted(archive, query, patches):
        found[number] = ()
        if sha:
            known = [item for item in commit_of(archive, sha) if item.project_id == project]
            item = known[0] if len(known) == 1 else Commit(sha, project)
            found[number] = (LandedLink(number, item, _LANDED, "certain", SET_HERE, 0),)
    return found


def _commit(row: Sequence[Any], reverts: dict[str, tuple[str, ...]]) -> Commit:
    (
        _,
        sha,
        project,
        author,
        authored,
        committer,
        committed,
        title,
        branch,
        release,
        picked,
        undone,
    ) = row
    return Commit(
        sha, project, author, authored, committer, committed, title, branch, release, picked,
        undone, reverts.get(str(sha), ()),
    )  # fmt: skip


def _reverted_by(archive: Archive, shas: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The commits that revert some commits; these may be named by their first digits."""
    found: dict[str, tuple[str, ...]] = {}
    query = (
        "SELECT DISTINCT lower(hex(sha)) FROM git_commit WHERE reverts <> '' AND reverts >= ? "
        "AND reverts <= ? AND substr(?, 1, length(reverts)) = reverts ORDER BY 1"
    )
    for sha in dict.fromkeys(shas):
        rows = archive.sql.execute(query, (sha[:7], sha, sha)).fetchall()
        if rows:
            found[sha] = tuple(row[0] for row in rows)
    return found


def _restricted(archive: Archive, query: str, numbers: Sequence[int]) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for at in range(0, len(numbers), _PART):
        part = numbers[at : at + _PART]
        rows += archive.sql.execute(f"{query} ({','.join('?' * len(part))})", part).fetchall()
    return rows
