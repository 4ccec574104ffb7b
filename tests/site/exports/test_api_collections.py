"""The API's collections in pages: what lists have of each object, and nothing rewritten without need."""

from __future__ import annotations

import json
from typing import Any

from generator.site.exports import api_collections
from generator.site.safeguards import Allowed
from tests import factories
from tests.conftest import Site

DETAIL = {"headers", "content", "diff", "prefixes"}


def read(site: Site, path: str) -> Any:
    return json.loads(site.page(f"api/{path}.json"))


def test_a_page_has_what_lists_have_of_each_object(site: Site) -> None:
    site.put(factories.patch(2), factories.patch(1), factories.cover(5), factories.series(1))
    site.build()
    for name, numbers in (("patches", [1, 2]), ("covers", [5]), ("series", [1])):
        entries = read(site, f"{name}/pages/1")
        assert [entry["id"] for entry in entries] == numbers
        for entry in entries:
            alone = read(site, f"{name}/{entry['id']}")
            assert entry == {key: held for key, held in alone.items() if key not in DETAIL}


def test_a_site_without_objects_has_empty_collections(site: Site) -> None:
    site.build(allowed=Allowed(empty=True))
    assert read(site, "patches/pages/1") == []
    assert json.loads(site.page("api/patches/index.html")) == []


def test_full_pages_stay_when_patches_arrive(site: Site, monkeypatch: Any) -> None:
    monkeypatch.setattr(api_collections, "PER_PAGE", 3)
    site.put(*(factories.patch(number) for number in range(1, 5)))
    site.build()
    assert [len(read(site, f"patches/pages/{page}")) for page in (1, 2)] == [3, 1]
    before = (site.output / "api/patches/pages/1.json").stat().st_mtime_ns
    site.put(*(factories.patch(number) for number in range(5, 9)))
    site.build()
    assert [len(read(site, f"patches/pages/{page}")) for page in (1, 2, 3)] == [3, 3, 2]
    assert (site.output / "api/patches/pages/1.json").stat().st_mtime_ns == before


def test_a_changed_state_is_in_the_page(site: Site) -> None:
    site.put(factories.patch(1), factories.patch(2))
    site.build()
    site.put({**factories.patch(2), "state": "accepted"})
    site.build()
    assert [entry["state"] for entry in read(site, "patches/pages/1")] == ["new", "accepted"]
