from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generator.diff.changed_words import changed_spans


def marked(text: str, spans: list[tuple[int, int]]) -> list[str]:
    return [text[start:end] for start, end in spans]


def test_the_changed_word_alone_is_marked():
    old, new = "	rc = lock_try(lock);", "	rc = lock_wait(lock);"
    a, b = changed_spans(old, new)
    assert (marked(old, a), marked(new, b)) == (["lock_try"], ["lock_wait"])


def test_two_changes_in_a_line_are_marked_apart():
    old, new = "call(first, same, last)", "call(one, same, two)"
    a, b = changed_spans(old, new)
    assert (marked(old, a), marked(new, b)) == (["first", "last"], ["one", "two"])


def test_changed_words_are_not_torn_apart_by_the_blanks_between_them():
    old, new = "wait for the old and slow lock here", "wait for all of them here"
    a, b = changed_spans(old, new)
    assert (marked(old, a), marked(new, b)) == (["the old and slow lock"], ["all of them"])


def test_lines_that_share_little_are_not_marked():
    assert changed_spans("return x;", "while (many + other > things)") == ([], [])


def test_very_long_lines_are_left_alone():
    assert changed_spans("a " * 5000, "b " * 5000) == ([], [])


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_is_not_marked_is_the_same_on_both_sides(old, new):
    a, b = changed_spans(old, new)
    if a or b:
        assert unmarked(old, a) == unmarked(new, b)


def unmarked(text: str, spans: list[tuple[int, int]]) -> str:
    kept, at = "", 0
    for start, end in spans:
        assert at <= start < end <= len(text)
        kept, at = kept + text[at:start], end
    return kept + text[at:]
