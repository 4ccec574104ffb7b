"""Series and people have feeds as long as something may still happen there, by the archive's own time."""

from __future__ import annotations

import re

import pytest

from tests.conftest import Site
from tests.factories import comment, cover, patch, person, series_stub

OLD = "project/project-1/series/1/"
NEW = "project/project-1/series/2/"


def put(site: Site, old: str, new: str) -> None:
    site.put(
        patch(1, date=f"{old}T10:00:00", series=[series_stub(1)], submitter=person(1)),
        cover(1, date=f"{old}T10:00:00", series=[series_stub(1)]),
        comment(1, on="patches/1", date=f"{old}T11:00:00"),
        patch(2, date=f"{new}T10:00:00", series=[series_stub(2)], submitter=person(2)),
    )


def feeds(site: Site) -> set[str]:
    own = ("project/project-1/series/", "person/")
    return {
        n.removesuffix("feed.atom")
        for n in site.names()
        if n.startswith(own) and n.endswith("feed.atom")
    }


@pytest.mark.parametrize(
    ("old", "expected"),
    [
        ("2026-01-02", {OLD, NEW, "person/1/", "person/2/"}),
        ("2025-03-01", {OLD, NEW, "person/1/", "person/2/"}),
        ("2025-02-28", {NEW, "person/1/", "person/2/"}),
        ("2024-03-01", {NEW, "person/1/", "person/2/"}),
        ("2024-02-28", {NEW, "person/2/"}),
    ],
)
def test_what_is_old_has_no_feed(site: Site, old: str, expected: set[str]) -> None:
    put(site, old, "2026-03-01")
    site.build()
    assert feeds(site) == expected


def test_pages_name_the_feed_of_their_project_where_the_series_has_none(site: Site) -> None:
    put(site, "2024-01-01", "2026-03-01")
    site.build()
    mails = "project/project-1/{}/2026030110.{}1@example.org/index.html"
    for page in (
        f"{OLD}index.html", f"{OLD}thread/index.html",
        mails.format("patch", "patch"), mails.format("cover", "cover"),
    ):  # fmt: skip
        assert "project-1/feed.atom" in site.page(page), page
        assert "series/1/feed.atom" not in site.page(page) and '="feed.atom"' not in site.page(page)
    assert "feed.atom" not in site.page("person/1/index.html")
    assert '<a href="feed.atom">' in site.page(f"{NEW}index.html")


def test_a_feed_goes_when_newer_mails_come_and_nothing_leads_to_it_then(site: Site) -> None:
    put(site, "2025-06-01", "2026-03-01")
    site.build()
    assert OLD in feeds(site)
    put(site, "2025-06-01", "2027-06-15")
    site.build()
    changed = site.files()
    assert OLD not in feeds(site)
    site.build(full=True)
    assert site.files() == changed


def test_tags_have_feeds_while_they_are_given(site: Site) -> None:
    acked = "Acked-by: B <b@example.org>"
    old = {"content": "Tested-by: B <b@example.org>", "date": "2020-01-01T10:00:00"}
    site.put(patch(1, content=acked), patch(2), patch(3, **old))
    site.build()
    base = "project/project-1/tag"
    feed = site.page(f"{base}/acked/feed.atom")
    assert re.findall("<title>(.*)</title>", feed)[1:] == ["lock: patch number 1"]
    assert "Acked-by" in feed
    assert 'acked/feed.atom">' in site.page(f"{base}/acked/index.html")
    assert not (site.output / base / "tested/feed.atom").exists()
    assert "tested/feed.atom" not in site.page(f"{base}/tested/index.html")
