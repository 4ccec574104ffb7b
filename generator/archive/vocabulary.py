"""The values that patches of an archive have: states, delegates."""

from __future__ import annotations

from generator.archive.database import Archive


def states(archive: Archive) -> list[str]:
    """The states that patches are in, in alphabetical order."""
    return [
        row[0] for row in archive.sql.execute("SELECT DISTINCT state FROM patch ORDER BY state")
    ]


def delegates(archive: Archive) -> list[str]:
    """The usernames of those that patches are delegated to, in alphabetical order."""
    query = "SELECT DISTINCT u.username FROM patch p JOIN user u ON u.id = p.delegate_id ORDER BY 1"
    return [row[0] for row in archive.sql.execute(query)]
