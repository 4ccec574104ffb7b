"""Lists of patches, by project and by facet, and the pages that name a facet's values."""

from __future__ import annotations

from dataclasses import dataclass

from generator.site import urls
from generator.site.pages.context import Context, Files
from generator.store.rows import patch_rows
from generator.store.serieslist import series_rows

#: Facet → its heading, in the order in which project pages name them.
FACETS = {
    "state": "State",
    "submitter": "Submitter",
    "delegate": "Delegate",
    "month": "Month",
    "tag": "Tag",
    "check": "Check",
    "prefix": "Prefix",
    "folder": "Folder",
}


#: Which page of which list: project, facet and value (empty: all patches), page (None: the newest).
ListKey = tuple[int, str, str, int | None]


@dataclass(frozen=True, slots=True)
class ListPage:
    """What a page of a list shows: its patches, newest first, and its neighbours by number.

    `newer` is None where the newest page is next; `total` is counted on the newest page alone, so
    that the others needn't change with it.
    """

    label: str
    ids: tuple[int, ...]
    newer: int | None
    older: int | None
    total: int | None


def list_page(context: Context, key: ListKey, shown: ListPage) -> Files:
    """One page of a list."""
    project_id, facet, value, number = key
    project_slug, project = context.project(project_id)
    base = list_base(project_slug, facet, value)
    url = urls.numbered(base, number)
    page = context.renderer.render(
        "list.html",
        url,
        project=project,
        project_slug=project_slug,
        project_url=urls.project(project_slug),
        facet=facet,
        facet_title=FACETS.get(facet, ""),
        label=shown.label,
        rows=patch_rows(context.archive, shown.ids),
        page=number,
        total=shown.total,
        newest_url=base,
        newer_url=urls.numbered(base, shown.newer) if number else None,
        older_url=urls.numbered(base, shown.older) if shown.older else None,
    )
    return {urls.file_of(url): page}


def list_base(project_slug: str, facet: str, value: str) -> str:
    """The URL of the newest page of a list."""
    if not facet:
        return urls.facet(project_slug, "list")
    return urls.facet(project_slug, facet, value)


def series_list_page(context: Context, key: tuple[int, int | None], shown: ListPage) -> Files:
    """One page of the list of a project's series; `shown.ids` are their numbers."""
    project_id, number = key
    project_slug, project = context.project(project_id)
    url = urls.series_list(project_slug, number)
    page = context.renderer.render(
        "series-list.html",
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


def facet_page(
    context: Context, key: tuple[int, str], values: tuple[tuple[str, str, int], ...]
) -> Files:
    """The values of one facet of a project, with links: (value, label, patches)."""
    project_id, facet = key
    project_slug, project = context.project(project_id)
    url = urls.facet(project_slug, facet)
    page = context.renderer.render(
        "facet.html",
        url,
        project=project,
        project_url=urls.project(project_slug),
        facet=facet,
        facet_title=FACETS[facet],
        values=[(label, urls.facet(project_slug, facet, v), count) for v, label, count in values],
    )
    return {urls.file_of(url): page}
