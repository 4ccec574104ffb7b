"""The page that names a facet's values, each with a link to its list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from generator import urls
from generator.archive.columns import MAX_VALUES
from generator.model import Project
from generator.site.build_context import Context, Files
from generator.site.facets import FACETS
from generator.site.plan import Plan
from generator.site.registry import PageKind, Unit


class FacetValue(NamedTuple):
    """A value of a facet, its list's URL (relative to the site's root), and how many patches have it."""

    label: str
    url: str
    patches: int


@dataclass(frozen=True)
class FacetView:
    """What `facet.html` shows. first_only: under how many values each patch is listed; None: under all."""

    project: Project
    project_url: str
    facet: str
    facet_title: str
    values: list[FacetValue]
    first_only: int | None


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
        facet_title=FACETS[facet].heading,
        values=[
            FacetValue(label, urls.facet(project_slug, facet, value), patches)
            for value, label, patches in values
        ],
        first_only=MAX_VALUES.get(facet),
    )
    return {urls.file_of(url): context.render("facet.html", url, view)}


def _units(plan: Plan) -> Iterator[Unit]:
    for patches in plan.project_patches:
        for facet in patches.counts.facets:
            values = patches.values(facet)
            depends = plan.projects[patches.project], values
            yield plan.unit("facet", (patches.project, facet), depends, values)


FACET = PageKind("facet", _units, facet_page, templates=("facet.html",))
