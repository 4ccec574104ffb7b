"""What the search index needs of what became of patches: commits by patches, and patches by commits.

What content/updates/ says of a patch is over everything else, as in archive/landed.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from typing import NamedTuple

from generator.archive import landed
from generator.archive.database import Archive
from generator.archive.landed_matching import name_range

#: Roles of the links that are searched by (archive/landed.py); that of a later version isn't its own.
ROLES = ("landed", "same", "also", "part")

_PART = 500
_LINKS = (
    "FROM landed_link l JOIN git_commit c ON c.id = l.commit_id "
    f"WHERE l.role IN {ROLES!r} AND l.patch_id NOT IN (SELECT patch_id FROM landed_override)"
)


class LandedAs(NamedTuple):
    """A commit that a patch became, by its name; `role` is one of ROLES.

    date: of the commit (seconds since 1970), None where only its name is known. release: the first tag that
    has it, or empty.
    """

    role: str
    sha: str
    date: int | None
    release: str
    is_reverted: bool


def repositories(archive: Archive) -> list[int]:
    """The projects whose repository was read."""
    return sorted(landed.branch_names(archive))


def releases(archive: Archive) -> list[str]:
    """The releases that patches landed in, the newest first: by the newest commit that one of them became."""
    query = f"SELECT c.release {_LINKS} AND c.release <> '' GROUP BY 1 ORDER BY max(c.committed) DESC, 1 DESC"
    names = dict.fromkeys(row[0] for row in archive.sql.execute(query))
    here = landed.landed_links(archive, list(landed.overrides(archive)))
    names |= dict.fromkeys(
        sorted(
            link.commit.release for links in here.values() for link in links if link.commit.release
        )
    )
    return list(names)


def commits(archive: Archive) -> Iterator[tuple[str, int]]:
    """(name of a commit, patch) of all that patches became, by name."""
    linked = archive.sql.execute(f"SELECT lower(hex(c.sha)), l.patch_id {_LINKS} ORDER BY 1, 2")
    here = landed.landed_links(archive, list(landed.overrides(archive)))
    set_here = sorted((link.commit.sha, link.patch_id) for links in here.values() for link in links)
    return merge(linked, set_here)


class OutcomeReader:
    """Reads what patches became, some patches at a time."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._overridden = set(landed.overrides(archive))
        self._reverted = _reverted(archive)
        any_link = "SELECT EXISTS (SELECT 1 FROM landed_link)"
        self._any = bool(self._overridden or archive.sql.execute(any_link).fetchone()[0])

    def of(self, patches: Iterable[int]) -> dict[int, tuple[LandedAs, ...]]:
        """The commits that each of some patches became, the one it landed as first."""
        numbers = sorted(set(patches)) if self._any else []
        found: dict[int, list[tuple[tuple[int, int, int, str], LandedAs]]] = {}
        for at in range(0, len(numbers), _PART):
            for patch, order, one in self._linked(numbers[at : at + _PART]):
                found.setdefault(patch, []).append((order, one))
        linked = {patch: tuple(one for _, one in sorted(rows)) for patch, rows in found.items()}
        return linked | self._set_here(sorted(self._overridden.intersection(numbers)))

    def _linked(
        self, patches: Sequence[int]
    ) -> Iterator[tuple[int, tuple[int, int, int, str], LandedAs]]:
        query = (
            "SELECT l.patch_id, l.role, c.place, c.id, lower(hex(c.sha)), c.committed, c.release "
            f"{_LINKS} AND l.patch_id IN ({','.join('?' * len(patches))})"
        )
        for patch, role, place, number, sha, date, release in self._archive.sql.execute(
            query, patches
        ):
            order = ROLES.index(role), place, date, sha
            yield patch, order, LandedAs(role, sha, date, release, number in self._reverted)

    def _set_here(self, patches: Sequence[int]) -> dict[int, tuple[LandedAs, ...]]:
        return {
            number: tuple(
                LandedAs(
                    link.role, link.commit.sha, link.commit.committed or None,
                    link.commit.release, bool(link.commit.reverted_by),
                )
                for link in links
            )
            for number, links in landed.landed_links(self._archive, patches).items()
        }  # fmt: skip


def _reverted(archive: Archive) -> set[int]:
    """The commits (ids) that others revert, which name them by their first digits."""
    found: set[int] = set()
    names = archive.sql.execute("SELECT DISTINCT reverts FROM git_commit WHERE reverts <> ''")
    for (name,) in names.fetchall():
        query = "SELECT id FROM git_commit WHERE sha >= ? AND sha <= ?"
        found.update(row[0] for row in archive.sql.execute(query, name_range(name)))
    return found
