"""Comments on patches and cover letters: typed, as they came, and counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from generator.archive.database import Archive
from generator.model import Comment

#: The comments on a mail (kind, number). Without the hint SQLite reads all comments of the kind, because
#: these lie in the order of their numbers.
COMMENTS_OF = (
    "SELECT raw FROM comment INDEXED BY comment_parent "
    "WHERE parent_kind = ? AND parent_id = ? ORDER BY id"
)


def comments(archive: Archive, kind: str, number: int) -> list[Comment]:
    """The comments on a patch or cover letter, by number."""
    return [msgspec.json.decode(raw, type=Comment) for raw in _encoded(archive, kind, number)]


def comment(archive: Archive, kind: str, number: int) -> Comment | None:
    """A comment by its number among those on patches or on cover letters (`kind`)."""
    query = "SELECT raw FROM comment WHERE parent_kind = ? AND id = ?"
    row = archive.sql.execute(query, (kind, number)).fetchone()
    return archive.decode(Comment, row[0]) if row else None


def raw_comments(archive: Archive, kind: str, number: int) -> list[dict[str, Any]]:
    """The comments on a patch or cover letter as they came, by number."""
    return [msgspec.json.decode(raw) for raw in _encoded(archive, kind, number)]


def _encoded(archive: Archive, kind: str, number: int) -> list[bytes]:
    def read() -> tuple[list[bytes], int]:
        rows = archive.sql.execute(COMMENTS_OF, (kind, number)).fetchall()
        encoded = [archive.unpack(raw) for (raw,) in rows]
        return encoded, sum(map(len, encoded)) + 100

    return archive.recent.get(("comments", kind, number), read)


def listed_dates(archive: Archive, kind: str, number: int) -> dict[int, int]:
    """By number of a comment on a mail whose date is wrong: the one that it is listed by (since 1970)."""
    rows = archive.sql.execute(
        "SELECT c.id, c.date FROM comment c INDEXED BY comment_parent "
        "CROSS JOIN wrong_clock w ON w.kind = ? AND w.id = c.id WHERE c.parent_kind = ? AND c.parent_id = ?",
        (f"{kind}-comment", kind, number),
    )
    return dict(rows.fetchall())


def deletion_times(archive: Archive, kind: str, number: int) -> dict[int, int]:
    """By number of a comment on a mail: since when the server lacks it (seconds since 1970)."""
    rows = archive.sql.execute(
        "SELECT c.id, g.noticed FROM comment c INDEXED BY comment_parent "
        "CROSS JOIN deletion g ON g.kind = ? AND g.id = c.id WHERE c.parent_kind = ? AND c.parent_id = ?",
        (f"{kind}-comment", kind, number),
    )
    return dict(rows.fetchall())


def on_patches(archive: Archive, numbers: Sequence[int]) -> frozenset[int]:
    """Which of some numbers belong to comments on patches."""
    marks = ",".join("?" * len(numbers))
    query = f"SELECT id FROM comment WHERE parent_kind = 'patch' AND id IN ({marks})"
    return frozenset(row[0] for row in archive.sql.execute(query, numbers))


def count_in_series(archive: Archive, series_id: int, cover_id: int | None) -> int:
    """How many comments there are on the patches of a series and on its cover letter."""
    query = (
        "SELECT (SELECT count(*) FROM patch p CROSS JOIN comment c INDEXED BY comment_parent "
        "ON c.parent_id = p.id AND c.parent_kind = 'patch' WHERE p.series_id = ?) + "
        "(SELECT count(*) FROM comment INDEXED BY comment_parent "
        "WHERE parent_kind = 'cover' AND parent_id = ?)"
    )
    count: int = archive.sql.execute(query, (series_id, cover_id)).fetchone()[0]
    return count
