"""The subsystems that a project's patches touch, with how many changes are in each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from generator import urls
from generator.model import Project
from generator.site.areas import AreaCount
from generator.site.build_context import Context, Files
from generator.site.plan import Plan
from generator.site.registry import PageKind, SitemapEntry, Unit


class AreaRow(NamedTuple):
    """A subsystem in the list."""

    title: str
    url: str
    changes: int
    waiting: int
    support: str


@dataclass(frozen=True)
class AreaListView:
    """What `area_list.html` shows. URLs are relative to the site's root."""

    project: Project
    project_url: str
    areas: list[AreaRow]


def area_list_page(context: Context, key: int, counts: tuple[AreaCount, ...]) -> Files:
    """The list of a project's subsystems, in the order of its file."""
    slug, project = context.project(key)
    url = urls.area(slug)
    areas = [
        AreaRow(one.title, urls.area(slug, one.slug), one.changes, one.waiting, one.support)
        for one in counts
    ]
    view = AreaListView(project, urls.project(slug), areas)
    return {urls.file_of(url): context.render("area_list.html", url, view)}


def _units(plan: Plan) -> Iterator[Unit]:
    for project, areas in plan.project_areas.items():
        if counts := areas.counts():
            depends = plan.projects[project], counts
            yield plan.unit("area-list", project, depends, counts)


def _sitemap(plan: Plan) -> Iterator[SitemapEntry]:
    for project, areas in plan.project_areas.items():
        if areas.counts():
            yield urls.area(plan.project_slugs[project]), None


AREA_LIST = PageKind(
    "area-list", _units, area_list_page, templates=("area_list.html",), sitemap=_sitemap
)
