from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.diff.parse import parse
from generator.site.html.diff import rows


def html(text: str) -> str:
    return str(rows(parse(text)[0], 1))


def diff(*lines: str, header: str = "@@ -1,9 +1,9 @@") -> str:
    old = sum(line[0] in " -" for line in lines)
    new = sum(line[0] in " +" for line in lines)
    return f"--- a/x\n+++ b/x\n@@ -1,{old} +1,{new} @@ f()\n" + "".join(
        f"{line}\n" for line in lines
    )


def text_of(page: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", page))


def test_every_line_has_an_anchor_and_a_link_to_it():
    page = html(diff(" a", "-b", "+c"))
    assert re.findall(r'id="(\w+)"', page) == ["f1h1", "f1R1", "f1L2", "f1R2"]
    assert re.findall(r'href="#(\w+)"', page) == ["f1h1", "f1R1", "f1L2", "f1R2"]


def test_the_function_of_a_hunk_is_set_apart():
    assert "@@ -1 +1 @@ <b>f()</b>" in html(diff("-a", "+b").replace("-1,1 +1,1", "-1 +1"))


def test_the_changed_words_are_marked():
    assert "<b>one</b>" in html(diff("-call(one, same)", "+call(two, same)"))


def test_trailing_blanks_carriage_returns_tabs_and_controls_are_visible():
    page = html(diff("+\ta  ", "+b\r", "+c\u202e", " \tunchanged"))
    assert '<span class="trailing-space">  </span>' in page
    assert '<span class="invisible" data-name="␍"></span>' in page
    assert '<span class="unprintable">U+202E</span>' in page
    assert page.count("<i>\t</i>") == 1


def test_markup_in_code_is_text():
    page = html(diff("-<script>alert(1)</script>", "+<b>&amp;</b>"))
    assert "<script" not in page
    assert "+<b>&amp;</b>" in text_of(page)


def test_hunks_that_overlap_have_distinct_anchors():
    text = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n@@ -1 +1 @@\n-c\n+d\n"
    ids = re.findall(r'id="(\w+)"', html(text))
    assert len(ids) == len(set(ids))


@pytest.mark.slow
def test_a_diff_of_fifty_thousand_lines_has_a_row_for_each():
    changes = [
        line
        for n in range(25_000)
        for line in (f"-int a{n} = old({n});", f"+int a{n} = fresh({n});")
    ]
    page = html(diff(*changes))
    assert page.count("<tr") == 50_001


_code = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Cn", "Co"]), max_size=30
)


@given(st.lists(st.tuples(st.sampled_from(" +-"), _code), min_size=1, max_size=8))
def test_every_line_of_code_is_in_the_page(lines):
    page = text_of(html(diff(*(kind + code for kind, code in lines))))
    for kind, code in lines:
        assert kind + code in page
