"""Lists of a project's changes: all of them, and by the status of those that wait for somebody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator import urls
from generator.archive.change_status import UNSETTLED
from generator.archive.changes import Change
from generator.model import Project
from generator.site.build_context import Context, Files
from generator.site.change_lists import ProjectChanges
from generator.site.exports import feeds
from generator.site.pages.parts.change_rows import ChangeRow, change_rows
from generator.site.pagination import ListPage, cut_by_place, pages
from generator.site.plan import Plan
from generator.site.registry import PageKind, SitemapEntry, Stage, Unit

#: Which page of which list: project, status (empty: all changes), page (None: the newest).
ChangeListKey = tuple[int, str, int | None]


@dataclass(frozen=True, slots=True)
class ChangeListPage:
    """What a page of a list is made of: its neighbours, its changes, and those of the list's feed."""

    place: ListPage
    changes: tuple[Change, ...]
    feed: tuple[Change, ...] = ()


@dataclass(frozen=True)
class ChangeListView:
    """What `change_list.html` shows. URLs are relative to the site's root.

    status is empty for the list of all changes; page is None for the newest page. statuses: (status, URL)
    of the lists by status.
    """

    project: Project
    project_url: str
    status: str
    statuses: list[tuple[str, str]]
    rows: list[ChangeRow]
    page: int | None
    total: int | None
    newest_url: str
    newer_url: str | None
    older_url: str | None


def change_list_page(context: Context, key: ChangeListKey, content: ChangeListPage) -> Files:
    """A page of a list of changes; beside the newest one of a status, its feed."""
    project_id, status, number = key
    slug, project = context.project(project_id)
    base = urls.changes(slug, status)
    url = urls.numbered(base, number)
    place = content.place
    view = ChangeListView(
        project=project,
        project_url=urls.project(slug),
        status=status,
        statuses=status_links(slug),
        rows=change_rows(context, content.changes),
        page=number,
        total=place.total,
        newest_url=base,
        newer_url=urls.numbered(base, place.newer) if number else None,
        older_url=urls.numbered(base, place.older) if place.older else None,
    )
    files: Files = {urls.file_of(url): context.render("change_list.html", url, view)}
    if status and number is None:
        title = f"{project.name}: {status}"
        rows = change_rows(context, content.feed)
        files[f"{base}feed.atom"] = feeds.change_feed(context, base, title, rows)
    return files


def status_links(project_slug: str) -> list[tuple[str, str]]:
    """(status, URL) of a project's lists by status."""
    return [(str(status), urls.changes(project_slug, status)) for status in UNSETTLED]


def _units(plan: Plan) -> Iterator[Unit]:
    for changes in plan.project_changes:
        if not changes.by_place:
            continue
        yield from _list(plan, changes, "", list(changes.by_place))
        for status, places in changes.statuses.items():
            yield from _list(plan, changes, status, places)


def _list(plan: Plan, changes: ProjectChanges, status: str, places: list[int]) -> Iterator[Unit]:
    in_feed = tuple(reversed(places[-plan.config.feed_size :])) if status else ()
    for number, shown in pages(status, places, cut_by_place(places, plan.config.page_size)):
        fed = in_feed if number is None else ()
        rows = changes.fingerprint([*shown.ids, *fed])
        key = changes.project, str(status), number
        depends = plan.projects[changes.project], shown, rows
        content = ChangeListPage(shown, changes.at(shown.ids), changes.at(fed))
        yield plan.unit("change-list", key, depends, content)


def _sitemap(plan: Plan) -> Iterator[SitemapEntry]:
    for changes in plan.project_changes:
        if changes.by_place:
            yield urls.changes(changes.slug), None
            for _, url in status_links(changes.slug):
                yield url, None


CHANGE_LIST = PageKind(
    "change-list",
    _units,
    change_list_page,
    templates=("change_list.html", "feed.atom"),
    stage=Stage.LISTS,
    sitemap=_sitemap,
)
