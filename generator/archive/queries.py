"""What pages ask of the archive beyond single objects: neighbours, relations, replies, checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from generator.archive.database import Archive
from generator.archive.overrides import patch_override
from generator.archive.patch_rows import LATEST_CHECKS
from generator.model import Check, Comment, Cover, Event, Patch, Project, Series


@dataclass(frozen=True, slots=True)
class PageRef:
    """Where a patch or a cover letter has its page. kind is `patch` or `cover`."""

    kind: str
    id: int
    project: str
    slug: str
    name: str


#: Comments on a patch or cover letter. Left to itself, SQLite would go through all comments of the kind,
#: because these lie in the order of their numbers.
COMMENTS_OF = (
    "SELECT raw FROM comment INDEXED BY comment_parent "
    "WHERE parent_kind = ? AND parent_id = ? ORDER BY id"
)


def projects(archive: Archive) -> list[tuple[str, Project]]:
    """All projects with their folder names, by name."""
    rows = archive.sql.execute("SELECT slug, raw FROM project ORDER BY lower(name), id")
    return [(slug, archive.decode(Project, raw)) for slug, raw in rows.fetchall()]


def project(archive: Archive, number: int) -> tuple[str, Project]:
    """A project's folder name and the project; it is there whenever an object names it."""
    row = archive.sql.execute("SELECT slug, raw FROM project WHERE id = ?", (number,)).fetchone()
    return row[0], archive.decode(Project, row[1])


def patch(archive: Archive, number: int) -> tuple[str, Patch]:
    """A patch's folder name and the patch, with local changes laid over it."""

    def read() -> tuple[tuple[str, Patch], int]:
        row = archive.sql.execute("SELECT slug FROM patch WHERE id = ?", (number,)).fetchone()
        encoded = archive.encoded("patch", number) or b""
        if local := patch_override(archive, number):
            found = msgspec.convert({**msgspec.json.decode(encoded), **local}, Patch)
        else:
            found = msgspec.json.decode(encoded, type=Patch)
        return (row[0], found), len(encoded)

    return archive.recent.get(("typed patch", number), read)


def cover(archive: Archive, number: int) -> tuple[str, Cover]:
    """A cover letter's folder name and the cover letter."""
    row = archive.sql.execute("SELECT slug FROM cover WHERE id = ?", (number,)).fetchone()
    found = archive.get(Cover, number)
    assert found
    return row[0], found


def comments(archive: Archive, kind: str, number: int) -> list[Comment]:
    """The comments on a patch or cover letter, by id."""

    def read() -> tuple[list[Comment], int]:
        encoded = _encoded_comments(archive, kind, number)
        size = sum(map(len, encoded)) + 100
        return [msgspec.json.decode(one, type=Comment) for one in encoded], size

    return archive.recent.get(("typed comments", kind, number), read)


def raw_comments(archive: Archive, kind: str, number: int) -> list[dict[str, Any]]:
    """The comments on a patch or cover letter as they came, by id."""
    return [msgspec.json.decode(one) for one in _encoded_comments(archive, kind, number)]


def _encoded_comments(archive: Archive, kind: str, number: int) -> list[bytes]:
    def read() -> tuple[list[bytes], int]:
        rows = archive.sql.execute(COMMENTS_OF, (kind, number)).fetchall()
        encoded = [archive.unpack(raw) for (raw,) in rows]
        return encoded, sum(map(len, encoded)) + 100

    return archive.recent.get(("comments", kind, number), read)


def raw_checks(archive: Archive, patch_id: int) -> list[dict[str, Any]]:
    """All checks on a patch as they came, by id."""
    rows = archive.sql.execute(
        "SELECT raw FROM check_result WHERE patch_id = ? ORDER BY id", (patch_id,)
    )
    return [msgspec.json.decode(archive.unpack(raw)) for (raw,) in rows]


def checks(archive: Archive, patch_id: int) -> list[Check]:
    """The newest check of each tester and context on a patch, by context."""
    query = f"""SELECT raw FROM check_result WHERE id IN
        (SELECT id FROM ({LATEST_CHECKS} AND c.patch_id = ?)) ORDER BY context, id"""
    return [archive.decode(Check, raw) for (raw,) in archive.sql.execute(query, (patch_id,))]


def events(archive: Archive, patch_id: int) -> list[Event]:
    """What happened to a patch's state and delegate, oldest first."""
    rows = archive.sql.execute(
        "SELECT raw FROM event WHERE patch_id = ? AND category IN "
        "('patch-state-changed', 'patch-delegated') ORDER BY date, id",
        (patch_id,),
    )
    return [archive.decode(Event, raw) for (raw,) in rows.fetchall()]


def series(archive: Archive, number: int) -> Series | None:
    """A series, as far as it is known; None when only its number is."""
    return archive.get(Series, number)


def cover_of(archive: Archive, series_id: int) -> PageRef | None:
    """The cover letter of a series."""
    row = archive.sql.execute(
        "SELECT c.id, p.slug, c.slug, c.name FROM cover c JOIN project p ON p.id = c.project_id "
        "WHERE c.series_id = ? OR c.id = (SELECT cover_id FROM series WHERE id = ?) LIMIT 1",
        (series_id, series_id),
    ).fetchone()
    return PageRef("cover", *row) if row else None


def places(archive: Archive, msgids: list[str]) -> dict[str, PageRef]:
    """The pages of the patches and cover letters with these (bare) message ids."""
    found: dict[str, PageRef] = {}
    for kind in ("cover", "patch"):
        for at in range(0, len(msgids), 500):
            part = msgids[at : at + 500]
            rows = archive.sql.execute(
                f"SELECT m.msgid, m.id, p.slug, m.slug, m.name FROM {kind} m "
                f"JOIN project p ON p.id = m.project_id WHERE m.msgid IN ({','.join('?' * len(part))}) "
                "ORDER BY m.id DESC",
                part,
            )
            found |= {row[0]: PageRef(kind, *row[1:]) for row in rows}
    return found


def mentioned(archive: Archive, kind: str, number: int) -> dict[str, PageRef]:
    """The pages of the mails that a text names: kind is patch, cover, patch-comment or cover-comment."""
    rows = archive.sql.execute(
        "SELECT msgid FROM mention WHERE kind = ? AND id = ?", (kind, number)
    )
    return places(archive, [row[0] for row in rows.fetchall()])


def same_patches(archive: Archive, patch_id: int, patch_hash: str | None) -> list[PageRef]:
    """Other patches with the same hash: the same change, sent again or to another list."""
    if not patch_hash:
        return []
    rows = archive.sql.execute(
        "SELECT m.id, p.slug, m.slug, m.name FROM patch m JOIN project p ON p.id = m.project_id "
        "WHERE m.hash = ? AND m.id <> ? ORDER BY m.id",
        (patch_hash, patch_id),
    )
    return [PageRef("patch", *row) for row in rows.fetchall()]


def place(archive: Archive, kind: str, number: int) -> PageRef | None:
    """The page of a patch or cover letter by number."""
    row = archive.sql.execute(
        f"SELECT m.id, p.slug, m.slug, m.name FROM {kind} m JOIN project p ON p.id = m.project_id "
        "WHERE m.id = ?",
        (number,),
    ).fetchone()
    return PageRef(kind, *row) if row else None


def places_between(archive: Archive, kind: str, first: int, last: int) -> list[PageRef]:
    """The pages of the patches or cover letters with these numbers, by number."""
    rows = archive.sql.execute(
        f"SELECT m.id, p.slug, m.slug, m.name FROM {kind} m JOIN project p ON p.id = m.project_id "
        "WHERE m.id BETWEEN ? AND ? ORDER BY m.id",
        (first, last),
    )
    return [PageRef(kind, *row) for row in rows]


def numbered(archive: Archive, kind: str, first: int, last: int) -> dict[int, PageRef]:
    """The pages of the patches, cover letters or comments with these numbers, by number.

    Where a patch and a cover letter have a comment of the same number, the patch's counts, as in Patchwork.
    """
    if kind != "comment":
        return {place.id: place for place in places_between(archive, kind, first, last)}
    found: dict[int, PageRef] = {}
    for parent in ("cover", "patch"):
        rows = archive.sql.execute(
            f"SELECT c.id, m.id, p.slug, m.slug, m.name FROM comment c JOIN {parent} m "
            "ON m.id = c.parent_id JOIN project p ON p.id = m.project_id "
            "WHERE c.parent_kind = ? AND c.id BETWEEN ? AND ? ORDER BY c.id",
            (parent, first, last),
        )
        found |= {row[0]: PageRef(parent, *row[1:]) for row in rows}
    return dict(sorted(found.items()))


def has_comment(archive: Archive, kind: str, number: int) -> bool:
    """Whether a patch or cover letter (`kind`) has a comment of this number."""
    query = "SELECT 1 FROM comment WHERE parent_kind = ? AND id = ?"
    return archive.sql.execute(query, (kind, number)).fetchone() is not None


def with_hash(archive: Archive, project: int, patch_hash: str | None) -> list[int]:
    """The patches of a project that have a hash, by number."""
    query = "SELECT id FROM patch WHERE hash = ? AND project_id = ? ORDER BY id"
    return [row[0] for row in archive.sql.execute(query, (patch_hash, project))]


def owner_of(archive: Archive, project: int, msgid: str) -> tuple[str, int] | None:
    """The patch or cover letter (kind, number) of a project that a bare message id belongs to.

    It is its own, or that of a comment on it. Of several with the same id the first counts, patches first.
    """
    for query in _OWNERS:
        if row := archive.sql.execute(query, (msgid, project)).fetchone():
            return row[0], row[1]
    return None


_OWNERS = [
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


def names(archive: Archive, first: int, last: int) -> list[tuple[int, str]]:
    """The people with these numbers by name, or else by address."""
    rows = archive.sql.execute(
        "SELECT id, coalesce(nullif(name, ''), email) FROM person WHERE id BETWEEN ? AND ? ORDER BY id",
        (first, last),
    )
    return rows.fetchall()


def patch_places(archive: Archive, ids: list[int]) -> dict[int, PageRef]:
    """The pages of patches by number."""
    if not ids:
        return {}  # most patches ask for none, and SQLite would look through all to find that out
    rows = archive.sql.execute(
        "SELECT m.id, p.slug, m.slug, m.name FROM patch m JOIN project p ON p.id = m.project_id "
        f"WHERE m.id IN ({','.join('?' * len(ids))})",
        ids,
    )
    return {row[0]: PageRef("patch", *row) for row in rows.fetchall()}


def project_of_series(archive: Archive, number: int) -> int:
    """The project of a series, by its patches where it isn't known itself."""
    query = (
        "SELECT project_id FROM patch WHERE series_id = :n UNION SELECT project_id FROM cover "
        "WHERE series_id = :n UNION SELECT project_id FROM series WHERE id = :n LIMIT 1"
    )
    found: int = archive.sql.execute(query, {"n": number}).fetchone()[0]
    return found


def count_replies(archive: Archive, series_id: int, cover_id: int | None) -> int:
    """How many comments there are on the patches of a series and on its cover letter."""
    query = (
        "SELECT (SELECT count(*) FROM patch p CROSS JOIN comment c INDEXED BY comment_parent "
        "ON c.parent_id = p.id AND c.parent_kind = 'patch' WHERE p.series_id = ?) + "
        "(SELECT count(*) FROM comment INDEXED BY comment_parent "
        "WHERE parent_kind = 'cover' AND parent_id = ?)"
    )
    found: int = archive.sql.execute(query, (series_id, cover_id)).fetchone()[0]
    return found


def counts(archive: Archive) -> dict[str, int]:
    """How many objects of each kind the archive holds."""
    tables = {"projects": "project", "patches": "patch", "series": "series", "covers": "cover",
              "comments": "comment", "checks": "check_result", "people": "person",
              "users": "user", "events": "event"}  # fmt: skip
    return {
        name: archive.sql.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for name, table in tables.items()
    }
