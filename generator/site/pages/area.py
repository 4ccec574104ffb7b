"""The page of a subsystem of a MAINTAINERS file: who looks after it, what waits there; with a feed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator import urls
from generator.maintainers.subsystems import Contact
from generator.model import Project
from generator.site.areas import AreaContent, KnownContact
from generator.site.build_context import Context, Files
from generator.site.exports import feeds
from generator.site.html.escape import safe_url
from generator.site.pages.parts.change_selection import selection_view
from generator.site.plan import Plan
from generator.site.registry import PageKind, SitemapEntry, Stage, Unit


@dataclass(frozen=True)
class AreaView:
    """What `area.html` shows beside a SelectionView. URLs but those of `links` are relative to the root.

    support: its state of support, as the file says. maintainers, reviewers: (name, address, note; URL of
    their page or none). links: (what, text, absolute URL or none). files: its patterns by the kind of line.
    """

    project: Project
    project_url: str
    title: str
    support: tuple[str, ...]
    maintainers: list[tuple[Contact, str | None]]
    reviewers: list[tuple[Contact, str | None]]
    lists: tuple[Contact, ...]
    links: list[tuple[str, str, str | None]]
    files: dict[str, list[str]]


def area_page(context: Context, key: tuple[int, str], content: AreaContent) -> Files:
    """The page of a subsystem, and a feed of its newest changes."""
    project_id, name = key
    slug, project = context.project(project_id)
    url = urls.area(slug, name)
    one = content.subsystem
    expressions = [expression for _, expression in one.names]
    patterns = {"F": [*one.files], "X": [*one.excluded], "N": expressions}
    view = AreaView(
        project=project,
        project_url=urls.project(slug),
        title=one.title,
        support=one.support,
        maintainers=_with_pages(content.maintainers),
        reviewers=_with_pages(content.reviewers),
        lists=one.lists,
        links=[(what, text, safe_url(text)) for what, text in one.links],
        files={kind: found for kind, found in patterns.items() if found},
    )
    selection = selection_view(context, content.selection)
    title = f"{project.name}: {one.title}"
    return {
        urls.file_of(url): context.render("area.html", url, view, selection),
        f"{url}feed.atom": feeds.change_feed(context, url, title, selection.in_feed()),
    }


def _with_pages(known: tuple[KnownContact, ...]) -> list[tuple[Contact, str | None]]:
    return [(one.contact, None if one.person is None else urls.person(one.person)) for one in known]


def _units(plan: Plan) -> Iterator[Unit]:
    for project, areas in plan.project_areas.items():
        for slug, content, shown in areas.contents():
            depends = plan.projects[project], shown
            yield plan.unit("area", (project, slug), depends, content)


def _sitemap(plan: Plan) -> Iterator[SitemapEntry]:
    slugs = plan.project_slugs
    for project, areas in plan.project_areas.items():
        for count in areas.counts():
            yield urls.area(slugs[project], count.slug), None


AREA = PageKind(
    "area",
    _units,
    area_page,
    templates=("area.html", "feed.atom"),
    stage=Stage.LISTS,
    sitemap=_sitemap,
)
