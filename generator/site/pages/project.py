"""A project's own page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from generator import urls
from generator.archive import landed, planning
from generator.model import Project
from generator.site.build_context import Context, Files
from generator.site.change_lists import ChangeCounts
from generator.site.facets import FACETS, ProjectCounts, search_query
from generator.site.folders import FolderCount
from generator.site.html.escape import safe_url
from generator.site.html.sparkline import Sparkline, sparkline
from generator.site.pages import authored
from generator.site.pages.parts.change_rows import (
    ChangeRow,
    FolderLink,
    change_rows,
    status_counts,
)
from generator.site.plan import Plan
from generator.site.registry import PageKind, SitemapEntry, Unit


@dataclass(frozen=True)
class ProjectView:
    """What `project.html` shows. URLs but those of `places` are relative to the site's root.

    text: what the owner wrote about the project. facets: (title, URL); states: (label, URL, patches);
    places: (label, URL) of its websites. changes: how many it has; statuses: (status, URL, changes) of those
    that wait. rows: the newest changes; moved: others that the latest mails are about. folders: where most
    changes wait. query: what finds all its patches. has_landed: whether its repository is read. areas: how
    many subsystems its patches touch; bundles: how many it has.
    """

    project: Project
    text: Markup | None
    figures: ProjectCounts
    list_url: str
    facets: list[tuple[str, str]]
    states: list[tuple[str, str, int]]
    places: list[tuple[str, str]]
    changes: int
    statuses: list[tuple[str, str, int]]
    rows: list[ChangeRow]
    moved: list[ChangeRow]
    plot: Sparkline | None
    folders: list[FolderLink]
    query: str
    maintainers: list[str]
    has_landed: bool
    areas: int
    bundles: int


def project_page(
    context: Context,
    key: int,
    counts: tuple[ProjectCounts, ChangeCounts, tuple[FolderCount, ...] | None, int, int],
) -> Files:
    """About a project: the owner's text, links, figures, what waits, the newest changes.

    counts: its patches and changes in numbers, the busiest folders, None where it has none at all, and how
    many subsystems with patches and bundles there are.
    """
    figures, changes, folders, areas, bundles = counts
    slug, project = context.project(key)
    url = urls.project(slug)
    text = own_text(context.content, project.link_name)
    own = authored.read(text) if text else None
    view = ProjectView(
        project=project,
        text=own.html if own else None,
        figures=figures,
        list_url=urls.facet(slug, "list"),
        facets=_facets(slug, figures, has_folders=folders is not None),
        states=[(label, urls.facet(slug, "state", v), count) for v, label, count in figures.states],
        places=_websites(project),
        changes=changes.total,
        statuses=status_counts(slug, changes.statuses),
        rows=change_rows(context, changes.newest),
        moved=change_rows(context, changes.moved),
        plot=sparkline("Patches by month", figures.months),
        folders=[
            FolderLink(count.path, urls.folder(slug, count.path), count.changes, count.waiting)
            for count in folders or ()
        ],
        query=search_query(slug),
        maintainers=_maintainers(project.maintainers),
        has_landed=bool(landed.branches(context.archive, key)),
        areas=areas,
        bundles=bundles,
    )
    return {urls.file_of(url): context.render("project.html", url, view)}


def _facets(slug: str, figures: ProjectCounts, *, has_folders: bool) -> list[tuple[str, str]]:
    """(title, URL) of what patches and changes are listed by."""
    facets = [(FACETS[facet].heading, urls.facet(slug, facet)) for facet in figures.facets]
    return [*facets, ("Folder", urls.folder(slug, ""))] if has_folders else facets


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
    every = zip(plan.project_patches, plan.project_changes, plan.project_folders, strict=True)
    for patches, changes, folders in every:
        has_folders = any(True for _ in folders.with_pages())
        busiest = folders.busiest() if has_folders else None
        areas = plan.project_areas.get(patches.project)
        subsystems = len(areas.counts()) if areas else 0
        text = own_text(plan.context.content, patches.link_name)
        bundles = sum(found.project_id == patches.project for found in plan.bundles)
        depends = (
            plan.projects[patches.project],
            text.read_bytes() if text else b"",
            patches.counts,
            changes.counts_fingerprint,
            busiest,
            subsystems,
            patches.project in plan.fingerprints.branches,
            bundles,
        )
        counts = patches.counts, changes.counts, busiest, subsystems, bundles
        yield plan.unit("project", patches.project, depends, counts)


def _sitemap(plan: Plan) -> Iterator[SitemapEntry]:
    for slug in planning.project_slugs(plan.archive).values():
        yield urls.project(slug), None


PROJECT = PageKind("project", _units, project_page, templates=("project.html",), sitemap=_sitemap)
