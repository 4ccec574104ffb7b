"""Merges, context diffs, normal diffs and Subversion's properties are read like unified diffs."""

from __future__ import annotations

from generator.diff.diffstat import Stat, diffstat
from generator.diff.parse import FileDiff, parse

Row = tuple[str, int | None, int | None, str]


def rows(file: FileDiff) -> list[Row]:
    return [
        (line.line_type, line.source_line_no, line.target_line_no, text)
        for hunk in file.hunks
        for line, text in zip(hunk.lines, hunk.text_lines(), strict=True)
    ]


def test_a_merge_of_two_parents() -> None:
    (file,) = parse(
        "diff --cc d/a.c\nindex 1,2..3\n--- a/d/a.c\n+++ b/d/a.c\n"
        "@@@ -4,3 -4,3 +4,3 @@@ int f(void)\n  same\n- ours\n -theirs\n++both\n  end\n"
    )
    assert (file.hunks[0].function, file.hunks[0].fault) == ("int f(void)", "")
    assert rows(file) == [
        (" ", None, 4, "  same"), ("-", None, None, "- ours"), ("-", None, None, " -theirs"),
        ("+", None, 5, "++both"), (" ", None, 6, "  end"),
    ]  # fmt: skip
    assert diffstat([file]) == [Stat("d/a.c", "modified", 1, 2)]


def test_a_merge_of_three_parents_and_the_file_after_it() -> None:
    files = parse(
        "diff --combined a.c\nindex 1,2,3..4\n--- a/a.c\n+++ b/a.c\n@@@@ -1,1 -1,1 -1,1 +1,2 @@@@\n   one\n+++two\n"
        "diff --git a/b.c b/b.c\n--- a/b.c\n+++ b/b.c\n@@ -1 +1 @@\n-x\n+y\n"
    )
    assert [(file.path, file.added, file.removed) for file in files] == [
        ("a.c", 1, 0),
        ("b.c", 1, 1),
    ]
    assert not files[0].hunks[0].fault


def test_a_merge_that_lacks_lines_ends_at_the_next_file() -> None:
    first, second = parse(
        "diff --cc a.c\n@@@ -1,9 -1,9 +1,9 @@@\n  one\n++two\ndiff --git a/b b/b\n--- a/b\n+++ b/b\n"
        "@@ -1 +1 @@\n-x\n+y\n"
    )
    assert first.hunks[0].fault == "it announces 9 old and 9 new lines, but has 1 and 2"
    assert (second.path, second.hunks[0].fault) == ("b", "")


def test_a_merge_whose_parents_cannot_be_counted_is_text() -> None:
    (file,) = parse("diff --cc a.c\n@@@ -1,9 +1,9 @@@\n  one\n")
    assert (file.hunks, file.header[1]) == ([], "@@@ -1,9 +1,9 @@@")


CONTEXT = """\
*** l.orig/d/a.c\t2026-01-01 10:00:00
--- l/d/a.c\t2026-01-02 10:00:00
***************
*** 1,4 ****
  one
! two
- three
  four
--- 1,3 ----
  one
! TWO
  four
***************
*** 9,10 ****
--- 8,10 ----
  nine
+ half
  ten
"""


def test_a_context_diff_counts_its_marks_on_both_sides() -> None:
    (file,) = parse(CONTEXT)
    assert [hunk.fault for hunk in file.hunks] == ["", ""]
    assert (file.path, file.added, file.removed) == ("d/a.c", 2, 2)
    assert rows(file)[:6] == [
        ("@", None, None, "*** 1,4 ****"), (" ", 1, None, "  one"), ("-", 2, None, "! two"),
        ("-", 3, None, "- three"), (" ", 4, None, "  four"), ("@", None, None, "--- 1,3 ----"),
    ]  # fmt: skip
    assert ("+", None, 2, "! TWO") in rows(file) and ("+", None, 9, "+ half") in rows(file)


def test_context_diffs_of_several_files_and_without_new_lines() -> None:
    files = parse(
        CONTEXT + "*** x\t2026\n--- x\t2026\n***************\n*** 1,2 ****\n- a\n  b\n--- 1 ----\n"
    )
    assert [(file.path, file.added, file.removed) for file in files] == [
        ("d/a.c", 2, 2),
        ("x", 0, 1),
    ]
    (damaged,) = parse("*** x\n--- x\n***************\n*** 1,9 ****\n! a\n--- 1,9 ----\n! b\n")
    assert damaged.hunks[0].fault == "it announces 9 old and 9 new lines, but has 1 and 1"
    (cut,) = parse("*** x\n--- x\n***************\n*** 1 ****\n! a\n")
    assert cut.hunks[0].fault == "its new lines are missing"


def test_stars_in_words_are_no_hunk() -> None:
    assert parse("***************\nHello\n")[0].hunks == []


def test_a_normal_diff() -> None:
    (file,) = parse("diff -r old/a.c new/a.c\n3c3,4\n< two\n---\n> TWO\n> 2\n7d7\n< x\n9a10\n> y\n")
    assert (file.path, file.added, file.removed) == ("a.c", 3, 2)
    assert [hunk.fault for hunk in file.hunks] == ["", "", ""]
    assert rows(file)[:4] == [
        ("-", 3, None, "< two"), ("@", None, None, "---"), ("+", None, 3, "> TWO"), ("+", None, 4, "> 2"),
    ]  # fmt: skip


def test_a_normal_diff_that_lacks_lines_says_so() -> None:
    (file,) = parse("diff old/a new/a\n1,3c1\n< a\n---\n> b\n")
    assert file.hunks[0].fault == "it announces 3 old and 1 new lines, but has 1 and 1"


def test_words_that_look_like_a_command_are_none() -> None:
    (file,) = parse("2a3\nand more\n5c\n")
    assert (file.change, file.hunks) == ("text", [])


def test_properties_of_subversion_are_shown_but_are_no_lines_of_the_file() -> None:
    text = (
        "Index: d/a.c\n=====\n--- d/a.c\t(revision 1)\n+++ d/a.c\t(working copy)\n@@ -1 +1 @@\n-x\n+y\n"
        "\nProperty changes on: d/a.c\n_____\nAdded: svn:eol-style\n## -0,0 +1 ##\n+native\n"
        "\\ No newline at end of property\n"
    )
    (file,) = parse(text)
    assert (file.path, file.added, file.removed) == ("d/a.c", 1, 1)
    assert file.hunks[1].before[1] == "Property changes on: d/a.c"
    assert [row[0] for row in rows(file)] == ["-", "+", "+", "\\"]
    first, second = parse(text.replace("on: d/a.c", "on: d"))
    assert (first.path, second.path) == ("d/a.c", "d")


def test_files_that_differ_as_bytes_are_files_of_their_own() -> None:
    files = parse(
        "diff -ru old/a.c new/a.c\n--- old/a.c\n+++ new/a.c\n@@ -1 +1 @@\n-x\n+y\n"
        "Binary files old/b.png and new/b.png differ\nBinary files old/c.png and new/c.png differ\n"
        "diff -ru old/d.c new/d.c\n--- old/d.c\n+++ new/d.c\n@@ -1 +1 @@\n-x\n+y\n"
    )
    assert [(file.path, file.change, len(file.hunks)) for file in files] == [
        ("a.c", "modified", 1), ("b.png", "binary", 0), ("c.png", "binary", 0), ("d.c", "modified", 1),
    ]  # fmt: skip
