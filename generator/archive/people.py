"""What people did: patches they sent, mails they gave trailers to, comments they wrote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from generator.archive.database import Archive

#: Trailers that count as having looked at somebody's patch.
_LOOKED = ("reviewed", "acked", "tested")


class PersonRecord(NamedTuple):
    """A submitter: Patchwork has one for each address."""

    id: int
    name: str
    email: str


class SentPatch(NamedTuple):
    """A patch that somebody sent. `date` is in seconds since 1970."""

    project_id: int
    id: int
    date: int
    state: str


class ReviewedMail(NamedTuple):
    """A patch or cover letter (`kind`) with somebody's trailers, in it or in a reply to it."""

    project_id: int
    kind: str
    date: int
    slug: str
    name: str
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class PersonBundle:
    """All that a person's page shows. Patches and mails are newest first.

    namesakes: (number, name) of others with the same name. comments: (project, date) of each.
    """

    person: PersonRecord
    namesakes: list[tuple[int, str]]
    sent: list[SentPatch]
    reviewed: list[ReviewedMail]
    comments: list[tuple[int, int]]


class Contribution(NamedTuple):
    """What somebody did for a series, and how many times. role is `sent`, `commented`, `reviewed` …

    person_id is None for those who are named in trailers only.
    """

    person_id: int | None
    name: str
    role: str
    times: int


@dataclass(frozen=True, slots=True)
class PatchTrailers:
    """(tag, name) of the trailers in a patch and in the comments on it, in their order."""

    own: list[tuple[str, str]] = field(default_factory=list)
    given: list[tuple[str, str]] = field(default_factory=list)


def person_bundle(archive: Archive, number: int) -> PersonBundle:
    """A person by number, with all they did."""
    query = "SELECT id, name, email FROM person WHERE id = ?"
    person = PersonRecord(*archive.sql.execute(query, (number,)).fetchone())
    return PersonBundle(
        person,
        _namesakes(archive, person),
        _sent(archive, number),
        _reviewed(archive, person.email),
        _comments(archive, number),
    )


def names(archive: Archive, first: int, last: int) -> list[tuple[int, str]]:
    """(number, name or else address) of the people numbered `first` to `last`."""
    rows = archive.sql.execute(
        "SELECT id, coalesce(nullif(name, ''), email) FROM person WHERE id BETWEEN ? AND ? ORDER BY id",
        (first, last),
    )
    return rows.fetchall()


def _namesakes(archive: Archive, person: PersonRecord) -> list[tuple[int, str]]:
    """Others of the same name: mostly the same person at another address."""
    if not person.name:
        return []
    rows = archive.sql.execute(
        "SELECT id, name FROM person w WHERE name = ? AND id <> ? AND ("
        "EXISTS (SELECT 1 FROM patch WHERE submitter_id = w.id) OR "
        "EXISTS (SELECT 1 FROM cover WHERE submitter_id = w.id) OR "
        "EXISTS (SELECT 1 FROM comment INDEXED BY comment_person WHERE submitter_id = w.id)) "
        "ORDER BY id",
        (person.name, person.id),
    )
    return rows.fetchall()


def _sent(archive: Archive, number: int) -> list[SentPatch]:
    rows = archive.sql.execute(
        "SELECT project_id, id, date, state FROM patch WHERE submitter_id = ? "
        "ORDER BY date DESC, id DESC",
        (number,),
    )
    return [SentPatch(*row) for row in rows]


def _comments(archive: Archive, number: int) -> list[tuple[int, int]]:
    written: list[tuple[int, int]] = []
    for kind in ("patch", "cover"):
        rows = archive.sql.execute(
            f"SELECT m.project_id, c.date FROM comment c INDEXED BY comment_person "
            f"JOIN {kind} m ON m.id = c.parent_id WHERE c.submitter_id = ? AND c.parent_kind = ?",
            (number, kind),
        )
        written += rows.fetchall()
    return written


def _reviewed(archive: Archive, email: str) -> list[ReviewedMail]:
    if not email:
        return []
    mails: dict[tuple[str, int], tuple[int, str, int, str, str]] = {}
    tags: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
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
            if tag in _LOOKED:
                mails[kind, number] = project, kind, date, slug, name
                tags[kind, number].add(tag)
    ordered = sorted(mails, key=lambda key: (mails[key][2], key), reverse=True)
    return [ReviewedMail(*mails[key], frozenset(tags[key])) for key in ordered]


def contributions(archive: Archive, series: int) -> list[Contribution]:
    """What everyone did in a series; what a name did in a role is counted together. Senders come first."""
    person_ids: dict[str, int | None] = {}
    counts: dict[tuple[str, str], int] = {}
    for number, name, role, count in (*_mails_of(archive, series), *_trailers_of(archive, series)):
        person_ids[name] = person_ids.get(name) if number is None else number
        counts[name, role] = counts.get((name, role), 0) + count
    return [
        Contribution(person_ids[name], name, role, count) for (name, role), count in counts.items()
    ]


def _mails_of(archive: Archive, series: int) -> list[Contribution]:
    """Who sent mails of a series and who commented on them."""
    rows: list[Contribution] = []
    named = "coalesce(nullif(w.name, ''), nullif(w.email, ''))"
    for role, join in (
        ("sent", "JOIN person w ON w.id = m.submitter_id"),
        ("commented", "CROSS JOIN comment c INDEXED BY comment_parent ON c.parent_id = m.id "
                      "AND c.parent_kind = '{kind}' JOIN person w ON w.id = c.submitter_id"),
    ):  # fmt: skip
        for kind in ("patch", "cover"):
            query = (
                f"SELECT w.id, {named}, '{role}', count(*) FROM {kind} m {join.format(kind=kind)} "
                f"WHERE m.series_id = ? GROUP BY w.id HAVING {named} IS NOT NULL"
            )
            rows += [Contribution(*row) for row in archive.sql.execute(query, (series,))]
    return rows


def _trailers_of(archive: Archive, series: int) -> list[Contribution]:
    """Who is named in trailers of a series' mails and of the comments on them."""
    rows: list[Contribution] = []
    for kind in ("patch", "cover"):
        query = (
            f"SELECT NULL, t.name, t.tag, count(*) FROM {kind} m CROSS JOIN trailer t ON t.kind = ? AND "
            "t.id = m.id WHERE m.series_id = ? GROUP BY 2, 3 UNION ALL "
            f"SELECT NULL, t.name, t.tag, count(*) "
            f"FROM {kind} m CROSS JOIN comment c INDEXED BY comment_parent ON c.parent_id = m.id AND "
            "c.parent_kind = ? CROSS JOIN trailer t ON t.kind = ? AND t.id = c.id "
            "WHERE m.series_id = ? GROUP BY 2, 3"
        )
        keys = (kind, series, kind, f"{kind}-comment", series)
        rows += [Contribution(*row) for row in archive.sql.execute(query, keys)]
    return rows


def patch_trailers(archive: Archive, ids: Sequence[int]) -> dict[int, PatchTrailers]:
    """The trailers of some patches and of the comments on them, by patch."""
    trailers = {number: PatchTrailers() for number in ids}
    for at in range(0, len(ids), 500):
        part = ids[at : at + 500]
        marks = ",".join("?" * len(part))
        own = archive.sql.execute(
            f"SELECT id, tag, name FROM trailer WHERE kind = 'patch' AND id IN ({marks}) "
            "ORDER BY id, tag, name, email",
            part,
        )
        for number, tag, name in own:
            trailers[number].own.append((tag, name))
        given = archive.sql.execute(
            "SELECT c.parent_id, t.tag, t.name FROM comment c INDEXED BY comment_parent "
            "CROSS JOIN trailer t ON t.kind = 'patch-comment' AND t.id = c.id "
            f"WHERE c.parent_kind = 'patch' AND c.parent_id IN ({marks}) "
            "ORDER BY c.id, t.tag, t.name, t.email",
            part,
        )
        for number, tag, name in given:
            trailers[number].given.append((tag, name))
    return trailers
