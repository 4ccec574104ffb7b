"""Diffs as mailers and people damage them: no line is lost, and a fault costs no hunk but its own."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from generator.diff.parse import FileDiff, Hunk, parse
from tests.wild.repositories import Repository

_Lines = list[str]


def all_lines(files: list[FileDiff]) -> _Lines:
    found: _Lines = []
    for file in files:
        found += file.header
        for hunk in file.hunks:
            found += [*hunk.before, hunk.header, *hunk.text_lines()]
        found += file.plain
    return found


def hunks_of(files: list[FileDiff]) -> Iterator[tuple[str, Hunk]]:
    return ((file.path, hunk) for file in files for hunk in file.hunks)


def too_many(hunk: _Lines, chance: random.Random) -> _Lines:
    """The header announces more lines than there are."""
    return [_with_counts(hunk[0], 3), *hunk[1:]]


def too_few(hunk: _Lines, chance: random.Random) -> _Lines:
    """The header announces fewer lines than there are."""
    return [_with_counts(hunk[0], -2), *hunk[1:]]


def _with_counts(header: str, more: int) -> str:
    start, old, new, *rest = header.split(" ")
    sides = []
    for side in (old, new):
        at, _, size = side.partition(",")
        sides.append(f"{at},{max(1, int(size or 1) + more)}")
    return " ".join([start, *sides, *rest])


def last_line_lost(hunk: _Lines, chance: random.Random) -> _Lines:
    """A mailer stripped the empty line at the end."""
    return hunk[:-1]


def blanks_stripped(hunk: _Lines, chance: random.Random) -> _Lines:
    """Blanks at the ends of lines are gone, so that empty lines of context have no sign."""
    return [line.rstrip() or "" for line in hunk]


def indent_stripped(hunk: _Lines, chance: random.Random) -> _Lines:
    """Lines of context have lost their blank."""
    return [hunk[0], *(line[1:] if line.startswith(" ") else line for line in hunk[1:])]


def wrapped(hunk: _Lines, chance: random.Random) -> _Lines:
    """Long lines are two."""
    found: _Lines = []
    for line in hunk:
        head, blank, tail = line[20:].partition(" ")
        found += [line[:20] + head, tail] if blank and tail and tail[0] not in "+-@ \\#" else [line]
    return found


def header_broken(hunk: _Lines, chance: random.Random) -> _Lines:
    """The numbers can't be read."""
    return [hunk[0].replace(",", ";").replace("+", "+x"), *hunk[1:]]


def line_inserted(hunk: _Lines, chance: random.Random) -> _Lines:
    """Somebody wrote a remark into the diff."""
    at = chance.randrange(1, len(hunk) + 1)
    return [*hunk[:at], "Why is this here?", *hunk[at:]]


def line_deleted(hunk: _Lines, chance: random.Random) -> _Lines:
    """A line is missing."""
    at = chance.randrange(1, len(hunk))
    return [*hunk[:at], *hunk[at + 1 :]]


def line_doubled(hunk: _Lines, chance: random.Random) -> _Lines:
    """A line is there twice."""
    at = chance.randrange(1, len(hunk))
    return [*hunk[:at], hunk[at], *hunk[at:]]


def carriage_returns(hunk: _Lines, chance: random.Random) -> _Lines:
    """Some lines end in CR and LF."""
    return [line + chance.choice(["", "\r"]) for line in hunk]


DAMAGES = [
    too_many, too_few, last_line_lost, blanks_stripped, indent_stripped, wrapped, header_broken, line_inserted,
    line_deleted, line_doubled, carriage_returns,
]  # fmt: skip
_Damage = Callable[[_Lines, random.Random], _Lines]


@pytest.fixture(scope="module")
def diffs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    repository = Repository(tmp_path_factory.mktemp("repository"), 77)
    found = []
    for _ in range(24):
        repository.change()
        found.append(repository.diff())
    return found


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_fault_costs_no_other_hunk(diffs: list[str], damage: _Damage) -> None:
    chance = random.Random(5)
    tried = 0
    for diff in diffs:
        files = parse(diff)
        hunks = [(file, hunk) for file in files for hunk in file.hunks]
        if not hunks:
            continue
        tried += 1
        damaged_file, damaged = chance.choice(hunks)
        lines: _Lines = []
        for file in files:
            lines += file.header
            for hunk in file.hunks:
                own = [hunk.header, *hunk.text_lines()]
                lines += damage(own, chance) if hunk is damaged else own
            lines += file.plain
        found = parse("\n".join(lines) + "\n")
        assert [line or " " for line in all_lines(found)] == [line or " " for line in lines]
        others = [(file.path, hunk.text_lines()) for file, hunk in hunks if hunk is not damaged]
        tables = [(path, hunk.text_lines()) for path, hunk in hunks_of(found) if not hunk.fault]
        missing = [other for other in others if other not in tables]
        assert missing == []
        assert [file.path for file in found] == [file.path for file in files]
        assert damaged_file.path in {path for path, _ in hunks_of(found)}
    assert tried > 18


def test_a_diff_that_is_cut_off_keeps_what_is_above(diffs: list[str]) -> None:
    chance = random.Random(6)
    for diff in diffs:
        end = chance.randrange(len(diff))
        lines = diff[:end].split("\n")
        found = parse(diff[:end])
        lines = lines[:-1] if not lines[-1] else lines
        assert [line or " " for line in all_lines(found)] == [line or " " for line in lines]
        whole = [(path, hunk.text_lines()) for path, hunk in hunks_of(parse(diff))]
        kept = [(path, hunk.text_lines()) for path, hunk in hunks_of(found)]
        assert kept[:-1] == whole[: max(0, len(kept) - 1)]


def test_a_diff_whose_lines_all_end_in_cr_and_lf_is_read(diffs: list[str]) -> None:
    for diff in diffs:
        files, found = parse(diff), parse(diff.replace("\n", "\r\n"))
        counts = [(file.path, file.added, file.removed) for file in files]
        assert [(file.path, file.added, file.removed) for file in found] == counts
        assert [hunk.fault for _, hunk in hunks_of(found) if hunk.fault] == []
