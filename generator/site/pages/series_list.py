"""Lists of a project's series."""

from __future__ import annotations

from generator import urls
from generator.archive.series_rows import series_rows
from generator.site.build_context import Context, Files
from generator.site.pages.patch_list import ListPage


def series_list_page(context: Context, key: tuple[int, int | None], shown: ListPage) -> Files:
    """One page of the list of a project's series; `shown.ids` are their numbers."""
    project_id, number = key
    project_slug, project = context.project(project_id)
    url = urls.series_list(project_slug, number)
    page = context.renderer.render(
        "series_list.html",
        url,
        project=project,
        project_url=urls.project(project_slug),
        rows=series_rows(context.archive, shown.ids),
        page=number,
        total=shown.total,
        newest_url=urls.series_list(project_slug),
        newer_url=urls.series_list(project_slug, shown.newer) if number else None,
        older_url=urls.series_list(project_slug, shown.older) if shown.older else None,
    )
    return {urls.file_of(url): page}
