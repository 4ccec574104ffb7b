"""What landed in a project's repository: by month, by release, and from which patches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from generator import urls
from generator.archive import landed, landed_lists, page_refs
from generator.archive.git_commits import BranchTip
from generator.archive.landed import Commit
from generator.archive.landed_lists import LandedCount
from generator.archive.page_refs import PageRef
from generator.model import Project
from generator.site.build_context import Context, Files
from generator.site.pages.parts.outcomes import commit_url
from generator.site.plan import Plan
from generator.site.registry import PageKind, SitemapEntry, Unit

#: Commits on one page of a list.
_PER_PAGE = 1000

_Found = tuple[Commit, list[int]]


@dataclass(frozen=True)
class LandedView:
    """What `landed.html` shows. URLs are relative to the site's root, but for those of commits.

    branches: with the commit at the tip, and its URL. months, releases: (URL, counts), newest first.
    """

    project: Project
    project_url: str
    branches: list[tuple[BranchTip, str | None]]
    months: list[tuple[str, LandedCount]]
    releases: list[tuple[str, LandedCount]]


class LandedCommit(NamedTuple):
    """A commit, where the repository shows it, and the patches that it came from."""

    commit: Commit
    url: str | None
    patches: list[PageRef]


@dataclass(frozen=True)
class LandedListView:
    """What `landed_list.html` shows: the commits of a month or release (`by`), newest first.

    pages: the URLs of the pages that they are on, this being the one of number `page`, counted from 1.
    """

    project: Project
    project_url: str
    by: str
    name: str
    counts: LandedCount
    commits: list[LandedCommit]
    page: int
    pages: list[str]


def landed_page(
    context: Context, project_id: int, payload: tuple[Sequence[LandedCount], Sequence[LandedCount]]
) -> Files:
    """`project/P/landed/`: which months and releases there are."""
    slug, project = context.project(project_id)
    months, releases = payload
    tips = landed.branches(context.archive, project_id)
    view = LandedView(
        project,
        urls.project(slug),
        [(tip, commit_url(project, tip.tip)) for tip in tips],
        [(urls.landed(slug, "month", row.name), row) for row in months],
        [(urls.landed(slug, "release", row.name), row) for row in releases],
    )
    url = urls.landed(slug)
    return {urls.file_of(url): context.render("landed.html", url, view)}


def landed_list(
    context: Context, key: tuple[int, str, str, int], payload: tuple[LandedCount, int]
) -> Files:
    """`project/P/landed/MONTH/` or `project/P/landed/release/TAG/`, and the further pages of a long one."""
    project_id, by, name, page = key
    counts, pages = payload
    slug, project = context.project(project_id)
    found = landed_lists.landed_in(context.archive, project_id, by, name)
    commits = [
        LandedCommit(commit, commit_url(project, commit.sha), _patches(context, patches))
        for commit, patches in _of_page(found, page)
    ]
    links = [urls.landed(slug, by, name, number) for number in range(1, pages + 1)]
    view = LandedListView(project, urls.project(slug), by, name, counts, commits, page, links)
    url = links[page - 1]
    return {urls.file_of(url): context.render("landed_list.html", url, view)}


def _of_page(found: Sequence[_Found], page: int) -> Sequence[_Found]:
    return found[(page - 1) * _PER_PAGE : page * _PER_PAGE]


def _patches(context: Context, numbers: Sequence[int]) -> list[PageRef]:
    refs = page_refs.patch_refs(context.archive, numbers)
    return [refs[number] for number in numbers if number in refs]


def _index_units(plan: Plan) -> Iterator[Unit]:
    for project in plan.fingerprints.branches:
        tips = landed.branches(plan.archive, project)
        counts = tuple(
            tuple(landed_lists.counts_by(plan.archive, project, by)) for by in landed_lists.BY
        )
        yield plan.unit("landed", project, (plan.projects[project], tips, counts), counts)


def _list_units(plan: Plan) -> Iterator[Unit]:
    for project in plan.fingerprints.branches:
        for by in landed_lists.BY:
            for counts in landed_lists.counts_by(plan.archive, project, by):
                found = landed_lists.landed_in(plan.archive, project, by, counts.name)
                pages = -(-len(found) // _PER_PAGE)
                for page in range(1, pages + 1):
                    shown = _of_page(found, page)
                    numbers = [number for _, patches in shown for number in patches]
                    refs = page_refs.patch_refs(plan.archive, numbers)
                    depends = (plan.projects[project], counts, pages, shown, sorted(refs.items()))
                    key = (project, by, counts.name, page)
                    yield plan.unit("landed-list", key, depends, (counts, pages))


def _sitemap(plan: Plan) -> Iterator[SitemapEntry]:
    for project in plan.fingerprints.branches:
        yield urls.landed(plan.context.project(project)[0]), None


LANDED = PageKind("landed", _index_units, landed_page, templates=("landed.html",), sitemap=_sitemap)
LANDED_LIST = PageKind("landed-list", _list_units, landed_list, templates=("landed_list.html",))
