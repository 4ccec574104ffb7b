"""Stores what the server sent, and queues what has to be fetched because of it.

Everything here happens within a transaction of the archive, and sends no request.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.archive import deletions
from generator.archive.columns import object_id, seconds
from generator.archive.database import Archive
from generator.archive.fetch_queue import FetchQueue, Reason
from generator.archive.sync_state import CrawlDepth, SyncState
from generator.archive.validation import validate
from generator.archive.writer import Writer
from generator.errors import InputError
from generator.model import Event, kind_of
from generator.sources.patchwork.api_version import ApiVersion
from generator.sources.patchwork.followups import Followups, has_detail

#: The path of each resource below the API's root; `{}` is the number.
RESOURCE_PATHS = {
    "patch": "patches/{}/",
    "cover": "covers/{}/",
    "series": "series/{}/",
    "checks": "patches/{}/checks/",
    "patch-comments": "patches/{}/comments/",
    "cover-comments": "covers/{}/comments/",
}


#: So many lines about what is skipped are reported; more would bury what matters.
_MAX_LINES = 200


@dataclass
class SyncCounts:
    """What a pull brought, by kind of object.

    `deleted`: newly found to be deleted on the server; `without_event`: changes that no event announced,
    by field or kind; `skipped`: objects and lists that couldn't be read or stored.
    """

    new: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    deleted: Counter[str] = field(default_factory=Counter)
    without_event: Counter[str] = field(default_factory=Counter)
    skipped: int = 0


class Ingester:
    """Stores objects. `report` gets a line for each that is skipped, `detail` what only `-v` shows.

    `version` is the server's API version, `projects` the ids of those that are mirrored, `now` seconds
    since 1970.
    """

    def __init__(
        self,
        archive: Archive,
        version: ApiVersion,
        projects: set[int],
        now: int,
        report: Callable[[str], None],
        detail: Callable[[str], None],
    ) -> None:
        self.archive = archive
        self.state = SyncState(archive)
        self.queue = FetchQueue(archive)
        self.counts = SyncCounts()
        self.version = version
        self._followups = Followups(archive, version, projects, now)
        self._prefix = f"/api/{version}/"
        self._projects = projects
        self.now = now
        self.report = report
        self._detail = detail
        self._writer = Writer(archive)

    def skip(self, line: str) -> None:
        """Count and report something that the archive doesn't get; from the 201st on as a detail."""
        self.counts.skipped += 1
        if self.counts.skipped <= _MAX_LINES:
            self.report(line)
            return
        if self.counts.skipped == _MAX_LINES + 1:
            self.report("what else is skipped is counted, and named with -v")
        self._detail(line)

    def add_project(self, value: dict[str, Any]) -> None:
        """Store a project, as the list of projects has it."""
        self._store_or_skip("project", value, "projects/")

    def add_list_entry(self, kind: str, value: dict[str, Any], depth: CrawlDepth) -> None:
        """Store the list entry of a patch, cover letter or series, read by a crawl of this depth."""
        number = object_id(value)
        project = value.get("project")
        if number is None or not isinstance(project, dict):
            self.skip(f"{self._path(kind)}: an entry without valid id or project")
            return
        if project.get("id") not in self._projects:
            return
        before = self.archive.raw(kind, number)
        was_queued = self.queue.done_if_changed(kind, number)
        changed = self._store_or_skip(kind, value, self._path(kind))
        if changed is None:  # fetched by itself it may be valid
            self.queue.enqueue(kind, number)
            return
        if kind == "series":
            self.queue.done(kind, number)
            self._followups.enqueue_dependencies_of(value if changed else {})
            self._followups.enqueue_for_dependencies(value, before)
        else:
            self._followups.enqueue_after_list_entry(kind, value, before, depth)
        had_no_event = depth != CrawlDepth.NEW_ENTRIES and not was_queued
        self._count(kind, number, before, value if changed else {}, had_no_event=had_no_event)

    def add_bundle(self, number: int, value: dict[str, Any]) -> None:
        """Store a bundle, as the list of bundles has it."""
        before = self.archive.raw("bundle", number)
        if self._store_or_skip("bundle", value, f"{self._prefix}bundles/"):
            counts = self.counts.new if before is None else self.counts.changed
            counts["bundle"] += 1

    def add_event(self, value: dict[str, Any]) -> bool:
        """Store an event and queue what it says is new or changed; False if it was read before."""
        item = self._validate_event(value)
        if item is None or not self.state.is_new_event(item.id):
            return False
        self._store_or_skip("event", value, self._prefix + "events/")
        self.state.add_event(item.id, item.date)
        is_comment = "-comment-" in item.category
        self.state.note_event_time(seconds(item.date), is_comment=is_comment)
        self._followups.enqueue_after_event(item)
        return True

    def add_mail(self, kind: str, number: int, value: Any, reason: Reason) -> None:
        """Store a fetched patch or cover letter; raises InputError when the answer is something else."""
        self._expect(kind, number, value)
        before = self.archive.raw(kind, number)
        changed = self._store(kind, value, self._path(kind, number))
        self.queue.done(kind, number)
        if before is None:
            self._followups.enqueue_comments_and_checks(kind, value)
        if not has_detail(before) or (before or {}).get("series") != value.get("series"):
            self._followups.enqueue_series_of(value)
        had_no_event = reason == Reason.RECHECK
        self._count(kind, number, before, value if changed else {}, had_no_event=had_no_event)

    def add_series(self, number: int, value: Any, reason: Reason) -> None:
        """Store a fetched series; raises InputError when the answer is something else."""
        self._expect("series", number, value)
        before = self.archive.raw("series", number)
        changed = self._store("series", value, self._path("series", number))
        self.queue.done("series", number)
        self._followups.enqueue_dependencies_of(value if changed else {})
        had_no_event = reason == Reason.RECHECK
        self._count("series", number, before, value if changed else {}, had_no_event=had_no_event)

    def add_comments_or_checks(
        self, resource: str, number: int, values: Sequence[dict[str, Any]], reason: Reason
    ) -> None:
        """Store some of the comments or checks of a mail.

        `resource`: checks, patch-comments or cover-comments; `number`: that of the patch or cover letter.
        """
        kind, parent, deletion_kind, known = self._comments_or_checks(resource, number)
        path = self._path(resource, number)
        received = {one: value for value in values if (one := object_id(value)) is not None}
        if any(object_id(value) is None for value in values):
            self.skip(f"{path}: an entry without valid id")
        for one, value in received.items():
            if self._store_or_skip(kind, value, path):
                counts = self.counts.changed if one in known else self.counts.new
                counts[kind] += 1
                if reason == Reason.RECHECK:
                    self._count_without_event(f"{kind} {one} of {parent} {number}", [f"{kind}s"])
            deletions.mark_present(self.archive, deletion_kind, one)

    def complete_comments_or_checks(self, resource: str, number: int, ids: set[int]) -> None:
        """Mark as deleted what the archive has beyond all comments or checks that the server has.

        `resource`, `number`: see add_comments_or_checks.
        """
        kind, _, deletion_kind, known = self._comments_or_checks(resource, number)
        for one in sorted(known - ids):
            if deletions.mark_deleted(self.archive, deletion_kind, one, self.now):
                self.counts.deleted[kind] += 1
        self.queue.done(resource, number)

    def _comments_or_checks(self, resource: str, number: int) -> tuple[str, str, str, set[int]]:
        """What a resource is: its kind, that of its parent, that of its deletions; ids in the archive."""
        if resource == "checks":
            return "check", "patch", "check", deletions.check_ids(self.archive, number)
        parent = resource.removesuffix("-comments")
        known = deletions.comment_ids(self.archive, parent, number)
        return "comment", parent, f"{parent}-comment", known

    def mark_missing(self, resource: str, number: int) -> None:
        """The server has no such resource: mark the object as deleted, if the archive has it."""
        self.queue.done(resource, number)
        if resource not in ("patch", "cover", "series"):
            return
        value = self.archive.raw(resource, number)
        if value is None:
            return
        if deletions.mark_deleted(self.archive, resource, number, self.now):
            self.counts.deleted[resource] += 1
            self._detail(f"{resource} {number} was deleted on the server")
        if resource != "series":
            self._followups.enqueue_series_of(value)

    # What all of them need

    def _path(self, resource: str, number: int | None = None) -> str:
        """The path of a resource, or of the list that it is in."""
        path = RESOURCE_PATHS[resource]
        return self._prefix + (path.partition("{")[0] if number is None else path.format(number))

    def _store_or_skip(self, kind: str, value: dict[str, Any], path: str) -> bool | None:
        """Store an object; whether that changed the archive, None when the object is skipped."""
        try:
            return self._store(kind, value, path)
        except InputError as error:
            self.skip(f"{path}: {error}")
            return None

    def _store(self, kind: str, value: dict[str, Any], path: str) -> bool:
        """Store an object; whether that changed the archive. Raises InputError when it is invalid."""
        if kind_of(value) != kind:
            raise InputError(f"object {value.get('id')}: not a {kind}")
        changed = self._writer.put(value, path).changed
        if kind in ("patch", "cover", "series", "bundle"):
            deletions.mark_present(self.archive, kind, value["id"])
        return changed

    def _validate_event(self, value: dict[str, Any]) -> Event | None:
        try:
            item = validate("event", value)
        except InputError as error:
            self.skip(f"{self._prefix}events/: {error}")
            return None
        assert isinstance(item, Event)
        return item

    def _expect(self, kind: str, number: int, value: Any) -> None:
        if not isinstance(value, dict) or value.get("id") != number:
            raise InputError(f"{self._path(kind, number)}: the answer is not {kind} {number}")

    def _count(
        self,
        kind: str,
        number: int,
        before: dict[str, Any] | None,
        value: dict[str, Any],
        *,
        had_no_event: bool,
    ) -> None:
        """Count an object that is new or, if `value` isn't empty, changed."""
        if before is None or (kind == "series" and "total" not in before):
            self.counts.new[kind] += 1
        elif value and (kind == "series" or has_detail(before)):
            self.counts.changed[kind] += 1
            fields = [key for key, held in value.items() if before.get(key) != held]
            if had_no_event:
                self._count_without_event(f"{kind} {number}", fields)

    def _count_without_event(self, label: str, fields: list[str]) -> None:
        self.counts.without_event.update(fields)
        self._detail(f"{label}: {', '.join(fields)} changed without an event")
