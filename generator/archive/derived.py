"""Tables derived from mails: facets, paths, diff pages, mentions, trailers, marks, ties, dependencies."""

from __future__ import annotations

import sqlite3

from generator.archive import wrong_clocks
from generator.archive.columns import facets_of, paths_of
from generator.archive.database import Archive
from generator.diff.layout import page_counts
from generator.mail import body, depends_on, headers, series_versions, subject
from generator.mail.encoded_words import decoded
from generator.model import Comment, Cover, Event, Mail, Patch, Project, Series

#: The version of these tables' content. An archive with another one has them rebuilt.
FORMAT = 8
#: Those that hold rows by kind and number of a mail.
_TABLES = (
    "mention",
    "trailer",
    "series_tie",
    "mail_without_series",
    "depends_on",
    "comment_mark",
    "patch_commit",
)
#: Those that hold rows by number of a patch.
_OF_PATCHES = ("facet", "changed_path", "diff_page")
#: Mails of a thread that a mail is tied to, nearest first; the rest of a long one adds nothing.
_MAX_ANSWERS = 20


def begin(sql: sqlite3.Connection) -> None:
    """Note that the tables of an archive without mails are of this version: nothing is to be rebuilt."""
    if sql.execute("SELECT derived FROM meta").fetchone()[0] != FORMAT:
        none = " AND ".join(
            f"NOT EXISTS (SELECT 1 FROM {t})" for t in ("patch", "cover", "comment")
        )
        sql.execute(f"UPDATE meta SET derived = ? WHERE {none}", (FORMAT,))


def put(sql: sqlite3.Connection, kind: str, item: Mail) -> None:
    """Add the rows of a new mail. kind: patch, cover, patch-comment or cover-comment."""
    content = item.content if isinstance(item.content, str) else ""
    named = body.mentions(content)
    if isinstance(item, Patch):
        related = item.related if isinstance(item.related, list) else []
        named |= {headers.bare_msgid(stub.msgid) for stub in related if stub.msgid}
        _put_places(sql, item)
    wrong_clocks.note(sql, kind, item)
    named.discard(headers.bare_msgid(item.msgid))
    if named:
        mentions = [(kind, item.id, msgid) for msgid in sorted(named)]
        sql.executemany("INSERT INTO mention VALUES (?, ?, ?)", mentions)
    _put_trailers(sql, kind, item)
    _put_marks(sql, kind, item)
    if isinstance(item, Patch | Cover) and (ties := _ties(item, content)):
        tied = [(kind, item.id, *tie) for tie in sorted(ties)]
        sql.executemany("INSERT INTO series_tie VALUES (?, ?, ?, ?)", tied)
    if isinstance(item, Patch | Cover):
        _put_dependencies(sql, kind, item.id, depends_on.depends_on(content))
    if isinstance(item, Patch | Cover) and not item.series:
        answers = " ".join(headers.answered(item.headers)[:_MAX_ANSWERS])
        sql.execute("INSERT INTO mail_without_series VALUES (?, ?, ?)", (kind, item.id, answers))


def put_series(sql: sqlite3.Connection, item: Series) -> None:
    """Set what the server says that a series depends on."""
    sql.execute("DELETE FROM depends_on WHERE kind = 'series' AND id = ?", (item.id,))
    given = item.dependencies if isinstance(item.dependencies, list) else []
    _put_dependencies(sql, "series", item.id, depends_on.from_urls(given))


def _put_dependencies(
    sql: sqlite3.Connection, kind: str, number: int, found: list[depends_on.Dependency]
) -> None:
    if found:
        rows = [(kind, number, *dependency) for dependency in found]
        sql.executemany("INSERT OR IGNORE INTO depends_on VALUES (?, ?, ?, ?, ?, ?)", rows)


def _put_places(sql: sqlite3.Connection, item: Patch) -> None:
    """Note the files that a patch changes, by what lists have it, and the pages of a large diff."""
    paths = paths_of(item)
    sql.executemany(
        "INSERT INTO changed_path VALUES (?, ?)", [(item.id, path) for path in sorted(paths)]
    )
    facets = [(item.id, *facet) for facet in sorted(facets_of(item, paths))]
    sql.executemany("INSERT INTO facet VALUES (?, ?, ?)", facets)
    counts = page_counts(item.diff) if isinstance(item.diff, str) else []
    pages = [(item.id, file, count) for file, count in enumerate(counts, 1)]
    sql.executemany("INSERT INTO diff_page VALUES (?, ?, ?)", pages)


def _clear_places(sql: sqlite3.Connection, number: int) -> None:
    for name in _OF_PATCHES:
        sql.execute(f"DELETE FROM {name} WHERE patch_id = ?", (number,))


def _put_trailers(sql: sqlite3.Connection, kind: str, item: Mail) -> None:
    content = item.content if isinstance(item.content, str) else ""
    given = [t for t in body.trailers(content) if t.tag != "signed-off"]
    if trailers := {(t.tag, t.name, t.email.lower()) for t in given}:
        rows = [(kind, item.id, *trailer) for trailer in sorted(trailers)]
        sql.executemany("INSERT INTO trailer VALUES (?, ?, ?, ?, ?)", rows)


def _put_marks(sql: sqlite3.Connection, kind: str, item: Mail) -> None:
    """Note what the server says of a comment, and the commit that it names for a patch."""
    if isinstance(item, Comment) and isinstance(item.addressed, bool):
        row = kind, item.id, item.addressed
        sql.execute("INSERT INTO comment_mark VALUES (?, ?, ?)", row)
    elif isinstance(item, Patch) and item.commit_ref:
        sql.execute("INSERT INTO patch_commit VALUES (?, ?, ?)", (kind, item.id, item.commit_ref))


def _ties(item: Patch | Cover, content: str) -> set[tuple[str, str]]:
    """(how, value): what ties the series of a patch or cover letter to earlier ones; see the schema."""
    ties: set[tuple[str, str]] = set()
    if isinstance(item, Patch) and isinstance(item.related, list):
        ties |= {("related", str(stub.id)) for stub in item.related}
    parsed = subject.parse(decoded(item.name or ""))
    if isinstance(item, Cover) or (parsed.number or 0) <= 1:
        ties |= {("answers", msgid) for msgid in headers.answered(item.headers)[:_MAX_ANSWERS]}
        ties |= {("change-id", key) for key in series_versions.change_ids(content)}
    elif (parsed.version or 1, parsed.minor) > (1, 0) or parsed.is_resent or parsed.fraction:
        # Part of a new version may be sent in answer to the part of the old one that it replaces, and an
        # afterthought in answer to what it stands behind.
        ties |= {("answers", msgid) for msgid in headers.answered(item.headers)[:1]}
    return ties


def put_again(sql: sqlite3.Connection, kind: str, item: Mail) -> None:
    """Replace what is told of people, files and dependencies in a mail of which something is left out.

    Which mails are of one series, and by what clock, follows from the mail as it came, and stays.
    """
    sql.execute("DELETE FROM trailer WHERE kind = ? AND id = ?", (kind, item.id))
    _put_trailers(sql, kind, item)
    if isinstance(item, Patch):
        _clear_places(sql, item.id)
        _put_places(sql, item)
    if isinstance(item, Patch | Cover):
        content = item.content if isinstance(item.content, str) else ""
        sql.execute("DELETE FROM depends_on WHERE kind = ? AND id = ?", (kind, item.id))
        _put_dependencies(sql, kind, item.id, depends_on.depends_on(content))


def clear(sql: sqlite3.Connection, kind: str, number: int, *, is_deleted: bool = False) -> None:
    """Delete the rows of a mail that is deleted, or about to be stored again."""
    wrong_clocks.forget(sql, kind, number, is_deleted=is_deleted)
    for name in _TABLES:
        sql.execute(f"DELETE FROM {name} WHERE kind = ? AND id = ?", (kind, number))
    if kind == "patch":
        _clear_places(sql, number)


def refresh(archive: Archive) -> None:
    """Rebuild the tables from all mails, unless this version of Stillwork filled them."""
    sql = archive.sql
    if sql.execute("SELECT derived FROM meta").fetchone()[0] == FORMAT:
        return
    with archive.transaction():
        for name in (*_TABLES, *_OF_PATCHES):
            sql.execute(f"DELETE FROM {name}")
        mails: tuple[tuple[str, str, type[Mail]], ...] = (
            ("patch", "SELECT raw FROM patch", Patch),
            ("cover", "SELECT raw FROM cover", Cover),
            ("patch-comment", "SELECT raw FROM comment WHERE parent_kind = 'patch'", Comment),
            ("cover-comment", "SELECT raw FROM comment WHERE parent_kind = 'cover'", Comment),
        )
        for kind, query, cls in mails:
            for (raw,) in sql.execute(query):
                put(sql, kind, archive.decode(cls, raw))
        for (raw,) in sql.execute("SELECT raw FROM series"):
            put_series(sql, archive.decode(Series, raw))
        _decode_names(sql)
        _set_projects_of_events(archive)
        sql.execute("UPDATE meta SET derived = ?", (FORMAT,))


def _set_projects_of_events(archive: Archive) -> None:
    """Note the projects of events that an earlier version of Stillwork stored without."""
    rows = archive.sql.execute("SELECT id, raw FROM event WHERE project_id IS NULL").fetchall()
    for number, raw in rows:
        project = archive.decode(Event, raw).project
        if isinstance(project, Project):
            query = "UPDATE event SET project_id = ? WHERE id = ?"
            archive.sql.execute(query, (project.id, number))


def _decode_names(sql: sqlite3.Connection) -> None:
    """Decode names that an earlier version of Stillwork stored as they were encoded in the mail."""
    for kind in ("person", "patch", "cover", "series"):
        rows = sql.execute(f"SELECT id, name FROM {kind} WHERE name LIKE '%=?%?=%'").fetchall()
        for number, encoded in rows:
            name = decoded(encoded)
            sql.execute(f"UPDATE {kind} SET name = ? WHERE id = ?", (name, number))
            if kind == "series":
                topic = subject.topic(name)
                sql.execute("UPDATE series SET topic = ? WHERE id = ?", (topic, number))
            elif kind == "patch":
                place = subject.parse(name).number
                sql.execute("UPDATE patch SET number = ? WHERE id = ?", (place, number))
