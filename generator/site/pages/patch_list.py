"""Lists of patches, of a whole project or by facet."""

from __future__ import annotations

from dataclasses import dataclass

from generator import urls
from generator.archive.patch_rows import patch_rows
from generator.site.build_context import Context, Files

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
        "patch_list.html",
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
