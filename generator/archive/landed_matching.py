"""What matching patches with commits reads and writes: their features and keys, pairs that fit, links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from generator.archive.database import Archive

_PART = 500
#: The tables with rows of patches that matching makes.
_OF_PATCHES = ("patch_key", "landed_claim", "landed_link", "landed_change", "patch_features")
#: A key that more commits have finds none of them.
_MOST_COMMITS = 1000


@dataclass(frozen=True, slots=True)
class StoredCommit:
    """A commit as matching needs it."""

    id: int
    sha: str
    place: int
    committed: int
    picked: str
    features: bytes


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A patch and a commit that fit; `claim` says how."""

    patch_id: int
    commit_id: int
    claim: bytes


@dataclass(frozen=True, slots=True)
class PatchFacts:
    """Where a patch stands: its series, the work that the series is a version of, and when it was sent."""

    id: int
    series_id: int | None
    work: int | None
    number: int | None
    date: int


def stale_patches(archive: Archive, project: int) -> list[int]:
    """The patches of a project that are to be matched, oldest first."""
    query = (
        "SELECT p.id FROM patch p LEFT JOIN patch_features f ON f.patch_id = p.id "
        "WHERE p.project_id = ? AND f.digest IS NOT p.digest ORDER BY p.date, p.id"
    )
    return [row[0] for row in archive.sql.execute(query, (project,))]


def make_stale(archive: Archive, project: int) -> None:
    """Have all patches of a project matched again."""
    patches = "SELECT id FROM patch WHERE project_id = ?"
    archive.sql.execute(
        f"UPDATE patch_features SET digest = NULL WHERE patch_id IN ({patches})", (project,)
    )


def clear_deleted(archive: Archive) -> None:
    """Remove what is known of patches that the archive no longer has."""
    gone = "SELECT patch_id FROM patch_features WHERE patch_id NOT IN (SELECT id FROM patch)"
    if archive.sql.execute(f"{gone} LIMIT 1").fetchone():
        for table in _OF_PATCHES:
            archive.sql.execute(f"DELETE FROM {table} WHERE patch_id IN ({gone})")


def forget_patch(archive: Archive, number: int) -> None:
    """Remove all that is known of what became of a patch."""
    for table in (*_OF_PATCHES, "landed_override"):
        archive.sql.execute(f"DELETE FROM {table} WHERE patch_id = ?", (number,))


def patch_features(archive: Archive, number: int) -> bytes | None:
    """What a patch was compared by the last time."""
    query = "SELECT features FROM patch_features WHERE patch_id = ?"
    row = archive.sql.execute(query, (number,)).fetchone()
    return row[0] if row else None


def put_patch(
    archive: Archive, number: int, features: bytes, old_keys: Sequence[int], keys: Sequence[int]
) -> None:
    """Store what a patch is compared by, and the keys it has instead of old ones."""
    sql = archive.sql
    sql.executemany(
        "DELETE FROM patch_key WHERE key = ? AND patch_id = ?",
        [(key, number) for key in {*old_keys} - {*keys}],
    )
    sql.executemany(
        "INSERT OR IGNORE INTO patch_key VALUES (?, ?)", [(key, number) for key in keys]
    )
    sql.execute(
        "INSERT OR REPLACE INTO patch_features SELECT id, digest, ? FROM patch WHERE id = ?",
        (features, number),
    )


def commits_by_key(archive: Archive, keys: Sequence[int]) -> dict[int, list[int]]:
    """Key → the commits (ids) that have it, where these are not too many."""
    found: dict[int, list[int]] = {}
    query = f"SELECT commit_id FROM commit_key WHERE key = ? LIMIT {_MOST_COMMITS + 1}"
    for key in keys:
        rows = archive.sql.execute(query, (key,)).fetchall()
        if rows and len(rows) <= _MOST_COMMITS:
            found[key] = [row[0] for row in rows]
    return found


def commit(archive: Archive, project: int, number: int) -> StoredCommit | None:
    """A commit by its id; None where it is of another project."""
    query = (
        "SELECT id, lower(hex(sha)), place, committed, picked, features FROM git_commit "
        "WHERE id = ? AND project_id = ?"
    )
    row = archive.sql.execute(query, (number, project)).fetchone()
    return StoredCommit(*row) if row else None


def commit_named(archive: Archive, project: int, prefix: str) -> int | None:
    """The commit (id) that the beginning of a name is of; None where there is none, or several."""
    rows = _named(archive, prefix, "AND project_id = ?", (project,))
    return rows[0] if len(rows) == 1 else None


def _named(archive: Archive, prefix: str, where: str, keys: tuple[int, ...]) -> list[int]:
    low, high = name_range(prefix)
    query = f"SELECT id FROM git_commit WHERE sha >= ? AND sha <= ? {where} LIMIT 2"
    return [row[0] for row in archive.sql.execute(query, (low, high, *keys))]


def name_range(prefix: str) -> tuple[bytes, bytes]:
    """The lowest and the highest name (bytes) that begin with hexadecimal digits."""
    low, high = prefix + "0" * (len(prefix) % 2), prefix + "f" * (len(prefix) % 2)
    return bytes.fromhex(low), bytes.fromhex(high) + b"\xff" * 32


def claims_of_patches(archive: Archive, patches: Iterable[int]) -> list[ClaimRow]:
    """The pairs that some patches are in."""
    return _claims(archive, "patch_id", patches)


def claims_of_commits(archive: Archive, commits: Iterable[int]) -> list[ClaimRow]:
    """The pairs that some commits are in."""
    return _claims(archive, "commit_id", commits)


def _claims(archive: Archive, column: str, numbers: Iterable[int]) -> list[ClaimRow]:
    query = "SELECT patch_id, commit_id, claim FROM landed_claim"
    return [ClaimRow(*row) for row in _restricted(archive, query, column, numbers)]


def set_claims(archive: Archive, patch: int, claims: Iterable[tuple[int, bytes]]) -> None:
    """Set the pairs that a patch is in: (commit, claim)."""
    archive.sql.execute("DELETE FROM landed_claim WHERE patch_id = ?", (patch,))
    rows = ((patch, number, claim) for number, claim in claims)
    archive.sql.executemany("INSERT INTO landed_claim VALUES (?, ?, ?)", rows)


def set_links(
    archive: Archive, patches: Iterable[int], links: Iterable[tuple[int, int, str, str, str, int]]
) -> None:
    """Set the links of some patches: (patch, commit, role, certainty, found, similarity)."""
    sql = archive.sql
    wanted: dict[int, set[tuple[int, int, str, str, str, int]]] = {
        number: set() for number in patches
    }
    for link in links:
        wanted[link[0]].add(link)
    for row in _restricted(archive, "SELECT * FROM landed_link", "patch_id", wanted):
        if row in wanted[row[0]]:
            wanted[row[0]].discard(row)
        else:
            for table in ("landed_link", "landed_change"):
                sql.execute(f"DELETE FROM {table} WHERE patch_id = ? AND commit_id = ?", row[:2])
    rows = sorted(link for new in wanted.values() for link in new)
    sql.executemany("INSERT OR REPLACE INTO landed_link VALUES (?, ?, ?, ?, ?, ?)", rows)


def patch_facts(archive: Archive, patches: Iterable[int]) -> list[PatchFacts]:
    """Where some patches stand."""
    query = (
        "SELECT p.id, p.series_id, v.work, p.number, p.date FROM patch p "
        "LEFT JOIN series_version v ON v.series_id = p.series_id"
    )
    return [PatchFacts(*row) for row in _restricted(archive, query, "p.id", patches)]


def mates(archive: Archive, patches: Iterable[int]) -> set[int]:
    """The patches of the series that some patches are in, and of the other versions of these."""
    found: set[int] = set()
    query = (
        "SELECT m.id FROM patch p JOIN patch m ON m.series_id = p.series_id WHERE p.id = ?1 UNION "
        "SELECT m.id FROM patch p JOIN series_version v ON v.series_id = p.series_id "
        "JOIN series_version w ON w.work = v.work JOIN patch m ON m.series_id = w.series_id "
        "WHERE p.id = ?1"
    )
    for number in patches:
        if number not in found:
            found.update(row[0] for row in archive.sql.execute(query, (number,)))
    return found


def _restricted(
    archive: Archive, query: str, column: str, numbers: Iterable[int]
) -> list[tuple[Any, ...]]:
    """The rows of a query whose column is one of some numbers."""
    wanted = sorted(numbers)
    rows: list[tuple[Any, ...]] = []
    for at in range(0, len(wanted), _PART):
        part = wanted[at : at + _PART]
        marks = ",".join("?" * len(part))
        rows += archive.sql.execute(f"{query} WHERE {column} IN ({marks})", part).fetchall()
    return rows
