"""Lists of a project's series."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from generator import urls
from generator.archive import planning
from generator.archive.series_rows import SeriesRow, series_rows
from generator.model import Project
from generator.site.build_context import Context, Files
from generator.site.pagination import ListPage, cut_by_count, pages
from generator.site.plan import Plan
from generator.site.registry import PageKind, Part, SitemapEntry, Stage, Unit


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


def _units(plan: Plan) -> Iterator[Unit]:
    dates = planning.series_dates(plan.archive)
    projects = plan.fingerprints.series_projects
    ordered = sorted(projects, key=lambda series: (projects[series], dates.get(series, 0), series))
    for project, group in groupby(ordered, projects.__getitem__):
        members = list(group)
        cuts = cut_by_count(len(members), plan.config.page_size)
        for number, shown in pages("", members, cuts):
            rows = [plan.series_depends(series) for series in shown.ids]
            yield plan.unit("series-list", (project, number), (shown, rows), shown)


def _sitemap(plan: Plan) -> Iterator[SitemapEntry]:
    slugs = planning.project_slugs(plan.archive)
    with_series = set(plan.fingerprints.series_projects.values())
    for slug in (slug for number, slug in slugs.items() if number in with_series):
        yield urls.series_list(slug), None


SERIES_LIST = PageKind(
    "series-list",
    _units,
    series_list_page,
    templates=("series_list.html",),
    stage=Stage.LISTS,
    part=Part.MAILS,
    sitemap=_sitemap,
)
