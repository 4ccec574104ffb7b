"""A project's changes as lists show them: all, and those of each status that waits for somebody."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.archive.change_status import UNSETTLED, ChangeStatus
from generator.archive.changes import Change
from generator.site.facets import ProjectPatches
from generator.site.fingerprints import digest

#: How many of the newest changes a project's page shows, and of those with the latest mails.
_NEWEST, _MOVED = 10, 5


@dataclass(frozen=True, slots=True)
class ChangeCounts:
    """A project's changes in numbers, and the few that its page shows, newest first.

    statuses: (status, changes) of those that wait for somebody. moved: those of the others that the latest
    mails are about.
    """

    total: int
    statuses: tuple[tuple[ChangeStatus, int], ...]
    newest: tuple[Change, ...]
    moved: tuple[Change, ...]


class ProjectChanges:
    """The changes of a project by place, oldest first.

    A change's place is that of its newest version among the project's patches: it stays when others move.
    """

    def __init__(
        self, patches: ProjectPatches, found: Iterable[Change], versions: Mapping[int, Any]
    ) -> None:
        """versions: by work, what pages show of its versions."""
        self.project, self.slug = patches.project, patches.slug
        placed = ((min(patches.places(change.patches)), change) for change in found)
        self.by_place = dict(sorted(placed, key=lambda item: item[0]))
        self.statuses: dict[ChangeStatus, list[int]] = {status: [] for status in UNSETTLED}
        for place, change in self.by_place.items():
            if change.verdict.status in self.statuses:
                self.statuses[change.verdict.status].append(place)
        #: The places of those that wait for somebody.
        self.waiting = {place for places in self.statuses.values() for place in places}
        self._rows = {
            place: digest(
                change,
                versions.get(change.id) if change.kind == "series" else None,
                patches.fingerprint(change.patches),
            )
            for place, change in self.by_place.items()
        }

    def at(self, places: Iterable[int]) -> tuple[Change, ...]:
        """The changes at some places."""
        return tuple(self.by_place[place] for place in places)

    def fingerprint(self, places: Iterable[int]) -> bytes:
        """What the rows of the changes at some places depend on."""
        return digest([self._rows[place] for place in places])

    @property
    def counts(self) -> ChangeCounts:
        """The changes in numbers, and the few that the project's page shows."""
        newest, moved = self._newest(), self._moved()
        return ChangeCounts(
            total=len(self.by_place),
            statuses=tuple((status, len(places)) for status, places in self.statuses.items()),
            newest=self.at(newest),
            moved=self.at(moved),
        )

    @property
    def counts_fingerprint(self) -> bytes:
        """What a page that shows `counts` depends on."""
        shown = self.fingerprint([*self._newest(), *self._moved()])
        return digest(len(self.by_place), [len(ids) for ids in self.statuses.values()], shown)

    def _newest(self) -> list[int]:
        return list(reversed(self.by_place))[:_NEWEST]

    def _moved(self) -> list[int]:
        others = list(self.by_place)[:-_NEWEST]
        others.sort(key=lambda place: (-self.by_place[place].last_activity, -place))
        return others[:_MOVED]


def by_person(every: Iterable[ProjectChanges]) -> dict[int, list[tuple[ProjectChanges, int]]]:
    """By person who takes part in a change that waits for somebody: the project, and the change's place."""
    found: defaultdict[int, list[tuple[ProjectChanges, int]]] = defaultdict(list)
    for changes in every:
        for places in changes.statuses.values():
            for place in places:
                for person in changes.by_place[place].people:
                    found[person.id].append((changes, place))
    return found


def most_active(
    changes: Sequence[Change], limit: int
) -> tuple[tuple[tuple[int, str, int], ...], ...]:
    """(number, name, changes) of those who sent most of some changes, and of those who commented on most."""
    sent: Counter[tuple[int, str]] = Counter()
    commented: Counter[tuple[int, str]] = Counter()
    for change in changes:
        for at, person in enumerate(change.people):
            counts = sent if at < change.senders else commented
            counts[person.id, person.name or person.email] += 1
    return tuple(
        tuple((*who, n) for who, n in sorted(counts.items(), key=lambda i: (-i[1], i[0]))[:limit])
        for counts in (sent, commented)
    )
