"""How lists are cut into pages: those that patches leave change where the patch was, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.site.pagination import cut_by_count, cut_by_place, pages
from tests.conftest import Site
from tests.factories import patch

places = st.sets(st.integers(0, 3000), max_size=300).map(sorted)


@given(places, st.integers(1, 40))
def test_every_patch_is_on_one_page_and_no_page_is_too_long(found: list[int], size: int) -> None:
    cut = cut_by_place(found, size)
    assert [n for _, start, end in cut for n in range(start, end)] == list(range(len(found)))
    assert all(end - start <= size for _, start, end in cut)
    numbers = [number for number, _, _ in cut]
    assert numbers == sorted(set(numbers))


def test_a_place_just_behind_a_page_is_on_the_next() -> None:
    assert cut_by_place([*range(11)], 10) == [(1, 0, 10), (2, 10, 11)]


@given(places.filter(bool), st.integers(1, 40), st.data())
def test_a_patch_that_leaves_changes_its_own_page_or_joins_it_to_others(
    found: list[int], size: int, data: st.DataObject
) -> None:
    gone = data.draw(st.sampled_from(found))

    def pages(of: list[int]) -> dict[int, list[int]]:
        return {number: of[start:end] for number, start, end in cut_by_place(of, size)}

    before, after = pages(found), pages([place for place in found if place != gone])
    changed = [number for number in before if after.get(number) != before[number]]
    written = [number for number in after if after[number] != before.get(number)]
    assert len(written) <= 1
    # Those that vanish have become part of the one page that was written.
    kept = [place for number in written for place in after[number]]
    assert all(place == gone or place in kept for number in changed for place in before[number])


def test_full_pages_of_a_growing_list_stay() -> None:
    assert cut_by_count(25, 10) == [(1, 0, 10), (2, 10, 20), (3, 20, 25)]
    assert cut_by_count(20, 10) == [(1, 0, 10), (2, 10, 20), (3, 20, 20)]
    assert cut_by_count(0, 10) == [(1, 0, 0)]


@pytest.mark.slow
def test_a_changed_state_rewrites_few_pages_of_lists(site: Site) -> None:
    site.put(*(patch(n, date=f"2026-03-{n // 24 + 1:02}T{n % 24:02}:00:00") for n in range(1, 241)))
    site.build(page_size=10)
    site.put({**patch(5, date="2026-03-01T05:00:00"), "state": "accepted"})
    written = site.build(page_size=10).written["patch-list"]
    assert written <= 8  # all patches, both states and their totals, the submitter, the month


def test_pages_know_their_neighbours_and_the_newest_shows_the_last_full_one_too() -> None:
    def shown(count: int) -> list[tuple[int | None, int, int | None, int | None, int | None]]:
        ids = list(range(1, count + 1))
        return [
            (number, len(page.ids), page.newer, page.older, page.total)
            for number, page in pages("", ids, cut_by_count(count, 10))
        ]

    assert shown(0) == [(None, 0, None, None, 0)]
    assert shown(9) == [(None, 9, None, None, 9)]
    assert shown(12) == [(1, 10, None, None, None), (None, 12, None, None, 12)]
    assert shown(25) == [
        (1, 10, 2, None, None), (2, 10, None, 1, None), (None, 15, None, 1, 25)
    ]  # fmt: skip
