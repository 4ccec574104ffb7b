"""What the search index needs from the archive: the order of the patches, and the values of its columns.

An archive may hold a million patches, so rows come one at a time.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from generator.archive.database import Archive

#: The numbers of patches, 8 bytes each.
Numbers: TypeAlias = "array[int]"


class ColumnRow(NamedTuple):
    """What can change about a patch without its text; the tags are counted in its own mail only."""

    id: int
    state: str
    delegate: str | None
    archived: int
    acked: int
    reviewed: int
    tested: int


#: The order of patches within a segment, which is given by its lowest and highest number.
_IN_ORDER = "WHERE id BETWEEN ? AND ? ORDER BY date DESC, id DESC"


def patch_numbers(archive: Archive) -> Numbers:
    """The numbers of all patches, ascending."""
    rows = archive.sql.execute("SELECT id FROM patch ORDER BY id")
    return array("q", (number for (number,) in rows))


def segment_patches(archive: Archive, lowest: int, highest: int) -> Iterator[tuple[int, int, int]]:
    """(number, date, digest of the text) of the patches with numbers in a range, newest first."""
    return archive.sql.execute(
        f"SELECT id, date, text_digest FROM patch {_IN_ORDER}", (lowest, highest)
    )


def column_rows(archive: Archive, lowest: int, highest: int) -> Iterator[ColumnRow]:
    """The columns of the same patches, in the same order."""
    # patch_plan covers all of it but the order: without the hint, SQLite reads the patches themselves.
    query = (
        "SELECT id, state, (SELECT username FROM user WHERE user.id = delegate_id), "
        f"archived, acked, reviewed, tested FROM patch INDEXED BY patch_plan {_IN_ORDER}"
    )
    return map(ColumnRow._make, archive.sql.execute(query, (lowest, highest)))


def project_names(archive: Archive) -> list[tuple[int, str, str, str]]:
    """(number, folder, link name, name) of every project, by number."""
    query = "SELECT id, slug, link_name, name FROM project ORDER BY id"
    return archive.sql.execute(query).fetchall()
