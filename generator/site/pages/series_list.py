"""Lists of a project's series."""

from __future__ import annotations

from dataclasses import dataclass

from generator import urls
from generator.archive.series_rows import SeriesRow, series_rows
from generator.model import Project
from generator.site.build_context import Context, Files
from generator.site.pages.patch_list import ListPage


@dataclass(frozen=True)
class SeriesListView:
    """What `series_list.html` shows. URLs are relative to the site's root; page is None for the newest."""

    project: Project
    project_url: str
    rows: list[SeriesRow]
    page: int | None
    total: int | None
    newest_url: str
    newer_url: str | None
    older_url: str | None


def series_list_page(context: Context, key: tuple[int, int | None], content: ListPage) -> Files:
    """A page of the list of a project's series, whose numbers are `content.ids`."""
    project_id, number = key
    project_slug, project = context.project(project_id)
    url = urls.series_list(project_slug, number)
    view = SeriesListView(
        project=project,
        project_url=urls.project(project_slug),
        rows=series_rows(context.archive, content.ids),
        page=number,
        total=content.total,
        newest_url=urls.series_list(project_slug),
        newer_url=urls.series_list(project_slug, content.newer) if number else None,
        older_url=urls.series_list(project_slug, content.older) if content.older else None,
    )
    return {urls.file_of(url): context.render("series_list.html", url, view)}
