"""The own words of a mail in a line."""

from __future__ import annotations

import pytest

from generator.mail.own_words import own_words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Why\n is this?\n", "Why is this?"),
        ("On Monday, Ann wrote:\n> a\n> b\n\nNo.\n", "No."),
        ("On Monday, the 3rd of May,\nAnn Other wrote:\n\n> a\n\nNo.\n> c\nYes.\n", "No. Yes."),
        ("Hello,\n\nAnn wrote:\n> a\n\nNo.", "Hello, No."),
        ("Three things:\n\n- one\n- two\n", "Three things: - one - two"),
        ("Fine.\n\nReviewed-by: Ann <ann@example.org>\n-- \nAnn\n", "Fine."),
        ("> only a quote\n", ""),
        ("", ""),
    ],
)
def test_quotes_their_introductions_trailers_and_signatures_are_left_out(text: str, expected: str):
    assert own_words(text, 90) == expected


def test_a_long_text_is_cut_at_the_end_of_a_word():
    assert own_words("one two three", 9) == "one two …"
    assert own_words("one two three", 13) == "one two three"
    assert own_words("unbroken", 4) == "unbr …"
