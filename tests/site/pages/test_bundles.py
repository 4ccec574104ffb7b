"""Pages of bundles, their mboxes, lists and objects of the API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.archive.database import Archive
from generator.site.pages import bundle
from generator.sources import own_bundles
from tests import factories
from tests.conftest import Site

BASE = "https://patches.example.org/"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path)
    made.put(
        *(factories.patch(n) for n in (1, 2, 3)), factories.patch(9, project=factories.project(2))
    )
    return made


def held(*numbers: int, **fields: Any) -> dict[str, Any]:
    stubs = [factories.stub(factories.patch(n)) for n in numbers]
    return factories.bundle(7, patches=stubs, **fields)


def built(site: Site, *bundles: dict[str, Any]) -> Site:
    site.put(*bundles)
    site.build(base_url=BASE)
    assert site.failures == []
    return site


def test_the_page_and_the_mbox_have_the_order_of_the_bundle(site: Site) -> None:
    built(site, held(3, 1, 2, name="to apply"))
    page = site.page("bundle/user3/to apply/index.html")
    places = [page.index(f"patch number {n}") for n in (3, 1, 2)]
    assert places == sorted(places)
    assert f"curl -fL {BASE}bundle/user3/to%20apply/mbox | git am -3" in page
    mbox = site.page("bundle/user3/to apply/mbox")
    found = [line for line in mbox.splitlines() if line.startswith("X-Patchwork-Id: ")]
    assert found == [f"X-Patchwork-Id: {n}" for n in (3, 1, 2)]


def test_a_bundle_without_a_patch_of_its_project_has_no_mbox(site: Site) -> None:
    built(site, held(9, 77))
    page = site.page("bundle/user3/queue/index.html")
    assert "Not in this archive" in page and "patch number 9" in page and "patch number 77" in page
    assert "bundle/user3/queue/mbox" not in site.names()


def test_private_bundles_have_no_page(site: Site) -> None:
    built(site, held(1, public=False))
    assert not [name for name in site.names() if name.startswith("bundle/")]
    assert json.loads(site.page("api/bundles/pages/1.json")) == []
    assert "bundles/" not in site.page("project/project-1/index.html")


def test_a_project_lists_its_bundles(site: Site) -> None:
    built(site, held(1, 2))
    page = site.page("project/project-1/bundles/index.html")
    assert '<a href="../../../bundle/user3/queue/">queue</a>' in page and "user3" in page
    assert '<a href="bundles/">1</a>' in site.page("project/project-1/index.html")
    assert "bundles/" not in site.page("project/project-2/index.html")
    sitemap = site.page("sitemap-1.xml")
    assert f"{BASE}bundle/user3/queue/" in sitemap
    assert f"{BASE}project/project-1/bundles/" in sitemap


def test_the_api_has_bundles(site: Site) -> None:
    built(site, held(2, 1))
    bundle = json.loads(site.page("api/bundles/7.json"))
    assert [patch["id"] for patch in bundle["patches"]] == [2, 1]
    assert bundle["url"] == f"{BASE}api/bundles/7/"
    assert bundle["web_url"] == f"{BASE}bundle/user3/queue/"
    assert bundle["mbox"] == f"{BASE}bundle/user3/queue/mbox/bundle-7-queue.mbox"
    assert bundle["owner"]["username"] == "user3" and bundle["public"] is True
    assert bundle["patches"][0]["mbox"].startswith(f"{BASE}project/project-1/patch/")
    assert json.loads(site.page("api/bundles/pages/1.json")) == [bundle]
    assert list(bundle)[:6] == ["id", "url", "web_url", "project", "name", "owner"]


def test_an_own_bundle_is_shown_by_its_title(site: Site) -> None:
    folder = site.content / "bundles"
    folder.mkdir()
    (folder / "stable.toml").write_text('title = "For <stable>"\npatches = [2, 1]')
    with Archive(site.content / "archive.db") as archive:
        own_bundles.apply(archive, folder, site.failures.append)
    built(site)
    page = site.page("bundle/archive/stable/index.html")
    assert "<h1>For &lt;stable&gt;" in page and "Published by" in page
    (bundle,) = json.loads(site.page("api/bundles/pages/1.json"))
    assert (bundle["name"], bundle["owner"]["username"]) == ("stable", "archive")
    assert "title" not in bundle


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("..", "~7"),
        ("mbox", "~7"),
        ("a/b", "a%2Fb"),
        ("\x01", "~7"),
        ("n" * 300, "~7"),
        ("A b", "A b"),
    ],
)
def test_a_name_stays_in_its_folder(site: Site, name: str, folder: str) -> None:
    built(site, held(1, name=name))
    assert f"bundle/user3/{folder}/index.html" in site.names()


def test_names_that_differ_in_case_alone_have_pages_of_their_own(site: Site) -> None:
    built(site, held(1, name="Queue"), {**held(2, name="queue"), "id": 8})
    pages = {n for n in site.names() if n.startswith("bundle/") and n.endswith(".html")}
    assert pages == {"bundle/user3/Queue/index.html", "bundle/user3/~8/index.html"}


def test_mails_too_large_for_one_download_are_told(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "_LARGEST_MBOX", 65536)
    large = "".join(f"+{n:060}\n" for n in range(2000))
    diff = f"--- a/x\n+++ b/x\n@@ -0,0 +1,2000 @@\n{large}"
    site.put(factories.patch(1, diff=diff))
    site.put(held(1, 2))
    site.build()
    assert "too large for one download" in site.page("bundle/user3/queue/index.html")
    assert "bundle/user3/queue/mbox" not in site.names()


def test_what_a_bundle_shows_makes_its_page_stale(site: Site) -> None:
    built(site, held(1, 2))
    site.put(factories.patch(2, state="accepted"))
    site.put(factories.comment(5, on="patches/1"))
    site.build(base_url=BASE)
    assert "accepted" in site.page("bundle/user3/queue/index.html")
    assert "Reviewed-by: Sender Number2" in site.page("bundle/user3/queue/mbox")
    site.put(held(2, 1, name="other"))
    site.build(base_url=BASE)
    assert not [name for name in site.names() if name.startswith("bundle/user3/queue/")]
    assert "other" in site.page("project/project-1/bundles/index.html")
