"""Paths and counts are those that git itself reads from a diff (`git apply --numstat`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.diff.diffstat import diffstat
from generator.diff.parse import is_binary, parse
from generator.search.documents import _read_diff
from tests.wild.repositories import FORMS, Repository

#: How git is told to strip what a form puts in front of names.
_STRIP = {("--no-prefix",): "-p0"}


def numstat(repository: Repository, diff: str, form: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """(path, added, removed) by git; `-` for binary files."""
    text = repository.git("apply", "--numstat", "-z", _STRIP.get(form, "-p1"), "-", text=diff)
    rows = [entry.split("\t", 2) for entry in text.split("\0") if entry]
    return sorted((path, added, removed) for added, removed, path in rows)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: " ".join(form) or "plain")
@pytest.mark.parametrize("seed", range(3))
def test_counts_and_paths_are_those_of_git(
    tmp_path: Path, form: tuple[str, ...], seed: int
) -> None:
    repository = Repository(tmp_path, seed)
    for _ in range(4):
        repository.change()
        diff = repository.diff(form)
        files = parse(diff)
        expected = numstat(repository, diff, form)
        counted = [
            (file.path, "-", "-")
            if is_binary(file)
            else (file.path, str(file.added), str(file.removed))
            for file in files
        ]
        assert sorted(counted) == expected
        assert [fault for file in files for hunk in file.hunks if (fault := hunk.fault)] == []
        _agree(diff)


def _agree(diff: str) -> None:
    """The page, the diffstat, the index and the folders say the same of a diff."""
    files = parse(diff)
    stats = diffstat(files)
    rows = [line.line_type for file in files for hunk in file.hunks for line in hunk.lines]
    index = _read_diff(diff)
    assert sum(stat.added for stat in stats) == rows.count("+") == len(index.added)
    assert sum(stat.removed for stat in stats) == rows.count("-") == len(index.removed)
    paths = {path for file in files for path in (file.old_path, file.new_path) if path}
    assert paths == set(index.paths)
