"""The search page."""

from __future__ import annotations

from collections.abc import Iterator

from generator.archive import queries, vocabulary
from generator.search.fields import NAMED
from generator.site.build_context import Context, Files
from generator.site.plan import Plan
from generator.site.registry import PageKind, Unit


def search_page(context: Context, key: tuple[()], payload: None) -> Files:
    """The search, with its help and filters; it says so where JavaScript is off."""
    projects = [(slug, project.name) for slug, project in queries.projects(context.archive)]
    states = vocabulary.states(context.archive)
    page = context.renderer.render(
        "search.html", "search/", projects=projects, states=states, fields=NAMED
    )
    return {"search/index.html": page}


def _units(plan: Plan) -> Iterator[Unit]:
    projects = [(slug, project.name) for slug, project in queries.projects(plan.archive)]
    yield plan.unit("search", (), (projects, NAMED, vocabulary.states(plan.archive)))


SEARCH = PageKind("search", _units, search_page, templates=("search.html",))
