"""What series depend on, on their pages and in the API."""

from __future__ import annotations

import json

from tests.conftest import Site
from tests.factories import patch, series, series_stub

BASE = "https://archive.example.org/"


def one(number: int, content: str = "", **fields):
    name = f"series {number}"
    return patch(number, series=[series_stub(number, name=name)], content=content, **fields)


def page(site: Site, number: int) -> str:
    return site.page(f"project/project-1/series/{number}/index.html")


def patch_page(site: Site, number: int) -> str:
    return site.page(f"project/project-1/patch/2026030110.patch{number}@example.org/index.html")


def test_both_sides_link_to_each_other_and_name_the_order(site: Site) -> None:
    depends = "Depends-on: <2026030110.patch1@example.org>\nDepends-on: <elsewhere@example.org>"
    site.put(one(1), one(2, depends), series(1, name="series 1"), series(2, name="series 2"))
    site.build(base_url=BASE)
    here = page(site, 2)
    assert (
        '<dt>Depends on</dt><dd><ul><li><a href="../../../../project/project-1/series/1/">' in here
    )
    assert '&lt;elsewhere@example.org&gt; <span class="note">not in this archive</span>' in here
    assert '<dt id="apply">Apply in this order</dt>' in here
    assert "curl" not in here, "what is to be applied first is not all here"
    assert "<dt>Needed by</dt>" in page(site, 1)
    assert "series/2/#apply" in patch_page(site, 2)
    assert "<dt>Needed by</dt>" in patch_page(site, 1)
    shown = json.loads(site.page("api/series/2.json")), json.loads(site.page("api/series/1.json"))
    assert shown[0]["dependencies"] == [f"{BASE}api/series/1/"]
    assert shown[1]["dependents"] == [f"{BASE}api/series/2/"]


def test_one_command_applies_all_where_all_is_here(site: Site) -> None:
    chain = [one(n, f"Depends-on: <2026030110.patch{n - 1}@example.org>") for n in (2, 3)]
    site.put(one(1), *chain)
    site.build(base_url=BASE)
    boxes = " ".join(f"{BASE}series/{n}/mbox" for n in (1, 2, 3))
    assert f"curl -fL --fail-early {boxes} | git am -3" in page(site, 3)


def test_pages_of_both_sides_are_stale_when_the_other_one_comes(site: Site) -> None:
    site.put(one(1))
    site.put(one(2, "Depends-on: <2026030110.patch3@example.org>"))
    site.build(base_url=BASE)
    assert "not in this archive" in page(site, 2)
    site.put(one(3))
    site.build(base_url=BASE)
    assert "not in this archive" not in page(site, 2)
    assert "series/3/" in patch_page(site, 2)
    site.put(series(3, name="A new name"))
    site.build(base_url=BASE)
    assert "A new name" in page(site, 2)


def test_what_the_server_gave_stays_in_the_api(site: Site) -> None:
    line = "Depends-on: <2026030110.patch1@example.org>"
    site.put(one(1), one(2, line), series(2, dependencies=[], dependents=[]))
    site.build(base_url=BASE)
    shown = json.loads(site.page("api/series/2.json"))
    assert (shown["dependencies"], shown["dependents"]) == ([], [])
