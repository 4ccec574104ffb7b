"""Where the lines of a diff are shown: on the patch's page, or on pages of their files."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.diff.inline_comments import DiffPosition
from generator.diff.layout import layout, page_counts
from generator.diff.parse import FileDiff, parse


def added(*counts: int, width: int = 4) -> list[FileDiff]:
    """A diff that adds files of so many lines."""
    return parse(
        "".join(
            f"--- /dev/null\n+++ b/{n}.c\n@@ -0,0 +1,{count} @@\n" + f"+{'x' * width}\n" * count
            for n, count in enumerate(counts)
        )
    )


def test_a_diff_that_is_not_large_has_one_page():
    files = added(4000, 6000)
    shown = layout(files, 60_000)
    assert (shown.first, shown.pages) == (2, ())
    assert shown.page(files, DiffPosition(1, 0, 5999)) is None


def test_of_a_large_diff_the_first_files_are_on_the_patchs_page():
    files = added(2000, 1000, 1, 7000)
    shown = layout(files, 60_000)
    assert shown.first == 2
    assert [len(pages) for pages in shown.pages] == [1, 1, 1, 3]
    pages = [
        shown.page(files, DiffPosition(file, 0, line))
        for file, line in ((1, 9), (2, 0), (3, 2999), (3, 3000))
    ]
    assert pages == [None, (3, 1), (4, 1), (4, 2)]


def test_pages_are_counted_of_large_diffs_alone():
    text = "--- /dev/null\n+++ b/a.c\n@@ -0,0 +1,{0} @@\n".format
    assert page_counts(text(9_000) + "+x\n" * 9_000) == []
    assert page_counts(text(10_001) + "+x\n" * 10_001) == [4]


def test_long_lines_make_a_diff_large_and_its_pages_short():
    files = added(30, 230, width=9_000)
    shown = layout(files, 2_340_000)
    assert shown.first == 1
    assert [len(pages) for pages in shown.pages] == [1, 7]


@pytest.mark.slow
@given(st.lists(st.integers(0, 12_000), min_size=1, max_size=4), st.sampled_from([1, 300]))
def test_every_line_of_a_large_diff_is_on_one_page(counts: list[int], width: int):
    files = added(*counts, width=width)
    for file, pages in zip(files, layout(files, 3_000_000).pages, strict=True):
        lines = sum(len(hunk.lines) for hunk in file.hunks)
        assert (pages[0].start, pages[-1].stop) == (0, max(lines, 1))
        assert all(before.stop == after.start for before, after in pairwise(pages))
        assert all(0 < len(page) <= 3000 for page in pages)
