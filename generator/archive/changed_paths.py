"""Which files patches change."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from generator.archive.database import Archive


def of_project(archive: Archive, project: int) -> Iterator[tuple[int, int | None, str]]:
    """(patch, its series, path) of all files that a project's patches change, by patch."""
    return archive.sql.execute(
        "SELECT p.id, p.series_id, c.path FROM patch p JOIN changed_path c ON c.patch_id = p.id "
        "WHERE p.project_id = ? ORDER BY p.id, c.path",
        (project,),
    )


def of_patches(archive: Archive, numbers: Collection[int]) -> Iterator[str]:
    """The files that some patches change, patch by patch."""
    for number in numbers:
        query = "SELECT path FROM changed_path WHERE patch_id = ? ORDER BY path"
        for (path,) in archive.sql.execute(query, (number,)):
            yield path
