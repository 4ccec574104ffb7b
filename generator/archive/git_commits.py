"""The commits of projects' git repositories, and how far each repository was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import zstandard

from generator.archive.database import Archive

#: The most patches that one key makes match again; a key that more have says too little.
_MOST_SHARERS = 50
_STALE = "UPDATE patch_features SET digest = NULL WHERE patch_id IN"


@dataclass(frozen=True, slots=True)
class BranchTip:
    """A branch as it was read: the commit (its full name) at the tip, and when that was committed."""

    name: str
    tip: str
    date: int


@dataclass(frozen=True, slots=True)
class RepositoryState:
    """How far a project's repository was read. `rarity` was counted for `counted` commits."""

    project_id: int
    path: str
    branches: tuple[BranchTip, ...] = ()
    notes: str = ""
    tags: bytes = b""
    counted: int = 0
    rarity: bytes = b""


@dataclass(frozen=True, slots=True)
class CommitRow:
    """A commit to store. `place` is that of its branch; reverts and picked name other commits."""

    sha: str
    place: int
    author: str
    authored: int
    committer: str
    committed: int
    title: str
    reverts: str
    picked: str
    features: bytes
    keys: Sequence[int]


def state(archive: Archive, project: int) -> RepositoryState | None:
    """How far a project's repository was read; None where none was."""
    query = (
        "SELECT project_id, path, notes, tags, counted, rarity FROM repository WHERE project_id = ?"
    )
    row = archive.sql.execute(query, (project,)).fetchone()
    if not row:
        return None
    rarity = zstandard.decompress(row[5]) if row[5] else b""
    known = RepositoryState(row[0], row[1], (), row[2], row[3], row[4], rarity)
    return replace(known, branches=branches(archive, project))


def branches(archive: Archive, project: int) -> tuple[BranchTip, ...]:
    """The branches of a project's repository as they were read, in the order of site.toml."""
    query = "SELECT name, lower(hex(tip)), date FROM repository_branch WHERE project_id = ? ORDER BY place"
    return tuple(BranchTip(*row) for row in archive.sql.execute(query, (project,)))


def set_state(archive: Archive, known: RepositoryState) -> None:
    """Store how far a repository was read."""
    sql, project = archive.sql, known.project_id
    rarity = zstandard.compress(known.rarity, 3) if known.rarity else b""
    row = (project, known.path, known.notes, known.tags, known.counted, rarity)
    sql.execute("INSERT OR REPLACE INTO repository VALUES (?, ?, ?, ?, ?, ?)", row)
    sql.execute("DELETE FROM repository_branch WHERE project_id = ?", (project,))
    for place, branch in enumerate(known.branches):
        values = (project, place, branch.name, bytes.fromhex(branch.tip), branch.date)
        sql.execute("INSERT INTO repository_branch VALUES (?, ?, ?, ?, ?)", values)


def places(archive: Archive, project: int) -> dict[str, int]:
    """The place of each commit of a project."""
    query = "SELECT lower(hex(sha)), place FROM git_commit WHERE project_id = ?"
    return dict(archive.sql.execute(query, (project,)))


def place_of(archive: Archive, project: int, sha: str) -> int | None:
    """The place of a commit; None where it isn't known."""
    query = "SELECT place FROM git_commit WHERE sha = ? AND project_id = ?"
    row = archive.sql.execute(query, (bytes.fromhex(sha), project)).fetchone()
    return row[0] if row else None


def add(archive: Archive, project: int, commits: Iterable[CommitRow]) -> int:
    """Store commits that aren't known yet; how many. Patches that share a key are to be matched again."""
    sql = archive.sql
    keys: list[tuple[int, int]] = []
    for item in commits:
        cursor = sql.execute(
            "INSERT OR IGNORE INTO git_commit (project_id, sha, place, author, authored, committer, "
            "committed, title, reverts, picked, features) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (project, bytes.fromhex(item.sha), item.place, item.author, item.authored,
             item.committer, item.committed, item.title, item.reverts, item.picked, item.features),
        )  # fmt: skip
        if cursor.rowcount:
            keys += [(key, cursor.lastrowid or 0) for key in item.keys]
    _put_keys(archive, keys)
    return len({number for _, number in keys})


def add_keys(archive: Archive, project: int, keys: Iterable[tuple[str, Sequence[int]]]) -> None:
    """Store further keys of commits, by their full names; unknown commits are left out."""
    query = "SELECT id FROM git_commit WHERE sha = ? AND project_id = ?"
    rows = []
    for sha, wanted in keys:
        if row := archive.sql.execute(query, (bytes.fromhex(sha), project)).fetchone():
            rows += [(key, row[0]) for key in wanted]
    _put_keys(archive, rows)


def _put_keys(archive: Archive, keys: list[tuple[int, int]]) -> None:
    # In their order, so that a page of the table is written once for many of them.
    archive.sql.executemany("INSERT OR IGNORE INTO commit_key VALUES (?, ?)", sorted(keys))
    _match_again(archive, {key for key, _ in keys})


def _match_again(archive: Archive, keys: Iterable[int]) -> None:
    """Have the patches that share one of the keys matched again."""
    sql = archive.sql
    if not sql.execute("SELECT 1 FROM patch_key LIMIT 1").fetchone():
        return
    stale: set[int] = set()
    query = f"SELECT patch_id FROM patch_key WHERE key = ? LIMIT {_MOST_SHARERS + 1}"
    for key in keys:
        sharers = sql.execute(query, (key,)).fetchall()
        if len(sharers) <= _MOST_SHARERS:
            stale.update(number for (number,) in sharers)
    update = "UPDATE patch_features SET digest = NULL WHERE patch_id = ?"
    sql.executemany(update, ((number,) for number in sorted(stale)))


def move(archive: Archive, project: int, moved: Iterable[tuple[str, int]]) -> None:
    """Set the places of commits; the patches that were linked with them are to be matched again."""
    sql = archive.sql
    for sha, place in moved:
        keys = (bytes.fromhex(sha), project)
        sql.execute(
            "UPDATE git_commit SET place = ? WHERE sha = ? AND project_id = ?", (place, *keys)
        )
        sql.execute(
            f"{_STALE} (SELECT patch_id FROM landed_claim JOIN git_commit ON id = commit_id "
            "WHERE sha = ? AND project_id = ?)",
            keys,
        )


def remove(archive: Archive, project: int, shas: Iterable[str]) -> None:
    """Remove commits; the patches that were linked with them are to be matched again."""
    sql = archive.sql
    query = "SELECT id FROM git_commit WHERE sha = ? AND project_id = ?"
    for sha in shas:
        key = (bytes.fromhex(sha), project)
        row = sql.execute(query, key).fetchone()
        if not row:
            continue
        sql.execute(f"{_STALE} (SELECT patch_id FROM landed_claim WHERE commit_id = ?)", row)
        for table, column in (("git_commit", "id"), ("landed_change", "commit_id")):
            sql.execute(f"DELETE FROM {table} WHERE {column} = ?", row)
    sql.execute("DELETE FROM commit_key WHERE commit_id NOT IN (SELECT id FROM git_commit)")


def set_releases(archive: Archive, project: int, releases: Iterable[tuple[str, str]]) -> None:
    """Set the first release of commits, where it differs."""
    archive.sql.executemany(
        "UPDATE git_commit SET release = ?1 WHERE sha = ?2 AND project_id = ?3 AND release <> ?1",
        ((release, bytes.fromhex(sha), project) for sha, release in releases),
    )


def forget(archive: Archive, project: int) -> None:
    """Remove all that is known of a project's repository, and what patches became in it."""
    sql = archive.sql
    patches = "(SELECT id FROM patch WHERE project_id = ?)"
    for table in ("patch_features", "patch_key", "landed_claim", "landed_link", "landed_change"):
        sql.execute(f"DELETE FROM {table} WHERE patch_id IN {patches}", (project,))
    for table in ("git_commit", "repository", "repository_branch"):
        sql.execute(f"DELETE FROM {table} WHERE project_id = ?", (project,))
    sql.execute("DELETE FROM commit_key WHERE commit_id NOT IN (SELECT id FROM git_commit)")


def count(archive: Archive, project: int) -> int:
    """How many commits of a project are known."""
    query = "SELECT count(*) FROM git_commit WHERE project_id = ?"
    found: int = archive.sql.execute(query, (project,)).fetchone()[0]
    return found


def every_features(archive: Archive, project: int) -> Iterator[bytes]:
    """What all commits of a project are compared by."""
    query = "SELECT features FROM git_commit WHERE project_id = ?"
    return (row[0] for row in archive.sql.execute(query, (project,)))
