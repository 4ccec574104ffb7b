from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.mail.headers import header, quote_segment, slug


@pytest.mark.parametrize(
    ("msgid", "expected"),
    [
        ("<a@b>", "a@b"),
        ("<a/b@c>", "a%2Fb@c"),
        ("<../../etc/passwd>", "~7"),
        ("<>", "~7"),
        ("<.hidden@x>", "~7"),
        ("<~7>", "~7"),
        ("<a\0b@c>", "~7"),
        ("<a\nb@c>", "~7"),
        ("<" + "x" * 300 + "@y>", "~7"),
        ("<ends.>", "~7"),
        ("<index.html>", "~7"),
    ],
)
def test_a_message_id_becomes_a_folder_that_stays_in_its_place(msgid, expected):
    assert slug(msgid, 7) == expected


def test_links_keep_the_at_sign_and_escape_the_escaped_slash():
    assert quote_segment("a%2Fb+c@d e?.org") == "a%252Fb+c@d%20e%3F.org"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_message_id_is_one_safe_component(msgid):
    name = slug(msgid, 1)
    assert name not in ("", ".", "..") and "/" not in name and "\0" not in name
    assert len(name.encode()) <= 200
    assert unquote(quote_segment(name)) == name


def test_header_names_ignore_case_and_values_are_unfolded():
    assert header({"SUBJECT": ["a\n\tb", "c"]}, "Subject") == "a b"
    assert header({"Subject": None}, "Subject") == ""
