"""The home page: all projects."""

from __future__ import annotations

from dataclasses import dataclass

from generator import urls
from generator.archive.patch_rows import PatchRow, patch_rows
from generator.model import Project
from generator.site.build_context import Context, Files
from generator.site.pages.project import ProjectCounts


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
