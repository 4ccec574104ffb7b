from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.site.html.escape import Links, linked, mail_text, safe_url, visible

NO_LINKS = Links({})


def text_of(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", str(html)))


def test_characters_that_hide_or_reorder_text_are_shown_by_name():
    assert visible("a\u202eb\x00\x7f") == (
        'a<span class="unprintable">U+202E</span>b<span class="unprintable">␀</span><span class="unprintable">␡</span>'
    )


def test_a_bracketed_url_is_linked_whole_and_the_brackets_stay():
    html = linked("see <https://x.example/?a=1&b=2>.", NO_LINKS)
    assert 'href="https://x.example/?a=1&amp;b=2"' in html
    assert text_of(html) == "see <https://x.example/?a=1&b=2>."


def test_known_message_ids_and_commits_are_linked():
    links = Links({"1234abcd-5@x": "../y/"}, "https://g.example/{}")
    html = linked("v1: <1234abcd-5@x>, commit deadbeef, Cc: <a@b.c>", links)
    assert '<a href="../y/">1234abcd-5@x</a>' in html
    assert 'href="https://g.example/deadbeef"' in html
    assert "a@b.c</a>" not in html


def test_unknown_message_ids_lead_to_the_lists_archive():
    links = Links({}, None, lambda msgid: f"https://l.example/{msgid}")
    assert 'href="https://l.example/1234abcd-5@x"' in linked("<1234abcd-5@x>", links)
    assert "href" not in linked("<someone@x>", links)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://x y", 'https://x"y', "http:", "", None,
     "https://[::1", "vbscript:x", " https://x.example"],
)  # fmt: skip
def test_other_urls_are_no_links(url):
    assert safe_url(url) is None


def test_long_quotes_are_folded_in_comments_only():
    text = "\n".join(["> quoted"] * 20) + "\nanswer"
    assert "<details" in mail_text(text, NO_LINKS, fold_quotes=True)
    assert "<details" not in mail_text(text, NO_LINKS, fold_quotes=False)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_becomes_markup_and_none_is_lost(text):
    html = str(mail_text(text, NO_LINKS, fold_quotes=False))
    assert not re.search(r"<(?!/?(?:div|span|a)\b)", html)
    kept = re.sub(r"[\s\W]", "", text_of(html))
    plain = text.replace("\r\n", "\n")
    assert re.sub(r"[\s\W]|[\x00-\x1f]", "", plain) in kept or "unprintable" in html
