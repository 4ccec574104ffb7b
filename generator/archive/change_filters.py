"""Which changes somebody asks for: by the files that they touch, and by the people who take part."""

from __future__ import annotations

from collections.abc import Mapping

from generator.archive import changed_paths
from generator.archive.changes import Change
from generator.archive.database import Archive
from generator.archive.maintainers import Maintained


def touches(
    archive: Archive, change: Change, area: str, maintained: Mapping[int, Maintained]
) -> bool:
    """Whether a patch of the newest version changes the file or folder `area`, or the subsystem of that name.

    maintained: the subsystems by project. What is a subsystem's name in a project is no path there.
    """
    known = maintained.get(change.project)
    subsystems = known.named(area) if known else set()
    wanted = area.strip("/")
    for path in changed_paths.of_patches(archive, change.patches):
        if known and subsystems:
            if not subsystems.isdisjoint(known.matcher.of(path)):
                return True
        elif not wanted or path == wanted or path.startswith(f"{wanted}/"):
            return True
    return False


def takes_part(change: Change, name: str) -> bool:
    """Whether somebody whose name or address contains `name` (in any case) sent or commented on a change."""
    wanted = name.casefold()
    return any(
        wanted in person.name.casefold() or wanted in person.email.casefold()
        for person in change.people
    )
