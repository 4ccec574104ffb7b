"""Hunks that aren't whole are read as far as their lines can be told from others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unidiff.patch import PatchSet

from generator.diff.parse import Hunk, parse
from generator.diff.raw_rows import rows_of
from generator.diff.sections import sections

HEAD = "diff --git a/a b/a\n--- a/a\n+++ b/a\n"
NEXT = "diff --git a/b b/b\n--- a/b\n+++ b/b\n@@ -1 +1 @@\n-x\n+y\n"


def hunks(body: str) -> list[Hunk]:
    first, *_ = parse(HEAD + body)
    return first.hunks


@pytest.mark.parametrize(
    "below", ["", NEXT, "-- \n2.43.0\n", "\n-- \n2.43.0\n", "Only in new: x\n"]
)
def test_a_hunk_that_is_too_short_ends_where_something_else_begins(below: str) -> None:
    (hunk,) = hunks(f"@@ -1,9 +1,9 @@ f\n one\n-two\n+TWO\n{below}")
    assert hunk.text_lines() == [" one", "-two", "+TWO"]
    assert hunk.fault == "it announces 9 old and 9 new lines, but has 2 and 2"


def test_the_next_hunk_and_the_next_plain_header_end_a_hunk_that_is_too_short() -> None:
    first, second = hunks("@@ -1,9 +1,9 @@\n-a\n+b\n@@ -30 +30 @@\n-c\n+d\n")
    assert (first.fault != "", second.fault, len(second.lines)) == (True, "", 2)
    files = parse("--- a\n+++ a\n@@ -1,9 +1,9 @@\n-a\n+b\n--- b\n+++ b\n@@ -1 +1 @@\n-c\n+d\n")
    assert [(file.path, file.added, file.removed) for file in files] == [("a", 1, 1), ("b", 1, 1)]


def test_removed_and_added_lines_that_look_like_a_header_stay_in_their_hunk() -> None:
    (file,) = parse("--- a\n+++ a\n@@ -1 +1 @@\n--- x\n+++ y\n@@ -9 +9 @@\n-c\n+d\n")
    assert [hunk.text_lines() for hunk in file.hunks] == [["--- x", "+++ y"], ["-c", "+d"]]


def test_lines_beyond_the_number_belong_to_the_hunk_if_another_follows() -> None:
    first, second = hunks("@@ -1 +1 @@\n-a\n+b\n+c\n\n d\n@@ -9 +9 @@\n-e\n+f\n")
    assert first.text_lines() == ["-a", "+b", "+c", " ", " d"]
    assert first.fault == "it announces 1 old and 1 new lines, but has 3 and 4"
    assert not second.fault


def test_lines_beyond_the_number_are_no_lines_of_the_last_hunk() -> None:
    """So reads git, and the signature of a mail looks like a removed line."""
    first, *_ = parse(HEAD + "@@ -1 +1 @@\n-a\n+b\n-- \n2.43.0\n")
    assert (first.hunks[0].fault, first.plain) == ("", ["-- ", "2.43.0"])


def test_a_wrapped_line_costs_no_other_line() -> None:
    (hunk,) = hunks("@@ -1,3 +1,3 @@\n one\n-a long\nline\n+b\n three\n")
    assert [line.line_type for line in hunk.lines] == [" ", "-", "?", "+", " "]
    assert hunk.text_lines()[2] == "line"
    assert hunk.fault == "lines without a sign stand in it"
    assert [line.target_line_no for line in hunk.lines] == [1, None, None, 2, 3]


def test_many_lines_without_a_sign_end_a_hunk() -> None:
    words = "".join(f"word {n}\n" for n in range(8))
    first, *_ = parse(HEAD + f"@@ -1,9 +1,9 @@\n-a\n{words}-b\n")
    assert first.hunks[0].text_lines() == ["-a"]
    assert first.plain[0] == "word 0"


def test_a_header_that_cannot_be_read_costs_its_numbers() -> None:
    first, second = hunks("@@ somewhere @@\n-a\n+b\n@@ -1 +1 @@\n-c\n+d\n")
    assert (first.fault, first.text_lines()) == ("its header can't be read", ["-a", "+b"])
    assert {line.source_line_no for line in first.lines} == {None}
    assert not second.fault
    assert parse("Mind the\n@@ sign\n")[0].hunks == []


def test_a_hunk_of_no_lines_is_one() -> None:
    first, second = hunks("@@ -0,0 +0,0 @@\n@@ -1 +1 @@\n-a\n+b\n")
    assert (first.lines, first.fault, len(second.lines)) == ([], "", 2)


def test_lines_between_hunks_stand_before_the_second() -> None:
    first, second = hunks("@@ -1 +1 @@\n-a\n+b\nA remark.\n@@ -9 +9 @@\n-c\n+d\n")
    assert (first.before, second.before) == ([], ["A remark."])


def test_the_mark_of_no_newline_is_read_in_every_language() -> None:
    (hunk,) = hunks("@@ -1 +1 @@\n-a\n\\ Kein Zeilenumbruch\n+b\n\\ Kein Zeilenumbruch\n")
    assert hunk.text_lines()[-1] == "\\ Kein Zeilenumbruch"
    assert [line.line_type for line in hunk.lines] == ["-", "\\", "+", "\\"]


_rows = st.lists(st.tuples(st.sampled_from(" +-"), st.text("ab -+@\t\r", max_size=6)), min_size=1)


@given(_rows, st.integers(0, 99), st.integers(0, 99))
def test_whole_hunks_are_read_as_unidiff_reads_them(
    rows: list[tuple[str, str]], old: int, new: int
) -> None:
    sizes = [sum(sign in signs for sign, _ in rows) for signs in (" -", " +")]
    lines = [f"@@ -{old},{sizes[0]} +{new},{sizes[1]} @@ f", *(sign + text for sign, text in rows)]
    (section,) = sections(["--- a", "+++ b", *lines])
    (raw,) = section.hunks
    assert raw.fault == ""
    ((expected,),) = PatchSet(f"{line}\n" for line in ["--- a", "+++ b", *lines])
    own = [line for line, _ in rows_of(raw)]
    seen = [(line.line_type, line.value, line.source_line_no, line.target_line_no) for line in own]
    assert seen == [
        (line.line_type, line.value, line.source_line_no, line.target_line_no) for line in expected
    ]
