"""Local overrides: fields of patches that this archive sets itself, in place of the server's values."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from generator.archive.database import Archive

#: A number of a user, or the address in the API that ends in it.
_USER = re.compile(r"(?:https?://[^?#\s]+/api/(?:\d\.\d/)?users/)?([0-9]{1,15})/?")
#: The fields that can be overridden: those that a PATCH request sets on a server.
FIELDS = ("state", "delegate", "archived", "commit_ref", "pull_url")


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
    """A user by user name, email address, id or address in the API, in the API's form; None without one.

    Digits are an id unless they are somebody's user name.
    """
    if isinstance(name, bool) or not isinstance(name, int | str):
        return None
    match = _USER.fullmatch(name) if isinstance(name, str) else None
    wanted = int(match[1]) if match else name
    numbered = None
    for number, raw in archive.sql.execute("SELECT id, raw FROM user ORDER BY id"):
        value: dict[str, Any] = msgspec.json.decode(archive.unpack(raw))
        if name and name in (value.get("username"), value.get("email")):
            return value
        if number == wanted:
            numbered = value
    return numbered
