"""A check's state is the same in lists, on pages and in the search."""

from __future__ import annotations

import re

import pytest

from generator.search.engine import search
from generator.search.index_reader import Index
from tests.conftest import Site
from tests.factories import check, patch

STATES = ("success", "warning", "fail")


@pytest.fixture
def checked(site: Site) -> Site:
    """Patches 1 to 3 with one check each, of the state of that place; patch 4 without any."""
    site.put(*(patch(number, name=f"patch-{number}") for number in (1, 2, 3, 4)))
    site.put(*(check(n, on=n, state=state) for n, state in enumerate(STATES, 1)))
    site.build()
    return site


def rows(page: str) -> dict[str, str]:
    """The rows of a list by their patch."""
    found = (row for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL))
    return {match[0]: row for row in found if (match := re.search(r"patch-\d", row))}


def test_a_row_counts_each_state_in_its_own_column(checked: Site) -> None:
    by_patch = rows(checked.page("project/project-1/list/index.html"))
    for number, state in enumerate(STATES, 1):
        counts = re.findall(r'<b class="(\w+)">(\d+)</b>', by_patch[f"patch-{number}"])
        assert counts == [(state, "1")]
    assert not re.search(r'<b class="\w+">\d', by_patch["patch-4"])


def test_a_list_by_check_holds_the_patches_of_that_state(checked: Site) -> None:
    for number, state in enumerate(STATES, 1):
        page = checked.page(f"project/project-1/check/{state}/index.html")
        assert set(rows(page)) == {f"patch-{number}"}


def test_a_search_by_check_finds_the_patches_of_that_state(checked: Site) -> None:
    index = Index(checked.output)
    found = {state: [hit.id for hit in search(index, f"check:{state}").hits] for state in STATES}
    assert found == {"success": [1], "warning": [2], "fail": [3]}
    assert [hit.id for hit in search(index, "check:pending").hits] == [4]


def test_the_worst_check_stands_for_a_patch_in_lists_and_search(site: Site) -> None:
    site.put(patch(1, name="patch-1"), patch(2, name="patch-2"))
    site.put(
        check(1, context="a"), check(2, context="b", state="warning"), check(3, context="c"),
        check(4, on=2, context="a", state="fail"), check(5, on=2, context="b", state="warning"),
    )  # fmt: skip
    site.build()
    index = Index(site.output)
    for number, state in ((1, "warning"), (2, "fail")):
        assert [hit.id for hit in search(index, f"check:{state}").hits] == [number]
        page = site.page(f"project/project-1/check/{state}/index.html")
        assert set(rows(page)) == {f"patch-{number}"}


def test_a_page_and_its_search_go_by_the_newest_check_of_a_context(site: Site) -> None:
    site.put(
        patch(1),
        check(2, state="fail", date="2026-03-01T12:00:00"),
        check(1, state="success", date="2026-03-01T13:00:00"),
    )
    site.build()
    page = site.page("project/project-1/patch/2026030110.patch1@example.org/index.html")
    assert 'data-check="success"' in page and 'data-check="fail"' not in page
    assert search(Index(site.output), "check:success").total == 1
    assert search(Index(site.output), "check:fail").total == 0
