"""The search page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.archive import vocabulary
from generator.archive.database import Archive
from generator.archive.projects import all_projects
from generator.search.fields import NAMED, Named
from generator.site.build_context import Context, Files
from generator.site.plan import Plan
from generator.site.registry import PageKind, Unit


@dataclass(frozen=True)
class SearchView:
    """What `search.html` shows. projects: (folder name, name); states: those that patches are in.

    has_api: whether the site has the JSON of mails.
    """

    projects: list[tuple[str, str]]
    states: list[str]
    fields: tuple[Named, ...]
    has_api: bool


def search_page(context: Context, key: tuple[()], payload: None) -> Files:
    """The search, with its help and filters; it says so where JavaScript is off."""
    states = vocabulary.states(context.archive)
    view = SearchView(_projects(context.archive), states, NAMED, context.config.api)
    return {"search/index.html": context.render("search.html", "search/", view)}


def _projects(archive: Archive) -> list[tuple[str, str]]:
    return [(slug, project.name) for slug, project in all_projects(archive)]


def _units(plan: Plan) -> Iterator[Unit]:
    depends = _projects(plan.archive), NAMED, vocabulary.states(plan.archive)
    yield plan.unit("search", (), depends)


SEARCH = PageKind("search", _units, search_page, templates=("search.html",))
