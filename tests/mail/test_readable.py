from __future__ import annotations

import msgspec
import pytest

from generator.mail.html_text import html_to_text
from generator.mail.readable import readable_text, unflowed
from generator.model import Comment
from tests import factories


def text(content: str, content_type: str = "text/plain") -> str:
    headers = {"content-type": content_type}
    return readable_text(
        msgspec.convert(factories.comment(content=content, headers=headers), Comment)
    )


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>One\n two.</p><p>Three&nbsp;&lt;four&gt;</p>", "One two.\n\nThree\xa0<four>"),
        ("<div>a</div><div><br></div><div>b<br/>c</div>", "a\n\nb\nc"),
        ("a<blockquote>b<blockquote>c</blockquote></blockquote>d", "a\n\n> b\n>\n> > c\n\nd"),
        ("<pre>x\n  y\n\nz</pre>", "x\n  y\n\nz"),
        ("<ul><li>a<li>b</ul>", "* a\n* b"),
        ("<table><tr><td>a<td>b</tr><tr><td>c</table>", "a b\nc"),
        ('see <a href="https://x.org/?a&amp;b">this</a>', "see this <https://x.org/?a&b>"),
        ("<a href=https://x.org/>https://x.org</a>", "https://x.org"),
        ('<a href="javascript:x">y</a><img alt="a cat">', "ya cat"),
        (
            "<head><title>t</title></head><body><style>p{}</style><!-- <p> -->x<script>y</script>",
            "x",
        ),
        ("<HTML><style>never ends <body>x", "x"),
        ("1 < 2 <3 <", "1 < 2 <3 <"),
        ("", ""),
    ],
)
def test_html_is_read_as_text(html, shown):
    assert html_to_text(html) == shown


def test_quotes_that_nest_endlessly_keep_lines_short():
    assert html_to_text("<blockquote>" * 1000 + "x") == "> " * 10 + "x"


def test_html_that_is_too_long_is_shown_as_it_came_and_says_so():
    shown = html_to_text("<p>" * 200_000)
    assert shown == "[HTML of 600,000 characters, shown as its source]\n\n" + "<p>" * 200_000
    assert html_to_text("<p>" * 166_666) == ""


def test_a_mail_is_html_by_its_header_or_its_beginning():
    assert text("<p>a", "text/HTML; charset=utf-8") == "a"
    assert text(" <!DOCTYPE html><p>a") == text("<html><p>a") == "a"
    assert text("<p>a") == "<p>a"
    assert text("a < b\r\nc", "text/plain") == "a < b\nc"
    assert text("plain", "text/html") == "plain"


def test_lines_of_a_flowed_paragraph_are_joined():
    assert unflowed("a \nb\nc") == "a b\nc"
    assert unflowed("> a \n> b\n>> c \n> d") == "> a b\n>> c \n> d"
    assert unflowed(" From \n me") == "From me"
    assert unflowed("a \n-- \nb") == "a \n-- \nb"
    assert unflowed("a \n\nb ") == "a \n\nb "
    assert unflowed("日 \n本", delete_space=True) == "日本"


def test_only_mails_that_say_so_are_flowed():
    assert text("a \nb", 'text/plain; format="flowed"') == "a b"
    assert text("a \nb", "text/plain; format=flowed; delsp=yes") == "ab"
    assert text("a \nb") == "a \nb"
