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


def test_files_stand_in_the_order_of_the_diff_and_sums_by_path():
    files = parse.parse(
        "--- b.c\n+++ b.c\n@@ -1,2 +0,0 @@\n-x\n-y\n--- /dev/null\n+++ b/a.c\n@@ -0,0 +1 @@\n+z\n"
    )
    stats = diffstat(files)
    assert stats == [Stat("b.c", "modified", 0, 2), Stat("a.c", "added", 1, 0)]
    again = [Stat("b.c", "removed", 3, 4), *stats]
    assert total(again) == [Stat("a.c", "added", 1, 0), Stat("b.c", "removed", 3, 6)]


def test_words_are_no_file_and_a_file_without_hunks_counts_nothing():
    assert diffstat(parse.parse("words\n")) == []
    moved = parse.parse("diff --git a/x b/y\nrename from x\nrename to y\n")
    assert diffstat(moved) == [Stat("y", "renamed", 0, 0)]


def test_a_file_without_hunks_in_a_diff_that_is_kept_as_text(monkeypatch):
    text = "diff --git a/x b/y\nrename from x\nrename to y\n" + DIFF
    monkeypatch.setattr(parse, "MAX_LINES", 5)
    assert diffstat(parse.parse(text)) == [
        Stat("y", "renamed", 0, 0), Stat("lib/lock.c", "modified", 2, 1),
    ]  # fmt: skip
