"""Local changes: fields of patches that this archive sets itself, over what the server says."""

from __future__ import annotations

from typing import Any

import msgspec

from generator.store.archive import Archive

#: What may be changed here: the fields that the API's PATCH sets on a server.
FIELDS = ("state", "delegate", "archived", "commit_ref", "pull_url")


def local_changes(archive: Archive) -> dict[int, dict[str, Any]]:
    """The changed fields by patch, with their values in the API's form (a delegate is an object)."""
    rows = archive.sql.execute("SELECT patch_id, fields FROM local_change")
    return {number: msgspec.json.decode(fields) for number, fields in rows}


def local_change(archive: Archive, patch_id: int) -> dict[str, Any]:
    """The changed fields of one patch; empty when it has none."""
    query = "SELECT fields FROM local_change WHERE patch_id = ?"
    row = archive.sql.execute(query, (patch_id,)).fetchone()
    return msgspec.json.decode(row[0]) if row else {}
