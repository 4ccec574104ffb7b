"""What a page tells search engines, feed readers and chats of itself."""

from __future__ import annotations

import json
import re
from html import unescape
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import unquote

import pytest

from tests.conftest import Site
from tests.factories import comment
from tests.site import golden_archive

pytestmark = pytest.mark.slow

BASE = "https://patches.example.org/"
PATCH = "project/queue/patch/2026030110.patch11@example.org/index.html"
THREAD = "project/queue/series/2/thread/index.html"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site(tmp_path_factory.mktemp("metadata"))
    site.content.mkdir()
    site.put(*golden_archive.objects())
    site.put(comment(9, on="patches/11", subject="</script>", content="</script><b>x</b>"))
    site.build(base_url=BASE)
    return site


def pages(site: Site) -> list[str]:
    """The pages of the site: neither redirects nor what the API has."""
    return [
        name for name in site.names()
        if name.endswith(".html") and not name.startswith("api/") and "http-equiv" not in site.page(name)
    ]  # fmt: skip


def attribute(page: str, pattern: str) -> str:
    match = re.search(pattern, page)
    return unescape(match[1]) if match else ""


def postings(page: str) -> list[dict[str, Any]]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    return [json.loads(text) for text in found]


def test_every_page_says_what_it_is(built: Site):
    for name in pages(built):
        page = built.page(name)
        title = attribute(page, "<title>(.*?)</title>")
        assert attribute(page, 'property="og:title" content="([^"]+)"') in title, name
        assert attribute(page, 'name="description" property="og:description" content="([^"]+)"')


def test_every_page_has_one_address(built: Site):
    for name in pages(built):
        canonical = attribute(built.page(name), '<link rel="canonical" href="([^"]+)"')
        assert attribute(built.page(name), 'property="og:url" content="([^"]+)"') == canonical
        if name != "404.html":
            assert unquote(canonical) == BASE + name.removesuffix("index.html")


def test_without_a_base_url_no_page_has_an_absolute_address(site: Site):
    site.put(*golden_archive.objects())
    site.build()
    assert all('rel="canonical"' not in site.page(name) for name in pages(site))


def test_the_feeds_that_pages_name_exist(built: Site):
    names = set(built.names())
    for name in pages(built):
        for href in re.findall(
            r'type="application/atom\+xml"[^>]*href="([^"]+)"', built.page(name)
        ):
            assert normpath(join(dirname(name), href)) in names, name


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        (PATCH, "project/queue/series/2/feed.atom"),
        (THREAD, "project/queue/series/2/feed.atom"),
        ("project/queue/patch/2026030110.patch20@example.org/index.html", "project/queue/feed.atom"),
        ("project/queue/state/accepted/index.html", "project/queue/feed.atom"),
        ("person/1/index.html", "person/1/feed.atom"),
        ("index.html", "feed.atom"),
    ],
)  # fmt: skip
def test_a_page_names_the_feed_nearest_to_it(built: Site, page: str, feed: str):
    href = attribute(built.page(page), r'type="application/atom\+xml"[^>]*href="([^"]+)"')
    assert normpath(join(dirname(page), href)) == feed


def test_a_discussed_patch_is_a_posting_with_all_that_search_engines_require(built: Site):
    (posting,) = postings(built.page(PATCH))
    assert posting["@context"] == "https://schema.org"
    assert posting["@type"] == "DiscussionForumPosting"
    assert posting["headline"] == "[v2,1/2] queue: refuse jobs when full"
    assert posting["commentCount"] == len(posting["comment"]) == 2
    for said in (posting, *posting["comment"]):
        assert said["author"]["name"]
        assert re.fullmatch(r"2026-03-\d\dT\d\d:\d\d:\d\dZ", said["datePublished"])
        assert said["text"]


def test_comments_lead_to_their_anchors(built: Site):
    page = built.page(PATCH)
    (posting,) = postings(page)
    for said in posting["comment"]:
        assert f'id="{said["url"][1:]}"' in page
    page = built.page(THREAD)
    for posting in postings(page):
        for said in (posting, *posting["comment"]):
            assert f'id="{said["url"][1:]}"' in page


def test_a_text_cannot_end_the_data(built: Site):
    (posting,) = postings(built.page(PATCH))
    assert "</script><b>x</b>" in {said["text"] for said in posting["comment"]}


def test_a_patch_without_comments_is_no_posting(built: Site):
    assert (
        postings(built.page("project/queue/patch/2026030110.patch20@example.org/index.html")) == []
    )
