"""The objects and mails of a project and a span of time, for bulk files, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from generator.archive import worked_out_series
from generator.archive.comments import COMMENTS_OF
from generator.archive.database import Archive
from generator.archive.overrides import patch_override
from generator.model import Comment, Cover, Patch


@dataclass(frozen=True, slots=True)
class Span:
    """The mails of a project (number) from `start` until before `end` (seconds since 1970)."""

    project: int
    start: int
    end: int


def lines(archive: Archive, span: Span) -> Iterator[tuple[str, bytes]]:
    """(kind in the plural, JSON) of the project, its series, covers and patches, and of what belongs to them.

    The JSON of comments and checks does not name their patch or cover letter, so its number is added.
    """
    for (raw,) in archive.sql.execute("SELECT raw FROM project WHERE id = ?", (span.project,)):
        yield "projects", archive.unpack(raw)
    keys = (span.project, span.start, span.end)
    # By the indexes: each month would read all the years otherwise.
    query = (
        "SELECT raw FROM series WHERE project_id = ? AND coalesce(date, 0) >= ? "
        "AND coalesce(date, 0) < ? AND id < ? ORDER BY id"
    )
    for (raw,) in archive.sql.execute(query, (*keys, worked_out_series.FIRST)):
        yield "series", archive.unpack(raw)
    where = "WHERE project_id = ? AND date >= ? AND date < ?"
    for kind, plural in (("cover", "covers"), ("patch", "patches")):
        for number, raw in archive.sql.execute(
            f"SELECT id, raw FROM {kind} {where} ORDER BY id", keys
        ):
            yield plural, _with_local(archive, number, archive.unpack(raw), kind)
            for (part,) in archive.sql.execute(COMMENTS_OF, (kind, number)):
                yield "comments", _with_parent(archive.unpack(part), f"{kind}_id", number)
            if kind == "patch":
                query = "SELECT raw FROM check_result WHERE patch_id = ? ORDER BY id"
                for (part,) in archive.sql.execute(query, (number,)):
                    yield "checks", _with_parent(archive.unpack(part), "patch_id", number)


def mails(archive: Archive, span: Span) -> Iterator[Patch | Cover | Comment]:
    """Cover letters, patches and the comments on them, each after what it answers; by date."""
    keys = (span.project, span.start, span.end)
    where = "WHERE project_id = ? AND date >= ? AND date < ?"
    rows = archive.sql.execute(
        f"SELECT date, 0, id FROM cover {where} UNION ALL "
        f"SELECT date, 1, id FROM patch {where} ORDER BY 1, 2, 3",
        (*keys, *keys),
    )
    for _, is_patch, number in rows:
        item = archive.get(Patch, number) if is_patch else archive.get(Cover, number)
        if item is None or not isinstance(item.headers, dict):
            continue  # only its list entry is archived, which is no mail
        yield item
        kind = "patch" if is_patch else "cover"
        for (raw,) in archive.sql.execute(COMMENTS_OF, (kind, number)):
            yield archive.decode(Comment, raw)


def _with_local(archive: Archive, number: int, encoded: bytes, kind: str) -> bytes:
    local = patch_override(archive, number) if kind == "patch" else {}
    return msgspec.json.encode({**msgspec.json.decode(encoded), **local}) if local else encoded


def _with_parent(encoded: bytes, key: str, number: int) -> bytes:
    """JSON of an object with its parent's number, unless it names that itself."""
    return (
        encoded
        if f'"{key}":'.encode() in encoded
        else encoded[:-1] + f',"{key}":{number}}}'.encode()
    )
