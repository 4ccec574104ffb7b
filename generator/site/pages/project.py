"""A project's own page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from generator import urls
from generator.archive import landed, planning
from generator.archive.patch_rows import PatchRow, patch_rows
from generator.model import Project
from generator.site.build_context import Context, Files
from generator.site.facets import FACETS, ProjectCounts, search_query
from generator.site.html.escape import safe_url
from generator.site.pages import authored
from generator.site.plan import Plan
from generator.site.registry import PageKind, SitemapEntry, Unit


@dataclass(frozen=True)
class ProjectView:
    """What `project.html` shows. URLs but those of `places` are relative to the site's root.

    text: what the owner wrote about the project. facets: (title, URL); states: (label, URL, patches);
    places: (label, URL) of its websites. rows: its newest patches; query: what finds all its patches.
    bundles: how many it has.
    """

    project: Project
    text: Markup | None
    figures: ProjectCounts
    list_url: str
    facets: list[tuple[str, str]]
    states: list[tuple[str, str, int]]
    places: list[tuple[str, str]]
    rows: list[PatchRow]
    query: str
    maintainers: list[str]
    has_landed: bool
    bundles: int


def project_page(context: Context, key: int, payload: tuple[ProjectCounts, int]) -> Files:
    """About a project: the owner's text, links, figures, the newest patches. payload: figures, bundles."""
    figures, bundles = payload
    slug, project = context.project(key)
    url = urls.project(slug)
    text = own_text(context.content, project.link_name)
    own = authored.read(text) if text else None
    view = ProjectView(
        project=project,
        text=own.html if own else None,
        figures=figures,
        list_url=urls.facet(slug, "list"),
        facets=[(FACETS[facet].heading, urls.facet(slug, facet)) for facet in figures.facets],
        states=[(label, urls.facet(slug, "state", v), count) for v, label, count in figures.states],
        places=_websites(project),
        rows=patch_rows(context.archive, figures.newest),
        query=search_query(slug),
        maintainers=_maintainers(project.maintainers),
        has_landed=bool(landed.branches(context.archive, key)),
        bundles=bundles,
    )
    return {urls.file_of(url): context.render("project.html", url, view)}


def _websites(project: Project) -> list[tuple[str, str]]:
    websites = (
        ("Website", safe_url(project.web_url)),
        ("Source code", safe_url(project.webscm_url)),
        ("Repository", safe_url(project.scm_url)),
        ("List archive", safe_url(project.list_archive_url or None)),
    )
    return [(label, url) for label, url in websites if url]


def own_text(content: Path, link_name: str) -> Path | None:
    """The file that the archive's owner wrote about a project, if there is one."""
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
        bundles = sum(found.project_id == patches.project for found in plan.bundles)
        depends = (
            plan.projects[patches.project],
            text.read_bytes() if text else b"",
            patches.counts,
            patches.fingerprint(patches.counts.newest),
            patches.project in plan.fingerprints.branches,
            bundles,
        )
        yield plan.unit("project", patches.project, depends, (patches.counts, bundles))


def _sitemap(plan: Plan) -> Iterator[SitemapEntry]:
    for slug in planning.project_slugs(plan.archive).values():
        yield urls.project(slug), None


PROJECT = PageKind("project", _units, project_page, templates=("project.html",), sitemap=_sitemap)
