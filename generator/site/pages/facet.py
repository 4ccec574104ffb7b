"""The page that names a facet's values, each with a link to its list."""

from __future__ import annotations

from generator import urls
from generator.site.build_context import Context, Files
from generator.site.pages.patch_list import FACETS


def facet_page(
    context: Context, key: tuple[int, str], values: tuple[tuple[str, str, int], ...]
) -> Files:
    """The values of one facet of a project, with links: (value, label, patches)."""
    project_id, facet = key
    project_slug, project = context.project(project_id)
    url = urls.facet(project_slug, facet)
    page = context.renderer.render(
        "facet.html",
        url,
        project=project,
        project_url=urls.project(project_slug),
        facet=facet,
        facet_title=FACETS[facet],
        values=[(label, urls.facet(project_slug, facet, v), count) for v, label, count in values],
    )
    return {urls.file_of(url): page}
