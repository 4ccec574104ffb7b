"""Feeds of the queries in site.toml."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from generator.errors import ConfigError
from tests import factories
from tests.conftest import Site

ATOM = {"a": "http://www.w3.org/2005/Atom"}
FEED = "search/feeds/locks/feed.atom"


def entries(site: Site) -> list[tuple[str, str]]:
    """(title, address) of a feed's entries."""
    tree = ElementTree.fromstring(site.page(FEED).encode())
    links = [link.get("href", "") for link in tree.findall("a:entry/a:link", ATOM)]
    titles = [title.text or "" for title in tree.findall("a:entry/a:title", ATOM)]
    return list(zip(titles, links, strict=True))


def test_a_query_of_site_toml_has_a_feed_of_what_it_finds(site: Site) -> None:
    site.put(
        factories.patch(1, name="lock: one", date="2026-01-01T00:00:00"),
        factories.patch(2, name="ring", content="x", diff=""),
        factories.cover(3, name="[0/1] lock them", date="2026-01-02T00:00:00"),
        factories.comment(4, on="patches/2", subject="Re: ring", content="lock it", date="2026-01-03T00:00:00"),
    )  # fmt: skip
    site.build(feeds={"locks": "bs:lock"}, base_url="https://example.org/")
    patch, cover = "2026030110.patch{}@example.org", "2026030110.cover3@example.org"
    root = "https://example.org/project/project-1"
    assert entries(site) == [
        ("Re: ring", f"{root}/patch/{patch.format(2)}/#4"),
        ("[0/1] lock them", f"{root}/cover/{cover}/"),
        ("lock: one", f"{root}/patch/{patch.format(1)}/"),
    ]
    page = site.page(FEED)
    assert "<id>mid:2026030111.comment4@example.org</id>" in page
    assert 'href="https://example.org/search/?q=bs%3Alock"' in page


def test_a_feed_follows_the_archive_and_vanishes_with_its_query(site: Site) -> None:
    site.put(
        factories.patch(1, name="lock: one"), factories.patch(2, name="ring", content="", diff="")
    )
    site.build(feeds={"locks": "s:lock"})
    assert len(entries(site)) == 1
    site.put(factories.patch(3, name="another lock"))
    site.build(feeds={"locks": "s:lock"})
    assert len(entries(site)) == 2
    report = site.build()
    assert not (site.output / FEED).exists()
    assert set(report.written) <= {"search"}, "no page depends on the feeds"


@pytest.mark.parametrize("query", ["", "check:bad", "d:2.weeks.ago..", "lock d:..yesterday"])
def test_a_query_that_cannot_be_a_feed_is_refused(site: Site, query: str) -> None:
    site.put(factories.patch(1))
    with pytest.raises(ConfigError, match=r"site\.toml: feeds: locks: "):
        site.build(feeds={"locks": query})
