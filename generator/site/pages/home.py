"""The home page: all projects."""

from __future__ import annotations

from collections.abc import Iterator

from generator import urls
from generator.archive.patch_rows import patch_rows
from generator.site.build_context import Context, Files
from generator.site.facets import ProjectCounts
from generator.site.plan import Plan
from generator.site.registry import PageKind, SitemapEntry, Stage, Unit


def home_page(
    context: Context, key: tuple[()], shown: tuple[tuple[int, ProjectCounts], ...]
) -> Files:
    """The projects, the one with the latest activity first."""
    projects = []
    for number, figures in shown:
        slug, project = context.project(number)
        projects.append(
            {
                "project": project,
                "url": urls.project(slug),
                "list_url": urls.facet(slug, "list"),
                "figures": figures,
                "rows": patch_rows(context.archive, figures.newest[:5]),
                "slug": slug,
            }
        )
    return {"index.html": context.renderer.render("home.html", "", projects=projects)}


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
