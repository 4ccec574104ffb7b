"""What the maintainers changed: patches compared with the commits that they landed as.

The commits are at hand only while a repository is read, so what pages show of a comparison is stored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec
import zstandard

from generator.archive.database import Archive
from generator.diff.range_diff import Row

_PART = 500
#: No comparison is larger, packed and unpacked.
_LARGEST = 4 << 20


class Change(msgspec.Struct, frozen=True):
    """What differs between a patch as sent and the commit that it landed as.

    lines: changed lines (`+`, `-`) that differ; is_blank: only white space of them does. paths: names and
    modes of files that differ. context: whether unchanged lines around the same change do.
    message: whether the title or the text above the trailers differs. added, removed: trailers that only the
    commit has, or only the mail. refused: why it was not compared, else empty. stamp: of what the page shows,
    empty where there is nothing to show.
    """

    lines: int = 0
    is_blank: bool = False
    paths: int = 0
    context: bool = False
    message: bool = False
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    refused: str = ""
    stamp: str = ""

    @property
    def is_shown(self) -> bool:
        """Whether a page shows the comparison."""
        return bool(self.stamp)


class ChangeRows(msgspec.Struct, frozen=True):
    """The comparison itself: the rows of the message and of the diff, in the sense of a range diff."""

    message: list[Row] = []
    diff: list[Row] = []

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return sum(len(row.text) + 40 for row in (*self.message, *self.diff))


@dataclass(frozen=True, slots=True)
class Pair:
    """A patch and the commit (its number here, and its name) that it landed as."""

    patch: int
    commit: int
    sha: str


def to_compare(
    archive: Archive, project: int, form: int, set_here: dict[int, int | None]
) -> list[Pair]:
    """The patches of a project that are to be compared with their commits, by number.

    They landed as another commit than before, their text changed, or they were compared in another `form`.
    set_here: what counts over links (see landed.set_here).
    """
    links = (
        "SELECT l.patch_id, l.commit_id FROM landed_link l JOIN git_commit c ON c.id = l.commit_id "
        "WHERE c.project_id = ? AND l.role = 'landed' "
        "ORDER BY l.patch_id, c.place DESC, c.committed DESC, c.sha DESC"
    )
    wanted: dict[int, int | None] = dict(archive.sql.execute(links, (project,)).fetchall())
    wanted |= set_here
    known = (
        "SELECT d.patch_id, d.commit_id FROM landed_change d JOIN patch p ON p.id = d.patch_id "
        "WHERE p.project_id = ? AND d.digest = p.text_digest AND d.form = ?"
    )
    done = set(archive.sql.execute(known, (project, form)))
    rest = sorted((patch, commit) for patch, commit in wanted.items() if commit is not None)
    return list(_pairs(archive, project, [pair for pair in rest if pair not in done]))


def _pairs(archive: Archive, project: int, rest: Sequence[tuple[int, int]]) -> Iterator[Pair]:
    query = (
        "SELECT lower(hex(c.sha)) FROM git_commit c JOIN patch p ON p.project_id = c.project_id "
        "WHERE c.id = ? AND p.id = ? AND c.project_id = ?"
    )
    for patch, commit in rest:
        if row := archive.sql.execute(query, (commit, patch, project)).fetchone():
            yield Pair(patch, commit, row[0])


def put(archive: Archive, pair: Pair, form: int, change: Change, rows: ChangeRows) -> None:
    """Store how a patch and its commit differ, in place of what was known of the patch."""
    encoded = _encoded(rows)
    archive.sql.execute(
        "INSERT OR REPLACE INTO landed_change "
        "SELECT id, ?, text_digest, ?, ?, ? FROM patch WHERE id = ?",
        (pair.commit, form, _summary(change, encoded), _packed(encoded), pair.patch),
    )


def keep(archive: Archive, patch: int, digest: int) -> None:
    """Have the comparison of a patch hold for the text of this digest, which is about to replace its own."""
    archive.sql.execute(
        "UPDATE landed_change SET digest = ?1 WHERE patch_id = ?2 "
        "AND digest = (SELECT text_digest FROM patch WHERE id = ?2)",
        (digest, patch),
    )


def forget(archive: Archive, patches: Sequence[int]) -> None:
    """Remove what is known of some patches."""
    rows = [(number,) for number in patches]
    archive.sql.executemany("DELETE FROM landed_change WHERE patch_id = ?", rows)


def changes(archive: Archive, patches: Sequence[int]) -> dict[int, tuple[str, Change]]:
    """By patch that was compared: the name of the commit, and what differs."""
    found: dict[int, tuple[str, Change]] = {}
    for at in range(0, len(patches), _PART):
        part = patches[at : at + _PART]
        query = (
            "SELECT d.patch_id, lower(hex(c.sha)), d.summary FROM landed_change d "
            f"JOIN git_commit c ON c.id = d.commit_id WHERE d.patch_id IN ({','.join('?' * len(part))})"
        )
        for number, sha, summary in archive.sql.execute(query, part):
            found[number] = sha, msgspec.json.decode(summary, type=Change)
    return found


def shown(archive: Archive) -> list[int]:
    """The patches whose comparison a page shows, by number."""
    query = "SELECT patch_id FROM landed_change WHERE shown <> X'' ORDER BY patch_id"
    return [row[0] for row in archive.sql.execute(query)]


def rows_of(archive: Archive, patch: int) -> ChangeRows:
    """The comparison of a patch with its commit; without rows where none is known."""
    query = "SELECT shown FROM landed_change WHERE patch_id = ?"
    row = archive.sql.execute(query, (patch,)).fetchone()
    return _unpacked(row[0]) if row and row[0] else ChangeRows()


def redact(archive: Archive, plain: Callable[[str], str], on_lines: Callable[[str], str]) -> None:
    """Leave out of all comparisons what two functions leave out of a text, and of one whose lines count."""
    query = "SELECT patch_id, summary, shown FROM landed_change"
    for patch, summary, packed in archive.sql.execute(query).fetchall():
        change = msgspec.json.decode(summary, type=Change)
        rows = _unpacked(packed) if packed else ChangeRows()
        shown_rows = ChangeRows(_redacted(rows.message, on_lines), _redacted(rows.diff, on_lines))
        trailers = {
            "added": tuple(map(plain, change.added)),
            "removed": tuple(map(plain, change.removed)),
        }
        encoded = _encoded(shown_rows)
        shown_summary = _summary(msgspec.structs.replace(change, **trailers), encoded)
        if shown_summary != summary:
            archive.sql.execute(
                "UPDATE landed_change SET summary = ?, shown = ? WHERE patch_id = ?",
                (shown_summary, _packed(encoded), patch),
            )


def _redacted(rows: Sequence[Row], redact: Callable[[str], str]) -> list[Row]:
    texts = redact("\n".join(row.text for row in rows)).split("\n")
    return [Row(row.sign, text) for row, text in zip(rows, texts, strict=True)] if rows else []


def _encoded(rows: ChangeRows) -> bytes:
    return msgspec.json.encode(rows) if rows.message or rows.diff else b""


def _summary(change: Change, encoded: bytes) -> str:
    stamp = hashlib.blake2b(encoded, digest_size=8).hexdigest() if encoded else ""
    return msgspec.json.encode(msgspec.structs.replace(change, stamp=stamp)).decode()


def _packed(encoded: bytes) -> bytes:
    return zstandard.compress(encoded, 3) if encoded else b""


def _unpacked(packed: bytes) -> ChangeRows:
    encoded = zstandard.decompress(packed, max_output_size=_LARGEST)
    return msgspec.json.decode(encoded, type=ChangeRows)
