"""Remarks find the lines that they are about, and nothing is placed where it only might belong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.diff import parse
from generator.diff.inline_comments import DiffPosition, Finder, Remark, _runs

DIFF = """\
diff --git a/lib/lock.c b/lib/lock.c
index 1111111..2222222 100644
--- a/lib/lock.c
+++ b/lib/lock.c
@@ -10,6 +10,9 @@ static int lock_take(struct lock *lock)
 \tint rc;
\x20
-\trc = lock_try(lock);
+\trc = lock_try_timed(lock, TIMEOUT_MS, LOCK_FLAG_FAIR | LOCK_FLAG_COUNTED | LOCK_FLAG_NAMED);
+\tif (rc)
+\t\treturn rc;
+\tlock_note(lock);
 \treturn rc;
 }
\x20
@@ -40,2 +43,5 @@ static void lock_drop(struct lock *lock)
 \tif (lock->held)
+\t\tlock_forget(lock);
+\tif (rc)
+\t\treturn rc;
 }
"""
ADDED = (
    "\trc = lock_try_timed(lock, TIMEOUT_MS, LOCK_FLAG_FAIR | LOCK_FLAG_COUNTED | LOCK_FLAG_NAMED);"
)
FILES = parse.parse(DIFF)


def places(*lines: str) -> list[DiffPosition | None]:
    return [remark.place for remark in Finder(FILES).remarks("\n".join(lines))]


CASES = {
    "one line": (["> +\tlock_note(lock);"], 0, 6),
    "a run of lines": (["> +\tif (rc)", "> +\t\treturn rc;", "> +\tlock_note(lock);"], 0, 6),
    "a run that tells which of two like it": (["> +\t\tlock_forget(lock);", "> +\tif (rc)"], 1, 2),
    "a quote that ends in an empty line": (["> -\trc = lock_try(lock);", ">", "> "], 0, 2),
    "blanks that a mailer changed": (["> +        lock_note( lock );"], 0, 6),
    "no blank after the mark": ([">+\tlock_note(lock);"], 0, 6),
    "nested quotes": ([">> +\tlock_note(lock);", "> Why?"], 0, 6),
    "nested with blanks": (["> > +\tlock_note(lock);", "> "], 0, 6),
    "a line that was wrapped": ([f"> +{ADDED[:50]}", f"> {ADDED[50:]}"], 0, 3),
    "a wrapped line above": ([f"> +{ADDED[:50]}", f"> {ADDED[50:]}", "> +\tif (rc)"], 0, 4),
    "left-out lines": (["> -\trc = lock_try(lock);", "> [...]", "> +\tlock_note(lock);"], 0, 6),
    "the header of a hunk": (["> @@ -40,2 +43,5 @@ static void lock_drop(struct lock *lock)"], 1, -1),
    "the names of the file": (["> --- a/lib/lock.c", "> +++ b/lib/lock.c"], 0, -1),
    "a line of context": (["> \tif (lock->held)"], 1, 0),
    "indented quotes": ([" > +\tlock_note(lock);"], 0, 6),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_quotes_are_found(case: str):
    quote, hunk, line = CASES[case]
    assert places("Ann wrote:", *quote, "", "What is this for?") == [DiffPosition(0, hunk, line)]


@pytest.mark.parametrize("quote", [
    ["> It waits no longer."],  # the message
    ["> +\tif (rc)"],  # twice in the diff, and short
    ["> +}"],
    ["> +\tcall_nothing_of_this(kind);"],
    [">"],
])  # fmt: skip
def test_what_is_not_sure_gets_no_place(quote: list[str]):
    assert places(*quote, "", "What is this for?") == [None]


def test_several_remarks_in_a_reply_keep_their_order():
    text = ["Hello,", "> -\trc = lock_try(lock);", "Good.", "", "> +\tif (rc)", "> +\t\treturn rc;", "One.",
            "> +\tif (rc)", "> +\t\treturn rc;", "Two."]  # fmt: skip
    assert places(*text) == [DiffPosition(0, 0, 2), DiffPosition(0, 0, 5), DiffPosition(0, 1, 3)]


def test_what_is_said_is_kept_whole_but_for_the_signature():
    text = "> +\tlock_note(lock);\n\nOne.\n\n  Two.\nReviewed-by: A <a@example.org>\n-- \nAnn\n"
    remark = Remark("One.\n\n  Two.\nReviewed-by: A <a@example.org>", DiffPosition(0, 0, 6), True)
    assert Finder(FILES).remarks(text) == [remark]


def test_an_answer_to_a_remark_stands_where_that_stands():
    finder = Finder(FILES)
    finder.remarks("> +\tlock_note(lock);\n\nWhy is this needed here?\n\nThanks")
    (answer,) = finder.remarks("> Why is this needed here?\n\nFor the count.")
    assert answer.place == DiffPosition(0, 0, 6)
    (again,) = finder.remarks("> > Why is this needed here?\n> For the count.\n\nI see.")
    assert again.place == DiffPosition(0, 0, 6)
    (other,) = finder.remarks("> Thanks\n\nYou are welcome.")
    assert other.place is None


def test_trailers_alone_are_no_remark():
    assert places("> +\tlock_note(lock);", "", "Reviewed-by: A <a@example.org>") == []


def test_quotes_of_the_message_are_not_about_the_diff():
    (remark,) = Finder(FILES).remarks("> It waits.\n\nDoes it?")
    assert (remark.place, remark.about_diff) == (None, False)
    (remark,) = Finder(FILES).remarks("> +gone in this version\n\nDoes it?")
    assert (remark.place, remark.about_diff) == (None, True)


@pytest.mark.slow
def test_a_hostile_reply_costs_little():
    text = "+}\n" * 3000
    files = parse.parse(f"--- a/x\n+++ b/x\n@@ -0,0 +1,3000 @@\n{text}")
    reply = "".join(f"> {line}\n" for line in text.split("\n")[:-1]) + "Why?\n"
    assert len(Finder(files).remarks(reply * 20)) == 20


_line = st.sampled_from(["> ", ">> ", "", "-- ", "> > "]).flatmap(
    lambda mark: st.sampled_from(["+\tif (rc)", "@@", "", "text", " }", "\x00", "[...]"]).map(
        mark.__add__
    )
)


@given(st.lists(_line, max_size=30))
def test_no_reply_breaks_it_and_every_place_is_there(lines: list[str]):
    for remark in Finder(FILES).remarks("\n".join(lines)):
        if remark.place:
            hunk = FILES[remark.place.file].hunks[remark.place.hunk]
            assert -1 <= remark.place.line < len(hunk.lines)


def test_what_is_looked_for_beyond_the_budget_gets_no_place():
    text = "+}\n" * 3000
    files = parse.parse(f"--- a/x\n+++ b/x\n@@ -0,0 +1,3000 @@\n{text}")
    quote = "".join(f"> {line}\n" for line in text.split("\n")[:-1])
    remarks = Finder(files).remarks(f"{quote}Why?\n" * 20 + "> --- a/x\n\nAnd this?")
    assert remarks[0].place is not None
    assert remarks[-1].place is None


def test_of_places_alike_the_first_below_the_last_remark_counts():
    lines = "".join(f" line of context {n % 2}\n" for n in range(6))
    files = parse.parse(f"--- a/x\n+++ b/x\n@@ -1,6 +1,6 @@\n{lines}")
    quote = "> line of context 1\n"
    found = Finder(files).remarks(f"{quote}One.\n{quote}Two.\n{quote}Three.\n{quote}Four.\n")
    assert [remark.place.line for remark in found if remark.place] == [1, 3, 5, 1]


def test_eight_letters_are_enough_where_several_lines_are_alike():
    files = parse.parse("--- a/x\n+++ b/x\n@@ -0,0 +1,4 @@\n+abcdefg\n+abcdef\n+abcdefg\n+abcdef\n")
    assert [r.place for r in Finder(files).remarks("> +abcdefg\nWhy?\n")] == [DiffPosition(0, 0, 0)]
    assert [r.place for r in Finder(files).remarks("> +abcdef\nWhy?\n")] == [None]


def test_the_lines_of_a_remark_stay_lines() -> None:
    (run,) = _runs("> +added\n\nfirst\nsecond\n")
    assert run[1] == "first\nsecond"
