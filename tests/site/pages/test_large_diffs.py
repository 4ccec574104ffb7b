"""A diff that is too large for one page: pages of its files, and what leads there."""

from __future__ import annotations

import re

import pytest

from generator.archive.database import Archive
from generator.site.verify import Checked, verify
from tests.conftest import Site
from tests.factories import DIFF, comment, patch

PATCH = "project/project-1/patch/2026030110.patch1@example.org/"


def added(path: str, count: int) -> str:
    lines = "".join(f"+line {n} of {path}\n" for n in range(1, count + 1))
    return f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{count} @@\n{lines}"


LARGE = added("a.c", 2000) + DIFF + added("b/big.c", 9000)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site(tmp_path_factory.mktemp("site"))
    site.put(
        patch(diff=LARGE),
        comment(1, content="> +line 6000 of b/big.c\n\nSee <2026030110.patch2@example.org>.\n"),
        comment(2, content="> +\tlock_note(lock);\n\nWhy this note?\n"),
        patch(2, series=[]),
    )
    site.build()
    return site


def test_each_file_has_a_page_and_a_long_one_several(large: Site) -> None:
    pages = [name for name in large.names() if name.startswith(f"{PATCH}files/")]
    assert pages == [f"{PATCH}files/{n}/index.html" for n in ("1", "2", "3/2", "3/3", "3")]
    shown = re.findall(r" id=f3R(\d+)", "".join(large.page(page) for page in pages))
    assert sorted(map(int, shown)) == list(range(1, 9001))


def test_the_patchs_page_has_the_list_and_the_first_files(large: Site) -> None:
    page = large.page(f"{PATCH}index.html")
    assert page.count(" id=f1R") == 2000 and " id=f2R11" in page and " id=f3R" not in page
    assert '<a href="files/3/" id="f3"><span>b/</span>big.c</a>' in page
    assert '<a href="#f2"><span>lib/</span>lock.c</a>' in page
    assert "1 more file has a page of its own" in page


def test_a_remark_is_counted_on_the_patchs_page_and_shown_with_its_file(large: Site) -> None:
    page = large.page(f"{PATCH}index.html")
    assert "2 inline comments" in page
    assert 'href="files/3/2/#r1.1">inline in b/big.c</a>' in page
    assert 'href="#r2.1">inline in lib/lock.c</a>' in page
    assert 'id="r1.1"' not in page
    part = large.page(f"{PATCH}files/3/2/index.html")
    assert '<details id="r1.1" open>' in part and '<a href="../../../#1">full comment</a>' in part
    assert f'href="../../../../../../../{PATCH.replace("patch1@", "patch2@")}"' in part


def test_the_parts_of_a_file_say_where_they_begin(large: Site) -> None:
    page = large.page(f"{PATCH}files/3/index.html")
    assert '<b aria-current="page" data-first="h1 R1">1–3000</b>' in page
    assert 'files/3/2/" data-first="h1 R3001">3001–6000</a>' in page
    assert "(continued)" in large.page(f"{PATCH}files/3/2/index.html")


def test_all_links_lead_somewhere(large: Site) -> None:
    with Archive(large.content / "archive.db") as archive:
        assert list(verify(archive, large.output, Checked())) == []


def test_pages_of_files_go_when_the_diff_is_no_longer_large(site: Site) -> None:
    site.put(patch(diff=LARGE))
    site.build(base_url="https://example.org/")
    pages = [name.removesuffix("index.html") for name in site.names() if "/files/" in name]
    assert re.findall(
        r"<loc>https://example.org/(.*/files/.*)</loc>", site.page("sitemap-1.xml")
    ) == sorted(pages)
    site.put(patch(diff=DIFF))
    site.build(base_url="https://example.org/")
    assert not any("/files/" in name for name in site.names())
    assert "/files/" not in site.page("sitemap-1.xml")
    assert not (site.output / PATCH / "files").exists()


def test_data_and_text_without_hunks_are_cut_into_pages_too(site: Site) -> None:
    data = "".join(f"z{n:060}\n" for n in range(11_000))
    site.put(
        patch(diff=f"diff --git a/x b/x\nindex 1..2 100644\nGIT binary patch\nliteral 9\n{data}\n")
    )
    site.build()
    pages = [site.page(f"{PATCH}files/1/{part}index.html") for part in ("", "2/", "3/", "4/")]
    found = [line for page in pages for line in re.findall(r"z\d{60}", page)]
    assert found == data.split()
