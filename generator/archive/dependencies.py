"""What pages depend on, as rows of small numbers: a plan goes through them without reading any object.

Most functions yield (number of an object, digest of something that its page shows), ordered by object,
so that the digests can be folded one after the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from generator.archive.database import Archive

#: (object, digest)
Pairs = Iterator[tuple[int, int]]


def people(archive: Archive) -> dict[int, int]:
    """The digest of each person."""
    return dict(archive.sql.execute("SELECT id, digest FROM person"))


def checks(archive: Archive) -> Pairs:
    """By patch: its checks."""
    return archive.sql.execute("SELECT patch_id, digest FROM check_result ORDER BY patch_id, id")


def events(archive: Archive) -> Pairs:
    """By patch: changes of its state and delegate."""
    return archive.sql.execute(
        "SELECT patch_id, digest FROM event WHERE category IN "
        "('patch-state-changed', 'patch-delegated') AND patch_id IS NOT NULL ORDER BY patch_id, id"
    )


def deletions(archive: Archive, kind: str) -> dict[int, int]:
    """The objects of a kind that the server no longer has, and since when (seconds since 1970)."""
    return dict(archive.sql.execute("SELECT id, noticed FROM deletion WHERE kind = ?", (kind,)))


def related(archive: Archive) -> Pairs:
    """By patch: the patches that maintainers related to it."""
    return archive.sql.execute(
        "SELECT k.id, p.digest FROM series_tie k JOIN patch p ON p.id = CAST(k.value AS INTEGER) "
        "WHERE k.kind = 'patch' AND k.how = 'related' ORDER BY k.id, p.id"
    )


def comments(archive: Archive, kind: str) -> Iterator[tuple[int, int, int, int | None, int]]:
    """By patch or cover letter (`kind`): number, digest, submitter of each comment, and when it was deleted.

    The last is in seconds since 1970, 0 where the server still has it.
    """
    return archive.sql.execute(
        "SELECT c.parent_id, c.id, c.digest, c.submitter_id, coalesce(g.noticed, 0) FROM comment c "
        "LEFT JOIN deletion g ON g.kind = c.parent_kind || '-comment' AND g.id = c.id "
        "WHERE c.parent_kind = ? ORDER BY c.parent_id, c.id",
        (kind,),
    )


def mentions(archive: Archive, kind: str) -> Pairs:
    """By patch or cover letter (`kind`): the mails with a page that it, or a comment on it, names."""
    for target in ("patch", "cover"):
        yield from archive.sql.execute(
            f"""SELECT m.id, t.id FROM mention m JOIN {target} t ON t.msgid = m.msgid
            WHERE m.kind = ? UNION ALL
            SELECT c.parent_id, t.id FROM mention m JOIN {target} t ON t.msgid = m.msgid
            JOIN comment c ON c.id = m.id AND c.parent_kind = ? WHERE m.kind = ?
            ORDER BY 1, 2""",
            (kind, kind, f"{kind}-comment"),
        )


def same_hash(archive: Archive) -> Iterator[tuple[str, int, str, int]]:
    """Patches that share their hash with others: (hash, number, name, digest), by hash."""
    return archive.sql.execute(
        "SELECT hash, id, name, digest FROM patch WHERE hash IN (SELECT hash FROM patch "
        "WHERE hash IS NOT NULL GROUP BY hash HAVING count(*) > 1) ORDER BY hash, id"
    )


def twins(archive: Archive, kind: str) -> Iterator[tuple[str, int, str, int]]:
    """Mails that share their message id with others: (message id, number, name, project), by message id."""
    return archive.sql.execute(
        f"SELECT msgid, id, name, project_id FROM {kind} WHERE msgid IN (SELECT msgid FROM {kind} "
        "GROUP BY msgid HAVING count(*) > 1) ORDER BY msgid, id"
    )


def series(archive: Archive) -> Iterator[tuple[int, int, str, int | None, int | None]]:
    """Every series: (number, digest, name, submitter, date by which it is listed)."""
    return archive.sql.execute(
        "SELECT id, digest, name, submitter_id, date FROM series ORDER BY id"
    )


def version_texts(archive: Archive) -> Pairs:
    """By series that has other versions: the texts of its patches."""
    return archive.sql.execute(
        "SELECT p.series_id, p.text_digest FROM series_version l JOIN patch p ON p.series_id = l.series_id "
        "ORDER BY p.series_id, p.id"
    )


def series_members(archive: Archive, kind: str) -> Iterator[tuple[int, int, int | None, str, str]]:
    """The patches or cover letters of every series: (series, number, place in it, name, folder name)."""
    place = "number" if kind == "patch" else "NULL"
    return archive.sql.execute(
        f"SELECT series_id, id, {place}, name, slug FROM {kind} WHERE series_id IS NOT NULL "
        "ORDER BY series_id, id"
    )


def works(archive: Archive) -> list[tuple[int, int, int | None]]:
    """Every series that has other versions: (work, series, the version before it)."""
    rows = archive.sql.execute("SELECT work, series_id, previous FROM series_version ORDER BY 1, 2")
    return rows.fetchall()


def sent(archive: Archive) -> Pairs:
    """By person: everything that they sent."""
    return archive.sql.execute(
        "SELECT submitter_id, digest FROM patch WHERE submitter_id IS NOT NULL UNION ALL "
        "SELECT submitter_id, digest FROM cover WHERE submitter_id IS NOT NULL UNION ALL "
        "SELECT submitter_id, digest FROM comment WHERE submitter_id IS NOT NULL ORDER BY 1, 2"
    )


def senders(archive: Archive, patches: Collection[int]) -> Iterator[tuple[int, int]]:
    """(person, patch) of some patches, by number of the patch."""
    if patches:
        query = "SELECT submitter_id, id FROM patch WHERE submitter_id IS NOT NULL ORDER BY id"
        yield from (row for row in archive.sql.execute(query) if row[1] in patches)


def trailers(archive: Archive) -> Iterator[tuple[str, str, int]]:
    """By address: the tag of each trailer with it, and the digest of the patch or cover letter it is for."""
    for kind in ("patch", "cover"):
        yield from archive.sql.execute(
            f"SELECT t.email, t.tag, m.digest FROM trailer t JOIN {kind} m ON m.id = t.id "
            f"WHERE t.kind = '{kind}' UNION ALL SELECT t.email, t.tag, m.digest FROM trailer t "
            f"JOIN comment c ON c.parent_kind = '{kind}' AND c.id = t.id "
            f"JOIN {kind} m ON m.id = c.parent_id WHERE t.kind = '{kind}-comment' ORDER BY 1, 3, 2"
        )


def addresses(archive: Archive) -> Iterator[tuple[int, str]]:
    """Every person's number and address, in lower case."""
    return archive.sql.execute("SELECT id, lower(email) FROM person")
