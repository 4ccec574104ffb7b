from __future__ import annotations

import email.header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.mail.encoded_words import decoded, decoded_parameters


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("=?utf-8?q?J=C3=B6rg_M?=", "Jörg M"),
        ("a =?UTF-8?B?w7w=?= b", "a ü b"),
        ("=?utf-8?q?a?= =?utf-8?q?b?= c =?utf-8?q?d?=", "ab c d"),
        ("=?utf-8?q?a?=\n\t=?iso-8859-15?q?=A4?=", "a€"),
        ("=?utf-8?q?=C3?= =?utf-8?q?=BC?=", "ü"),
        ("=?utf-8*de?q?=C3=BC?=", "ü"),
        ('"=?utf-8?q?A=2C_B?=" <a@x.org>', '"A, B" <a@x.org>'),
        ("=?iso-2022-jp?b?GyRCRnxLXBsoQg==?=", "日本"),
        ("=?utf-8?q?with blanks?=", "with blanks"),
    ],
)
def test_encoded_words_are_decoded(sent, read):
    assert decoded(sent) == read


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("=?us-ascii?q?J=C3=B6rg?=", "Jörg"),
        ("=?iso-8859-1?q?J=C3=B6rg?=", "Jörg"),
        ("=?utf-8?q?J=F6rg?=", "Jörg"),
        ("=?iso-8859-1?q?=93J=F6rg=94?=", "“Jörg”"),
        ("=?unknown-8bit?q?J=F6rg?=", "Jörg"),
        ("=?x-mine?q?J=C3=B6rg?=", "Jörg"),
        ("=?hex?q?J=F6rg?=", "Jörg"),
        ("=?gb2312?b?warNqA==?=", "联通"),
        ("=?punycode?q?rg-eka?=", "rg-eka"),
    ],
)
def test_a_charset_that_is_wrong_unknown_or_none_is_replaced_by_the_likely_one(sent, read):
    assert decoded(sent) == read


def test_what_is_no_encoded_word_stays():
    for text in ("=?", "=?utf-8?q?a", "=?utf-8?x?a?=", "=?utf-8?b?w?=", "a=?b?=c", "=?utf-8?b?ü?="):
        assert decoded(text) == text


def test_control_characters_in_encoded_words_become_blanks():
    assert decoded("=?utf-8?q?a=0D=0ABcc:=00b?=") == "a Bcc: b"


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=60))
def test_what_pythons_own_package_encodes_is_read_back(text):
    assert decoded(email.header.Header(text, "utf-8", maxlinelen=60).encode()) == text


def test_parameters_are_joined_and_decoded():
    assert decoded_parameters("attachment; filename*=utf-8'de'Gr%C3%BC%C3%9Fe") == (
        'attachment; filename="Grüße"'
    )
    parts = "a; filename*0*=iso-8859-1''%FCb; x=1;\n filename*1=\"c%20d'e\"; filename*2*=%20f"
    assert decoded_parameters(parts) == 'a; filename="übc%20d\'e f"; x=1'
    assert decoded_parameters("text/plain; charset=utf-8") == "text/plain; charset=utf-8"
