"""A project's own page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from generator import urls
from generator.archive import planning
from generator.archive.patch_rows import patch_rows
from generator.site.build_context import Context, Files
from generator.site.facets import FACETS, ProjectCounts
from generator.site.html.escape import safe_url
from generator.site.pages import authored
from generator.site.plan import Plan
from generator.site.registry import PageKind, SitemapEntry, Unit


def project_page(context: Context, key: int, figures: ProjectCounts) -> Files:
    """About a project: its own text, links, figures, the newest patches."""
    slug, project = context.project(key)
    url = urls.project(slug)
    text = own_text(context.content, project.link_name)
    own = authored.read(text) if text else None
    page = context.renderer.render(
        "project.html",
        url,
        project=project,
        text=own.html if own else None,
        figures=figures,
        list_url=urls.facet(slug, "list"),
        facets=[(FACETS[facet].heading, urls.facet(slug, facet)) for facet in figures.facets],
        states=[(label, urls.facet(slug, "state", v), count) for v, label, count in figures.states],
        places=[
            (label, found)
            for label, found in (
                ("Website", safe_url(project.web_url)),
                ("Source code", safe_url(project.webscm_url)),
                ("Repository", safe_url(project.scm_url)),
                ("List archive", safe_url(project.list_archive_url or None)),
            )
            if found
        ],
        rows=patch_rows(context.archive, figures.newest),
        project_slug=slug,
        maintainers=_maintainers(project.maintainers),
    )
    return {urls.file_of(url): page}


def own_text(content: Path, link_name: str) -> Path | None:
    """The file in which the archive's owner tells about a project, if there is one."""
    path = content / "pages" / "project" / f"{link_name}.md"
    is_name = "/" not in link_name and not link_name.startswith(".") and len(link_name) < 60
    return path if is_name and path.is_file() else None


def _maintainers(listed: object) -> list[str]:
    names = []
    for person in listed if isinstance(listed, list) else []:
        parts = [str(person.get(key) or "") for key in ("first_name", "last_name")]
        names.append(" ".join(filter(None, parts)) or str(person.get("username") or ""))
    return [name for name in names if name]


def _units(plan: Plan) -> Iterator[Unit]:
    for patches in plan.project_patches:
        text = own_text(plan.context.content, patches.link_name)
        depends = (
            plan.projects[patches.project],
            text.read_bytes() if text else b"",
            patches.counts,
            patches.fingerprint(patches.counts.newest),
        )
        yield plan.unit("project", patches.project, depends, patches.counts)


def _sitemap(plan: Plan) -> Iterator[SitemapEntry]:
    for slug in planning.project_slugs(plan.archive).values():
        yield urls.project(slug), None


PROJECT = PageKind("project", _units, project_page, templates=("project.html",), sitemap=_sitemap)
