"""Series as lists show them, a row each, with the states of their patches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from generator.archive.database import Archive
from generator.archive.landed import commits_of_patches


@dataclass(slots=True)
class SeriesRow:
    """A series in a list. `date` is in seconds since 1970.

    states: how many of its patches are in each. landed: how many of them landed. newer: whether the archive
    has a later version.
    """

    id: int
    name: str
    version: int
    date: int
    submitter_id: int | None
    submitter: str
    total: int
    replies: int = 0
    newer: bool = False
    landed: int = 0
    states: dict[str, int] = field(default_factory=dict)

    @property
    def received(self) -> int:
        """How many of its patches the archive has."""
        return sum(self.states.values())


_SERIES = """
SELECT s.id, s.name, coalesce(s.version, 1), coalesce(s.date, 0), w.id,
       coalesce(nullif(w.name, ''), w.email, ''), coalesce(s.total, 0),
       (SELECT count(*) FROM cover m CROSS JOIN comment c INDEXED BY comment_parent
        ON c.parent_id = m.id AND c.parent_kind = 'cover' WHERE m.series_id = s.id),
       EXISTS (SELECT 1 FROM series_version WHERE previous = s.id)
FROM series s LEFT JOIN person w ON w.id = coalesce(
    s.submitter_id, (SELECT submitter_id FROM patch WHERE series_id = s.id LIMIT 1))
"""


def series_rows(archive: Archive, ids: Sequence[int]) -> list[SeriesRow]:
    """The rows of some series, in the order of `ids`."""
    rows: dict[int, SeriesRow] = {}
    for at in range(0, len(ids), 500):
        part = ids[at : at + 500]
        among = f"IN ({','.join('?' * len(part))})"
        for columns in archive.sql.execute(f"{_SERIES} WHERE s.id {among}", part):
            rows[columns[0]] = SeriesRow(*columns)
        counts = archive.sql.execute(
            "SELECT p.series_id, p.state, count(DISTINCT p.id), count(c.id) FROM patch p "
            "LEFT JOIN comment c INDEXED BY comment_parent ON c.parent_kind = 'patch' "
            f"AND c.parent_id = p.id WHERE p.series_id {among} GROUP BY 1, 2 ORDER BY 1, 2",
            part,
        )
        for number, state, patches, replies in counts:
            rows[number].states[state] = patches
            rows[number].replies += replies
        members = dict(
            archive.sql.execute(f"SELECT id, series_id FROM patch WHERE series_id {among}", part)
        )
        for patch in commits_of_patches(archive, [*members]):
            rows[members[patch]].landed += 1
    return [rows[number] for number in ids if number in rows]
