"""What people did: patches they sent, mails they vouched for, comments they wrote."""

from __future__ import annotations

from typing import NamedTuple

from generator.archive.database import Archive

#: Trailers that count as having looked at somebody's patch.
VOUCHING = ("reviewed", "acked", "tested")


class PersonRecord(NamedTuple):
    """A person as submitters are known: one for each address."""

    id: int
    name: str
    email: str


class Sent(NamedTuple):
    """A patch that somebody sent. `date` is in seconds since 1970."""

    project_id: int
    id: int
    date: int
    state: str


class Vouched(NamedTuple):
    """A patch or cover letter that somebody gave trailers to, in it or in a reply to it."""

    project_id: int
    kind: str
    date: int
    slug: str
    name: str
    tags: frozenset[str]


def person(archive: Archive, number: int) -> PersonRecord:
    """A person by number."""
    query = "SELECT id, name, email FROM person WHERE id = ?"
    return PersonRecord(*archive.sql.execute(query, (number,)).fetchone())


def same_name(archive: Archive, who: PersonRecord) -> list[tuple[int, str]]:
    """Others of the same name: mostly the same person at another address."""
    if not who.name:
        return []
    rows = archive.sql.execute(
        "SELECT id, name FROM person w WHERE name = ? AND id <> ? AND ("
        "EXISTS (SELECT 1 FROM patch WHERE submitter_id = w.id) OR "
        "EXISTS (SELECT 1 FROM cover WHERE submitter_id = w.id) OR "
        "EXISTS (SELECT 1 FROM comment INDEXED BY comment_person WHERE submitter_id = w.id)) "
        "ORDER BY id",
        (who.name, who.id),
    )
    return rows.fetchall()


def sent(archive: Archive, number: int) -> list[Sent]:
    """The patches that a person sent, newest first."""
    rows = archive.sql.execute(
        "SELECT project_id, id, date, state FROM patch WHERE submitter_id = ? "
        "ORDER BY date DESC, id DESC",
        (number,),
    )
    return [Sent(*row) for row in rows]


def answered(archive: Archive, number: int) -> list[tuple[int, int]]:
    """(project, date) of the comments that a person wrote."""
    found: list[tuple[int, int]] = []
    for kind in ("patch", "cover"):
        rows = archive.sql.execute(
            f"SELECT m.project_id, c.date FROM comment c INDEXED BY comment_person "
            f"JOIN {kind} m ON m.id = c.parent_id WHERE c.submitter_id = ? AND c.parent_kind = ?",
            (number, kind),
        )
        found += rows.fetchall()
    return found


def vouched(archive: Archive, email: str) -> list[Vouched]:
    """What somebody with this address gave trailers to, newest first."""
    if not email:
        return []
    found: dict[tuple[str, int], tuple[tuple[int, str, int, str, str], set[str]]] = {}
    for kind in ("patch", "cover"):
        rows = archive.sql.execute(
            f"SELECT m.id, m.project_id, m.date, m.slug, m.name, t.tag FROM trailer t "
            f"JOIN {kind} m ON m.id = t.id WHERE t.email = ? AND t.kind = ? UNION "
            f"SELECT m.id, m.project_id, m.date, m.slug, m.name, t.tag FROM trailer t "
            f"JOIN comment c ON c.parent_kind = ? AND c.id = t.id JOIN {kind} m ON m.id = c.parent_id "
            "WHERE t.email = ? AND t.kind = ?",
            (email.lower(), kind, kind, email.lower(), f"{kind}-comment"),
        )
        for number, project, date, slug, name, tag in rows:
            if tag in VOUCHING:
                about = project, kind, date, slug, name
                found.setdefault((kind, number), (about, set()))[1].add(tag)
    ordered = sorted(found.items(), key=lambda kv: (kv[1][0][2], kv[0]), reverse=True)
    return [Vouched(*about, frozenset(tags)) for _, (about, tags) in ordered]


def of_series(archive: Archive, series: int) -> list[tuple[int | None, str, str, int]]:
    """(number, name, role, how often) of everyone in a series; roles are `sent`, `commented`, `reviewed` …

    The number is None for those who are named in trailers only.
    """
    found: list[tuple[int | None, str, str, int]] = []
    named = "coalesce(nullif(w.name, ''), nullif(w.email, ''))"
    for role, join in (
        ("sent", "JOIN person w ON w.id = m.submitter_id"),
        ("commented", "CROSS JOIN comment c INDEXED BY comment_parent ON c.parent_id = m.id "
                      "AND c.parent_kind = '{kind}' JOIN person w ON w.id = c.submitter_id"),
    ):  # fmt: skip
        for kind in ("patch", "cover"):
            rows = archive.sql.execute(
                f"SELECT w.id, {named}, count(*) FROM {kind} m {join.format(kind=kind)} "
                f"WHERE m.series_id = ? GROUP BY w.id HAVING {named} IS NOT NULL",
                (series,),
            )
            found += [(number, name, role, count) for number, name, count in rows]
    for kind in ("patch", "cover"):
        rows = archive.sql.execute(
            f"SELECT t.name, t.tag, count(*) FROM {kind} m CROSS JOIN trailer t ON t.kind = ? AND "
            "t.id = m.id WHERE m.series_id = ? GROUP BY 1, 2 UNION ALL SELECT t.name, t.tag, count(*) "
            f"FROM {kind} m CROSS JOIN comment c INDEXED BY comment_parent ON c.parent_id = m.id AND "
            "c.parent_kind = ? CROSS JOIN trailer t ON t.kind = ? AND t.id = c.id "
            "WHERE m.series_id = ? GROUP BY 1, 2",
            (kind, series, kind, f"{kind}-comment", series),
        )
        found += [(None, name, tag, count) for name, tag, count in rows]
    return _together(found)


def _together(
    found: list[tuple[int | None, str, str, int]],
) -> list[tuple[int | None, str, str, int]]:
    """The same with what one name did in one role counted together, senders first."""
    numbers: dict[str, int | None] = {}
    counts: dict[tuple[str, str], int] = {}
    for number, name, role, count in found:
        numbers[name] = numbers.get(name) if number is None else number
        counts[name, role] = counts.get((name, role), 0) + count
    return [(numbers[name], name, role, count) for (name, role), count in counts.items()]


def comment_numbers(archive: Archive, patch_id: int) -> list[int]:
    """The comments on a patch by number."""
    rows = archive.sql.execute(
        "SELECT id FROM comment INDEXED BY comment_parent WHERE parent_kind = 'patch' "
        "AND parent_id = ? ORDER BY id",
        (patch_id,),
    )
    return [row[0] for row in rows]


def trailers(archive: Archive, kind: str, number: int) -> list[tuple[str, str]]:
    """(tag, name) of the trailers of a mail; kind: patch, cover, patch-comment or cover-comment."""
    rows = archive.sql.execute(
        "SELECT tag, name FROM trailer WHERE kind = ? AND id = ?", (kind, number)
    )
    return rows.fetchall()
