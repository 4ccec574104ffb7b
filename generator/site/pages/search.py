"""The search page."""

from __future__ import annotations

from dataclasses import dataclass

from generator.archive.overrides import states
from generator.archive.projects import all_projects
from generator.site.build_context import Context, Files


@dataclass(frozen=True)
class SearchView:
    """What `search.html` shows. projects: (folder name, name); states: those that patches are in."""

    projects: list[tuple[str, str]]
    states: list[str]


def search_page(context: Context, key: tuple[()], payload: None) -> Files:
    """The search, with its help and filters; it says so where JavaScript is off."""
    view = SearchView(
        [(slug, project.name) for slug, project in all_projects(context.archive)],
        sorted(states(context.archive)),
    )
    return {"search/index.html": context.render("search.html", "search/", view)}
