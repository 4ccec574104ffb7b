"""The rows that a plan of the site goes through: which objects there are, and where they belong."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from generator.archive import worked_out_series
from generator.archive.database import Archive

_NUMBERED = {
    "patch": "SELECT id, project_id, slug FROM patch ORDER BY id",
    "cover": "SELECT id, project_id, slug FROM cover ORDER BY id",
    "comment": "SELECT c.id, parent_kind, parent_id, coalesce(p.project_id, q.project_id), "
    "coalesce(p.slug, q.slug) FROM comment c "
    "LEFT JOIN patch p ON parent_kind = 'patch' AND p.id = parent_id "
    "LEFT JOIN cover q ON parent_kind = 'cover' AND q.id = parent_id ORDER BY c.id, parent_kind",
    "person": "SELECT id, name, email FROM person ORDER BY id",
}


def patch_count(archive: Archive) -> int:
    """How many patches there are."""
    count: int = archive.sql.execute("SELECT count(*) FROM patch").fetchone()[0]
    return count


def project_digests(archive: Archive) -> dict[int, int]:
    """The digest of each project, by number."""
    return dict(archive.sql.execute("SELECT id, digest FROM project ORDER BY id"))


def project_slugs(archive: Archive) -> dict[int, str]:
    """The folder name of each project, by number."""
    return dict(archive.sql.execute("SELECT id, slug FROM project ORDER BY id"))


def project_names(archive: Archive, project: int) -> tuple[str, str]:
    """A project's folder name and link name."""
    query = "SELECT slug, link_name FROM project WHERE id = ?"
    names: tuple[str, str] = archive.sql.execute(query, (project,)).fetchone()
    return names


def newest_patch_date(archive: Archive) -> int:
    """The date of the newest patch, in seconds since 1970; 0 without one."""
    return archive.sql.execute("SELECT coalesce(max(date), 0) FROM patch").fetchone()[0] or 0


def series_since(archive: Archive, date: int) -> set[int]:
    """The series with a patch that is no older than a date (seconds since 1970)."""
    query = "SELECT DISTINCT series_id FROM patch WHERE date >= ? AND series_id IS NOT NULL"
    return {row[0] for row in archive.sql.execute(query, (date,))}


def submitters_since(archive: Archive, date: int) -> set[int]:
    """Who sent a patch that is no older than a date (seconds since 1970)."""
    query = "SELECT DISTINCT submitter_id FROM patch WHERE date >= ? AND submitter_id IS NOT NULL"
    return {row[0] for row in archive.sql.execute(query, (date,))}


def mails(archive: Archive, kind: str) -> Iterator[tuple[int, int, int, int | None]]:
    """Every patch or cover letter: (number, digest, project, series), by number."""
    return archive.sql.execute(f"SELECT id, digest, project_id, series_id FROM {kind} ORDER BY id")


def mails_of_series(archive: Archive, kind: str) -> Iterator[tuple[int, int, int, int, int | None]]:
    """The patches or cover letters of every series: (series, number, digest, project, submitter)."""
    return archive.sql.execute(
        f"SELECT series_id, id, digest, project_id, submitter_id FROM {kind} "
        "WHERE series_id IS NOT NULL ORDER BY series_id, id"
    )


def mail_pages(archive: Archive, kind: str) -> Iterator[tuple[int, int, str, int]]:
    """Every patch or cover letter: (number, project, folder name, date in seconds since 1970), by number."""
    return archive.sql.execute(f"SELECT id, project_id, slug, date FROM {kind} ORDER BY id")


def diff_pages(archive: Archive) -> dict[int, list[tuple[int, int]]]:
    """By patch with a large diff: (number of a file, how many pages it has)."""
    rows = archive.sql.execute(
        "SELECT patch_id, file, pages FROM diff_page ORDER BY patch_id, file"
    )
    return {
        patch: [(file, pages) for _, file, pages in group]
        for patch, group in groupby(rows, itemgetter(0))
    }


def newest_patches(archive: Archive, limit: int) -> tuple[int, ...]:
    """The patches sent last, newest first."""
    query = "SELECT id FROM patch ORDER BY date DESC, id DESC LIMIT ?"
    return tuple(row[0] for row in archive.sql.execute(query, (limit,)))


def series_projects(archive: Archive) -> dict[int, int]:
    """The project of each series that names it itself."""
    rows = archive.sql.execute("SELECT id, project_id FROM series WHERE project_id IS NOT NULL")
    return dict(rows.fetchall())


def series_dates(archive: Archive) -> dict[int, int]:
    """The date of each series in seconds since 1970, 0 where it is not known."""
    return dict(archive.sql.execute("SELECT id, coalesce(date, 0) FROM series"))


def people(archive: Archive) -> list[tuple[int, str, int]]:
    """Everybody: (number, name, digest)."""
    return archive.sql.execute("SELECT id, name, digest FROM person ORDER BY id").fetchall()


def by_date(archive: Archive, kind: str) -> Iterator[tuple[int, int, int, int, int]]:
    """Every series, cover letter or patch of a project: (number, digest, text digest, project, date).

    A series has no text: 0.
    """
    text = {"series": "0", "cover": "digest", "patch": "text_digest"}[kind]
    where = "WHERE project_id IS NOT NULL" if kind == "series" else ""
    return archive.sql.execute(
        f"SELECT id, digest, {text}, project_id, coalesce(date, 0) FROM {kind} {where} ORDER BY id"
    )


def in_pages(archive: Archive, kind: str, size: int) -> Iterator[list[tuple[int, int, int | None]]]:
    """All objects of a kind that the API lists, in lists of `size`: (number, digest, project).

    At least one list.
    """
    only = {"series": f"WHERE id < {worked_out_series.FIRST}", "bundle": "WHERE is_public"}
    where = only.get(kind, "")
    rows = archive.sql.execute(f"SELECT id, digest, project_id FROM {kind} {where} ORDER BY id")
    page = rows.fetchmany(size)
    yield page
    while page := rows.fetchmany(size):
        yield page


def numbered(archive: Archive, kind: str) -> Iterator[tuple[Any, ...]]:
    """Every patch, cover letter, comment or person by number, with what its address or name depends on."""
    return archive.sql.execute(_NUMBERED[kind])


def project_patches(archive: Archive, project: int) -> Iterator[tuple[Any, ...]]:
    """A project's patches, oldest first, with what lists show of them.

    Number, digest, date, state, submitter, the submitter's name, delegate, the delegate's user name,
    archived, the number and name of the series, and how often the message was acked, reviewed and tested.
    """
    return archive.sql.execute(
        "SELECT p.id, p.digest, p.date, p.state, p.submitter_id, "
        "coalesce(nullif(w.name, ''), w.email, ''), p.delegate_id, coalesce(u.username, ''), "
        "p.archived, p.series_id || ' ' || s.name, p.acked, p.reviewed, p.tested "
        "FROM patch p LEFT JOIN person w ON w.id = p.submitter_id "
        "LEFT JOIN user u ON u.id = p.delegate_id LEFT JOIN series s ON s.id = p.series_id "
        "WHERE p.project_id = ? ORDER BY p.date, p.id",
        (project,),
    )


def project_facets(archive: Archive, project: int) -> Iterator[tuple[str, str, int]]:
    """(facet, value, patch) of a project's patches, oldest first, for facets that no column holds."""
    return archive.sql.execute(
        "SELECT f.kind, value, patch_id FROM facet f JOIN patch p ON p.id = patch_id "
        "WHERE p.project_id = ? ORDER BY p.date, p.id",
        (project,),
    )


def project_size(archive: Archive, project: int) -> tuple[int, int, int]:
    """How many series, cover letters and comments a project has."""
    row: tuple[int, int, int] = archive.sql.execute(
        "SELECT (SELECT count(*) FROM series WHERE project_id = :project), "
        "(SELECT count(*) FROM cover WHERE project_id = :project), "
        "(SELECT count(*) FROM comment c JOIN patch p ON p.id = c.parent_id "
        "WHERE c.parent_kind = 'patch' AND p.project_id = :project) + "
        "(SELECT count(*) FROM comment c JOIN cover p ON p.id = c.parent_id "
        "WHERE c.parent_kind = 'cover' AND p.project_id = :project)",
        {"project": project},
    ).fetchone()
    return row
