"""The home page: all projects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator import urls
from generator.archive.patch_rows import PatchRow, patch_rows
from generator.model import Project
from generator.site.build_context import Context, Files
from generator.site.facets import ProjectCounts
from generator.site.plan import Plan
from generator.site.registry import PageKind, SitemapEntry, Stage, Unit


@dataclass(frozen=True, slots=True)
class HomeProject:
    """A project on the home page with its newest patches; URLs are relative to the site's root."""

    project: Project
    slug: str
    url: str
    list_url: str
    figures: ProjectCounts
    rows: list[PatchRow]


@dataclass(frozen=True)
class HomeView:
    """What `home.html` shows."""

    projects: list[HomeProject]


def home_page(
    context: Context, key: tuple[()], counts: tuple[tuple[int, ProjectCounts], ...]
) -> Files:
    """The projects, the one with the latest activity first."""
    projects = []
    for number, figures in counts:
        slug, project = context.project(number)
        rows = patch_rows(context.archive, figures.newest[:5])
        list_url = urls.facet(slug, "list")
        projects.append(HomeProject(project, slug, urls.project(slug), list_url, figures, rows))
    return {"index.html": context.render("home.html", "", HomeView(projects))}


def _units(plan: Plan) -> Iterator[Unit]:
    shown = [(patches.project, patches.counts) for patches in plan.project_patches]
    shown.sort(key=lambda item: (-(item[1].last or 0), item[0]))
    rows = [patches.fingerprint(patches.ids[-5:]) for patches in plan.project_patches]
    projects = [plan.projects[number] for number, _ in shown]
    yield plan.unit("home", (), (shown, rows, projects), tuple(shown))


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
