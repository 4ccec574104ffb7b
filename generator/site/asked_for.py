"""Whose review changes wait for: those who look after the files, and those whom the mails were sent to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from generator.archive.change_status import ChangeStatus
from generator.archive.database import Archive
from generator.archive.recipients import recipients
from generator.site.areas import ProjectAreas
from generator.site.change_lists import ProjectChanges

#: Changes by project and place: the project's changes, and the place again.
Places = dict[tuple[int, int], tuple[ProjectChanges, int]]


@dataclass(frozen=True, slots=True)
class AskedFor:
    """What needs a review by somebody who didn't send it.

    maintained: what touches files that they maintain or review; addressed: what was sent to them.
    """

    maintained: Places = field(default_factory=dict)
    addressed: Places = field(default_factory=dict)


def asked_for(
    archive: Archive,
    every: Iterable[ProjectChanges],
    areas: Mapping[int, ProjectAreas],
    people: Mapping[str, int],
) -> dict[int, AskedFor]:
    """By person: what needs a review by them. people: numbers by address in lower case."""
    found: dict[int, AskedFor] = {}
    for changes in every:
        project = changes.project
        waiting = changes.statuses[ChangeStatus.NEEDS_REVIEW]
        known = areas.get(project)
        unreviewed = set(waiting)
        for person, place in known.to_review() if known else ():
            if place in unreviewed and not _is_sender(changes, place, person):
                found.setdefault(person, AskedFor()).maintained[project, place] = changes, place
        for place in waiting:
            sent_to = recipients(archive, changes.by_place[place].patches)
            for person in sorted({people[one] for one in sent_to if one in people}):
                if not _is_sender(changes, place, person):
                    found.setdefault(person, AskedFor()).addressed[project, place] = changes, place
    return found


def _is_sender(changes: ProjectChanges, place: int, person: int) -> bool:
    change = changes.by_place[place]
    return any(sender.id == person for sender in change.people[: change.senders])
