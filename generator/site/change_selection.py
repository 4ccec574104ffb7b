"""Some of a project's changes, as the page of a place shows them: what waits, what is new, who takes part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.archive.change_status import ChangeStatus
from generator.archive.changes import Change
from generator.site.change_lists import ProjectChanges, most_active
from generator.site.fingerprints import digest

#: How many changes that wait, other ones, and people a page shows.
_WAITING, _NEWEST, _PEOPLE = 50, 10, 10


@dataclass(frozen=True, slots=True)
class Selection:
    """The changes of a place. Changes are newest first.

    changes, open: how many there are, and how many of them wait for somebody. statuses: (status, changes) of
    these. waiting, newest: the newest of these, and of the others. senders, commenters: (number, name,
    changes), the busiest first.
    """

    changes: int
    open: int
    statuses: tuple[tuple[ChangeStatus, int], ...]
    waiting: tuple[Change, ...]
    newest: tuple[Change, ...]
    senders: tuple[tuple[int, str, int], ...]
    commenters: tuple[tuple[int, str, int], ...]


def select(changes: ProjectChanges, places: Sequence[int]) -> tuple[Selection, bytes]:
    """The changes at some places (oldest first), and a digest of what their page depends on."""
    waiting = [place for place in reversed(places) if place in changes.waiting]
    others = [place for place in reversed(places) if place not in changes.waiting]
    here = set(waiting)
    statuses = ((status, len(here.intersection(of))) for status, of in changes.statuses.items())
    senders, commenters = most_active(changes.at(places), _PEOPLE)
    selection = Selection(
        changes=len(places),
        open=len(waiting),
        statuses=tuple((status, count) for status, count in statuses if count),
        waiting=changes.at(waiting[:_WAITING]),
        newest=changes.at(others[:_NEWEST]),
        senders=senders,
        commenters=commenters,
    )
    shown = changes.fingerprint([*waiting[:_WAITING], *others[:_NEWEST]])
    values = selection.changes, selection.open, selection.statuses, senders, commenters
    return selection, digest(values, shown)
