"""The page of a folder of the tree: what waits there, what is new, who sends and comments; and its feed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from generator import urls
from generator.archive.columns import MAX_VALUES
from generator.model import Project
from generator.site.build_context import Context, Files
from generator.site.exports import feeds
from generator.site.facets import field_query, search_query
from generator.site.folders import FolderContent, FolderCount
from generator.site.pages.parts.change_rows import FolderLink
from generator.site.pages.parts.change_selection import selection_view
from generator.site.plan import Plan
from generator.site.registry import PageKind, SitemapEntry, Stage, Unit


@dataclass(frozen=True)
class FolderView:
    """What `folder.html` shows beside a SelectionView. URLs are relative to the site's root.

    path is empty for the root of the tree. parents: (URL, name) of the folders above, the outermost first.
    query: what finds the folder's patches in the search. first_only: under how many folders a patch counts.
    """

    project: Project
    project_url: str
    path: str
    parents: list[tuple[str, str]]
    children: list[FolderLink]
    query: str
    first_only: int


def folder_page(context: Context, key: tuple[int, str], content: FolderContent) -> Files:
    """The page of a folder, and a feed of its newest changes."""
    project_id, path = key
    slug, project = context.project(project_id)
    url = urls.folder(slug, path)
    view = FolderView(
        project=project,
        project_url=urls.project(slug),
        path=path,
        parents=_parents(slug, path),
        children=[_link(slug, child) for child in content.children],
        query=_query(slug, path),
        first_only=MAX_VALUES["folder"],
    )
    selection = selection_view(context, content.selection)
    title = f"{project.name}: {path or 'all folders'}"
    return {
        urls.file_of(url): context.render("folder.html", url, view, selection),
        f"{url}feed.atom": feeds.change_feed(context, url, title, selection.in_feed()),
    }


def _parents(slug: str, path: str) -> list[tuple[str, str]]:
    names = path.split("/")[:-1]
    above = ["/".join(names[: n + 1]) for n in range(len(names))]
    return [(urls.folder(slug, folder), name) for folder, name in zip(above, names, strict=True)]


def _link(slug: str, child: FolderCount) -> FolderLink:
    search = f"search/?q={quote(_query(slug, child.path))}"
    url = urls.folder(slug, child.path) if child.has_page else search
    return FolderLink(child.path.rpartition("/")[2], url, child.changes, child.waiting)


def _query(slug: str, path: str) -> str:
    return f"{search_query(slug)} {field_query('dfn', path)}" if path else search_query(slug)


def _units(plan: Plan) -> Iterator[Unit]:
    for changes, folders in zip(plan.project_changes, plan.project_folders, strict=True):
        for path in folders.with_pages():
            content, shown = folders.content(path)
            depends = plan.projects[changes.project], shown
            yield plan.unit("folder", (changes.project, path), depends, content)


def _sitemap(plan: Plan) -> Iterator[SitemapEntry]:
    for changes, folders in zip(plan.project_changes, plan.project_folders, strict=True):
        for path in folders.with_pages():
            yield urls.folder(changes.slug, path), None


FOLDER = PageKind(
    "folder",
    _units,
    folder_page,
    templates=("folder.html", "feed.atom"),
    stage=Stage.LISTS,
    sitemap=_sitemap,
)
