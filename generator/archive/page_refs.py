"""Where patches and cover letters have their pages: by number, message id, series or patch hash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator import urls
from generator.archive.database import Archive


@dataclass(frozen=True, slots=True)
class PageRef:
    """The page of a patch or a cover letter: `kind` is `patch` or `cover`, `project` its folder's name."""

    kind: str
    id: int
    project: str
    slug: str
    name: str

    @property
    def url(self) -> str:
        """Relative to the site's root."""
        return urls.mail(self.kind, self.project, self.slug)


_SELECT = "SELECT m.id, p.slug, m.slug, m.name FROM {kind} m JOIN project p ON p.id = m.project_id"


def page_ref(archive: Archive, kind: str, number: int) -> PageRef | None:
    """The page of a patch or cover letter by number."""
    query = f"{_SELECT.format(kind=kind)} WHERE m.id = ?"
    row = archive.sql.execute(query, (number,)).fetchone()
    return PageRef(kind, *row) if row else None


def refs(archive: Archive, kind: str, ids: Sequence[int]) -> dict[int, PageRef]:
    """The pages of patches or cover letters by number."""
    if not ids:
        return {}  # for most patches; SQLite would scan the table for an empty list
    query = f"{_SELECT.format(kind=kind)} WHERE m.id IN ({','.join('?' * len(ids))})"
    return {row[0]: PageRef(kind, *row) for row in archive.sql.execute(query, ids)}


def patch_refs(archive: Archive, ids: Sequence[int]) -> dict[int, PageRef]:
    """The pages of patches by number."""
    return refs(archive, "patch", ids)


def refs_between(archive: Archive, kind: str, first: int, last: int) -> dict[int, PageRef]:
    """The pages of the patches, cover letters or comments numbered `first` to `last`, by number.

    Where a patch and a cover letter have a comment of the same number, the patch's counts, as in Patchwork.
    """
    refs: dict[int, PageRef] = {}
    if kind != "comment":
        query = f"{_SELECT.format(kind=kind)} WHERE m.id BETWEEN ? AND ? ORDER BY m.id"
        rows = archive.sql.execute(query, (first, last))
        return {row[0]: PageRef(kind, *row) for row in rows}
    for parent in ("cover", "patch"):
        rows = archive.sql.execute(
            f"SELECT c.id, m.id, p.slug, m.slug, m.name FROM comment c JOIN {parent} m "
            "ON m.id = c.parent_id JOIN project p ON p.id = m.project_id "
            "WHERE c.parent_kind = ? AND c.id BETWEEN ? AND ? ORDER BY c.id",
            (parent, first, last),
        )
        refs |= {row[0]: PageRef(parent, *row[1:]) for row in rows}
    return dict(sorted(refs.items()))


def refs_by_msgid(archive: Archive, msgids: Sequence[str]) -> dict[str, PageRef]:
    """The pages of the patches and cover letters with these message ids (without `<>`)."""
    refs: dict[str, PageRef] = {}
    for kind in ("cover", "patch"):
        for at in range(0, len(msgids), 500):
            part = msgids[at : at + 500]
            rows = archive.sql.execute(
                f"SELECT m.msgid, m.id, p.slug, m.slug, m.name FROM {kind} m "
                f"JOIN project p ON p.id = m.project_id WHERE m.msgid IN ({','.join('?' * len(part))}) "
                "ORDER BY m.id DESC",
                part,
            )
            refs |= {row[0]: PageRef(kind, *row[1:]) for row in rows}
    return refs


def refs_with_hash(archive: Archive, patch_id: int, patch_hash: str | None) -> list[PageRef]:
    """The other patches with a hash: the same change, sent again or to another list."""
    if not patch_hash:
        return []
    query = f"{_SELECT.format(kind='patch')} WHERE m.hash = ? AND m.id <> ? ORDER BY m.id"
    rows = archive.sql.execute(query, (patch_hash, patch_id))
    return [PageRef("patch", *row) for row in rows]


@dataclass(frozen=True, slots=True)
class Twin:
    """The page of the same mail in another project, and how many comments there are on it there.

    others: how many of these are not comments on it here, as they were sent to the other list only.
    """

    ref: PageRef
    comments: int
    others: int


def twins(archive: Archive, kind: str, number: int, msgid: str) -> list[Twin]:
    """The pages of a mail in other projects: what was sent to several lists has one message id in all."""
    rows = archive.sql.execute(
        f"{_SELECT.format(kind=kind)} WHERE m.msgid = ? "
        f"AND m.project_id <> (SELECT project_id FROM {kind} WHERE id = ?) ORDER BY m.id",
        (msgid, number),
    ).fetchall()
    if not rows:
        return []
    here = {*_comment_msgids(archive, kind, number)}
    found = []
    for row in rows:
        there = _comment_msgids(archive, kind, row[0])
        others = sum(msgid not in here for msgid in there)
        found.append(Twin(PageRef(kind, *row), len(there), others))
    return found


def _comment_msgids(archive: Archive, kind: str, number: int) -> list[str]:
    query = "SELECT msgid FROM comment INDEXED BY comment_parent WHERE parent_kind = ? AND parent_id = ?"
    return [row[0] for row in archive.sql.execute(query, (kind, number))]


def cover_of_series(archive: Archive, series_id: int) -> PageRef | None:
    """The page of a series' cover letter."""
    row = archive.sql.execute(
        f"{_SELECT.format(kind='cover')} "
        "WHERE m.series_id = ? OR m.id = (SELECT cover_id FROM series WHERE id = ?) LIMIT 1",
        (series_id, series_id),
    ).fetchone()
    return PageRef("cover", *row) if row else None
