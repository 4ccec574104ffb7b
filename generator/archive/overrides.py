"""Local overrides: fields of patches that this archive sets itself, in place of the server's values."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import msgspec

from generator.archive.database import Archive

#: The fields that can be overridden: those that a PATCH request sets on a server.
FIELDS = ("state", "delegate", "archived", "commit_ref", "pull_url", "related")


def patch_overrides(archive: Archive) -> dict[int, dict[str, Any]]:
    """The overridden fields by patch, with values in the API's form (a delegate is an object)."""
    rows = archive.sql.execute("SELECT patch_id, fields FROM patch_override")
    return {number: msgspec.json.decode(fields) for number, fields in rows}


def patch_override(archive: Archive, patch_id: int) -> dict[str, Any]:
    """The overridden fields of one patch; empty when it has none."""
    if archive.is_read_only:  # few patches have any, and each page reads them several times
        every = archive.recent.get("patch overrides", lambda: (patch_overrides(archive), 0))
        return every.get(patch_id, {})
    query = "SELECT fields FROM patch_override WHERE patch_id = ?"
    row = archive.sql.execute(query, (patch_id,)).fetchone()
    return msgspec.json.decode(row[0]) if row else {}


def patches_named(archive: Archive, *, number: int = -1, msgid: str = "") -> list[int]:
    """The ids of the patches with this id, or with this message id (without `<>`), in order."""
    query = (
        "SELECT id FROM patch WHERE id = ? UNION SELECT id FROM patch WHERE msgid = ? ORDER BY 1"
    )
    return [row[0] for row in archive.sql.execute(query, (number, msgid or None))]


def user_named(archive: Archive, name: Any) -> dict[str, Any] | None:
    """A user or maintainer by id, user name or email address, in the API's form; None when there is none."""
    if isinstance(name, bool) or not isinstance(name, int | str):
        return None
    for value in chain(_objects(archive, "user"), _maintainers(archive)):
        names = (value.get("id"), value.get("username"), value.get("email") or None)
        if name in names:
            return value
    return None


def _objects(archive: Archive, kind: str) -> Iterator[dict[str, Any]]:
    for (raw,) in archive.sql.execute(f"SELECT raw FROM {kind} ORDER BY id"):
        yield msgspec.json.decode(archive.unpack(raw))


def _maintainers(archive: Archive) -> Iterator[dict[str, Any]]:
    """Those of all projects, some of whom may be nobody's delegate yet."""
    for project in _objects(archive, "project"):
        yield from project.get("maintainers") or []
