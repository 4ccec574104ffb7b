"""How the page of a patch shows its diff, the mails within it, and its place in a long series."""

from __future__ import annotations

import re
from html import unescape

import pytest

from generator.search.engine import search
from generator.search.index_reader import Index
from tests.conftest import Site
from tests.factories import DIFF, comment, cover, patch, series_stub

PAGE = "project/project-1/patch/2026030110.patch{}@example.org/index.html"
ATTACHED = (
    "From 1234567890123456789012345678901234567890 Mon Sep 17 00:00:00 2001\n"
    "From: =?utf-8?q?J=C3=B6rg?= <joerg@example.org>\nDate: Sun, 1 Mar 2026 10:00:00 +0000\n"
    "Subject: [PATCH] lock: wait less\n\nThe quokka waits.\n---\n lib/lock.c | 3 ++-\n\n"
)


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_a_mail_within_the_diff_is_shown_and_found(site: Site) -> None:
    site.put(patch(content="Please look.", diff=f"{ATTACHED}{DIFF}-- \n2.43.0\n"))
    site.build()
    page = site.page(PAGE.format(1))
    shown = text_of(page)
    assert "Attached patch: lock: wait less" in shown
    assert "Jörg <joerg@example.org> · Sun, 1 Mar 2026 10:00:00 +0000" in shown
    assert "The quokka waits." in shown and "Please look." in shown
    assert page.count('class="file"') == 1 and "id=f1R11" in page
    for query in ("quokka", "s:less", "dfn:lib/lock.c", "please"):
        assert [hit.id for hit in search(Index(site.output), query).hits] == [1], query


def test_remarks_stand_at_the_files_of_a_diff_with_a_mail_in_it(site: Site) -> None:
    site.put(
        patch(diff=ATTACHED + DIFF),
        comment(content="> +\tlock_note(lock);\n\nWhy this note?\n"),
    )
    site.build()
    page = site.page(PAGE.format(1))
    assert "1 inline comment" in text_of(page)
    assert "inline in lib/lock.c" in text_of(page)


def test_a_damaged_hunk_says_what_is_wrong_with_it(site: Site) -> None:
    site.put(patch(diff=DIFF.replace("-10,4 +10,5", "-10,9 +10,9")))
    site.build()
    page = site.page(PAGE.format(1))
    assert "This hunk is damaged: it announces 9 old and 9 new lines, but has 4 and 5." in text_of(
        page
    )
    assert "id=f1R11" in page


def test_what_happens_to_a_file_is_told_in_words(site: Site) -> None:
    site.put(
        patch(
            diff="diff --git a/x.sh b/y.sh\nold mode 100644\nnew mode 100755\nsimilarity index 100%\n"
            "rename from x.sh\nrename to y.sh\n"
        )
    )
    site.build()
    assert "renamed, 100 % similar, made executable" in text_of(site.page(PAGE.format(1)))


def test_the_data_of_a_binary_file_starts_folded(site: Site) -> None:
    data = "".join(f"z{'a' * 60}{n:04}\n" for n in range(30))
    binary = f"diff --git a/x b/x\nindex 1..2 100644\nGIT binary patch\nliteral 1234\n{data}\n"
    site.put(patch(diff=DIFF + binary))
    site.build()
    page = site.page(PAGE.format(1))
    assert '<details class="file" id="f1" open>' in page
    assert '<details class="file" id="f2">' in page
    assert "binary, 1,234 bytes" in text_of(page)


def test_a_file_of_few_but_long_lines_starts_folded(site: Site) -> None:
    names = "--- a/min.js\n+++ b/min.js\n"
    long = f"{names}@@ -1 +1,60 @@\n-x\n" + f"+{'x' * 9_000}\n" * 60
    site.put(patch(diff=DIFF + long))
    site.build()
    page = site.page(PAGE.format(1))
    assert '<details class="file" id="f1" open>' in page
    assert '<details class="file" id="f2">' in page


def test_the_only_file_of_a_long_diff_is_open(site: Site) -> None:
    site.put(patch(diff="--- /dev/null\n+++ b/a.c\n@@ -0,0 +1,4000 @@\n" + "+x\n" * 4000))
    site.build()
    assert '<details class="file" id="f1" open>' in site.page(PAGE.format(1))


def test_a_line_of_a_huge_file_is_cut_and_leads_to_the_whole(site: Site) -> None:
    diff = f"--- a/min.js\n+++ b/min.js\n@@ -1 +1 @@\n-x\n+{'x' * 200_000}\n"
    site.put(patch(diff=diff))
    site.build()
    page = site.page(PAGE.format(1))
    assert len(page) < 20_000
    assert '<a class="cut" href="raw">… 200,000 characters: whole in the raw diff</a>' in page
    assert site.page(PAGE.format(1).replace("index.html", "raw")) == diff


def numbers(page: str) -> list[str]:
    listed = page.partition('class="series-patches"')[2].partition("</details>")[0]
    return re.findall(r'class="number">(\d+)<|class="gap">(…)', listed)


@pytest.fixture(scope="module")
def long_series(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site(tmp_path_factory.mktemp("site"))
    site.put(cover(99, name="[PATCH 0/60] cover", series=[series_stub(1)]))
    for n in range(1, 61):
        site.put(patch(n, name=f"[PATCH {n}/60] step {n}", series=[series_stub(1)]))
    for n in range(1, 51):
        site.put(patch(100 + n, name=f"[PATCH {n}/50] step {n}", series=[series_stub(2)]))
    site.build()
    return site


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (1, "0 1 2 3 4 5 6 … 60"),
        (7, "0 1 2 3 4 5 6 7 8 9 10 11 12 … 60"),
        (30, "0 1 … 25 26 27 28 29 30 31 32 33 34 35 … 60"),
        (60, "0 1 … 55 56 57 58 59 60"),
    ],
)
def test_a_patch_of_a_long_series_names_its_neighbours(
    long_series: Site, at: int, expected: str
) -> None:
    page = long_series.page(PAGE.format(at))
    assert [number or gap for number, gap in numbers(page)] == expected.split()
    assert "60 patches in this series" in text_of(page)
    assert "All 60 patches" in text_of(page)
    assert ("next patch" in page, "previous patch" in page) == (at < 60, at > 1)


def test_a_cover_letter_of_a_long_series_names_the_first_and_the_last(long_series: Site) -> None:
    page = long_series.page("project/project-1/cover/2026030110.cover99@example.org/index.html")
    assert [number or gap for number, gap in numbers(page)] == "0 1 2 3 4 5 … 60".split()


def test_a_series_of_fifty_is_named_whole(long_series: Site) -> None:
    page = long_series.page(PAGE.format(120))
    assert [number for number, _ in numbers(page)] == [str(n) for n in range(1, 51)]
    assert "All 50 patches" not in page
