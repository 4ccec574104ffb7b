"""The page that names a facet's values, each with a link to its list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from generator import urls
from generator.model import Project
from generator.site.build_context import Context, Files
from generator.site.pages.patch_list import FACETS


class FacetValue(NamedTuple):
    """A value of a facet, its list's URL (relative to the site's root), and how many patches have it."""

    label: str
    url: str
    patches: int


@dataclass(frozen=True)
class FacetView:
    """What `facet.html` shows."""

    project: Project
    project_url: str
    facet: str
    facet_title: str
    values: list[FacetValue]


def facet_page(
    context: Context, key: tuple[int, str], values: tuple[tuple[str, str, int], ...]
) -> Files:
    """The values of one facet of a project, with links: (value, label, patches)."""
    project_id, facet = key
    project_slug, project = context.project(project_id)
    url = urls.facet(project_slug, facet)
    view = FacetView(
        project=project,
        project_url=urls.project(project_slug),
        facet=facet,
        facet_title=FACETS[facet],
        values=[
            FacetValue(label, urls.facet(project_slug, facet, value), patches)
            for value, label, patches in values
        ],
    )
    return {urls.file_of(url): context.render("facet.html", url, view)}
