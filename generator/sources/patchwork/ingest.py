"""What an answer of the server means: for the archive, and for what is still to be asked.

Everything here happens within a transaction of the archive, and asks the server nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.archive import deletions
from generator.archive.columns import seconds
from generator.archive.database import Archive
from generator.archive.sync_state import AGAIN, TO_KNOWN, Ledger
from generator.archive.writer import Writer, validate
from generator.errors import InputError
from generator.model import Event, kind_of
from generator.sources.patchwork.followups import Asking, has_detail

#: What is asked for, and the path of its answer.
PATHS = {
    "patch": "patches/{}/",
    "cover": "covers/{}/",
    "series": "series/{}/",
    "checks": "patches/{}/checks/",
    "patch-comments": "patches/{}/comments/",
    "cover-comments": "covers/{}/comments/",
}


@dataclass
class News:
    """What a pull brought. Counts by kind of object; `drift` by field or kind."""

    new: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    gone: Counter[str] = field(default_factory=Counter)
    drift: Counter[str] = field(default_factory=Counter)
    left_out: int = 0


class Landing:
    """Takes answers in. `report` gets one line for each thing left out, `detail` what -v wants to know.

    `version` is the server's API version, `projects` those that are mirrored, `now` seconds since 1970.
    """

    def __init__(
        self,
        archive: Archive,
        version: str,
        projects: set[int],
        now: int,
        report: Callable[[str], None],
        detail: Callable[[str], None],
    ) -> None:
        self.archive = archive
        self.ledger = Ledger(archive)
        self.news = News()
        self._asking = Asking(archive, version, projects, now)
        self._prefix = f"/api/{version}/"
        self._projects = projects
        self._now = now
        self._report = report
        self._detail = detail
        self._writer = Writer(archive)

    def leave_out(self, line: str) -> None:
        """Tell of something that the archive doesn't get."""
        self.news.left_out += 1
        self._report(line)

    def project(self, value: dict[str, Any]) -> None:
        """A project as the list of projects has it."""
        self._take("project", value, "projects/")

    def listed(self, kind: str, value: dict[str, Any], depth: int) -> None:
        """A patch, cover letter or series as a list has it, met by a walk of this depth."""
        number = value.get("id")
        project = value.get("project")
        if not isinstance(number, int) or not isinstance(project, dict):
            self.leave_out(f"{self._path(kind, 0)}: an entry without number or project")
            return
        if project.get("id") not in self._projects:
            return
        before = self.archive.raw(kind, number)
        was_due = self.ledger.settle_change(kind, number)
        changed = self._take(kind, value, self._path(kind, 0))
        if changed is None:  # asking for it alone may do better
            self.ledger.ask(kind, number)
            return
        if kind == "series":
            self.ledger.settle(kind, number)
            self._asking.dependencies_of(value if changed else {})
        else:
            self._asking.after_list(kind, value, before, depth)
        is_drift = depth != TO_KNOWN and not was_due
        self._count(kind, number, before, value if changed else {}, is_drift=is_drift)

    def event(self, value: dict[str, Any]) -> None:
        """An event, unless it was taken in before."""
        item = self._valid_event(value)
        if item is None or not self.ledger.is_new_event(item.id):
            return
        self._take("event", value, self._prefix + "events/")
        self.ledger.note_event(item.id, item.date)
        self.ledger.note_time(seconds(item.date), of_comment="-comment-" in item.category)
        self._asking.after_event(item)

    def mail(self, kind: str, number: int, value: Any, why: int) -> None:
        """The whole of a patch or cover letter; raises InputError when it is something else."""
        self._expect(kind, number, value)
        before = self.archive.raw(kind, number)
        changed = self._put(kind, value, self._path(kind, number))
        self.ledger.settle(kind, number)
        if before is None:
            self._asking.parts(kind, value)
        if not has_detail(before) or (before or {}).get("series") != value.get("series"):
            self._asking.series_of(value)
        self._count(kind, number, before, value if changed else {}, is_drift=why == AGAIN)

    def series(self, number: int, value: Any, why: int) -> None:
        """A series that was asked for; raises InputError when it is something else."""
        self._expect("series", number, value)
        before = self.archive.raw("series", number)
        changed = self._put("series", value, self._path("series", number))
        self.ledger.settle("series", number)
        self._asking.dependencies_of(value if changed else {})
        self._count("series", number, before, value if changed else {}, is_drift=why == AGAIN)

    def parts(self, what: str, number: int, values: Sequence[dict[str, Any]], why: int) -> None:
        """All checks of a patch, or all comments on a patch or cover letter."""
        kind, parent = ("check", "patch") if what == "checks" else ("comment", what.split("-")[0])
        name = "check" if kind == "check" else f"{parent}-comment"
        if kind == "check":
            known = deletions.check_ids(self.archive, number)
        else:
            known = deletions.comment_ids(self.archive, parent, number)
        path = self._path(what, number)
        met = {value["id"]: value for value in values if isinstance(value.get("id"), int)}
        for one, value in met.items():
            changed = self._take(kind, value, path)
            if changed:
                counts = self.news.changed if one in known else self.news.new
                counts[kind] += 1
            if changed and why == AGAIN:
                self._drift(f"{kind} {one} of {parent} {number}", [f"{kind}s"])
            deletions.mark_there(self.archive, name, one)
        for missing in sorted(known - met.keys()):
            if deletions.mark_gone(self.archive, name, missing, self._now):
                self.news.gone[kind] += 1
        self.ledger.settle(what, number)

    def missing(self, what: str, number: int) -> None:
        """The server has no such thing: note it, if the archive has."""
        self.ledger.settle(what, number)
        if what not in ("patch", "cover", "series"):
            return
        value = self.archive.raw(what, number)
        if value is None:
            return
        if deletions.mark_gone(self.archive, what, number, self._now):
            self.news.gone[what] += 1
            self._detail(f"{what} {number} is gone")
        if what != "series":
            self._asking.series_of(value)

    # What all of them need

    def _path(self, what: str, number: int) -> str:
        path = PATHS[what] if number else PATHS[what].partition("{")[0]
        return self._prefix + path.format(number)

    def _take(self, kind: str, value: dict[str, Any], path: str) -> bool | None:
        """Store an object of a list; whether the archive is different for it. None: it can't be stored."""
        try:
            return self._put(kind, value, path)
        except InputError as error:
            self.leave_out(f"{path}: {error}")
            return None

    def _put(self, kind: str, value: dict[str, Any], path: str) -> bool:
        found = kind_of(value)
        if found != kind:
            raise InputError(f"object {value.get('id')} is no {kind}")
        changed = self._writer.put(value, path).changed
        if kind in ("patch", "cover", "series"):
            deletions.mark_there(self.archive, kind, value["id"])
        return changed

    def _valid_event(self, value: dict[str, Any]) -> Event | None:
        try:
            item = validate("event", value)
        except InputError as error:
            self.leave_out(f"{self._prefix}events/: {error}")
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
        is_drift: bool,
    ) -> None:
        """Count an object that is new or, if `value` isn't empty, changed."""
        if before is None or (kind == "series" and "total" not in before):
            self.news.new[kind] += 1
        elif value and (kind == "series" or has_detail(before)):
            self.news.changed[kind] += 1
            fields = [key for key, held in value.items() if before.get(key) != held]
            if is_drift:
                self._drift(f"{kind} {number}", fields)

    def _drift(self, name: str, fields: list[str]) -> None:
        self.news.drift.update(fields)
        self._detail(f"{name}: {', '.join(fields)} had drifted")
