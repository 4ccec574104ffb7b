"""A project's subsystems by its MAINTAINERS file, as far as patches touch them: changes and people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from generator import urls
from generator.archive.maintainers import Maintained, Touched
from generator.maintainers.subsystems import Contact, Subsystem
from generator.site.change_lists import ProjectChanges
from generator.site.change_selection import Selection, select
from generator.site.fingerprints import digest


class AreaLink(NamedTuple):
    """A subsystem's title, and its page (relative to the site's root)."""

    title: str
    url: str


class AreaCount(NamedTuple):
    """A subsystem: how many changes touch it, how many of these wait for somebody, its state of support."""

    title: str
    slug: str
    changes: int
    waiting: int
    support: str


class KnownContact(NamedTuple):
    """Somebody whom the file names. person: their number where they have a page."""

    contact: Contact
    person: int | None


@dataclass(frozen=True, slots=True)
class AreaContent:
    """What the page of a subsystem shows."""

    subsystem: Subsystem
    maintainers: tuple[KnownContact, ...]
    reviewers: tuple[KnownContact, ...]
    selection: Selection


def links(slug: str, maintained: Maintained, numbers: tuple[int, ...]) -> tuple[AreaLink, ...]:
    """Links to the pages of some subsystems of a project (its folder name, places in its file)."""
    found = (maintained.subsystems[number] for number in numbers)
    return tuple(AreaLink(one.title, urls.area(slug, one.slug)) for one in found)


class ProjectAreas:
    """The subsystems that a project's patches touch, with the changes of each by their places.

    A change is where its newest version is; a subsystem that only earlier ones touch has a page without it.
    """

    def __init__(
        self,
        changes: ProjectChanges,
        maintained: Maintained,
        touched: Touched,
        people: Mapping[str, int],
    ) -> None:
        """people: numbers of those who have a page, by address in lower case."""
        self._changes = changes
        self._maintained = maintained
        self._people = people
        self._places: dict[int, list[int]] = {
            number: [] for number in sorted({n for some in touched.by_patch.values() for n in some})
        }
        for place, change in changes.by_place.items():
            here = {n for patch in change.patches for n in touched.by_patch.get(patch, ())}
            for number in here:
                self._places[number].append(place)

    def counts(self) -> tuple[AreaCount, ...]:
        """All subsystems with a page, in the order of their file."""
        return tuple(
            AreaCount(
                (one := self._maintained.subsystems[number]).title,
                one.slug,
                len(places),
                sum(place in self._changes.waiting for place in places),
                ", ".join(one.support),
            )
            for number, places in self._places.items()
        )

    def contents(self) -> Iterator[tuple[str, AreaContent, bytes]]:
        """(name of its folder, what its page shows, a digest of that) of each subsystem with a page."""
        for number, places in self._places.items():
            one = self._maintained.subsystems[number]
            selection, shown = select(self._changes, places)
            content = AreaContent(
                one, self._known(one.maintainers), self._known(one.reviewers), selection
            )
            yield one.slug, content, digest(one, content.maintainers, content.reviewers, shown)

    def to_review(self) -> Iterator[tuple[int, int]]:
        """(person, place) of the changes that wait for somebody and touch what they look after."""
        found: defaultdict[int, set[int]] = defaultdict(set)
        for number, places in self._places.items():
            one = self._maintained.subsystems[number]
            for known in self._known((*one.maintainers, *one.reviewers)):
                if known.person is not None:
                    found[known.person].update(p for p in places if p in self._changes.waiting)
        for person, waiting in found.items():
            for place in sorted(waiting):
                yield person, place

    def _known(self, contacts: tuple[Contact, ...]) -> tuple[KnownContact, ...]:
        return tuple(KnownContact(one, self._people.get(one.address.lower())) for one in contacts)
