"""Projects with the names of their folders, and the project that a series belongs to."""

from __future__ import annotations

from generator.archive.database import Archive
from generator.model import Project


def all_projects(archive: Archive) -> list[tuple[str, Project]]:
    """All projects with their folder names, by name."""
    rows = archive.sql.execute("SELECT slug, raw FROM project ORDER BY lower(name), id")
    return [(slug, archive.decode(Project, raw)) for slug, raw in rows.fetchall()]


def project(archive: Archive, number: int) -> tuple[str, Project]:
    """A project's folder name and the project. Every project that an object names is in the archive."""

    def read() -> tuple[tuple[str, Project], int]:
        query = "SELECT slug, raw FROM project WHERE id = ?"
        slug, raw = archive.sql.execute(query, (number,)).fetchone()
        return (slug, archive.decode(Project, raw)), len(raw)

    return archive.recent.get(("project with slug", number), read)


def project_of_series(archive: Archive, series_id: int) -> int | None:
    """The number of a series' project, which its mails name where the series itself is not archived.

    None for a series that nothing names. All mails of a series are of one project: see the writer.
    """
    query = (
        "SELECT project_id FROM series WHERE id = :n UNION ALL "
        "SELECT project_id FROM patch WHERE series_id = :n UNION ALL "
        "SELECT project_id FROM cover WHERE series_id = :n LIMIT 1"
    )
    row = archive.sql.execute(query, {"n": series_id}).fetchone()
    return row[0] if row else None


def project_named(archive: Archive, name: str) -> int | None:
    """The number of a project by its link name, its list id or its number; None where there is none."""
    for _, known in all_projects(archive):
        if name in (known.link_name, known.list_id, str(known.id)):
            return known.id
    return None
