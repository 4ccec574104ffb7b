"""Filtered lists of the API: what they have, what stays when patches arrive, and what it takes on disk."""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from generator.servers.api_filters import is_listed_delegate
from generator.site.exports import api_collections, api_lists
from generator.site.exports.api_lists import ApiList, files_of, patch_lists
from generator.site.pagination import cut_by_count
from tests import factories
from tests.conftest import Site

LISTS = "project/project-1/lists"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four entries on a page."""
    monkeypatch.setattr(api_lists, "PER_PAGE", 4)


def put(site: Site, numbers: Any, **fields: Any) -> None:
    site.put(*(factories.patch(n, series=[], **fields) for n in numbers))


def numbers(site: Site, path: str) -> list[int]:
    return [item["id"] for item in json.loads(site.page(f"{LISTS}/{path}.json"))]


def test_patches_are_listed_newest_first_by_their_numbers(site: Site) -> None:
    site.put(factories.patch(1, date="2026-03-05T10:00:00"), factories.patch(2), factories.patch(3))
    site.put(factories.patch(4, project=factories.project(2), series=[]))
    site.build()
    assert numbers(site, "patches/state=/any/1") == [3, 2, 1]
    entries = json.loads(site.page(f"{LISTS}/patches/state=/any/1.json"))
    assert entries[0] == json.loads(site.page("api/patches/pages/1.json"))[2]


@pytest.mark.usefixtures("small")
def test_pages_follow_one_another_without_a_gap(site: Site) -> None:
    put(site, range(1, 20))
    site.build()
    pages = [numbers(site, f"patches/state=/any/{page}") for page in (1, 2, 3, 4)]
    assert list(chain(*pages)) == list(range(19, 0, -1))
    assert [len(page) for page in pages] == [7, 4, 4, 4]
    assert f"{LISTS}/patches/state=/any/5.json" not in site.names()


@pytest.mark.usefixtures("small")
def test_what_is_older_than_the_newest_page_stays(site: Site) -> None:
    put(site, range(1, 18))
    site.build()
    before = site.files()
    put(site, [18, 19])
    site.build()
    files = {name for name, content in site.files().items() if before.get(name) != content}
    folders = [f"{LISTS}/patches/state={state}/any" for state in ("", "new", "new+under-review")]
    assert {name for name in files if "/lists/" in name} == {f"{path}/1.json" for path in folders}
    put(site, [20])
    site.build()
    pages = [numbers(site, f"patches/state=/any/{page}") for page in range(1, 6)]
    assert list(chain(*pages)) == list(range(20, 0, -1))


@pytest.mark.usefixtures("small")
def test_a_state_has_its_own_list_and_git_pws_two_have_one_together(site: Site) -> None:
    put(site, [1, 4], state="new")
    put(site, [2], state="under-review")
    put(site, [3, 5], state="accepted")
    site.build()
    assert numbers(site, "patches/state=new/any/1") == [4, 1]
    assert numbers(site, "patches/state=accepted/any/1") == [5, 3]
    assert numbers(site, "patches/state=new+under-review/any/1") == [4, 2, 1]
    put(site, [4], state="accepted")
    site.build()
    assert numbers(site, "patches/state=new/any/1") == [1]
    assert numbers(site, "patches/state=accepted/any/1") == [5, 4, 3]


@pytest.mark.usefixtures("small")
def test_lists_by_state_leave_archived_patches_out(site: Site) -> None:
    put(site, range(1, 10), state="accepted")
    put(site, [2, 9], state="accepted", archived=True)
    site.build()
    assert numbers(site, "patches/state=/all/1")[0] == 9
    assert numbers(site, "patches/state=accepted/false/1")[0] == 8
    names = {name.removeprefix(f"{LISTS}/patches/") for name in site.names() if "/lists/" in name}
    assert {name.rpartition("/")[0] for name in names} == {
        "state=/all", "state=accepted/false", "state=new+under-review/any",
    }  # fmt: skip
    listed = [n.removesuffix(".json") for n in names if n.startswith("state=accepted/false/")]
    found = {number for path in listed for number in numbers(site, f"patches/{path}")}
    assert found == {1, 3, 4, 5, 6, 7, 8}
    assert numbers(site, "patches/state=new+under-review/any/1") == []


@pytest.mark.usefixtures("small")
def test_a_delegate_has_lists_by_name_and_number(site: Site) -> None:
    ada, odd = factories.user(7, username="ada.l"), factories.user(8, username="../x")
    put(site, [1, 4, 6], state="new", delegate=ada)
    put(site, [2, 5], state="accepted", delegate=ada)
    put(site, [5], state="accepted", delegate=ada, archived=True)
    put(site, [3], state="new", delegate=odd)
    site.build()
    for name in ("ada.l", "7"):
        assert numbers(site, f"patches/delegate={name}/state=/all/1") == [6, 5, 4, 2, 1]
        asked = f"patches/delegate={name}/state=new+under-review/any/1"
        assert numbers(site, asked) == [6, 4, 1]
    assert not [name for name in site.names() if "/lists/" in name and "=8/" in name]
    assert (site.output / LISTS / "patches/delegate=7/state=/all/1.json").is_symlink()


@pytest.mark.parametrize("name", ["", "..", "a/b", "a,b", "a+b", "a.", "-a", "ü", "x" * 200])
def test_a_delegate_of_a_strange_name_has_no_list(name: str) -> None:
    assert not is_listed_delegate(name)


def test_equal_lists_are_stored_once(site: Site) -> None:
    put(site, range(1, 10), state="new")
    site.build()
    for name in ("state=new", "state=new+under-review"):
        assert (site.output / LISTS / "patches" / name / "any/1.json").is_symlink()
        assert numbers(site, f"patches/{name}/any/1") == list(range(9, 0, -1))


@pytest.mark.usefixtures("small")
def test_equal_lists_of_many_pages_are_the_same(site: Site) -> None:
    put(site, range(1, 20), state="new")
    site.build()
    pages = [numbers(site, f"patches/state=new/any/{page}") for page in (1, 2, 3, 4)]
    assert list(chain(*pages)) == list(range(19, 0, -1))


def test_cover_letters_series_and_bundles_have_lists(site: Site) -> None:
    site.put(factories.cover(5), factories.cover(6), factories.series(1), factories.series(4))
    held = [factories.stub(factories.patch(1))]
    site.put(factories.patch(1), factories.bundle(1, name="b", patches=held))
    site.put(
        factories.bundle(2, name="a", patches=held), factories.bundle(3, name="x", public=False)
    )
    site.build()
    assert numbers(site, "covers/1") == [6, 5]
    assert numbers(site, "series/1") == [4, 1]
    assert numbers(site, "bundles/1") == [2, 1]


@pytest.mark.parametrize(
    "state", ["", "..", "a/b", "A", "new+old", "a,b", "\x00"[:0] + "ü", "x" * 200]
)
def test_a_state_of_a_strange_name_has_no_list(state: str) -> None:
    found = [of.folder for of in patch_lists("", [1], {1: state}, frozenset())]
    assert found == ["patches/state=/any", "patches/state=new+under-review/any"]


def test_without_the_api_there_are_no_lists(site: Site) -> None:
    put(site, [1])
    site.build(api=False)
    assert not [name for name in site.names() if "/lists/" in name]


def test_lists_take_few_files_and_the_pages_of_a_full_one_are_stored_once() -> None:
    ids = tuple(range(1, 100_001))
    found = ApiList("x", "patch", ids, tuple(cut_by_count(len(ids), api_collections.PER_PAGE)))
    files, later = files_of(found)
    assert sum(len(held) for held in files.values()) == len(ids)
    assert len(files) + len(later) < 0.01 * len(ids)


def test_the_same_site_whatever_was_built_before(site: Site, tmp_path: Path) -> None:
    put(site, range(1, 9), state="new")
    site.build()
    put(site, [3, 8], state="accepted", archived=True)
    site.build()
    other = Site(tmp_path / "other")
    put(other, range(1, 9), state="new")
    put(other, [3, 8], state="accepted", archived=True)
    other.build()
    of = [{n: c for n, c in s.files().items() if "/lists/" in n} for s in (site, other)]
    assert of[0] == of[1]
