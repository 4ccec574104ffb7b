"""Patchwork's addresses by number lead to the pages, with or without a page for each."""

from __future__ import annotations

import json

from tests.conftest import Site
from tests.factories import comment, cover, patch

PAGE = "project/project-1/patch/2026030110.patch7@example.org/"


def put(site: Site) -> None:
    site.put(
        patch(7),
        patch(1234),
        cover(9),
        comment(5, on="patches/7"),
        comment(5, on="covers/9"),
        comment(6, on="covers/9"),
    )


def test_numbers_are_looked_up_in_files_of_a_thousand(site: Site) -> None:
    put(site)
    site.build()
    assert json.loads(site.page("number/patch/0.json")) == {"7": PAGE}
    assert list(json.loads(site.page("number/patch/1.json"))) == ["1234"]
    letter = "project/project-1/cover/2026030110.cover9@example.org/"
    assert json.loads(site.page("number/cover/0.json")) == {"9": letter}
    assert json.loads(site.page("number/comment/0.json")) == {"5": f"{PAGE}#5", "6": f"{letter}#6"}
    assert json.loads(site.page("number/person/0.json")) == {
        "1": "Sender Number1",
        "2": "Sender Number2",
    }
    assert not [path for path in site.names() if path.startswith(("patch/", "cover/", "comment/"))]


def test_a_site_may_have_pages_that_lead_on(site: Site) -> None:
    put(site)
    site.build(redirects="files")
    moved = site.page("patch/7/index.html")
    assert (
        f'content="0; url=../../{PAGE}"' in moved
        and f'rel="canonical" href="../../{PAGE}"' in moved
    )
    assert f"url=../../{PAGE}#5" in site.page("comment/5/index.html")
    assert "/cover/2026030110.cover9@example.org/#6" in site.page("comment/6/index.html")
    files = site.files()
    assert (
        files["patch/7/mbox"] == files[f"{PAGE}mbox"]
        and files["patch/7/raw"] == files[f"{PAGE}raw"]
    )
    assert "cover/9/mbox" in files
    assert (site.output / "patch/7/mbox").is_symlink(), "no download is stored twice"


def test_pages_that_lead_on_go_when_they_are_no_longer_wanted(site: Site) -> None:
    put(site)
    site.build(redirects="files")
    site.build()
    assert not [path for path in site.names() if path.startswith(("patch/", "cover/", "comment/"))]


def test_a_name_in_them_is_text(site: Site) -> None:
    site.put(patch(7, name="<script>alert(1)</script>"))
    site.build(redirects="files")
    assert "<script>" not in site.page("patch/7/index.html")


def test_only_the_file_of_the_new_number_changes(site: Site) -> None:
    put(site)
    site.build()
    before = site.files()
    site.put(patch(1235))
    site.build()
    after = site.files()
    changed = {path for path in after if after[path] != before.get(path)}
    assert {path for path in changed if path.startswith("number/")} == {"number/patch/1.json"}
