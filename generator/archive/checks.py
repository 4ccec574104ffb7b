"""Checks on patches: those that count, and all as they came."""

from __future__ import annotations

from typing import Any

import msgspec

from generator.archive.database import Archive
from generator.model import Check

#: The newest result of each tester and context; only those count (as Patchwork counts them).
LATEST_CHECKS = """
SELECT patch_id, state, id FROM check_result c WHERE NOT EXISTS (
    SELECT 1 FROM check_result newer WHERE newer.patch_id = c.patch_id
    AND newer.user_id IS c.user_id AND newer.context = c.context
    AND (newer.date, newer.id) > (c.date, c.id))
"""


def latest_checks(archive: Archive, patch_id: int) -> list[Check]:
    """The newest check of each tester and context on a patch, by context."""
    query = f"""SELECT raw FROM check_result WHERE id IN
        (SELECT id FROM ({LATEST_CHECKS} AND c.patch_id = ?)) ORDER BY context, id"""
    return [archive.decode(Check, raw) for (raw,) in archive.sql.execute(query, (patch_id,))]


def raw_checks(archive: Archive, patch_id: int) -> list[dict[str, Any]]:
    """All checks on a patch as they came, by number."""
    rows = archive.sql.execute(
        "SELECT raw FROM check_result WHERE patch_id = ? ORDER BY id", (patch_id,)
    )
    return [msgspec.json.decode(archive.unpack(raw)) for (raw,) in rows]
