"""What series depend on: worked out from what the server and the mails say, kept in the archive, and read.

Where the server names what a series depends on, that counts; otherwise the `Depends-on:` lines of its mails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from generator.archive.database import Archive

#: So many series that are to be applied first are listed; the page says where there are more.
MAX_ORDER = 100


class DependencySeries(NamedTuple):
    """A series that another one depends on, or the reverse.

    series: None where the archive has none, of which `name` is the address or message id then. project: the
    name of the project's folder. patches: how many are archived.
    """

    series: int | None
    name: str
    project: str = ""
    patches: int = 0


@dataclass(frozen=True, slots=True)
class SeriesDependencies:
    """What a series depends on, and what depends on it.

    order: the series that are to be applied before it, in that order; is_cut: not all of them are listed.
    """

    needs: tuple[DependencySeries, ...] = ()
    needed_by: tuple[DependencySeries, ...] = ()
    order: tuple[DependencySeries, ...] = ()
    is_cut: bool = False


_NONE = SeriesDependencies()


def dependencies_of(archive: Archive, series: int) -> SeriesDependencies:
    """What a series depends on, and what depends on it."""
    needs = tuple(_needs(archive, series))
    query = "SELECT DISTINCT series_id FROM series_dependency WHERE other = ? ORDER BY 1"
    dependents = [row[0] for row in archive.sql.execute(query, (series,))]
    if not needs and not dependents:
        return _NONE
    order, is_cut = _order(archive, series)
    return SeriesDependencies(
        needs, tuple(_shown(archive, number, "") for number in dependents), tuple(order), is_cut
    )


def every(archive: Archive) -> dict[int, SeriesDependencies]:
    """Every series that depends on others, or that others depend on, by its number."""
    query = "SELECT series_id FROM series_dependency UNION SELECT other FROM series_dependency ORDER BY 1"
    rows = archive.sql.execute(query).fetchall()
    return {row[0]: dependencies_of(archive, row[0]) for row in rows if row[0] is not None}


def _needs(archive: Archive, series: int) -> Iterator[DependencySeries]:
    """What a series itself names, each series once."""
    query = (
        "SELECT other, target FROM series_dependency WHERE series_id = ? "
        "ORDER BY other IS NULL, other, target"
    )
    seen: set[int] = set()
    for other, target in archive.sql.execute(query, (series,)).fetchall():
        if other not in seen:
            yield _shown(archive, other, target)
        if other is not None:
            seen.add(other)


def _shown(archive: Archive, number: int | None, target: str) -> DependencySeries:
    query = (
        "SELECT coalesce(nullif(s.name, ''), 'series ' || s.id), p.slug, "
        "(SELECT count(*) FROM patch WHERE series_id = s.id) "
        "FROM series s JOIN project p ON p.id = s.project_id WHERE s.id = ?"
    )
    row = archive.sql.execute(query, (number,)).fetchone() if number is not None else None
    return DependencySeries(number, *row) if row else DependencySeries(None, target)


def _order(archive: Archive, series: int) -> tuple[list[DependencySeries], bool]:
    """All that is to be applied before a series, first to last, and whether more would come before that.

    Where series depend on each other in a circle, each is listed once.
    """
    order: list[DependencySeries] = []
    seen: set[int | None] = {series}
    is_cut = False
    path = [_needs(archive, series)]
    entered: list[DependencySeries] = []
    while path:
        other = next(path[-1], None)
        if other is None:
            path.pop()
            if entered:
                order.append(entered.pop())
        elif other.series is not None and other.series not in seen:
            if len(seen) > MAX_ORDER:
                is_cut = True
                continue
            seen.add(other.series)
            entered.append(other)
            path.append(_needs(archive, other.series))
    return order, is_cut


def refresh(archive: Archive) -> None:
    """Work out the dependencies of all series again; belongs into a transaction. Writes what differs."""
    sql = archive.sql
    wanted = set(_worked_out(archive))
    stored = set(sql.execute("SELECT series_id, target, other FROM series_dependency"))
    for series, target, _ in stored - wanted:
        query = "DELETE FROM series_dependency WHERE series_id = ? AND target = ?"
        sql.execute(query, (series, target))
    sql.executemany("INSERT INTO series_dependency VALUES (?, ?, ?)", wanted - stored)


_LINES = "SELECT {} AS series, d.target, d.named, d.value, d.host FROM depends_on d"
_FROM_SERVER = f"{_LINES.format('d.id')} WHERE d.kind = 'series' ORDER BY 1, 2"
_FROM_MAILS = " UNION ALL ".join(
    f"{_LINES.format('m.series_id')} JOIN {kind} m ON m.id = d.id "
    f"WHERE d.kind = '{kind}' AND m.series_id IS NOT NULL"
    for kind in ("patch", "cover")
)


def _worked_out(archive: Archive) -> Iterator[tuple[int, str, int | None]]:
    """(series, target, other) of what series depend on."""
    lines = archive.sql.execute(_FROM_SERVER).fetchall()
    from_server = {line[0] for line in lines}
    lines += [line for line in archive.sql.execute(_FROM_MAILS) if line[0] not in from_server]
    hosts = _hosts(archive) if lines else set()
    for series, target, named, value, host in lines:
        is_ours = named and (not host or host in hosts)
        other = _resolved(archive, series, named, value) if is_ours else None
        if other != series:
            yield series, target, other


def _hosts(archive: Archive) -> set[str]:
    """The names of the servers that the archive's numbers are from."""
    values = archive.sql.execute("SELECT raw FROM project").fetchall()
    urls = [msgspec.json.decode(archive.unpack(raw)).get("url") for (raw,) in values]
    roots = [f"//{root}" for (root,) in archive.sql.execute("SELECT root FROM server")]
    hosts = set()
    for url in (*urls, *roots):
        try:
            hosts.add(urlsplit(str(url or "")).netloc.lower())
        except ValueError:
            continue
    return hosts - {""}


def _resolved(archive: Archive, series: int, named: str, value: str) -> int | None:
    """The number of the series that a line names, rather one of the same project; None without one."""
    sql = archive.sql
    if named == "series":
        row = sql.execute("SELECT id FROM series WHERE id = ?", (int(value),)).fetchone()
    elif named in ("patch", "cover"):
        query = f"SELECT series_id FROM {named} WHERE id = ?"
        row = sql.execute(query, (int(value),)).fetchone()
    else:
        columns = (
            "series_id, project_id <> (SELECT project_id FROM series WHERE id = :series) AS other"
        )
        row = sql.execute(
            f"SELECT {columns} FROM patch WHERE msgid = :value AND series_id IS NOT NULL UNION ALL "
            f"SELECT {columns} FROM cover WHERE msgid = :value AND series_id IS NOT NULL "
            "ORDER BY other, series_id LIMIT 1",
            {"series": series, "value": value},
        ).fetchone()
    return row[0] if row else None
