"""Which numbers the patches, cover letters and comments of an archive have, in steps."""

from __future__ import annotations

from collections.abc import Iterator

from generator.archive.database import Archive

#: The kinds of objects that Patchwork has addresses by number for.
NUMBERED_KINDS = ("patch", "cover", "comment")


def count(archive: Archive) -> int:
    """How many objects have an address by number."""
    return sum(
        archive.sql.execute(f"SELECT count(*) FROM {kind}").fetchone()[0] for kind in NUMBERED_KINDS
    )


def ranges(archive: Archive, kind: str, step: int) -> Iterator[tuple[int, int]]:
    """Ranges of `step` numbers (first, last) that hold every number of one of NUMBERED_KINDS, in order.

    Each begins with a number that is there: numbers come from outside, so they may lie far apart.
    """
    query = f"SELECT min(id) FROM {kind} WHERE id >= ?"
    first = archive.sql.execute(query, (0,)).fetchone()[0]
    while first is not None:
        last = first + step - 1
        yield first, last
        first = archive.sql.execute(query, (last + 1,)).fetchone()[0]
