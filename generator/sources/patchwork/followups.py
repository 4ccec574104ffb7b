"""What a fact means for what is still to be asked: the rules that keep the number of requests down."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from generator.archive import deletions
from generator.archive.columns import payload_id, seconds
from generator.archive.database import Archive
from generator.archive.sync_state import AGAIN, CHANGED, LOOK_AGAIN, NEW, WHOLE, Ledger
from generator.model import Event, Project

#: Events after which an object may be different: category → (kind of object in the payload, request).
_CHANGES = {
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
#: A server whose first comment event comes this soon after its first event (seconds) has always told
#: of comments; one where it comes later was upgraded to Patchwork 3.1 in between.
_FROM_THE_START = 86400
#: How long people answer to a mail (seconds).
_DISCUSSED = 60 * 86400


class Asking:
    """Writes requests into the ledger. `version` is the server's API version, `projects` those that are
    mirrored, `now` seconds since 1970.
    """

    def __init__(self, archive: Archive, version: str, projects: Collection[int], now: int) -> None:
        self._archive = archive
        self._ledger = Ledger(archive)
        self._projects = projects
        self._now = now
        self._has_comments = version != "1.0"
        self._has_comment_events = version not in ("1.0", "1.1", "1.2")

    def after_event(self, event: Event) -> None:
        """Ask for what an event says is new or different."""
        project = event.project.id if isinstance(event.project, Project) else None
        created = re.fullmatch(r"(patch|cover)-created", event.category)
        if created:
            number = payload_id(event.payload, created[1])
            if number is not None and not has_detail(self._archive.raw(created[1], number)):
                self._ask_wanted(created[1], created[1], number, project, NEW)
        for kind, what in _CHANGES.get(event.category, []):
            number = payload_id(event.payload, kind)
            if number is not None:
                self._ask_wanted(kind, what, number, project, CHANGED if what == kind else NEW)

    def after_list(
        self, kind: str, value: dict[str, Any], before: dict[str, Any] | None, depth: int
    ) -> None:
        """Ask for what the list's line of a patch or cover letter doesn't tell.

        `before` is what the archive had of it; `depth` that of the walk that met it.
        """
        number = value["id"]
        if not has_detail(before):
            self._ledger.ask(kind, number)
            self.parts(kind, value)
        elif depth == LOOK_AGAIN:
            self._ledger.ask(kind, number, AGAIN)
            self._ask_comments(kind, number, AGAIN)
            if kind == "patch":
                self._ledger.ask("checks", number, AGAIN)
        elif depth == WHOLE and not self._has_comment_events and self._is_young(value):
            self._ask_comments(kind, number, AGAIN)

    def parts(self, kind: str, value: dict[str, Any]) -> None:
        """Ask for comments and checks of a mail just met, unless events tell of those it has."""
        number = value["id"]
        birth = self._ledger.birth(kind, number)
        if not self._tells_of_comments(birth):
            self._ask_comments(kind, number, NEW)
        has_checks = birth is None or value.get("check") not in (None, "pending")
        if kind == "patch" and has_checks and not deletions.check_ids(self._archive, number):
            self._ledger.ask("checks", number)

    def series_of(self, value: dict[str, Any]) -> None:
        """The series of a mail that came, went or moved isn't what it was."""
        for stub in value.get("series") or []:
            self._ledger.ask("series", stub["id"], CHANGED)

    def dependencies_of(self, value: dict[str, Any]) -> None:
        """A series on which a new one depends shows that, and no event tells of it."""
        for address in value.get("dependencies") or []:
            match = re.search(r"/series/(\d{1,15})/?$", str(address))
            other = self._archive.raw("series", int(match[1])) if match else None
            if other and value.get("url") not in (other.get("dependents") or []):
                self._ledger.ask("series", other["id"], CHANGED)

    def _ask_comments(self, kind: str, number: int, why: int) -> None:
        if self._has_comments:
            self._ledger.ask(f"{kind}-comments", number, why)

    def _ask_wanted(self, kind: str, what: str, number: int, project: int | None, why: int) -> None:
        """Ask for something, unless it lies below the bound of the project's first pull."""
        if self._archive.raw(kind, number) is None:
            if project is None or project not in self._projects:
                return
            mark = self._ledger.mark(project, kind)
            if mark and number < mark.bottom:
                return
        self._ledger.ask(what, number, why)

    def _is_young(self, value: dict[str, Any]) -> bool:
        """Whether a mail may still be discussed, where no event tells of that."""
        date = date_of(value)
        return date is not None and seconds(date) > self._now - _DISCUSSED

    def _tells_of_comments(self, birth: int | None) -> bool:
        """Whether the server has told of every comment on a mail since that came (an event's time)."""
        first, first_comment = self._ledger.begun()
        if not self._has_comment_events or birth is None or first is None or first_comment is None:
            return False
        since_start = first_comment - first <= _FROM_THE_START
        return birth >= (first if since_start else first_comment)


def date_of(value: dict[str, Any]) -> datetime | None:
    """The date of an object as the server's clock had it: a zone, seldom told, is taken off as UTC."""
    try:
        date = datetime.fromisoformat(str(value.get("date")))
    except ValueError:
        return None
    return date.astimezone(UTC).replace(tzinfo=None) if date.tzinfo else date


def has_detail(value: dict[str, Any] | None) -> bool:
    """Whether a stored patch or cover letter is more than its line in a list."""
    return value is not None and "headers" in value
