"""Compares the patches that landed with their commits, as far as that wasn't done before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from generator.archive import landed, landed_changes
from generator.archive import mails as archived
from generator.archive.database import Archive
from generator.archive.landed_changes import Change, ChangeRows, Pair
from generator.errors import SourceError
from generator.landed import commits
from generator.landed.comparison import FORM, Refused, Sent
from generator.landed.git import Repository
from generator.model import Patch

#: So many pairs are compared in one transaction, of which the mails' diffs take so many characters.
_BATCH, _BATCH_SIZE = 200, 4 << 20
#: There are several ways to write down one change, and people's tools choose others than ours.
_WAYS = ((), ("--no-indent-heuristic",), ("--histogram",), ("--histogram", "--no-indent-heuristic"))
_MISSING = "objects of the commit are missing"
#: More commits that lack objects, and the others of their batch aren't asked for.
_MOST_FAULTS = 20


@dataclass(slots=True)
class _Comparison:
    """A pair, the patch as sent, and how it differs in the best way that was found."""

    pair: Pair
    sent: Sent
    change: Change | None = None
    rows: ChangeRows = field(default_factory=ChangeRows)

    @property
    def distance(self) -> int:
        """How much of the diff differs."""
        return self.change.lines + self.change.paths if self.change else 1 << 62

    def compare(self, message: str, diff: str) -> None:
        """Compare with a commit, and keep what comes out if less differs than before."""
        try:
            change, rows = self.sent.compare(message, diff)
        except Refused as error:
            change, rows = Change(refused=str(error)), ChangeRows()
        if not self.change or self.change.refused or self._is_better(change):
            self.change, self.rows = change, rows

    def _is_better(self, change: Change) -> bool:
        return not change.refused and change.lines + change.paths < self.distance


def update(
    archive: Archive,
    project: int,
    repository: Repository,
    stage: Callable[[int], None],
    advance: Callable[[int], None],
) -> int:
    """Compare the patches of a project that need it; how many were.

    `stage` hears how many there are, `advance` of each portion.
    """
    todo = landed_changes.to_compare(archive, project, FORM, landed.set_here(archive))
    stage(len(todo))
    for part in _batches(archive, todo):
        with archive.transaction():
            for pair, change, rows in _compared(repository, part):
                landed_changes.put(archive, pair, FORM, change, rows)
        advance(len(part))
    return len(todo)


def _batches(archive: Archive, todo: Sequence[Pair]) -> Iterator[list[tuple[Pair, Patch]]]:
    part: list[tuple[Pair, Patch]] = []
    size = 0
    for pair in todo:
        patch = archived.patch(archive, pair.patch)
        part.append((pair, patch))
        size += len(patch.diff) if isinstance(patch.diff, str) else 0
        if len(part) == _BATCH or size > _BATCH_SIZE:
            yield part
            part, size = [], 0
    if part:
        yield part


def _compared(
    repository: Repository, part: Sequence[tuple[Pair, Patch]]
) -> Iterator[tuple[Pair, Change, ChangeRows]]:
    comparisons: list[_Comparison] = []
    for pair, patch in part:
        try:
            comparisons.append(_Comparison(pair, Sent(patch)))
        except Refused as error:
            yield pair, Change(refused=str(error)), ChangeRows()
    for way in _WAYS:
        _compare(repository, [one for one in comparisons if one.distance], way)
    for one in comparisons:
        yield one.pair, one.change or Change(refused=_MISSING), one.rows


def _compare(
    repository: Repository, comparisons: Sequence[_Comparison], way: Sequence[str]
) -> None:
    """Compare patches with their commits, whose diffs git makes in one of several ways."""
    by_options: dict[tuple[str, ...], list[_Comparison]] = {}
    for one in comparisons:
        by_options.setdefault(one.sent.options, []).append(one)
    for options, group in sorted(by_options.items()):
        by_name: dict[str, list[_Comparison]] = {}
        for one in group:
            by_name.setdefault(one.pair.sha, []).append(one)
        for sha, message, diff in _texts(repository, list(by_name), (*options, *way)):
            for one in by_name[sha]:
                one.compare(message, diff)


def _texts(
    repository: Repository, shas: Sequence[str], options: Sequence[str]
) -> Iterator[tuple[str, str, str]]:
    """(name, message, diff) of commits; those that are very large, or lack objects, are left out."""
    command = commits.command_of(("%H", "%B"), *options, "-l400")
    at = faults = 0
    while at < len(shas) and faults <= _MOST_FAULTS:
        begun, waiting = at, None
        try:
            with repository.stream(*command, given=shas[at:]) as output:
                for record, is_whole in commits.records(output):
                    if waiting:
                        yield waiting
                    fields, diff = commits.fields_of(record)
                    at += len(fields) == 2
                    is_whole &= len(fields) == 2
                    waiting = (fields[0], fields[1], _text(diff)) if is_whole else None
            if waiting:
                yield waiting
            return
        except SourceError:
            # git ends in the diff that it printed last, or before the header of the next commit.
            faults += 1
            at += at == begun


def _text(diff: bytes) -> str:
    """A diff as text; lines that aren't UTF-8 are taken for Latin-1, as mail programs do."""
    try:
        return diff.decode()
    except UnicodeDecodeError:
        return "\n".join(map(_line, diff.split(b"\n")))


def _line(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")
