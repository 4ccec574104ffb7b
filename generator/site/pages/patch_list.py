"""Lists of patches, of a whole project or by facet."""

from __future__ import annotations

from dataclasses import dataclass

from generator import urls
from generator.archive.patch_rows import PatchRow, patch_rows
from generator.model import Project
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


@dataclass(frozen=True)
class PatchListView:
    """What `patch_list.html` shows. URLs are relative to the site's root.

    facet is empty for the list of all patches; page is None for the newest page.
    """

    project: Project
    project_slug: str
    project_url: str
    facet: str
    facet_title: str
    label: str
    rows: list[PatchRow]
    page: int | None
    total: int | None
    newest_url: str
    newer_url: str | None
    older_url: str | None


def list_page(context: Context, key: ListKey, content: ListPage) -> Files:
    """A page of a list of patches."""
    project_id, facet, value, number = key
    project_slug, project = context.project(project_id)
    base = list_base(project_slug, facet, value)
    url = urls.numbered(base, number)
    view = PatchListView(
        project=project,
        project_slug=project_slug,
        project_url=urls.project(project_slug),
        facet=facet,
        facet_title=FACETS.get(facet, ""),
        label=content.label,
        rows=patch_rows(context.archive, content.ids),
        page=number,
        total=content.total,
        newest_url=base,
        newer_url=urls.numbered(base, content.newer) if number else None,
        older_url=urls.numbered(base, content.older) if content.older else None,
    )
    return {urls.file_of(url): context.render("patch_list.html", url, view)}


def list_base(project_slug: str, facet: str, value: str) -> str:
    """The URL of the newest page of a list."""
    if not facet:
        return urls.facet(project_slug, "list")
    return urls.facet(project_slug, facet, value)
