"""Whom mails were sent to: the addresses in To and Cc."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from generator.archive.database import Archive
from generator.mail.headers import addresses, header
from generator.model import Header


class _Headers(msgspec.Struct):
    """What is read of a patch."""

    headers: dict[str, Header | None] | None = None


def recipients(archive: Archive, patches: Iterable[int]) -> set[str]:
    """The addresses, in lower case, that some patches were sent to."""
    found: set[str] = set()
    for number in patches:
        row = archive.sql.execute("SELECT raw FROM patch WHERE id = ?", (number,)).fetchone()
        if row and (held := msgspec.json.decode(archive.unpack(row[0]), type=_Headers).headers):
            for name in ("To", "Cc"):
                found.update(one.lower() for one in addresses(header(held, name)))
    return found
