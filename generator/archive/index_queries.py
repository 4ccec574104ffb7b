"""What the search index needs from the archive: the order of the mails, and the values of their columns.

The index holds patches, cover letters and replies to both. A mail's key is its number and its kind in one
integer. An archive may hold millions of mails, so rows come one at a time.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from typing import NamedTuple, TypeAlias

from generator.archive import projects
from generator.archive.database import Archive

#: The keys of mails, or the numbers of patches, 8 bytes each.
Numbers: TypeAlias = "array[int]"

#: Kinds of mails by their number. Of mails with the same date, the greater kind is the newer one.
KINDS = ("cover", "patch", "cover-comment", "patch-comment")
COVER, PATCH, COVER_REPLY, PATCH_REPLY = range(4)
#: Earlier, and later, than the date of any mail.
EVER = -(2**63), 2**63 - 1


def mail_key(kind: int, number: int) -> int:
    """A mail's kind and number as one integer."""
    return number << 2 | kind


def kind_and_number(key: int) -> tuple[int, int]:
    """The reverse of `mail_key`."""
    return key & 3, key >> 2


class Part(NamedTuple):
    """A part of the archive: patches by their numbers, the other mails by their dates.

    lowest, highest: the numbers of its patches (none where highest is less). after, until: the other mails
    are newer than the one and not newer than the other (seconds since 1970).
    """

    lowest: int
    highest: int
    after: int = EVER[0]
    until: int = EVER[1]


#: All of an archive.
EVERYTHING = Part(0, EVER[1])


def mail_name(key: int) -> str:
    """A mail as messages name it: `patch 12`, `cover-comment 3`."""
    kind, number = kind_and_number(key)
    return f"{KINDS[kind]} {number}"


class IndexedMail(NamedTuple):
    """A mail in the order of the index; `digest` changes with its text and its series."""

    date: int
    key: int
    digest: tuple[int, ...]


class ColumnRow(NamedTuple):
    """A mail's date, kind and project, and what can change about it without its text.

    Of a reply, all but date and kind is of the mail that it answers. The tags are counted in the patch's own
    mail only. `state` is None for cover letters. `patch` is the number of the patch, None for cover letters.
    `latest`: no later version of its series is known.
    """

    date: int
    kind: int
    project: int
    patch: int | None
    state: str | None
    delegate: str | None
    archived: int
    acked: int
    reviewed: int
    tested: int
    has_comments: int
    has_checks: int
    latest: int


class MailRow(NamedTuple):
    """A mail by what results show of it. `parent` is the number of the mail that a reply answers.

    Its page is the parent's: `slug`, `msgid`, `name` and `series_id` are those of the parent, and of other
    mails their own. `trailers`: (tag, name and address) of the people in its trailers.
    """

    kind: int
    id: int
    parent: int
    project_id: int
    slug: str
    msgid: str
    name: str
    date: int
    series_id: int | None
    submitter: str
    trailers: tuple[tuple[str, str], ...]

    @property
    def key(self) -> int:
        """Its key."""
        return mail_key(self.kind, self.id)


def patch_numbers(archive: Archive) -> Numbers:
    """The numbers of all patches, ascending."""
    rows = archive.sql.execute("SELECT id FROM patch ORDER BY id")
    return array("q", (number for (number,) in rows))


def mail_count(archive: Archive) -> int:
    """How many mails the index has."""
    tables = ("patch", "cover", "comment")
    counts = (archive.sql.execute(f"SELECT count(*) FROM {table}").fetchone() for table in tables)
    return sum(count for (count,) in counts)


def middle_date(archive: Archive, lowest: int, highest: int) -> int:
    """The median of the dates of the patches with numbers in a range, which has some."""
    query = (
        "SELECT date FROM patch INDEXED BY patch_plan WHERE id BETWEEN :lowest AND :highest ORDER BY date "
        "LIMIT 1 OFFSET (SELECT count(*) / 2 FROM patch WHERE id BETWEEN :lowest AND :highest)"
    )
    date: int = archive.sql.execute(query, {"lowest": lowest, "highest": highest}).fetchone()[0]
    return date


# The order of mails within a segment: by date, then kind, then number, all descending. The hints name
# indexes that cover the queries: without them SQLite reads the mails themselves.
_PATCHES = (
    "FROM patch p INDEXED BY patch_plan WHERE p.id BETWEEN ? AND ? ORDER BY p.date DESC, p.id DESC"
)
_COVERS = (
    "FROM cover v INDEXED BY cover_plan WHERE v.date > ? AND v.date <= ? "
    "ORDER BY v.date DESC, v.id DESC"
)
_REPLIES = (
    "FROM comment c INDEXED BY comment_plan "
    "LEFT JOIN patch p ON c.parent_kind = 'patch' AND p.id = c.parent_id "
    "LEFT JOIN cover v ON c.parent_kind = 'cover' AND v.id = c.parent_id "
    "WHERE c.date > ? AND c.date <= ? AND coalesce(p.id, v.id) IS NOT NULL "
    "ORDER BY c.date DESC, c.parent_kind DESC, c.id DESC"
)
_REPLY_KEY = f"c.date, c.id << 2 | iif(c.parent_kind = 'patch', {PATCH_REPLY}, {COVER_REPLY})"


def _newest_first(row: tuple[int, ...]) -> tuple[int, int, int]:
    """The order of rows that begin with date and key."""
    date, key, *_ = row
    return -date, -(key & 3), -key


def mails_of(archive: Archive, part: Part) -> Iterator[IndexedMail]:
    """The mails of a part, newest first."""
    sql, numbers, dates = archive.sql, part[:2], part[2:]
    streams: list[Iterable[tuple[int, ...]]] = [
        sql.execute(
            f"SELECT p.date, p.id << 2 | {PATCH}, p.text_digest, coalesce(p.series_id, -1) {_PATCHES}",
            numbers,
        ),
        sql.execute(
            f"SELECT v.date, v.id << 2 | {COVER}, v.digest, coalesce(v.series_id, -1) {_COVERS}",
            dates,
        ),
        sql.execute(
            f"SELECT {_REPLY_KEY}, c.digest, coalesce(p.text_digest, v.digest), "
            f"coalesce(p.series_id, v.series_id, -1) {_REPLIES}",
            dates,
        ),
    ]
    for date, key, *digest in merge(*streams, key=_newest_first):
        yield IndexedMail(date, key, tuple(digest))


_LATEST = "NOT EXISTS (SELECT 1 FROM series_version s WHERE s.previous = {0}.series_id)"
_OF_PATCH = (
    "p.project_id, p.id, p.state, (SELECT username FROM user WHERE user.id = p.delegate_id), "
    "p.archived, p.acked, p.reviewed, p.tested, EXISTS (SELECT 1 FROM comment r INDEXED BY comment_parent "
    "WHERE r.parent_kind = 'patch' AND r.parent_id = p.id), "
    f"EXISTS (SELECT 1 FROM check_result k WHERE k.patch_id = p.id), {_LATEST.format('p')}"
)
_OF_COVER = (
    "v.project_id, NULL, NULL, NULL, 0, 0, 0, 0, EXISTS (SELECT 1 FROM comment r INDEXED BY comment_parent "
    f"WHERE r.parent_kind = 'cover' AND r.parent_id = v.id), 0, {_LATEST.format('v')}"
)


def column_rows(archive: Archive, part: Part) -> Iterator[ColumnRow]:
    """The columns of the same mails, in the same order."""
    sql, numbers, dates = archive.sql, part[:2], part[2:]
    streams = [
        sql.execute(f"SELECT p.date, p.id << 2 | {PATCH}, {_OF_PATCH} {_PATCHES}", numbers),
        sql.execute(f"SELECT v.date, v.id << 2 | {COVER}, {_OF_COVER} {_COVERS}", dates),
        sql.execute(
            f"SELECT {_REPLY_KEY}, {_OF_PATCH}, v.project_id, {_LATEST.format('v')} {_REPLIES}",
            dates,
        ),
    ]
    for date, key, *columns in merge(*streams, key=_newest_first):
        kind = key & 3
        if kind in (COVER_REPLY, PATCH_REPLY):
            *columns, project, latest = columns
            if kind == COVER_REPLY:
                columns = [project, None, None, None, 0, 0, 0, 0, 1, 0, latest]
        yield ColumnRow(date, kind, *columns)


_PERSON = (
    "coalesce(nullif(w.name, ''), w.email, '') FROM {0} {1} "
    "LEFT JOIN person w ON w.id = {1}.submitter_id"
)
_OWN = "SELECT {0}.id, {0}.id, {0}.project_id, {0}.slug, {0}.msgid, {0}.name, {0}.date, {0}.series_id, "
_ROWS = (
    f"{_OWN.format('m')}{_PERSON.format('cover', 'm')} WHERE m.id IN ",
    f"{_OWN.format('m')}{_PERSON.format('patch', 'm')} WHERE m.id IN ",
    *(
        "SELECT c.id, m.id, m.project_id, m.slug, m.msgid, m.name, c.date, m.series_id, "
        f"{_PERSON.format('comment', 'c')} JOIN {kind} m ON m.id = c.parent_id "
        f"WHERE c.parent_kind = '{kind}' AND c.id IN "
        for kind in ("cover", "patch")
    ),
)


def mail_rows(archive: Archive, keys: Sequence[int]) -> list[MailRow]:
    """The rows of some mails, in the order of their keys as given; none for those that aren't archived."""
    rows: dict[int, MailRow] = {}
    by_kind: dict[int, list[int]] = {}
    for key in keys:
        kind, number = kind_and_number(key)
        by_kind.setdefault(kind, []).append(number)
    for kind, numbers in by_kind.items():
        for at in range(0, len(numbers), 500):
            part = numbers[at : at + 500]
            marks = f"({','.join('?' * len(part))})"
            trailers = _trailers(archive, KINDS[kind], part, marks)
            for row in archive.sql.execute(_ROWS[kind] + marks, part):
                columns = (kind, *row, tuple(trailers.get(row[0], ())))
                rows[mail_key(kind, row[0])] = MailRow._make(columns)
    return [rows[key] for key in keys if key in rows]


def _trailers(
    archive: Archive, kind: str, numbers: Sequence[int], marks: str
) -> dict[int, list[tuple[str, str]]]:
    trailers: dict[int, list[tuple[str, str]]] = {}
    query = (
        "SELECT id, tag, name || ' ' || email FROM trailer "
        f"WHERE kind = ? AND id IN {marks} ORDER BY id, tag, name, email"
    )
    for number, tag, who in archive.sql.execute(query, (kind, *numbers)):
        trailers.setdefault(number, []).append((tag, who))
    return trailers


def project_names(archive: Archive) -> list[tuple[int, str, str, str, str, str]]:
    """(number, folder, link name, name, list id, address of the list) of every project, by number."""
    return sorted(
        (one.id, slug, one.link_name, one.name, one.list_id, one.list_email)
        for slug, one in projects.all_projects(archive)
    )
