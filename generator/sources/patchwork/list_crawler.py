"""Walks through the server's lists of patches, cover letters and series, from the newest down.

Ids are given at receipt, so a walk down to a known id finds all that is new, whatever their dates say.
What arrives meanwhile only pushes entries to later pages: some come twice, none is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from generator.archive.columns import seconds
from generator.archive.sync_state import TO_KNOWN, WHOLE, Ledger, Mark, Walk
from generator.sources.patchwork.client import Client, Params
from generator.sources.patchwork.followups import date_of
from generator.sources.patchwork.ingest import Landing
from generator.sources.patchwork.pagination import PAGE_SIZE, ApiPage, one_page, pages

#: Patchwork's own page size: what is easy for it to give.
_GLANCE = 30

#: What a full page costs a server, in requests for a single object.
_PAGE_WORTH = 8

#: So many entries before the bound of a first pull end it.
_OLD_IN_A_ROW = 20

LISTS = {"patch": "patches/", "cover": "covers/", "series": "series/"}


@dataclass(frozen=True, slots=True)
class Group:
    """Projects that are walked together; `scope`: a name for them, `params` the filter (none: all)."""

    projects: Sequence[int]
    scope: str
    params: Params

    @staticmethod
    def of(projects: Sequence[int], every: Sequence[int]) -> Group:
        """A group out of all projects of the server."""
        chosen = sorted(projects)
        if set(chosen) == set(every):
            return Group(chosen, "*", [])
        return Group(chosen, ",".join(map(str, chosen)), [("project", p) for p in chosen])


def groups(
    ledger: Ledger, kind: str, projects: Sequence[int], every: Sequence[int], *, single: bool
) -> Iterator[Group]:
    """The projects whose list is known and those whose isn't, apart; `single`: each alone.

    API 1.0 takes one project in a filter.
    """
    known = [p for p in projects if ledger.mark(p, kind)]
    for part in (known, [p for p in projects if p not in known]):
        whole = Group.of(part, every)
        if single and whole.params:
            yield from (Group.of([p], every) for p in part)
        elif part:
            yield whole


class Walker:
    """Walks one kind of list for one group of projects. `since` bounds a first walk."""

    def __init__(
        self,
        client: Client,
        landing: Landing,
        kind: str,
        group: Group,
        since: datetime | None,
        progress: Callable[[int], None],
    ) -> None:
        self._client = client
        self._landing = landing
        self._ledger = landing.ledger
        self._kind = kind
        self._group = group
        self._progress = progress
        self._since = since
        self._know()

    def _know(self) -> None:
        """Learn how far the list is known."""
        marks = [self._ledger.mark(project, self._kind) for project in self._group.projects]
        self._marks = [mark for mark in marks if mark]
        self._floor = min((mark.mark for mark in self._marks), default=0)

    def is_due(self, before: int) -> bool:
        """Whether one of the projects' lists was last walked as a whole then or before."""
        return any(mark.listed <= before for mark in self._marks)

    async def run(self, api: str, depth: int, now: int) -> None:
        """Walk; raises Missing or Unavailable when the list can't be read (the next run goes on)."""
        depth = depth if self._marks else max(depth, WHOLE)
        begun = self._ledger.walk(self._group.scope, self._kind)
        # What vanished from the top of the list is looked for, too.
        top = self._ledger.highest(self._kind)
        walk = begun or Walk(top=top, depth=depth)
        path = api + LISTS[self._kind]
        params = [*self._group.params, ("order", "-id")]
        if begun is None and depth == TO_KNOWN and not self._ledger.todo_count(self._kind):
            # Nothing has been told of, so a glance at the top should do.
            page = await one_page(self._client, path, params, size=_GLANCE)
            if self._is_down(_ids(page.items), TO_KNOWN):
                with self._landing.archive.transaction():
                    self._take(page, walk, now)
                return
        if depth == TO_KNOWN:
            self._floor = self._worth_walking()
        report = self._landing.leave_out
        async for page in pages(self._client, path, params, first=walk.page, report=report):
            with self._landing.archive.transaction():
                walk = self._take(page, walk, now)
            self._progress(len(page.items))
            if walk.page == 0:
                break
        else:
            with self._landing.archive.transaction():
                self._end(walk, self._bottom(), now)
        if begun:  # what came since it began lies above
            self._know()
            await self.run(api, TO_KNOWN if begun.depth >= depth else depth, now)

    def _worth_walking(self) -> int:
        """How far down to walk.

        Below what is known there may be changes that pages bring for less than single requests would.
        """
        changed = self._ledger.changed(self._kind)
        best, least = self._floor, len(changed)
        if least <= _PAGE_WORTH:
            return best
        met = 0
        down = self._ledger.ids_down(self._kind, self._group.projects, min(changed))
        for rank, number in enumerate(down):
            if number in changed:
                met += 1
                cost = rank // PAGE_SIZE * _PAGE_WORTH + len(changed) - met
                if cost < least:
                    best, least = min(number, self._floor), cost
        return best

    def _take(self, page: ApiPage, walk: Walk, now: int) -> Walk:
        """Take in a page; page 0 in the walk returned means that it is over."""
        ids = _ids(page.items)
        items = [item for item in page.items if isinstance(item.get("id"), int)]
        walk = Walk(page.number + 1, max([walk.top, *ids]), walk.depth)
        bottom = self._bound(items, is_last=page.is_last)
        for item in items:
            if item["id"] < bottom:
                continue
            if item["id"] >= self._bottom() or self._is_stored(item["id"]):
                self._landing.listed(self._kind, item, walk.depth)
        if walk.depth:
            self._ledger.note_listed(self._kind, ids)
        if page.is_last or bottom or self._is_down(ids, walk.depth):
            self._end(walk, bottom or self._bottom(), now)
            return Walk(0)
        self._ledger.set_walk(self._group.scope, self._kind, walk)
        return walk

    def _bottom(self) -> int:
        """The lowest id that the group's projects want."""
        return min((mark.bottom for mark in self._marks), default=0)

    def _is_stored(self, number: int) -> bool:
        return self._landing.archive.raw(self._kind, number) is not None

    def _bound(self, items: Sequence[dict[str, Any]], *, is_last: bool) -> int:
        """The lowest id on a page that a bounded first pull wants; 0 while the bound isn't reached.

        It is reached where many entries in a row are too old: one wrong date says nothing.
        """
        if self._marks or not self._since:
            return 0
        oldest, tail = seconds(self._since), 0
        for item in reversed(items):
            date = date_of(item)
            if date is None or seconds(date) >= oldest:
                break
            tail += 1
        enough = 1 if is_last else min(_OLD_IN_A_ROW, len(items))
        return items[-tail]["id"] + 1 if tail and tail >= enough else 0

    def _is_down(self, ids: list[int], depth: int) -> bool:
        """Whether a walk has arrived; a server that doesn't sort by id must show everything."""
        floor = self._floor if depth == TO_KNOWN else self._bottom()
        return bool(ids) and ids == sorted(ids, reverse=True) and ids[-1] <= floor

    def _end(self, walk: Walk, bottom: int, now: int) -> None:
        """The list is known from `bottom` on."""
        for project in self._group.projects:
            old = self._ledger.mark(project, self._kind) or Mark(0, bottom, 0)
            listed = now if walk.depth else old.listed
            top = max(walk.top, old.mark)
            self._ledger.set_mark(project, self._kind, Mark(top, old.bottom, listed))
        if walk.depth:
            self._ledger.ask_unlisted(self._kind, self._group.projects, bottom, walk.top)
        if not self._marks and bottom:
            self._ledger.forget_below(self._kind, bottom)
        self._ledger.end_walk(self._group.scope, self._kind)


def _ids(items: Sequence[dict[str, Any]]) -> list[int]:
    return [item["id"] for item in items if isinstance(item.get("id"), int)]
