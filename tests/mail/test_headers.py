from __future__ import annotations

from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import urls
from generator.mail.headers import (
    addresses,
    all_headers,
    answered,
    bare_msgid,
    header,
    msgids,
    project_slug,
    quote_segment,
    slug,
)


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
    every = [chr(code) for code in range(0x200)]
    assert list(map(quote_segment, every)) == [quote(c, safe="@+=&'()!*,;:$~") for c in every]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_message_id_is_one_safe_component(msgid):
    name = slug(msgid, 1)
    assert name not in ("", ".", "..") and "/" not in name and "\0" not in name
    assert len(name.encode()) <= 200
    assert unquote(quote_segment(name)) == name


def test_header_names_ignore_case_and_values_are_unfolded():
    assert header({"SUBJECT": ["a\n\tb", "c"]}, "Subject") == "a b"
    assert header({"Subject": None}, "Subject") == ""


def test_all_headers_come_one_by_one_as_they_were_folded():
    headers = {"Received": ["a\n b", "c"], "To": "x@y", "Cc": None}
    assert all_headers(headers) == [
        ("Received", "a\n b"), ("Received", "c"), ("To", "x@y"), ("Cc", ""),
    ]  # fmt: skip


def test_a_header_that_is_empty_gives_way_to_a_later_one_of_its_name():
    assert header({"To": None, "to": " x@y \r\n z ", "TO": "last"}, "tO") == "x@y  z"
    assert header({"Cc": "x@y"}, "To") == ""


def test_a_mail_answers_whom_it_names_nearest_first():
    headers = {"References": "<a@x> <b@x>\n <c@x>", "In-Reply-To": "<b@x> <z@x>"}
    assert answered(headers) == ["b@x", "c@x", "a@x"]
    assert answered({"References": "<a@x> <b@x>"}) == ["b@x", "a@x"]
    assert answered({}) == []
    assert answered("no headers") == []


def test_message_ids_are_read_out_of_their_brackets():
    assert msgids("<a@x> (<b c>) <<d@x>> <" + "x" * 901 + ">") == ["a@x", "d@x"]
    assert [bare_msgid(text) for text in (" <a@x> ", "a@x", "<<a>>", "")] == [
        "a@x",
        "a@x",
        "<a>",
        "",
    ]


def test_a_folder_may_be_as_long_as_200_bytes_and_ends_in_no_blank():
    assert slug(f"<{'x' * 200}>", 7) == "x" * 200
    assert slug(f"<{'x' * 201}>", 7) == "~7"
    assert slug(f"<{'ä' * 100}>", 7) == "ä" * 100
    assert slug(f"<{'ä' * 101}>", 7) == "~7"
    assert slug("<a >", 7) == slug("<a\\b>", 7) == slug("<a\x7f>", 7) == "~7"


def test_a_project_has_a_folder_of_its_name_where_that_is_harmless():
    names = ["lock-devel", "9p", "a.b_c+d", "x" * 100]
    assert [project_slug(name, 3) for name in names] == names
    bad = ["", ".x", "-x", "a/b", "a b", "x" * 101, "ä", "a\n", "a.", "mbox", "raw", "index.html"]
    assert {project_slug(name, 3) for name in bad} == {"~3"}


@pytest.mark.parametrize(
    "name", ["mbox", "raw", "Index.html", "t.mbox.gz", "mbox.series", "lookup.json", "mbox\n"]
)
def test_no_folder_has_the_name_of_a_file_or_a_rule(name: str) -> None:
    assert slug(f"<{name}>", 7) == "~7"
    assert urls.segment(name).startswith(name.lower().strip() + "~")


@pytest.mark.parametrize("name", ["raw.1@example.org", "mbox@example.org", "list", "rawhide"])
def test_names_that_only_resemble_those_of_files_stay(name: str) -> None:
    assert slug(f"<{name}>", 7) == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '"Doe, Alex" <a@example.org>, b@example.org (on leave)',
            ["a@example.org", "b@example.org"],
        ),
        ("list: a@example.org, b@example.org;", ["a@example.org", "b@example.org"]),
        ("<@relay.example.org:a@example.org>", ["a@example.org"]),
        ('"not <a@example.org>" <b@example.org>', ["b@example.org"]),
        ("undisclosed-recipients:;", []),
        ("(" * 1200 + "a@example.org", []),
    ],
)
def test_the_plain_addresses_of_a_header_are_found(text, expected):
    assert addresses(text) == expected


def test_a_link_name_with_a_line_break_is_no_folder():
    assert project_slug("linux\n", 7) == "~7"
