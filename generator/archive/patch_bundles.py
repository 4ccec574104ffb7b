"""Bundles: sets of patches in an order that somebody chose, on the server or in this archive's own files.

They have nothing to do with the typed bundles of archive/bundles.py, which are what one page shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from generator.archive.database import Archive
from generator.archive.deletions import deleted_since
from generator.mail.headers import slug
from generator.model import Bundle

#: The numbers of the archive's own bundles begin here. No server has as many, and they have 15 digits.
FIRST_OWN = 900_000_000_000_000


@dataclass(frozen=True, slots=True)
class PublicBundle:
    """A bundle that the site has a page of. owner, name: the folders in its address. label: its name.

    patches: their numbers in order. deleted: since when the server lacks it (seconds since 1970).
    """

    id: int
    digest: int
    project_id: int
    label: str
    owner: str
    name: str
    patches: tuple[int, ...]
    deleted: int | None

    @property
    def is_own(self) -> bool:
        """Whether it is one of the archive's own."""
        return is_own(self.id)


def is_own(number: int) -> bool:
    """Whether a bundle is one of the archive's own."""
    return number >= FIRST_OWN


def bundle_columns(item: Bundle) -> dict[str, Any]:
    """The columns beside a bundle."""
    owner = item.owner.username if item.owner else ""
    return {"id": item.id, "project_id": item.project.id, "owner": owner, "name": item.name,
            "is_public": int(item.public)}  # fmt: skip


def public_bundles(archive: Archive) -> Iterator[PublicBundle]:
    """All public bundles by number, with the folders that Patchwork's addresses of them have.

    Where two would have the same on a disk that ignores case, the later one is named by its number.
    """
    taken: set[tuple[str, str]] = set()
    query = "SELECT id, digest, raw FROM bundle WHERE is_public ORDER BY id"
    for number, digest, raw in archive.sql.execute(query).fetchall():
        item = archive.decode(Bundle, raw)
        owner = slug(item.owner.username, item.owner.id) if item.owner else "~"
        name = slug(item.name, number)
        if (owner.lower(), name.lower()) in taken:
            name = f"~{number}"
        taken.add((owner.lower(), name.lower()))
        yield PublicBundle(
            number,
            digest,
            item.project.id,
            item.name,
            owner,
            name,
            tuple(dict.fromkeys(stub.id for stub in item.patches)),
            deleted_since(archive, "bundle", number),
        )


def server_bundles(archive: Archive, projects: Sequence[int]) -> set[int]:
    """The numbers of the bundles of some projects that came from the server."""
    marks = ",".join("?" * len(projects))
    query = f"SELECT id FROM bundle WHERE id < ? AND project_id IN ({marks})"
    return {row[0] for row in archive.sql.execute(query, (FIRST_OWN, *projects))}


def is_taken(archive: Archive, owner: str, name: str) -> bool:
    """Whether a bundle of the server has this owner and name, whatever the case."""
    query = (
        "SELECT 1 FROM bundle WHERE id < ? AND is_public "
        "AND owner = ? COLLATE NOCASE AND name = ? COLLATE NOCASE"
    )
    return archive.sql.execute(query, (FIRST_OWN, owner, name)).fetchone() is not None


def own_bundles(archive: Archive) -> dict[int, int]:
    """The archive's own bundles: number → digest."""
    rows = archive.sql.execute("SELECT id, digest FROM bundle WHERE id >= ?", (FIRST_OWN,))
    return dict(rows.fetchall())


def set_own(archive: Archive, wanted: Mapping[int, dict[str, Any]], *, keep_others: bool) -> int:
    """Make these the archive's own bundles (number → object in the API's form); how many that changes."""
    known = own_bundles(archive)
    packed = {n: archive.pack(msgspec.json.encode(value)) for n, value in wanted.items()}
    removed = set() if keep_others else known.keys() - wanted.keys()
    changed = [number for number, (digest, _) in packed.items() if known.get(number) != digest]
    if removed or changed:
        with archive.transaction():
            sql = archive.sql
            sql.executemany("DELETE FROM bundle WHERE id = ?", [(n,) for n in sorted(removed)])
            for number in changed:
                digest, raw = packed[number]
                columns = bundle_columns(msgspec.convert(wanted[number], Bundle))
                row = {**columns, "digest": digest, "raw": raw}
                marks = ", ".join(f":{name}" for name in row)
                names = ", ".join(row)
                sql.execute(f"INSERT OR REPLACE INTO bundle ({names}) VALUES ({marks})", row)
    return len(removed) + len(changed)
