"""The home page: all projects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator import urls
from generator.model import Project
from generator.site.build_context import Context, Files
from generator.site.change_lists import ChangeCounts
from generator.site.facets import ProjectCounts
from generator.site.html.sparkline import Sparkline, sparkline
from generator.site.pages.parts.change_rows import ChangeRow, change_rows, status_counts
from generator.site.plan import Plan
from generator.site.registry import PageKind, SitemapEntry, Stage, Unit

#: How many of a project's newest changes are shown.
_NEWEST = 5


@dataclass(frozen=True, slots=True)
class HomeProject:
    """A project on the home page; URLs are relative to the site's root.

    statuses: (status, URL, changes) of those that wait. rows: its newest changes; moved: others that the
    latest mails are about. plot: its patches by month.
    """

    project: Project
    slug: str
    url: str
    list_url: str
    figures: ProjectCounts
    statuses: list[tuple[str, str, int]]
    rows: list[ChangeRow]
    moved: list[ChangeRow]
    plot: Sparkline | None


@dataclass(frozen=True)
class HomeView:
    """What `home.html` shows."""

    projects: list[HomeProject]


#: A project's number, its patches and its changes in numbers.
_Counted = tuple[int, ProjectCounts, ChangeCounts]


def home_page(context: Context, key: tuple[()], counts: tuple[_Counted, ...]) -> Files:
    """The projects, the one with the latest activity first."""
    projects = [_project(context, *counted) for counted in counts]
    return {"index.html": context.render("home.html", "", HomeView(projects))}


def _project(
    context: Context, number: int, figures: ProjectCounts, changes: ChangeCounts
) -> HomeProject:
    slug, project = context.project(number)
    return HomeProject(
        project=project,
        slug=slug,
        url=urls.project(slug),
        list_url=urls.facet(slug, "list"),
        figures=figures,
        statuses=status_counts(slug, changes.statuses),
        rows=change_rows(context, changes.newest[:_NEWEST]),
        moved=change_rows(context, changes.moved),
        plot=sparkline("Patches by month", figures.months),
    )


def _units(plan: Plan) -> Iterator[Unit]:
    both = zip(plan.project_patches, plan.project_changes, strict=True)
    shown = [(patches.project, patches.counts, changes.counts) for patches, changes in both]
    shown.sort(key=lambda item: (-(item[1].last or 0), item[0]))
    rows = [changes.counts_fingerprint for changes in plan.project_changes]
    figures = [(number, counts) for number, counts, _ in shown]
    projects = [plan.projects[number] for number, _ in figures]
    yield plan.unit("home", (), (figures, rows, projects), tuple(shown))


def _sitemap(plan: Plan) -> Iterator[SitemapEntry]:
    yield "", None


HOME = PageKind(
    "home",
    _units,
    home_page,
    templates=("home.html",),
    stage=Stage.HOME,
    sitemap=_sitemap,
)
