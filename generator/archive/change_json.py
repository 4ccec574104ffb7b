"""Changes for programs: what `stillwork changes --json` prints, and `api/changes/` has."""

from __future__ import annotations

from typing import Any

from generator import urls
from generator.archive import page_refs, planning
from generator.archive.change_status import MailPlace
from generator.archive.changes import Change
from generator.archive.database import Archive


def value(archive: Archive, change: Change) -> dict[str, Any]:
    """A change as JSON; URLs are relative to the site's root."""
    return {
        "change": f"{change.kind}/{change.id}",
        "project": planning.project_names(archive, change.project)[0],
        "name": change.name,
        "status": change.verdict.status,
        "reason": change.verdict.reason,
        "mail": mail_url(archive, change.verdict.place),
        "states": change.states,
        "url": page_url(archive, change),
        "date": _moment(change.date),
        "last_activity": _moment(change.last_activity),
        "versions": change.versions,
        "patches": change.patches,
        "reviewed": change.reviewed,
        "failing": change.failing,
        "remarks": change.remarks,
        "people": [person.name or person.email for person in change.people],
    }


def page_url(archive: Archive, change: Change) -> str:
    """The page of the newest version."""
    if change.newest is None:
        return _page(archive, "patch", change.id)
    return urls.series(planning.project_names(archive, change.project)[0], change.newest)


def mail_url(archive: Archive, place: MailPlace) -> str:
    """A mail that a status rests on."""
    anchor = "" if place.comment is None else f"#{place.comment}"
    return _page(archive, place.kind, place.id) + anchor


def _page(archive: Archive, kind: str, number: int) -> str:
    ref = page_refs.page_ref(archive, kind, number)
    assert ref, "the mails of a change are in the archive"
    return ref.url


def _moment(date: int) -> str:
    return urls.moment(date).strftime("%Y-%m-%dT%H:%M:%S")
