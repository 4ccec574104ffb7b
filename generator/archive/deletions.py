"""Objects that were deleted on the server: marked as deleted here, and deleted only by a prune.

`kind` is patch, cover, series, bundle, patch-comment, cover-comment or check.
"""

from __future__ import annotations

from collections import Counter

from generator.archive import derived, landed_matching
from generator.archive.database import Archive


def mark_deleted(archive: Archive, kind: str, number: int, noticed: int) -> bool:
    """Mark an object as deleted on the server (seconds since 1970); whether it was not marked before."""
    query = "INSERT OR IGNORE INTO deletion VALUES (?, ?, ?)"
    return archive.sql.execute(query, (kind, number, noticed)).rowcount > 0


def mark_present(archive: Archive, kind: str, number: int) -> None:
    """Remove an earlier mark from an object that the server has."""
    archive.sql.execute("DELETE FROM deletion WHERE kind = ? AND id = ?", (kind, number))


def deleted_since(archive: Archive, kind: str, number: int) -> int | None:
    """When a pull noticed that an object is deleted (seconds since 1970); None while the server has it."""
    query = "SELECT noticed FROM deletion WHERE kind = ? AND id = ?"
    row = archive.sql.execute(query, (kind, number)).fetchone()
    return row[0] if row else None


def comment_ids(archive: Archive, parent_kind: str, parent: int) -> set[int]:
    """The comments that the archive has on a patch or a cover letter."""
    query = "SELECT id FROM comment WHERE parent_kind = ? AND parent_id = ?"
    return {row[0] for row in archive.sql.execute(query, (parent_kind, parent))}


def check_ids(archive: Archive, patch_id: int) -> set[int]:
    """The checks that the archive has on a patch."""
    query = "SELECT id FROM check_result WHERE patch_id = ?"
    return {row[0] for row in archive.sql.execute(query, (patch_id,))}


def prune(archive: Archive) -> Counter[str]:
    """Delete the marked objects with all that belongs to them; how many of each kind were marked."""
    counts: Counter[str] = Counter()
    for kind, number in archive.sql.execute("SELECT kind, id FROM deletion").fetchall():
        counts[kind] += 1
        _delete(archive, kind, number)
    archive.sql.execute("DELETE FROM deletion")
    return counts


def _delete(archive: Archive, kind: str, number: int) -> None:
    sql = archive.sql
    if kind.endswith("-comment"):
        parent_kind = kind.removesuffix("-comment")
        sql.execute("DELETE FROM comment WHERE parent_kind = ? AND id = ?", (parent_kind, number))
        derived.clear(sql, kind, number, is_deleted=True)
    elif kind == "check":
        sql.execute("DELETE FROM check_result WHERE id = ?", (number,))
    elif kind == "bundle":
        sql.execute("DELETE FROM bundle WHERE id = ?", (number,))
    elif kind == "series":
        sql.execute("DELETE FROM series WHERE id = ?", (number,))
        sql.execute("DELETE FROM depends_on WHERE kind = 'series' AND id = ?", (number,))
    else:
        for comment in comment_ids(archive, kind, number):
            _delete(archive, f"{kind}-comment", comment)
        sql.execute(f"DELETE FROM {kind} WHERE id = ?", (number,))
        sql.execute(f"DELETE FROM event WHERE {kind}_id = ?", (number,))
        derived.clear(sql, kind, number, is_deleted=True)
        if kind == "patch":
            sql.execute("DELETE FROM check_result WHERE patch_id = ?", (number,))
            sql.execute("DELETE FROM patch_override WHERE patch_id = ?", (number,))
            landed_matching.forget_patch(archive, number)
