"""Diffstats count every file's lines, also where a diff is kept as text."""

from __future__ import annotations

from generator.diff import parse
from generator.diff.diffstat import Stat, diffstat, total
from tests.factories import DIFF


def test_each_file_with_its_lines():
    assert diffstat(parse.parse(DIFF)) == [Stat("lib/lock.c", "modified", 2, 1)]


def test_a_diff_that_is_kept_as_text_is_counted_by_its_lines(monkeypatch):
    two = DIFF + DIFF.replace("lock.c", "other.c")
    expected = diffstat(parse.parse(two))
    monkeypatch.setattr(parse, "MAX_LINES", 5)
    assert diffstat(parse.parse(two)) == expected
    assert len(expected) == 2


def test_a_section_that_cannot_be_read_is_counted_by_its_lines():
    broken = DIFF.replace("-10,4 +10,5", "-10,9 +10,9")
    assert [(stat.path, stat.added, stat.removed) for stat in diffstat(parse.parse(broken))] == [
        ("lib/lock.c", 2, 1)
    ]


def test_the_sum_names_each_file_once():
    assert total(diffstat(parse.parse(DIFF)) * 2) == [Stat("lib/lock.c", "modified", 4, 2)]
