"""Which series are versions of the same work: decided by mail/series_versions, kept in the archive."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from generator.archive import derived, series_dependencies, worked_out_series, wrong_clocks
from generator.archive.database import Archive
from generator.archive.series_facts import series_facts
from generator.mail import series_versions


@dataclass(frozen=True, slots=True)
class SeriesVersion:
    """A series as one version of a work. `date` is in seconds since 1970.

    `label` is `v2`, `v2.1`, `v1 RFC`; `state` the state that all its patches share, or `mixed`. `patches`:
    how many are archived; `total`: how many it has by its own account, 0 where nothing says so.
    """

    series: int
    label: str
    date: int
    name: str
    state: str
    patches: int
    total: int = 0

    @property
    def is_partial(self) -> bool:
        """Whether some of its patches weren't received: they may not have been sent again."""
        return 0 < self.patches < self.total


def refresh(archive: Archive) -> None:
    """Update the series worked out here, and the versions and dependencies of all, for what changed."""
    derived.refresh(archive)
    sql = archive.sql
    revision, made_for = sql.execute("SELECT revision, versions_revision FROM meta").fetchone()
    if revision == made_for:
        return
    wrong_clocks.refresh(archive)
    worked_out_series.refresh(archive)
    known = {facts.id: facts for facts in series_facts(archive)}
    previous, unjoined = series_versions.previous(known.values(), links(archive))
    versions = [
        (number, previous.get(number), work, known[number].label)
        for number, work in series_versions.works(previous).items()
    ]
    with archive.transaction():
        _replace(sql, "series_version", versions)
        _replace(sql, "series_unjoined", unjoined)
        series_dependencies.refresh(archive)
        # The end of the transaction raises the revision by one.
        sql.execute("UPDATE meta SET versions_revision = revision + 1")


def _replace(sql: sqlite3.Connection, name: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Make the rows of a table, whose first column is a series, these; writes what differs."""
    wanted = {row[0]: tuple(row) for row in rows}
    stored = {row[0]: row for row in sql.execute(f"SELECT * FROM {name}")}
    vanished = [(number,) for number in stored.keys() - wanted.keys()]
    sql.executemany(f"DELETE FROM {name} WHERE series_id = ?", vanished)
    for number, row in wanted.items():
        if stored.get(number) != row:
            marks = ", ".join("?" * len(row))
            sql.execute(f"INSERT OR REPLACE INTO {name} VALUES ({marks})", row)


def links(archive: Archive) -> dict[int, int | None]:
    """What was set by hand: the version before a series, or None where it begins a work."""
    return dict(archive.sql.execute("SELECT series_id, previous FROM series_override"))


def set_links(archive: Archive, wanted: dict[int, int | None]) -> None:
    """Set all that is set by hand; belongs into a transaction."""
    archive.sql.execute("DELETE FROM series_override")
    archive.sql.executemany("INSERT INTO series_override VALUES (?, ?)", sorted(wanted.items()))


def is_series(archive: Archive, number: int) -> bool:
    """Whether the archive knows a series of this number."""
    if not 0 <= number < 1 << 53:
        return False
    query = "SELECT 1 FROM series WHERE id = ?"
    return archive.sql.execute(query, (number,)).fetchone() is not None


def every_version(archive: Archive) -> dict[int, tuple[SeriesVersion, ...]]:
    """All works with more than one version, oldest version first; by the number of the work."""
    return _versions(archive, "")


@dataclass(frozen=True, slots=True)
class UnjoinedSeries:
    """An earlier series that another one might be a version of, and why it isn't: `both are v1`."""

    id: int
    name: str
    reason: str


def unjoined_from(archive: Archive, series: int) -> UnjoinedSeries | None:
    """The series that this one was not joined to, though something ties them together."""
    query = f"{_UNJOINED} WHERE u.series_id = ?"
    row = archive.sql.execute(query, (series,)).fetchone()
    return UnjoinedSeries(*row[1:]) if row else None


def every_unjoined(archive: Archive) -> dict[int, UnjoinedSeries]:
    """The same for all series, by number."""
    return {row[0]: UnjoinedSeries(*row[1:]) for row in archive.sql.execute(_UNJOINED)}


_UNJOINED = """
SELECT u.series_id, u.other, s.name, u.reason FROM series_unjoined u JOIN series s ON s.id = u.other
"""


def versions_of(archive: Archive, series: int) -> tuple[SeriesVersion, ...]:
    """The versions of the work that a series is one of, oldest first; none when it is the only one."""
    row = archive.sql.execute(
        "SELECT work FROM series_version WHERE series_id = ?", (series,)
    ).fetchone()
    if not row:
        return ()
    return _versions(archive, "WHERE l.work = ?", (row[0],)).get(row[0], ())


def _versions(
    archive: Archive, where: str, keys: tuple[int, ...] = ()
) -> dict[int, tuple[SeriesVersion, ...]]:
    works: defaultdict[int, list[SeriesVersion]] = defaultdict(list)
    rows = archive.sql.execute(
        "SELECT l.work, s.id, l.label, s.name, coalesce(s.date, min(p.date), 0) AS date, "
        "count(DISTINCT p.state), min(p.state), count(p.id), coalesce(s.total, 0) "
        "FROM series_version l JOIN series s ON s.id = l.series_id LEFT JOIN patch p ON p.series_id = s.id "
        f"{where} GROUP BY s.id ORDER BY l.work, date, s.id",
        keys,
    )
    for work, series, label, name, date, states, state, patches, total in rows:
        common = state if states == 1 else "mixed" if states else ""
        works[work].append(SeriesVersion(series, label, date, name, common, patches, total))
    return {work: tuple(versions) for work, versions in works.items()}
