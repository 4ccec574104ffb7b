"""The home page: all projects."""

from __future__ import annotations

from generator import urls
from generator.archive.patch_rows import patch_rows
from generator.site.build_context import Context, Files
from generator.site.pages.project import ProjectCounts


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
