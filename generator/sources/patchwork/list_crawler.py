"""Crawls the server's lists of patches, cover letters and series, from the newest entry down.

Ids are assigned at receipt, so a crawl down to a known id finds all that is new, whatever their dates
say. What arrives meanwhile only pushes entries to later pages: some are read twice, none is missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from generator.archive.columns import object_id, seconds
from generator.archive.sync_state import CrawlDepth, ListCrawl, ListProgress, SyncState
from generator.sources.patchwork.api_version import WITH_DEPENDENCIES
from generator.sources.patchwork.client import Client, Params, Unavailable
from generator.sources.patchwork.followups import server_date
from generator.sources.patchwork.ingest import Ingester
from generator.sources.patchwork.pagination import MAX_PAGES, PAGE_SIZE, ApiPage, one_page, pages

#: Patchwork's own page size, which costs the server little.
_SMALL_PAGE = 30
#: What a full page costs a server, in requests for a single object.
_PAGE_COST = 8
#: A crawl bounded by a date ends after so many older entries in a row: one wrong date says nothing.
_OLD_IN_A_ROW = 20
#: A list is given up after so many pages in a row without a single entry that can be stored.
_MAX_INVALID_PAGES = 3

_LIST_PATHS = {"patch": "patches/", "cover": "covers/", "series": "series/"}


@dataclass(frozen=True, slots=True)
class ProjectGroup:
    """Projects whose list is crawled at once.

    `scope`: a name for them in the archive; `params`: the filter for them (none: all of the server).
    """

    projects: Sequence[int]
    scope: str
    params: Params

    @staticmethod
    def of(projects: Sequence[int], all_projects: Sequence[int]) -> ProjectGroup:
        """A group out of all projects of the server."""
        chosen = sorted(projects)
        if set(chosen) == set(all_projects):
            return ProjectGroup(chosen, "*", [])
        params = [("project", number) for number in chosen]
        return ProjectGroup(chosen, ",".join(map(str, chosen)), params)


def project_groups(
    state: SyncState,
    kind: str,
    projects: Sequence[int],
    all_projects: Sequence[int],
    *,
    one_by_one: bool,
) -> Iterator[ProjectGroup]:
    """The projects whose list is known, and those whose isn't; `one_by_one`: each in its own group.

    API 1.0 takes one project in a filter.
    """
    known = [number for number in projects if state.list_progress(number, kind)]
    for part in (known, [number for number in projects if number not in known]):
        group = ProjectGroup.of(part, all_projects)
        if one_by_one and group.params:
            yield from (ProjectGroup.of([number], all_projects) for number in part)
        elif part:
            yield group


class ListCrawler:
    """Crawls the list of one kind for one group of projects. `since` bounds their first crawl."""

    def __init__(
        self,
        client: Client,
        ingester: Ingester,
        kind: str,
        group: ProjectGroup,
        since: datetime | None,
        progress: Callable[[int], None],
    ) -> None:
        self._client = client
        self._ingester = ingester
        self._state = ingester.state
        self._queue = ingester.queue
        self._kind = kind
        self._group = group
        self._progress = progress
        self._since = since
        self._hiding: set[int] = set()
        self._lacking: set[int] = set()
        self._load_progress()

    def _load_progress(self) -> None:
        """Read from the archive how far the list is known."""
        by_project = [
            self._state.list_progress(number, self._kind) for number in self._group.projects
        ]
        self._known = [progress for progress in by_project if progress]
        #: A crawl for new entries ends at this id; the group's projects want none below the lowest.
        self._floor = min((progress.highest for progress in self._known), default=0)
        self._lowest = min((progress.lowest for progress in self._known), default=0)

    @property
    def is_known(self) -> bool:
        """Whether an earlier pull has read the list of any of the projects."""
        return bool(self._known)

    @property
    def hidden_by_others(self) -> set[int]:
        """Projects whose series lacked their dependencies on a page because of another project's series.

        On a page of several projects the server leaves out the dependencies of all series from the first
        of a project that doesn't show them.
        """
        return self._lacking - self._hiding

    def _note_dependencies(self, items: Sequence[dict[str, Any]]) -> None:
        projects = [object_id(x.get("project")) for x in items if "dependencies" not in x]
        self._hiding.update(number for number in projects[:1] if number is not None)
        self._lacking.update(number for number in self._group.projects if number in projects)

    def was_listed_between(self, first: int, last: int) -> bool:
        """Whether the full lists of all known projects were read in that time (seconds since 1970)."""
        return all(first < progress.listed_at <= last for progress in self._known)

    async def crawl(self, api: str, depth: CrawlDepth, now: int) -> None:
        """Crawl the list, or go on with a crawl that an earlier pull began. `now`: seconds since 1970.

        Raises Missing or Unavailable when the list can't be read; the next pull goes on from there, unless
        the list is Endless.
        """
        depth = depth if self._known else max(depth, CrawlDepth.FULL_LIST)
        unfinished = self._state.list_crawl(self._group.scope, self._kind)
        if unfinished and unfinished.given_up:
            unfinished = None
        # From the archive's highest id, so that what was deleted at the top of the list is noticed, too.
        crawl = unfinished or ListCrawl(highest=self._state.highest_id(self._kind), depth=depth)
        path = api + _LIST_PATHS[self._kind]
        params = [*self._group.params, ("order", "-id")]
        if depth == CrawlDepth.NEW_ENTRIES:
            if not unfinished and await self._is_small_page_enough(path, params, crawl, now):
                return
            self._floor = self._cheapest_floor()
        report = self._ingester.skip
        invalid = 0
        answer_pages = pages(
            self._client, path, params, first=crawl.page, limit=MAX_PAGES, report=report
        )
        async for page in answer_pages:
            skipped = self._ingester.counts.skipped
            with self._ingester.archive.transaction():
                crawl, is_complete = self._ingest_page(page, crawl, now)
            self._progress(len(page.items))
            if is_complete:
                break
            skipped = self._ingester.counts.skipped - skipped
            invalid = invalid + 1 if page.items and skipped >= len(page.items) else 0
            if invalid >= _MAX_INVALID_PAGES:
                raise Unavailable(
                    f"{self._client.url(path, params)}: no valid entry on {invalid} pages"
                )
        else:
            with self._ingester.archive.transaction():
                self._complete(crawl, self._lowest, now)
        if unfinished:  # what arrived since it began lies above
            self._load_progress()
            depth = CrawlDepth.NEW_ENTRIES if unfinished.depth >= depth else depth
            await self.crawl(api, depth, now)

    async def _is_small_page_enough(
        self, path: str, params: Params, crawl: ListCrawl, now: int
    ) -> bool:
        """Read a small page where no event announced anything; whether it reached what is known."""
        if self._queue.length(self._kind):
            return False
        page = await one_page(self._client, path, params, size=_SMALL_PAGE)
        if not self._has_reached_floor(_ids(page), crawl.depth):
            return False
        with self._ingester.archive.transaction():
            self._ingest_page(page, crawl, now)
        return True

    def _cheapest_floor(self) -> int:
        """The id down to which a crawl for new entries goes.

        Below what is known there may be changes that pages bring for less than single requests would.
        """
        changed = self._queue.changed_ids(self._kind)
        best, least = self._floor, len(changed)
        if least <= _PAGE_COST:
            return best
        covered = 0
        ids = self._state.ids_descending(self._kind, self._group.projects, min(changed))
        for rank, number in enumerate(ids):
            if number in changed:
                covered += 1
                cost = rank // PAGE_SIZE * _PAGE_COST + len(changed) - covered
                if cost < least:
                    best, least = min(number, self._floor), cost
        return best

    def _ingest_page(self, page: ApiPage, crawl: ListCrawl, now: int) -> tuple[ListCrawl, bool]:
        """Store a page; the state of the crawl then, and whether it is complete."""
        ids = _ids(page)
        items = [item for item in page.items if object_id(item) is not None]
        crawl = ListCrawl(page.number + 1, max([crawl.highest, *ids]), crawl.depth)
        if self._kind == "series" and self._ingester.version >= WITH_DEPENDENCIES:
            self._note_dependencies(items)
        bound = self._since_bound(items, is_last=page.is_last)
        for item in page.items:
            number = object_id(item)
            if number is None or self._is_wanted(number, bound):  # without an id it gets reported
                self._ingester.add_list_entry(self._kind, item, crawl.depth)
        if crawl.depth != CrawlDepth.NEW_ENTRIES:
            self._state.add_seen(self._kind, ids)
        if page.is_last or bound or self._has_reached_floor(ids, crawl.depth):
            self._complete(crawl, bound or self._lowest, now)
            return crawl, True
        self._state.set_list_crawl(self._group.scope, self._kind, crawl)
        return crawl, False

    def _is_wanted(self, number: int, bound: int) -> bool:
        """Whether an entry is not too old, or belongs to an object that the archive has anyway."""
        if number < bound:
            return False
        stored = self._ingester.archive.raw
        return number >= self._lowest or stored(self._kind, number) is not None

    def _since_bound(self, items: Sequence[dict[str, Any]], *, is_last: bool) -> int:
        """The lowest id on a page that isn't older than `since`; 0 while older pages may have some.

        Only the first crawl of a list is bounded, and only many old entries in a row are its end.
        """
        if self._known or not self._since:
            return 0
        oldest, old = seconds(self._since), 0
        for item in reversed(items):
            date = server_date(item)
            if date is None or seconds(date) >= oldest:
                break
            old += 1
        enough = 1 if is_last else min(_OLD_IN_A_ROW, len(items))
        return items[-old]["id"] + 1 if old and old >= enough else 0

    def _has_reached_floor(self, ids: list[int], depth: CrawlDepth) -> bool:
        """Whether a page goes as far down as the crawl; where the ids aren't sorted, only the last does."""
        floor = self._floor if depth == CrawlDepth.NEW_ENTRIES else self._lowest
        return bool(ids) and ids == sorted(ids, reverse=True) and ids[-1] <= floor

    def _complete(self, crawl: ListCrawl, lowest: int, now: int) -> None:
        """Note that the list is known from the id `lowest` on, and recheck what was not in it."""
        is_full = crawl.depth != CrawlDepth.NEW_ENTRIES
        for number in self._group.projects:
            old = self._state.list_progress(number, self._kind) or ListProgress(0, lowest, 0)
            highest = max(crawl.highest, old.highest)
            progress = ListProgress(highest, old.lowest, now if is_full else old.listed_at)
            self._state.set_list_progress(number, self._kind, progress)
        if is_full:
            projects = self._group.projects
            self._queue.enqueue_unseen(self._kind, projects, lowest, crawl.highest)
            self._state.clear_seen(self._kind)
        if not self._known and lowest:
            self._queue.drop_below(self._kind, lowest)
        self._state.end_list_crawl(self._group.scope, self._kind)


def _ids(page: ApiPage) -> list[int]:
    return [number for item in page.items if (number := object_id(item)) is not None]
