"""Lists of patches, of a whole project or by facet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator import urls
from generator.archive import planning
from generator.archive.patch_rows import PatchRow, patch_rows
from generator.model import Project
from generator.site.build_context import PERSON_FEED_DAYS, Context, Files
from generator.site.facets import FACETS, search_query
from generator.site.pagination import ListPage, cut_by_count, cut_by_place, pages
from generator.site.plan import Plan
from generator.site.registry import PageKind, SitemapEntry, Stage, Unit

#: Which page of which list: project, facet and value (empty: all patches), page (None: the newest).
ListKey = tuple[int, str, str, int | None]


@dataclass(frozen=True)
class PatchListView:
    """What `patch_list.html` shows. URLs are relative to the site's root.

    facet is empty for the list of all patches; page is None for the newest page. query: what finds
    the list's patches in the search. feed_url: the page whose feed is nearest.
    """

    project: Project
    project_slug: str
    project_url: str
    facet: str
    facet_title: str
    label: str
    query: str
    rows: list[PatchRow]
    page: int | None
    total: int | None
    feed_url: str
    newest_url: str
    newer_url: str | None
    older_url: str | None


def list_page(context: Context, key: ListKey, made_of: tuple[ListPage, bool]) -> Files:
    """A page of a list of patches; made_of: what it shows, and whether the list has a feed."""
    content, has_feed = made_of
    project_id, facet, value, number = key
    project_slug, project = context.project(project_id)
    base = list_base(project_slug, facet, value)
    url = urls.numbered(base, number)
    view = PatchListView(
        project=project,
        project_slug=project_slug,
        project_url=urls.project(project_slug),
        facet=facet,
        facet_title=FACETS[facet].heading if facet else "",
        label=content.label,
        query=search_query(project_slug, facet, value, content.label),
        rows=patch_rows(context.archive, content.ids),
        page=number,
        total=content.total,
        feed_url=base if has_feed else urls.project(project_slug),
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


def _units(plan: Plan) -> Iterator[Unit]:
    size = plan.config.page_size
    since = plan.context.feeds_since(PERSON_FEED_DAYS)
    for patches in plan.project_patches:
        with_feed = patches.tags_since(since)
        lists = [("", "", "All patches", patches.ids)]
        for (facet, value), ids in sorted(patches.facets.items()):
            lists.append((facet, value, patches.labels[facet, value], ids))
        for facet, value, label, ids in lists:
            if facet and FACETS[facet].moves:
                cuts = cut_by_place(patches.places(ids), size)
            else:
                cuts = cut_by_count(len(ids), size)
            for number, shown in pages(label, ids, cuts):
                key = patches.project, facet, value, number
                rows = patches.fingerprint(shown.ids)
                has_feed = facet == "tag" and value in with_feed
                depends = plan.projects[patches.project], shown, rows, has_feed
                yield plan.unit("patch-list", key, depends, (shown, has_feed))


def _sitemap(plan: Plan) -> Iterator[SitemapEntry]:
    for slug in planning.project_slugs(plan.archive).values():
        yield urls.facet(slug, "list"), None


PATCH_LIST = PageKind(
    "patch-list",
    _units,
    list_page,
    templates=("patch_list.html",),
    stage=Stage.LISTS,
    sitemap=_sitemap,
)
