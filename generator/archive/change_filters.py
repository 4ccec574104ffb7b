"""Which changes somebody asks for: by the files that they touch, and by the people who take part."""

from __future__ import annotations

from generator.archive.changes import Change
from generator.archive.database import Archive
from generator.diff.sections import changed_paths


def touches(archive: Archive, change: Change, area: str) -> bool:
    """Whether a patch of the newest version changes the file or folder `area`."""
    wanted = area.strip("/")
    for number in change.patches:
        diff = (archive.raw("patch", number) or {}).get("diff")
        for path in changed_paths(diff) if isinstance(diff, str) else ():
            if not wanted or path == wanted or path.startswith(f"{wanted}/"):
                return True
    return False


def takes_part(change: Change, name: str) -> bool:
    """Whether somebody whose name or address contains `name` (in any case) sent or commented on a change."""
    wanted = name.casefold()
    return any(
        wanted in person.name.casefold() or wanted in person.email.casefold()
        for person in change.people
    )
