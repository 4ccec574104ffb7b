"""A project's folders, as far as its patches touch them: which changes are in each, and which have a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from generator.archive import planning
from generator.archive.database import Archive
from generator.site.change_lists import ProjectChanges
from generator.site.change_selection import Selection, select
from generator.site.fingerprints import digest

#: A folder has a page of its own from so many changes on, so that there are far fewer of them than patches.
#: The others are named on the page of the folder above, and lead to the search.
LEAST_CHANGES = 10
#: How many folders the page of a project names.
_BUSIEST = 10


class FolderCount(NamedTuple):
    """A folder by its path: how many changes touch it, and how many of these wait for somebody."""

    path: str
    changes: int
    waiting: int

    @property
    def has_page(self) -> bool:
        """Whether it has a page of its own."""
        return self.changes >= LEAST_CHANGES or not self.path


@dataclass(frozen=True, slots=True)
class FolderContent:
    """What the page of a folder shows: the folders in it, and its changes."""

    children: tuple[FolderCount, ...]
    selection: Selection


class ProjectFolders:
    """The folders that a project's changes touch, with the changes of each by their places."""

    def __init__(self, archive: Archive, changes: ProjectChanges) -> None:
        self._changes = changes
        found: defaultdict[str, set[int]] = defaultdict(set)
        place_of = {
            number: place for place, one in changes.by_place.items() for number in one.patches
        }
        for facet, value, number in planning.project_facets(archive, changes.project):
            if facet == "folder" and (place := place_of.get(number)) is not None:
                for folder in _with_parents(value):
                    found[folder].add(place)
        self._places = {folder: sorted(found[folder]) for folder in sorted(found)}
        self._children: defaultdict[str, list[str]] = defaultdict(list)
        for folder in self._places:
            if folder:
                self._children[folder.rpartition("/")[0]].append(folder)
        self._counts = {
            folder: FolderCount(
                folder, len(places), sum(place in changes.waiting for place in places)
            )
            for folder, places in self._places.items()
        }

    def with_pages(self) -> Iterator[str]:
        """The paths of the folders that have pages; the root, the empty path, is the first."""
        return (folder for folder, count in self._counts.items() if count.has_page)

    def busiest(self) -> tuple[FolderCount, ...]:
        """The folders at the top of the tree that have pages, those where most changes wait first."""
        tops = (self._counts[folder] for folder in self._children.get("", ()))
        found = sorted((top for top in tops if top.has_page), key=_by_waiting)
        return tuple(found[:_BUSIEST])

    def content(self, folder: str) -> tuple[FolderContent, bytes]:
        """What the page of a folder shows, and a digest of what it depends on."""
        selection, shown = select(self._changes, self._places[folder])
        children = tuple(self._counts[child] for child in self._children.get(folder, ()))
        return FolderContent(children, selection), digest(children, shown)


def _by_waiting(count: FolderCount) -> tuple[int, int, str]:
    return -count.waiting, -count.changes, count.path


def _with_parents(folder: str) -> Iterator[str]:
    """A folder and all that it lies in, the root (the empty path) last."""
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""
