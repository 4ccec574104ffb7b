from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.site.html.escape import (
    Links,
    header_rows,
    linked,
    mail_text,
    safe_url,
    visible,
    visible_html,
)

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
    assert "<details" in mail_text(text, NO_LINKS, is_reply=True)
    assert "<details" not in mail_text(text, NO_LINKS, is_reply=False)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_becomes_markup_and_none_is_lost(text):
    html = str(mail_text(text, NO_LINKS, is_reply=False))
    assert not re.search(r"<(?!/?(?:pre|span|a)\b)", html)
    kept = re.sub(r"[\s\W]", "", text_of(html))
    plain = text.replace("\r\n", "\n")
    assert re.sub(r"[\s\W]|[\x00-\x1f]", "", plain) in kept or "unprintable" in html


def test_what_is_not_folded_stands_as_written_in_one_element():
    text = "  Hello,\n\n> a quote\n\n  answer\n\nTested-by: A Person <a@example.org>\n-- \nA"
    html = str(mail_text(text, NO_LINKS, is_reply=False))
    assert html.count("<pre>") == html.count("</pre>") == 1
    assert unescape(re.sub("<[^>]*>", "", html)) == f"\n{text}\n"


def test_what_is_folded_has_an_element_of_its_own():
    text = "\n".join(["answer", *["> quoted"] * 20, "more"])
    html = str(mail_text(text, NO_LINKS, is_reply=True))
    assert re.sub(r"<(?!/?(?:pre|details)\b)[^>]*>", "", html).count("<pre>") == 3
    assert "</pre><details" in html and "</pre></details><pre>" in html


@pytest.mark.parametrize(
    "url",
    ["http://x", "https://x/a?b#c", "ftp://x", "ftps://x", "git://x/a.git", "https://ä.example/"],
)
def test_absolute_urls_of_harmless_schemes_are_links(url):
    assert safe_url(url) == url


def test_names_and_values_of_headers_are_escaped():
    rows = header_rows([("Subject", "a < b\x00"), ("<X>", "")])
    assert rows == (
        '<dt>Subject</dt><dd>a &lt; b<span class="unprintable">␀</span></dd>\n'
        "<dt>&lt;X&gt;</dt><dd></dd>\n"
    )


@pytest.mark.parametrize("char", list("<>\"'` \t\n"))
def test_no_url_holds_what_could_end_it(char):
    assert safe_url(f"https://x/{char}a") is None


def test_odd_characters_have_names_and_plain_text_is_as_it_was():
    assert visible("a<b>&\"'") == "a&lt;b&gt;&amp;&quot;&#x27;"
    assert visible_html("a<b>&\"'") == "a&lt;b&gt;&amp;\"'"
    assert (
        visible("\x1f\x80<")
        == '<span class="unprintable">␟</span><span class="unprintable">U+0080</span>&lt;'
    )
    assert visible("a\nb\tc") == "a\nb\tc"
    assert (
        visible("\U000e0041x\u200b")
        == '<span class="unprintable">U+E0041</span>x<span class="unprintable">U+200B</span>'
    )


def test_links_to_other_hosts_are_not_followed_by_robots():
    links = Links({"1234abcd-5@x": "../y/"}, "https://g.example/?id={}")
    assert str(linked("a https://x/ <1234abcd-5@x> commit abcdef0 b", links)) == (
        'a <a href="https://x/" rel="nofollow noopener">https://x/</a> '
        '&lt;<a href="../y/">1234abcd-5@x</a>&gt; commit '
        '<a href="https://g.example/?id=abcdef0" rel="nofollow noopener" class="commit">abcdef0</a> b'
    )


def test_a_commit_is_no_link_where_the_project_has_no_usable_format():
    for commit_url in (None, "", "https://g.example/", "javascript:{}"):
        assert "href" not in linked("commit abcdef0", Links({}, commit_url))


def test_an_address_is_no_link_unless_a_page_has_it_for_its_name():
    links = Links({"a@b.c": "../y/"}, None, lambda msgid: f"https://l.example/{msgid}")
    assert 'href="../y/"' in linked("<a@b.c>", links)
    assert "href" not in linked("<b@b.c>", links)


def test_prose_quotes_and_trailers_are_set_apart():
    text = "\n\nHello.\r\n> quoted\n\nSigned-off-by: A <a@b.c>\n\n"
    assert str(mail_text(text, NO_LINKS, is_reply=True)) == (
        '<pre>\n<span class="prose">Hello.\n</span><span class="quote">&gt; quoted\n</span>'
        '<span class="prose">\n</span><span class="trailers">Signed-off-by: A &lt;a@b.c&gt;\n</span></pre>'
    )


def folded(text: str) -> list[str]:
    return re.findall(r"<summary>(.*?)</summary>", mail_text(text, NO_LINKS, is_reply=True))


def test_what_stands_below_an_answer_to_the_whole_mail_is_folded():
    quote = "On 1 May Kim wrote:\n> a\n> b\n> c"
    assert folded(f"No.\n\n{quote}\n-- \nAlex\n") == ["3 quoted lines"]
    assert folded(quote) == folded(f"{quote}\nNo.") == folded(f"> x\nNo.\n\n{quote}") == []
    assert folded("No.\n\n-----Original Message-----\nYes?") == ["Answered mail, 2 lines"]


def test_what_pgp_adds_is_folded_and_a_signature_is_set_apart():
    text = "Fine.\n-- \nKim\n-----BEGIN PGP SIGNATURE-----\nx\n-----END PGP SIGNATURE-----"
    assert folded(text) == ["PGP data"]
    assert '<span class="signature">-- \nKim\n</span>' in mail_text(text, NO_LINKS, is_reply=True)


def test_a_quote_of_eight_lines_is_not_folded_and_one_of_nine_is():
    for count, folded in ((8, False), (9, True)):
        html = str(mail_text("> q\n" * count + "a", NO_LINKS, is_reply=True))
        assert ("<details" in html) is folded
        assert ("9 quoted lines" in html) is folded
