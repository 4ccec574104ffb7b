from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from generator.diff.parse import parse
from generator.site.html.diff import rows
from tests.conftest import ROOT


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
    assert re.findall(r" id=(\w+)", page) == ["f1h1", "f1R1", "f1L2", "f1R2"]
    assert re.findall(r"href=#(\w+)", page) == ["f1h1", "f1R1", "f1L2", "f1R2"]
    assert re.findall(r'title="?([^">]*)', page) == ["1\t1", "2", "\t2"]


def test_the_function_of_a_hunk_is_set_apart():
    assert "@@ -1 +1 @@</a> <b>f()</b>" in html(diff("-a", "+b").replace("-1,1 +1,1", "-1 +1"))


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
    ids = re.findall(r" id=(\w+)", html(text))
    assert len(ids) == len(set(ids))


@pytest.mark.slow
def test_a_diff_of_fifty_thousand_lines_has_a_row_for_each():
    changes = [
        line
        for n in range(25_000)
        for line in (f"-int a{n} = old({n});", f"+int a{n} = fresh({n});")
    ]
    page = html(diff(*changes))
    assert page.count("<span id=") + page.count("<span class=") == 50_001


_code = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Cn", "Co"]), max_size=30
)


@given(st.lists(st.tuples(st.sampled_from(" +-"), _code), min_size=1, max_size=8))
def test_browsers_without_styles_show_a_hunk_as_it_is_written(lines):
    text = diff(*(kind + code for kind, code in lines))
    assert text_of(html(text)) == text.partition("+++ b/x\n")[2]


def runs(page: str) -> list[str]:
    """The changed lines that stand together, by the classes of each."""
    found = re.findall(r"<span(?: class=long)?>(.*?</span>)</span>", page, re.DOTALL)
    return ["".join(re.findall(r"<span class=(\w)", run)) for run in found]


def test_removed_lines_and_those_added_instead_stand_together():
    page = html(
        diff(" a", "-b", "-c", "+d", " e", "+f", "-g", "-h", "+i", "\\ No newline at end of file")
    )
    assert runs(page) == ["dda", "a", "ddan"]


def test_long_runs_are_cut_but_not_where_lines_face_each_other():
    assert runs(html(diff(*["+x"] * 90))) == ["a" * 40, "a" * 40, "a" * 10]
    assert runs(html(diff(*["-x"] * 90))) == ["d" * 40, "d" * 40, "d" * 10]
    assert runs(html(diff(*["-x"] * 250, *["+y"] * 300))) == ["d" * 250 + "a" * 300]


def noted(text: str, *lines: int) -> str:
    """The page of a file with notes, `n0` below its first line and so on."""
    notes = {n: [Markup(f"<p>n{n}</p>")] for n in lines}
    return str(rows(parse(text)[0], 1, {(0, 0): notes}))


def test_notes_stand_below_their_lines():
    page = noted(diff("-a", "+b", "+c", " d"), -1, 1, 3)
    text = re.sub(r"<p>|</p>", "\n", page)
    assert (
        text_of(text).replace("\n\n", "\n") == "@@ -1,2 +1,3 @@ f()\nn-1\n-a\n+b\nn1\n+c\n d\nn3\n"
    )
    assert "<pre></pre>" not in page


def orders(page: str) -> list[str]:
    """Of the lines and notes of a page: what they are, and where they stand side by side."""
    found = re.findall(
        r"<span class=o(\d+)><span class=(\w)|<span class=([ad]) |inline-comment(?: o(\d+))?", page
    )
    return [f"{kind or plain or 'n'}{order or noted or 0}" for order, kind, plain, noted in found]


@pytest.mark.parametrize(("lines", "notes", "expected"), [
    ("--++", [2], "d0 d2 a0 n1 a2"),
    ("--++", [0], "d0 n1 d2 a0 a2"),
    ("--++", [0, 2], "d0 n1 d2 a0 n1 a2"),
    ("--++", [0, 3], "d0 n1 d2 a0 a2 n3"),
    ("---+", [3], "d0 d2 d2 a0 n1"),
    ("-+++", [1, 2], "d0 a0 n1 a2 n3 a4"),
    ("--++", [3], "d0 d0 a0 a0 n0"),
    ("++", [1], "a0 a0 n0"),
])  # fmt: skip
def test_side_by_side_a_note_stands_below_its_line_and_the_one_that_faces_it(
    lines, notes, expected
):
    assert orders(noted(diff(*(f"{sign}x" for sign in lines)), *notes)) == expected.split()


def test_style_knows_every_place_that_notes_of_a_run_can_have():
    text = noted(diff(*["-x"] * 20, *["+x"] * 20), *range(40))
    places = {place for place in re.findall(r"\bo(\d+)\b", text) if place != "0"}
    style = (ROOT / "themes/default/static/style.css").read_text("utf-8")
    assert len(places) == 11 and all(f".o{place} " in style for place in places)


def test_some_lines_of_a_file_are_shown_with_the_anchors_they_have_in_it():
    text = diff("-a", "+b", "+c", " d") + "@@ -9,2 +10,1 @@ g()\n-e\n f\n"
    file = parse(text)[0]
    notes = {(2, 0): {0: [Markup("first")], 2: [Markup("second")]}}
    page = str(rows(file, 3, notes, base="../../", lines=range(2, 5)))
    assert re.findall(r" id=(\w+)", page) == ["f3R2", "f3R3", "f3h2", "f3L9"]
    assert "second" in page and "first" not in page
    assert text_of(page.replace("</div>", "</div>\n")).startswith(
        "@@ -1,2 +1,3 @@ f() (continued)\n+c\n"
    )


def test_a_line_that_is_cut_leads_to_the_raw_diff_of_the_patch():
    page = str(rows(parse(diff(f"+{'x' * 10_001}"))[0], 1, base="../../"))
    assert 'href="../../raw"' in page


def test_what_is_made_visible_is_not_copied():
    page = html(diff("+a\u200bb", "+c\u00adb", "+\ufeffd", "+e\r"))
    assert 'a<span class="invisible" data-name="U+200B">\u200b</span>b' in page
    assert 'c<span class="invisible" data-name="U+00AD">\u00ad</span>b' in page
    assert '<span class="invisible" data-name="U+FEFF">\ufeff</span>d' in page
    assert "+</a>e<span" in page and "␍" not in text_of(page)


def test_blanks_that_do_not_break_and_blanks_before_a_tab_are_marked_in_changed_lines():
    page = html(diff("+a\u00a0b", " c\u00a0d", "+  \te", "-  \tf", "   \tg"))
    assert page.count('<span class="nbsp">\u00a0</span>') == 1
    assert page.count('<span class="space-before-tab">  </span><i>\t</i>') == 2
    assert text_of(page).count("  \t") == 3


def test_a_run_of_blanks_is_read_once():
    page = html(diff(f"+{' ' * 9000}x", f"+{' ' * 9000}\tx"))
    assert page.count("space-before-tab") == 1


def test_a_long_line_is_cut():
    page = html(diff(f"+{'<' * 10_001}", f"+{'>' * 10_000}"))
    assert page.count("&lt;") == 2000
    assert "10,001 characters" in page
    assert page.count("&gt;") == 10_000


def test_lines_without_numbers_have_anchors_too():
    page = html("--- a\n+++ a\n@@ broken @@\n-a\n+b\n c\n")
    assert re.findall(r" id=([^> ]+)", page) == ["f1h1", "f1h1.1", "f1h1.2", "f1h1.3"]
    assert "This hunk is damaged: its header can't be read." in page


def test_merges_context_and_normal_diffs_keep_their_signs():
    page = html("diff --cc a\n@@@ -1,1 -1,1 +1,1 @@@\n- x\n -y\n++z\n")
    assert '<span class=a id=f1R1><a href=#f1R1 title="\t1">++</a>z' in page
    assert "<span class=d id=f1h1.1><a href=#f1h1.1 title=·>- </a>x" in page
    page = html("*** a\n--- b\n***************\n*** 7 ****\n! x\n--- 7 ----\n! y\n")
    assert "<span class=range>*** 7 ****" in page
    assert "<span class=d id=f1L7><a href=#f1L7 title=7>! </a>x" in page
    page = html("diff a b\n1c1\n< x\n---\n> y\n")
    assert "&gt; </a>y" in page and "&lt; </a>x" in page


def test_lines_that_belong_to_no_hunk_stand_where_they_are():
    page = html("--- a\n+++ a\n@@ -1,2 +1,2 @@\n-a\nwr<p>\n+b\n c\nmore\n@@ -9 +9 @@\n-x\n+y\n")
    assert "<span class=loose>wr&lt;p&gt;" in page
    assert "<pre><span class=loose>more\n</span><span class=h" in page
