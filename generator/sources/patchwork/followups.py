"""Which requests follow from what a pull has read: the rules that keep the number of requests down."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from generator.archive import deletions
from generator.archive.columns import payload_id, seconds
from generator.archive.database import Archive
from generator.archive.fetch_queue import FetchQueue, Reason
from generator.archive.sync_state import CrawlDepth, SyncState
from generator.model import Event, Project
from generator.sources.patchwork.api_version import (
    WITH_COMMENT_EVENTS,
    WITH_COMMENTS,
    WITH_DEPENDENCIES,
    ApiVersion,
)

#: What may have changed after an event: category → (kind of object in the payload, resource).
_CHANGED_BY_EVENT = {
    "patch-state-changed": [("patch", "patch")],
    "patch-delegated": [("patch", "patch")],
    "patch-relation-changed": [("patch", "patch")],
    "patch-completed": [("series", "series")],
    "series-created": [("series", "series")],
    "series-completed": [("series", "series")],
    "check-created": [("patch", "patch"), ("patch", "checks")],
    "patch-comment-created": [("patch", "patch-comments")],
    "cover-comment-created": [("cover", "cover-comments")],
}
#: A server whose first comment event comes this soon after its first event (seconds) has had comment
#: events all along; where it comes later, the server was upgraded to Patchwork 3.1 in between.
_SAME_START = 86400
#: How long a mail goes on getting comments, as a rule (seconds).
_DISCUSSION_TIME = 60 * 86400

#: Of so many series of a project, the newest, one shows whether they have dependencies.
_ASKED_SERIES = 30


class Followups:
    """Puts requests into the fetch queue.

    `version` is the server's API version, `projects` the ids of those that are mirrored, `now` seconds
    since 1970.
    """

    def __init__(
        self, archive: Archive, version: ApiVersion, projects: Collection[int], now: int
    ) -> None:
        self._archive = archive
        self._state = SyncState(archive)
        self._queue = FetchQueue(archive)
        self._projects = projects
        self._now = now
        self._has_dependencies = version >= WITH_DEPENDENCIES
        #: Whether a project shows the dependencies of its series, as far as it was looked up.
        self._shows_dependencies: dict[int, bool] = {}
        self._has_comments = version >= WITH_COMMENTS
        self._has_comment_events = version >= WITH_COMMENT_EVENTS

    def enqueue_after_event(self, event: Event) -> None:
        """Have fetched what an event says is new or changed."""
        project = event.project.id if isinstance(event.project, Project) else None
        created = re.fullmatch(r"(patch|cover)-created", event.category)
        if created:
            kind = created[1]
            number = payload_id(event.payload, kind)
            if number is not None and not has_detail(self._archive.raw(kind, number)):
                self._enqueue_in_range(kind, kind, number, project, Reason.INCOMPLETE)
        for kind, resource in _CHANGED_BY_EVENT.get(event.category, []):
            number = payload_id(event.payload, kind)
            if number is not None:
                reason = Reason.CHANGED if resource == kind else Reason.INCOMPLETE
                self._enqueue_in_range(kind, resource, number, project, reason)

    def enqueue_after_list_entry(
        self, kind: str, value: dict[str, Any], before: dict[str, Any] | None, depth: CrawlDepth
    ) -> None:
        """Have fetched what the list entry of a patch or cover letter lacks.

        `before` is the object in the archive until now; `depth` that of the crawl.
        """
        number = value["id"]
        if not has_detail(before):
            self._queue.enqueue(kind, number)
            self.enqueue_comments_and_checks(kind, value)
        elif depth == CrawlDepth.REFETCH:
            self._queue.enqueue(kind, number, Reason.RECHECK)
            self._enqueue_comments(kind, number, Reason.RECHECK)
            if kind == "patch":
                self._queue.enqueue("checks", number, Reason.RECHECK)
        elif depth == CrawlDepth.FULL_LIST and self._may_have_unannounced_comments(value):
            self._enqueue_comments(kind, number, Reason.RECHECK)

    def enqueue_comments_and_checks(self, kind: str, value: dict[str, Any]) -> None:
        """Have the comments and checks of a new patch or cover letter fetched, unless events name them."""
        number = value["id"]
        created = self._state.creation_time(kind, number)
        if not self._has_events_of_all_comments(created):
            self._enqueue_comments(kind, number, Reason.INCOMPLETE)
        may_have_checks = created is None or value.get("check") not in (None, "pending")
        if kind == "patch" and may_have_checks and not deletions.check_ids(self._archive, number):
            self._queue.enqueue("checks", number)

    def enqueue_series_of(self, value: dict[str, Any]) -> None:
        """Have the series of a patch or cover letter fetched, which changed with it."""
        for stub in value.get("series") or []:
            self._queue.enqueue("series", stub["id"], Reason.CHANGED)

    def enqueue_dependencies_of(self, series: dict[str, Any]) -> None:
        """Have the series fetched that a new one depends on: they list it, and no event says so."""
        for address in series.get("dependencies") or []:
            match = re.search(r"/series/(\d{1,15})/?$", str(address))
            other = self._archive.raw("series", int(match[1])) if match else None
            if other and series.get("url") not in (other.get("dependents") or []):
                self._queue.enqueue("series", other["id"], Reason.CHANGED)

    def enqueue_for_dependencies(
        self, series: dict[str, Any], before: dict[str, Any] | None
    ) -> None:
        """Have a series fetched if its list entry lacks the dependencies that its project shows.

        `before`: what the archive had of it.
        """
        project = series["project"]["id"]
        is_known = "dependencies" in series or "dependencies" in (before or {})
        if is_known or not self._has_dependencies:
            return
        if project not in self._shows_dependencies:
            others = self._state.ids_descending("series", [project], 0)
            values = (self._archive.raw("series", n) or {} for n in islice(others, _ASKED_SERIES))
            self._shows_dependencies[project] = any("dependencies" in value for value in values)
        if self._shows_dependencies[project]:
            self._queue.enqueue("series", series["id"], Reason.CHANGED)

    def _enqueue_comments(self, kind: str, number: int, reason: Reason) -> None:
        if self._has_comments:
            self._queue.enqueue(f"{kind}-comments", number, reason)

    def _enqueue_in_range(
        self, kind: str, resource: str, number: int, project: int | None, reason: Reason
    ) -> None:
        """Have a resource fetched, unless its object is older than the first pull of the project went."""
        if self._archive.raw(kind, number) is None:
            if project is None or project not in self._projects:
                return
            progress = self._state.list_progress(project, kind)
            if progress and number < progress.lowest:
                return
        self._queue.enqueue(resource, number, reason)

    def _may_have_unannounced_comments(self, value: dict[str, Any]) -> bool:
        """Whether a mail is young enough to get comments, on a server that has no events about them."""
        date = server_date(value)
        is_young = date is not None and seconds(date) > self._now - _DISCUSSION_TIME
        return is_young and not self._has_comment_events

    def _has_events_of_all_comments(self, created: int | None) -> bool:
        """Whether the server has an event for every comment on a mail that was created then.

        `created`: the time of its own event (seconds since 1970), None without one.
        """
        first, first_comment = self._state.first_event_times()
        if (
            not self._has_comment_events
            or created is None
            or first is None
            or first_comment is None
        ):
            return False
        always_had_them = first_comment - first <= _SAME_START
        return created >= (first if always_had_them else first_comment)


def server_date(value: dict[str, Any]) -> datetime | None:
    """The date of an object by the server's clock, without a zone; None without a valid one.

    Patchwork names no zone; a date that has one is taken to UTC.
    """
    try:
        date = datetime.fromisoformat(str(value.get("date")))
        return date.astimezone(UTC).replace(tzinfo=None) if date.tzinfo else date
    except (ValueError, OverflowError):
        return None


def has_detail(value: dict[str, Any] | None) -> bool:
    """Whether the archive has the whole of a patch or cover letter, and not just its list entry."""
    return value is not None and "headers" in value
