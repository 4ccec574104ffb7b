"""The search page."""

from __future__ import annotations

from generator.archive import index_queries, queries
from generator.search.fields import NAMED
from generator.site.build_context import Context, Files


def search_page(context: Context, key: tuple[()], payload: None) -> Files:
    """The search, with its help and filters; it says so where JavaScript is off."""
    projects = [(slug, project.name) for slug, project in queries.projects(context.archive)]
    states = index_queries.states(context.archive)
    page = context.renderer.render(
        "search.html", "search/", projects=projects, states=states, fields=NAMED
    )
    return {"search/index.html": page}
