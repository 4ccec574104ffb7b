"""Files named by their content: what can be asked of mails without their words, or changes without them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from generator.archive import changes, index_queries, landed
from generator.archive.change_status import ChangeStatus
from generator.archive.database import Archive
from generator.archive.index_queries import ColumnRow, Part
from generator.archive.landed_index import LandedAs, OutcomeReader
from generator.archive.patch_rows import check_counts, comment_tags
from generator.search import encoding
from generator.search.encoding import Columns
from generator.search.fields import STATUSES
from generator.search.outcomes import fate, pack_outcomes

_NONE = (0, 0, 0)


def content_name(letter: str, content: Any) -> str:
    """A name that follows from a content: its letter says what that is."""
    state = hashlib.blake2b(digest_size=9)
    state.update(repr((encoding.VERSION, content)).encode())
    return letter + state.hexdigest()


class ColumnEncoder:
    """The columns of mails, and what these became, window by window."""

    def __init__(
        self, archive: Archive, values: Mapping[str, Any], window: int, statuses: Mapping[int, int]
    ) -> None:
        """`values`: what numbers stand for; `statuses`: see `change_statuses`."""
        self._archive = archive
        self._statuses = statuses
        self._window = window
        self._checks, self._tags = check_counts(archive), comment_tags(archive)
        self._states = {state: n + 1 for n, state in enumerate(values["states"])}
        self._delegates = {name: n + 1 for n, name in enumerate(values["delegates"])}
        self._outcomes = OutcomeReader(archive)

    def encode(self, part: Part) -> Iterator[tuple[bytes, bytes]]:
        """For each window of a segment: the columns; and what its mails became, empty if nothing."""
        rows = index_queries.column_rows(self._archive, part)
        while window := list(islice(rows, self._window)):
            outcomes = self._became(window)
            states = [0 if row.state is None else self._states[row.state] for row in window]
            delegates = [self._delegates.get(row.delegate or "", 0) for row in window]
            dates, kinds, projects, *_ = map(list, zip(*window, strict=True))
            flags = [self._flags(row, found) for row, found in zip(window, outcomes, strict=True)]
            columns = Columns(dates, projects, kinds, states, delegates, flags)
            yield encoding.dated_columns(columns), pack_outcomes(outcomes)

    def _became(self, window: Sequence[ColumnRow]) -> list[tuple[LandedAs, ...]]:
        """What each mail became: a reply, what the patch did that it answers."""
        found = self._outcomes.of(row.patch for row in window if row.patch is not None)
        return [found.get(-1 if row.patch is None else row.patch, ()) for row in window]

    def _flags(self, row: ColumnRow, outcomes: Sequence[LandedAs]) -> int:
        """Bit 0: archived; 1–2: the worst check (in fields.CHECKS); 3–5: fields.TAGS; then `others`."""
        patch = -1 if row.patch is None else row.patch
        success, warning, fail = self._checks.get(patch, _NONE)
        check = 3 if fail else 2 if warning else 1 if success else 0
        acked, reviewed, tested = self._tags.get(patch, _NONE)
        tags = (
            ((row.acked or acked) and 1)
            | ((row.reviewed or reviewed) and 2)
            | ((row.tested or tested) and 4)
        )
        others = row.has_comments | row.latest << 1 | row.has_checks << 2 | fate(outcomes) << 3
        others |= self._statuses.get(patch, 0) << 5
        return (row.archived and 1) | check << 1 | tags << 3 | others << 6


#: Statuses that have shorter names in queries.
_SHORTER = {ChangeStatus.WAITING: "waiting", ChangeStatus.NEEDS_REVIEW: "needs-review"}


def change_statuses(
    archive: Archive, open_states: Collection[str], stale_days: int
) -> dict[int, int]:
    """By patch of the newest version of a change: the status of the change (its place in STATUSES, from 1).

    The archive alone decides it, not the day of the build.
    """
    numbers = {
        status: STATUSES.index(_SHORTER.get(status, status.value)) + 1 for status in ChangeStatus
    }
    every = changes.changes(
        archive, open_states=open_states, stale_days=stale_days, landed=landed.commits_of_patches(archive)
    )  # fmt: skip
    return {number: numbers[one.verdict.status] for one in every for number in one.patches}


class ContentFiles:
    """Writes files that are named by their content into a folder; `written`: the names of new ones.

    known: the names of an entry file. What none names may be left from a crash of the machine, and is written
    again.
    """

    def __init__(self, folder: Path, temporary: Path, known: Collection[str]) -> None:
        self._folder = folder
        self._temporary = temporary
        self._known = known
        self.written: list[str] = []

    def write(self, letter: str, content: bytes) -> str:
        """Write a file if it isn't there, and return its name; without content there is none."""
        if not content:
            return ""
        name = content_name(letter, content)
        target = self._folder / name
        if name not in self._known or not target.is_file():
            fresh = self._temporary / name
            fresh.write_bytes(encoding.pack(content))
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh.replace(target)
            self.written.append(name)
        return name
