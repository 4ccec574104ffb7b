"""A pull: brings the archive level with a Patchwork server, for as few requests as it can.

First the server's events, which say what changed; then its lists, downwards to what is known; then
what these two leave open, object by object. All of it is in the ledger, so that the next pull goes on
wherever this one ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from generator.archive import deletions
from generator.archive.database import Archive
from generator.archive.projects import all_projects
from generator.archive.sync_state import LOOK_AGAIN, TO_KNOWN, WHOLE
from generator.errors import ConfigError
from generator.progress import Reporter
from generator.sources.patchwork.client import Client, Missing, Unavailable
from generator.sources.patchwork.discovery import choose, find_api
from generator.sources.patchwork.events import read_events
from generator.sources.patchwork.fetch_queue import Queue
from generator.sources.patchwork.ingest import Landing, News
from generator.sources.patchwork.list_crawler import Group, Walker, groups

#: What no event tells of is found in the lists, which are walked as a whole after this long (seconds).
RELIST_AFTER = 7 * 86400

_NAMES = {"patch": "patches", "cover": "cover letters", "series": "series", "checks": "checks",
          "patch-comments": "comments on patches", "cover-comments": "comments on cover letters"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a pull is to do. `since` bounds the first pull of a project, by the mails' dates (UTC)."""

    projects: Sequence[str] = ()
    since: datetime | None = None
    full: bool = False
    relist: bool = False
    prune: bool = False
    moved: bool = False


@dataclass
class PullSummary:
    """What a pull did: the news, what was pruned by kind, the projects' names."""

    projects: list[str] = field(default_factory=list)
    news: News = field(default_factory=News)
    pruned: Counter[str] = field(default_factory=Counter)
    waiting: int = 0


class Pull:
    """One pull into an archive. `now`: seconds since 1970."""

    def __init__(
        self,
        archive: Archive,
        client: Client,
        wishes: Wishes,
        reporter: Reporter,
        now: int,
        connections: int = 4,
    ) -> None:
        self._archive = archive
        self._client = client
        self._wishes = wishes
        self._reporter = reporter
        self._now = now
        self._connections = connections
        self.summary = PullSummary()

    async def run(self) -> PullSummary:
        """Pull; raises ConfigError, or SourceError when the server is out of reach.

        What was brought until then stays, and so does the knowledge of what is missing.
        """
        await self._begin()
        try:
            await self._read_events()
            await self._walk("patch", "cover")
            await self._drain("patch", "cover")
            await self._walk("series")
            if await self._drain("series", "checks", "patch-comments", "cover-comments"):
                await self._catch_up()
        finally:
            self.summary.waiting = self._landing.ledger.todo_count()
        if self._wishes.prune:
            with self._archive.transaction():
                self.summary.pruned = deletions.prune(self._archive)
        return self.summary

    async def _begin(self) -> None:
        """Find the API and the projects, and see whether the archive is of this server."""
        version, every = await find_api(self._client)
        chosen = choose(every, self._wishes.projects)
        self._api = f"api/{version}/"
        self._every = [item["id"] for item in every]
        self._projects = [item["id"] for item in chosen]
        self._single = version == "1.0"
        reporter = self._reporter
        if not self._wishes.projects:
            reporter.line(f"{self._client.root}: all {len(chosen)} projects")
        self._landing = Landing(
            self._archive,
            version,
            set(self._projects),
            self._now,
            reporter.failure,
            reporter.detail,
        )
        self._queue = Queue(self._client, self._landing, self._api, self._connections)
        self.summary.news = self._landing.news
        self.summary.projects = [item["link_name"] for item in chosen]
        with self._archive.transaction():
            self._bind(version)
            for item in chosen:
                self._landing.project(item)

    def _bind(self, version: str) -> None:
        ledger = self._landing.ledger
        root = str(self._client.root).partition("://")[2]
        known = ledger.server()
        if known is None and not self._wishes.moved:
            self._check_origin()
        ledger.set_server(root, version, moved=self._wishes.moved)
        if known and known[1] < "1.3" <= version:
            # Only now does the server tell of comments: look once more for those it didn't tell of.
            ledger.ask_comments_of_all()

    def _check_origin(self) -> None:
        """Refuse to mix the server's objects with those of another that were imported from files."""
        host = self._client.root.netloc.decode()
        for name, project in all_projects(self._archive):
            url = self._archive.raw("project", project.id) or {}
            origin = urlsplit(str(url.get("url") or "")).netloc
            if origin and origin != host:
                raise ConfigError(
                    f"the archive has objects of {origin} (project {name}), whose numbers would mix with "
                    f"those of {host}; use another --content, or --moved if it is the same server"
                )

    async def _read_events(self) -> None:
        self._reporter.stage("events", None)
        known = [p for p in self._projects if self._landing.ledger.cursor([p])]
        new = [p for p in self._projects if p not in known]
        for part in (known, new):
            group = Group.of(part, self._every)
            single = self._single and bool(group.params)
            for one in [Group.of([p], self._every) for p in part] if single else [group]:
                if one.projects:
                    await self._read_events_of(one)

    async def _read_events_of(self, group: Group) -> None:
        arguments = (group.projects, group.params, self._wishes.since, self._reporter.advance)
        try:
            await read_events(self._client, self._landing, f"{self._api}events/", *arguments)
        except (Missing, Unavailable) as error:
            self._landing.leave_out(f"{error} (what changed is looked for in the lists alone)")

    async def _walk(self, *kinds: str) -> None:
        for kind in kinds:
            self._reporter.stage(f"list of {_NAMES[kind]}", None)
            ledger = self._landing.ledger
            for group in groups(ledger, kind, self._projects, self._every, single=self._single):
                walker = Walker(self._client, self._landing, kind, group,
                                self._wishes.since, self._reporter.advance)  # fmt: skip
                try:
                    await walker.run(self._api, self._depth(walker), self._now)
                except (Missing, Unavailable) as error:
                    self._landing.leave_out(f"{error} (the next pull goes on from there)")

    def _depth(self, walker: Walker) -> int:
        if self._wishes.full:
            return LOOK_AGAIN
        due = self._wishes.relist or walker.is_due(self._now - RELIST_AFTER)
        return WHOLE if due else TO_KNOWN

    async def _drain(self, *whats: str) -> bool:
        """Ask for what is open; whether anything was."""
        asked = False
        for what in whats:
            if count := self._queue.count(what):
                asked = True
                self._reporter.stage(_NAMES[what], count)
                await self._queue.drain(what, self._reporter.advance)
        return asked

    async def _catch_up(self) -> None:
        """Take in what happened while we were asking."""
        await self._read_events()
        await self._drain("patch", "cover", "series", "checks", "patch-comments", "cover-comments")
