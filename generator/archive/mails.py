"""Patches and cover letters as typed objects, the mails of a series, and the mail that a message id names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from generator.archive.database import Archive
from generator.archive.overrides import patch_override
from generator.model import Cover, Patch


def patch(archive: Archive, number: int) -> Patch:
    """A patch with its local overrides."""

    def read() -> tuple[Patch, int]:
        encoded = archive.encoded("patch", number) or b""
        if local := patch_override(archive, number):
            return msgspec.convert({**msgspec.json.decode(encoded), **local}, Patch), len(encoded)
        return msgspec.json.decode(encoded, type=Patch), len(encoded)

    return archive.recent.get(("typed patch", number), read)


def raw_patch(archive: Archive, number: int) -> dict[str, Any]:
    """A patch as it came, with its local overrides; empty where it is not archived."""
    return {**(archive.raw("patch", number) or {}), **patch_override(archive, number)}


def cover(archive: Archive, number: int) -> Cover:
    """A cover letter."""
    letter = archive.get(Cover, number)
    assert letter
    return letter


def series_of(archive: Archive, kind: str, number: int) -> int | None:
    """The series (number) of a patch or cover letter; what else it claims to be in is of other projects."""
    row = archive.sql.execute(f"SELECT series_id FROM {kind} WHERE id = ?", (number,)).fetchone()
    return row[0] if row else None


def msgids_of_series(archive: Archive, series_id: int) -> frozenset[str]:
    """The message ids (without `<>`) of the patches and cover letters of a series."""
    query = "SELECT msgid FROM patch WHERE series_id = ? UNION SELECT msgid FROM cover WHERE series_id = ?"
    return frozenset(row[0] for row in archive.sql.execute(query, (series_id, series_id)))


def patches_with_hash(archive: Archive, project: int, patch_hash: str | None) -> list[int]:
    """The patches of a project (number) that have a hash, by number."""
    query = "SELECT id FROM patch WHERE hash = ? AND project_id = ? ORDER BY id"
    return [row[0] for row in archive.sql.execute(query, (patch_hash, project))]


def own_msgids(
    archive: Archive, project: int, kind: str, number: int, msgids: Iterable[str]
) -> frozenset[str]:
    """Those of some message ids that lead to this patch or cover letter of a project, and to no other."""
    return frozenset(m for m in msgids if _mail_of(archive, project, m) == (kind, number))


def _mail_of(archive: Archive, project: int, msgid: str) -> tuple[str, int] | None:
    """The patch or cover letter (kind, number) that a message id (without `<>`) leads to.

    It is its own, or that of a comment on it. Of several with the same id the first counts, patches first.
    """
    for query in _MAIL_OF:
        if row := archive.sql.execute(query, (msgid, project)).fetchone():
            return row[0], row[1]
    return None


_MAIL_OF = [
    *(
        f"SELECT '{kind}', id FROM {kind} WHERE msgid = ? AND project_id = ? ORDER BY id LIMIT 1"
        for kind in ("patch", "cover")
    ),
    *(
        f"SELECT '{kind}', m.id FROM comment c JOIN {kind} m ON m.id = c.parent_id "
        f"WHERE c.msgid = ? AND c.parent_kind = '{kind}' AND m.project_id = ? ORDER BY c.id LIMIT 1"
        for kind in ("patch", "cover")
    ),
]
