"""What each page depends on, as numbers: they change when the page would. Reads no mail's text."""

from __future__ import annotations

import hashlib
import zlib
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from generator.archive import series_versions
from generator.archive.database import Archive
from generator.archive.patch_rows import check_counts, comment_tags

_MASK = (1 << 64) - 1
_FACTOR, _SUMMAND = 0x9E3779B97F4A7C15, 0x7F4A7C15


def digest(*parts: Any) -> bytes:
    """A digest of anything whose repr says all."""
    return hashlib.blake2b(repr(parts).encode("utf-8", "replace"), digest_size=8).digest()


def mix(state: int, value: int) -> int:
    """Take one more number into a running 64-bit state; the order counts."""
    return ((state ^ (value & _MASK)) * _FACTOR + _SUMMAND) & _MASK


class Signatures:
    """Numbers by patch, cover letter and series: gathered when they are first asked for, and kept."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._sql = archive.sql

    @cached_property
    def persons(self) -> dict[int, int]:
        return dict(self._sql.execute("SELECT id, digest FROM person"))

    @cached_property
    def replies(self) -> dict[str, dict[int, int]]:
        """By kind and number of a mail: its comments, who wrote them, and which the server has no more."""
        return {kind: self._replies(kind) for kind in ("patch", "cover")}

    @cached_property
    def checks(self) -> dict[int, int]:
        return self._sums("SELECT patch_id, digest FROM check_result ORDER BY patch_id, id")

    @cached_property
    def events(self) -> dict[int, int]:
        return self._sums(
            "SELECT patch_id, digest FROM event WHERE category IN "
            "('patch-state-changed', 'patch-delegated') AND patch_id IS NOT NULL ORDER BY patch_id, id"
        )

    @cached_property
    def gone(self) -> dict[str, dict[int, int]]:
        query = "SELECT id, noticed FROM deletion WHERE kind = ?"
        kinds = ("patch", "cover", "series")
        return {kind: dict(self._sql.execute(query, (kind,))) for kind in kinds}

    @cached_property
    def mentions(self) -> dict[str, dict[int, int]]:
        """By kind and number of a mail: which mails that it, or the replies to it, name have a page."""
        return {kind: self._mentions(kind) for kind in ("patch", "cover")}

    @cached_property
    def related(self) -> dict[int, int]:
        return self._sums(
            "SELECT k.id, p.digest FROM series_tie k JOIN patch p ON p.id = CAST(k.value AS INTEGER) "
            "WHERE k.kind = 'patch' AND k.how = 'related' ORDER BY k.id, p.id"
        )

    @cached_property
    def works(self) -> dict[int, tuple[series_versions.SeriesVersion, ...]]:
        """Works with several versions."""
        return series_versions.every_version(self._archive)

    @cached_property
    def group(self) -> dict[int, int]:
        """The work of each series that is one of several versions."""
        return {v.series: work for work, versions in self.works.items() for v in versions}

    @cached_property
    def tags(self) -> dict[int, tuple[int, int, int]]:
        return comment_tags(self._archive)

    @cached_property
    def check_counts(self) -> dict[int, tuple[int, int, int]]:
        return check_counts(self._archive)

    def _sums(self, query: str) -> dict[int, int]:
        """Fold (object, number) rows into one number for each object."""
        sums: defaultdict[int, int] = defaultdict(int)
        for number, value in self._sql.execute(query):
            # As `mix` does: there are too many to call it.
            sums[number] = ((sums[number] ^ (value & _MASK)) * _FACTOR + _SUMMAND) & _MASK
        return sums

    def _replies(self, kind: str) -> dict[int, int]:
        sums: defaultdict[int, int] = defaultdict(int)
        rows = self._sql.execute(
            "SELECT c.parent_id, c.digest, c.submitter_id, coalesce(g.noticed, 0) FROM comment c "
            "LEFT JOIN deletion g ON g.kind = c.parent_kind || '-comment' AND g.id = c.id "
            "WHERE c.parent_kind = ? ORDER BY c.parent_id, c.id",
            (kind,),
        )
        for number, value, writer, noticed in rows:
            sums[number] = mix(mix(sums[number], value + noticed), self.persons.get(writer, 0))
        return sums

    def _mentions(self, kind: str) -> dict[int, int]:
        sums: defaultdict[int, int] = defaultdict(int)
        for target in ("patch", "cover"):
            rows = self._sql.execute(
                f"""SELECT m.id, t.id FROM mention m JOIN {target} t ON t.msgid = m.msgid
                WHERE m.kind = ? UNION ALL
                SELECT c.parent_id, t.id FROM mention m JOIN {target} t ON t.msgid = m.msgid
                JOIN comment c ON c.id = m.id AND c.parent_kind = ? WHERE m.kind = ?
                ORDER BY 1, 2""",
                (kind, kind, f"{kind}-comment"),
            )
            for number, found in rows:
                sums[number] = mix(sums[number], found)
        return sums

    @cached_property
    def same(self) -> dict[int, int]:
        """A number for each group of patches with the same hash, by patch."""
        groups: defaultdict[str, list[tuple[int, str, int]]] = defaultdict(list)
        rows = self._sql.execute(
            "SELECT hash, id, name, digest FROM patch WHERE hash IN (SELECT hash FROM patch "
            "WHERE hash IS NOT NULL GROUP BY hash HAVING count(*) > 1) ORDER BY hash, id"
        )
        for value, number, name, own in rows:
            groups[value].append((number, name, own))
        return {
            number: int.from_bytes(digest(members), "big")
            for members in groups.values()
            for number, *_ in members
        }

    @cached_property
    def series(self) -> dict[int, bytes]:
        """What every page around a series shows of it: names, order, cover letter, versions."""
        states: dict[int, Any] = {}

        def state(number: int) -> Any:
            if number not in states:
                states[number] = hashlib.blake2b(digest_size=8)
            return states[number]

        rows = self._sql.execute("SELECT id, digest, name, submitter_id FROM series ORDER BY id")
        for number, value, name, submitter in rows:
            told = repr((value, name, self.persons.get(submitter)))
            state(number).update(told.encode("utf-8", "replace"))
        of_patches = self._sums(
            "SELECT p.series_id, p.text_digest FROM series_version l "
            "JOIN patch p ON p.series_id = l.series_id ORDER BY p.series_id, p.id"
        )
        for versions in self.works.values():
            texts = [of_patches.get(version.series) for version in versions]
            whole = repr((versions, texts)).encode("utf-8", "replace")
            for version in versions:
                state(version.series).update(whole)
        answered: set[int] = set()
        for table, columns in (("patch", "id, number, name, slug"), ("cover", "id, name, slug")):
            query = (
                f"SELECT series_id, {columns} FROM {table} WHERE series_id IS NOT NULL "
                "ORDER BY series_id, id"
            )
            for number, *values in self._sql.execute(query):
                state(number).update(repr(values).encode("utf-8", "replace"))
                if values[0] in self.replies[table]:
                    answered.add(number)
        for number in answered:
            state(number).update(b"answered")
        return {number: value.digest() for number, value in states.items()}

    def story(self, ids: Iterable[int]) -> int:
        """A number for what happened to some patches: replies, changes of state, other versions."""
        state = 0
        for number in ids:
            state = mix(state, self.replies["patch"].get(number, 0))
            state = mix(state, self.events.get(number, 0))
        for value in self.replies["cover"].values():
            state = mix(state, value)
        works = self._sql.execute(
            "SELECT work, series_id, previous FROM series_version ORDER BY 1, 2"
        )
        return mix(state, int.from_bytes(digest(works.fetchall()), "big"))

    def people(self) -> dict[int, int]:
        """By person who sent, answered or vouched for anything: a number for all of it."""
        sums = self._sums(
            "SELECT submitter_id, digest FROM patch WHERE submitter_id IS NOT NULL UNION ALL "
            "SELECT submitter_id, digest FROM cover WHERE submitter_id IS NOT NULL UNION ALL "
            "SELECT submitter_id, digest FROM comment WHERE submitter_id IS NOT NULL ORDER BY 1, 2"
        )
        given: defaultdict[str, int] = defaultdict(int)
        for kind in ("patch", "cover"):
            rows = self._sql.execute(
                f"SELECT t.email, t.tag, m.digest FROM trailer t JOIN {kind} m ON m.id = t.id "
                f"WHERE t.kind = '{kind}' UNION ALL SELECT t.email, t.tag, m.digest FROM trailer t "
                f"JOIN comment c ON c.parent_kind = '{kind}' AND c.id = t.id "
                f"JOIN {kind} m ON m.id = c.parent_id WHERE t.kind = '{kind}-comment' ORDER BY 1, 3, 2"
            )
            for email, tag, value in rows:
                given[email] = mix(given[email], value ^ zlib.crc32(tag.encode()))
        for number, email in self._sql.execute("SELECT id, lower(email) FROM person"):
            if value := given.get(email, 0) if email else 0:
                sums[number] = mix(sums.get(number, 0), value)
        return sums
