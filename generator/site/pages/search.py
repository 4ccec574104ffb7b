"""The search page."""

from __future__ import annotations

from collections.abc import Iterator

from generator.archive import planning, queries
from generator.site.build_context import Context, Files
from generator.site.plan import Plan
from generator.site.registry import PageKind, Unit


def search_page(context: Context, key: tuple[()], payload: None) -> Files:
    """The search, with its help and filters; it says so where JavaScript is off."""
    projects = [(slug, project.name) for slug, project in queries.projects(context.archive)]
    query = "SELECT DISTINCT state FROM patch ORDER BY state"
    states = [row[0] for row in context.archive.sql.execute(query)]
    page = context.renderer.render("search.html", "search/", projects=projects, states=states)
    return {"search/index.html": page}


def _units(plan: Plan) -> Iterator[Unit]:
    projects = [(slug, project.name) for slug, project in queries.projects(plan.archive)]
    yield plan.unit("search", (), (projects, planning.states(plan.archive)))


SEARCH = PageKind("search", _units, search_page, templates=("search.html",))
