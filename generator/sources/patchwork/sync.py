"""A pull: synchronizes the archive with a Patchwork server, in as few requests as it can.

First it reads the server's events, which say what changed; then its lists, down to what is known; then
it fetches object by object what these two leave open. All of this is kept in the archive, so that the
next pull goes on wherever this one ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from generator.archive import deletions
from generator.archive.database import Archive
from generator.archive.projects import all_projects
from generator.archive.sync_state import CrawlDepth, Server
from generator.errors import ConfigError
from generator.progress import Reporter
from generator.sources.patchwork.api_version import (
    WITH_COMMENT_EVENTS,
    ApiVersion,
)
from generator.sources.patchwork.bundles import read_bundles
from generator.sources.patchwork.client import Client, Missing, Unavailable
from generator.sources.patchwork.discovery import Instance
from generator.sources.patchwork.events import read_events
from generator.sources.patchwork.fetcher import Fetcher
from generator.sources.patchwork.ingest import Ingester, SyncCounts
from generator.sources.patchwork.list_crawler import ListCrawler, ProjectGroup, project_groups
from generator.sources.patchwork.pagination import Endless
from generator.sources.patchwork.vocabulary import learn

#: Changes without an event are found in the full lists, which are read after this long (seconds).
RELIST_AFTER = 7 * 86400

_STAGES = {
    "patch": "patches", "cover": "cover letters", "series": "series", "checks": "checks",
    "patch-comments": "comments on patches", "cover-comments": "comments on cover letters",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PullOptions:
    """What a pull is to do.

    `projects`: link names, list ids or numbers (none: all); `since`: mails older than this (UTC) are left
    out of the first pull of a project; `full`: fetch every object again; `relist`: read the full lists;
    `prune`: delete what the server has deleted; `moved`: the server has a new address.
    """

    projects: Sequence[str] = ()
    since: datetime | None = None
    full: bool = False
    relist: bool = False
    prune: bool = False
    moved: bool = False


@dataclass
class PullSummary:
    """What a pull did: the projects' names, counts, what was pruned by kind, requests still queued."""

    projects: list[str] = field(default_factory=list)
    counts: SyncCounts = field(default_factory=SyncCounts)
    pruned: Counter[str] = field(default_factory=Counter)
    queued: int = 0


def _left_out_until(given_up: int) -> str:
    day = datetime.fromtimestamp(given_up + RELIST_AFTER, UTC)
    return f"left out until {day:%Y-%m-%d}, or --relist"


class Pull:
    """One pull from an instance into an archive. `now`: seconds since 1970."""

    def __init__(
        self,
        archive: Archive,
        client: Client,
        instance: Instance,
        options: PullOptions,
        reporter: Reporter,
        now: int,
        connections: int = 4,
    ) -> None:
        self._archive = archive
        self._client = client
        self._instance = instance
        self._options = options
        self._reporter = reporter
        self._now = now
        self._connections = connections
        self._endless: set[tuple[str, str]] = set()  # scopes and kinds of lists
        self._had_whole_lists = False
        self.summary = PullSummary()

    async def run(self) -> PullSummary:
        """Pull; raises ConfigError, or SourceError when the server can't be reached.

        What was stored until then stays, and what is missing stays queued.
        """
        self._start()
        self._leave_out_endless_lists()
        try:
            await self._read_events()
            await self._crawl_lists("patch", "cover")
            await self._fetch_queued("patch", "cover")
            await self._crawl_lists("series")
            if await self._fetch_queued("series", "checks", "patch-comments", "cover-comments"):
                await self._catch_up()
            await self._learn_vocabulary()
            await self._read_bundles()
        finally:
            self.summary.queued = self._ingester.queue.length()
        if self._options.prune:
            with self._archive.transaction():
                self.summary.pruned = deletions.prune(self._archive)
        return self.summary

    def _start(self) -> None:
        """Check that the archive is of this server, and store the projects."""
        version, all_projects, chosen = self._instance
        self._api = f"api/{version}/"
        self._all_projects = [item["id"] for item in all_projects]
        self._projects = [item["id"] for item in chosen]
        self._takes_one_project = version == ApiVersion(1, 0)
        reporter = self._reporter
        if not self._options.projects:
            reporter.line(f"{self._client.root}: pulling all projects ({len(chosen)})")
        self._ingester = Ingester(
            self._archive,
            version,
            set(self._projects),
            self._now,
            reporter.failure,
            reporter.detail,
        )
        self._fetcher = Fetcher(self._client, self._ingester, self._api, self._connections)
        self.summary.counts = self._ingester.counts
        self.summary.projects = [item["link_name"] for item in chosen]
        with self._archive.transaction():
            self._bind_server(version)
            for item in chosen:
                self._ingester.add_project(item)

    def _bind_server(self, version: ApiVersion) -> None:
        state = self._ingester.state
        root = str(self._client.root).partition("://")[2]
        known = state.server()
        if known is None and not self._options.moved:
            self._check_origin()
        state.set_server(Server(root, str(version)), moved=self._options.moved)
        if known and ApiVersion.parse(known.api_version) < WITH_COMMENT_EVENTS <= version:
            # The server has got events about comments: fetch once more those from before it had.
            self._ingester.queue.enqueue_all_comments()

    def _check_origin(self) -> None:
        """Refuse to mix the server's objects with those of another one that were imported from files."""
        host = self._client.root.netloc.decode()
        for name, project in all_projects(self._archive):
            value = self._archive.raw("project", project.id) or {}
            origin = urlsplit(str(value.get("url") or "")).netloc
            if origin and origin != host:
                raise ConfigError(
                    f"the archive has objects of {origin} (project {name}), whose ids would clash with "
                    f"those of {host}; use another --content, or --moved if it is the same server"
                )

    def _leave_out_endless_lists(self) -> None:
        """Note and report the lists that had no end in the pulls of the last days."""
        if self._options.full or self._options.relist:
            return
        for scope, kind, given_up in self._ingester.state.given_up_lists():
            if given_up <= self._now < given_up + RELIST_AFTER:
                self._endless.add((scope, kind))
                name = f"the list of {_STAGES.get(kind, 'events')}"
                self._ingester.skip(f"{name} had no end; {_left_out_until(given_up)}")

    async def _read_events(self) -> None:
        self._reporter.stage("events", None)
        state, every = self._ingester.state, self._all_projects
        known = [number for number in self._projects if state.event_cursor([number])]
        new = [number for number in self._projects if number not in known]
        for part in (known, new):
            group = ProjectGroup.of(part, every)
            if self._takes_one_project and group.params:
                for number in part:
                    await self._read_events_of(ProjectGroup.of([number], every))
            elif part:
                await self._read_events_of(group)

    async def _read_events_of(self, group: ProjectGroup) -> None:
        path = f"{self._api}events/"
        reading = read_events(
            self._client, self._ingester, path, group.projects, group.params,
            self._options.since, self._reporter.advance,
        )  # fmt: skip
        await self._read(reading, "event", group, "changes are looked for in the lists only")

    async def _read(
        self, reading: Coroutine[Any, Any, None], kind: str, group: ProjectGroup, otherwise: str
    ) -> None:
        """Read a list; a line says why one can't be read, and what happens `otherwise`.

        One that has no end is left out by the pulls of the next days.
        """
        state, key = self._ingester.state, (group.scope, kind)
        if key in self._endless:
            reading.close()
            return
        try:
            await reading
        except Endless as error:
            self._endless.add(key)
            with self._archive.transaction():
                state.give_up(*key, self._now)
            self._ingester.skip(f"{error}; {_left_out_until(self._now)}")
        except (Missing, Unavailable) as error:
            self._ingester.skip(f"{error}; {otherwise}")

    async def _crawl_lists(self, *kinds: str) -> None:
        for kind in kinds:
            self._reporter.stage(f"list of {_STAGES[kind]}", None)
            groups = project_groups(
                self._ingester.state, kind, self._projects, self._all_projects,
                one_by_one=self._takes_one_project,
            )  # fmt: skip
            for group in groups:
                crawler = self._crawler(kind, group)
                depth = self._crawl_depth(crawler)
                await self._crawl(crawler, kind, group, depth)
                self._had_whole_lists |= depth != CrawlDepth.NEW_ENTRIES
                if depth == CrawlDepth.NEW_ENTRIES:
                    continue  # what these lack is fetched one by one
                for number in sorted(crawler.hidden_by_others):
                    alone = ProjectGroup.of([number], self._all_projects)
                    await self._crawl(self._crawler(kind, alone), kind, alone, depth)

    async def _crawl(
        self, crawler: ListCrawler, kind: str, group: ProjectGroup, depth: CrawlDepth
    ) -> None:
        crawl = crawler.crawl(self._api, depth, self._now)
        await self._read(crawl, kind, group, "the next pull will resume there")

    def _crawler(self, kind: str, group: ProjectGroup) -> ListCrawler:
        return ListCrawler(
            self._client, self._ingester, kind, group, self._options.since, self._reporter.advance
        )

    def _crawl_depth(self, crawler: ListCrawler) -> CrawlDepth:
        if self._options.full:
            return CrawlDepth.REFETCH
        # A time to come is that of a clock that was wrong.
        is_due = not crawler.is_known or not crawler.was_listed_between(
            self._now - RELIST_AFTER, self._now
        )
        return CrawlDepth.FULL_LIST if is_due or self._options.relist else CrawlDepth.NEW_ENTRIES

    async def _fetch_queued(self, *resources: str) -> bool:
        """Fetch what is queued; whether anything was."""
        had_any = False
        for resource in resources:
            if count := self._fetcher.count(resource):
                had_any = True
                self._reporter.stage(_STAGES[resource], count)
                await self._fetcher.fetch(resource, self._reporter.advance)
        return had_any

    async def _learn_vocabulary(self) -> None:
        """Whenever whole lists are read, look what states and delegates the server's own pages offer."""
        if not self._had_whole_lists:
            return
        projects = [(item["id"], item["link_name"]) for item in self._instance.chosen]
        try:
            await learn(self._client, self._archive, projects, again=self._options.full)
        except (Missing, Unavailable) as error:
            self._reporter.detail(f"{error}; so the numbers of states remain unknown")

    async def _read_bundles(self) -> None:
        """Whenever whole lists are read, read the bundles too: no event tells of them."""
        if not self._had_whole_lists:
            return
        self._reporter.stage("bundles", None)
        group = ProjectGroup.of(self._projects, self._all_projects)
        scope = [] if self._takes_one_project else group.params
        path, again = f"{self._api}bundles/", self._options.full
        try:
            await read_bundles(
                self._client, self._ingester, path, self._projects, scope, again=again
            )
        except (Missing, Unavailable) as error:
            self._reporter.detail(f"{error}; so bundles stay as they were")

    async def _catch_up(self) -> None:
        """Read the events that happened during the pull, and fetch what they name."""
        await self._read_events()
        await self._fetch_queued(
            "patch", "cover", "series", "checks", "patch-comments", "cover-comments"
        )
