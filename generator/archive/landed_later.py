"""Which version of a patch landed, for its earlier versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.archive.database import Archive

_PART = 500
#: What content/updates/ says of a patch is over its links.
_QUERY = """
SELECT l.commit_id, p.date, p.id, coalesce(v.label, ''), j.slug, p.slug
FROM landed_link l JOIN git_commit c ON c.id = l.commit_id
     JOIN patch p ON p.id = l.patch_id JOIN project j ON j.id = p.project_id
     LEFT JOIN series_version v ON v.series_id = p.series_id
WHERE l.role IN ('landed', 'also') AND NOT EXISTS (
    SELECT 1 FROM landed_override o WHERE o.patch_id = p.id
    AND (o.sha IS NULL OR lower(hex(c.sha)) NOT LIKE o.sha || '%'))
AND l.commit_id IN
"""


@dataclass(frozen=True, slots=True)
class LaterPatch:
    """The patch that landed in the place of an earlier version.

    label: its version, such as `v4`, or empty. project, slug: the names of its folders.
    """

    id: int
    label: str
    project: str
    slug: str


def later_patches(archive: Archive, commits: Sequence[int]) -> dict[int, LaterPatch]:
    """By commit: the patch that landed as it, the newest where there are several."""
    found: dict[int, LaterPatch] = {}
    wanted = sorted(set(commits))
    for at in range(0, len(wanted), _PART):
        part = wanted[at : at + _PART]
        query = f"{_QUERY} ({','.join('?' * len(part))}) ORDER BY p.date, p.id"
        for commit, _, *patch in archive.sql.execute(query, part):
            found[commit] = LaterPatch(*patch)
    return found
