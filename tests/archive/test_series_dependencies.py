"""What series depend on: by the server's word, or by the lines of their mails."""

from __future__ import annotations

import pytest

from generator.archive import series_dependencies, series_versions
from generator.archive.series_dependencies import MAX_ORDER, dependencies_of
from tests.factories import API, cover, patch, project, series, series_stub


def msgid(number: int) -> str:
    return f"<2026030110.patch{number}@example.org>"


def one(number: int, content: str = "", **fields):
    """The only patch of a series of the same number."""
    return patch(number, series=[series_stub(number)], content=content, diff=None, **fields)


@pytest.fixture
def numbers(archive, put):
    """Store objects; the numbers (or names) in one part of what a series depends on then."""

    def of(number: int, part: str, *objects):
        put(*objects)
        series_versions.refresh(archive)
        return [o.series or o.name for o in getattr(dependencies_of(archive, number), part)]

    return of


def test_a_line_of_a_patch_or_cover_letter_names_a_series_by_its_mail(numbers) -> None:
    letter = cover(9, series=[series_stub(3)], content=f"Depends-on: {msgid(2)}\n")
    objects = one(1), one(2, f"Depends-on: {msgid(1)}"), one(3), letter
    assert numbers(3, "needs", *objects) == [2]
    assert numbers(3, "order") == [1, 2]
    assert numbers(1, "needed_by") == [2]


def test_what_the_server_names_counts_in_place_of_the_lines(numbers) -> None:
    given = series(3, dependencies=[f"{API}/series/1/"])
    objects = one(1), one(2), one(3, f"Depends-on: {msgid(2)}"), given
    assert numbers(3, "needs", *objects) == [1]
    assert numbers(3, "needs", series(3, dependencies=[])) == [2], "it names none any more"


def test_what_the_archive_lacks_is_named_as_it_was_written(numbers) -> None:
    line = "Depends-on: https://other.example.org/project/p/list/?series=1"
    objects = one(1), one(2, f"{line}\nDepends-on: <gone@example.org>")
    others = ["<gone@example.org>", "https://other.example.org/project/p/list/?series=1"]
    assert numbers(2, "needs", *objects) == others
    late = one(5, msgid="<gone@example.org>")
    assert set(numbers(2, "needs", late)) == {5, others[1]}, "it came later"


def test_a_series_number_is_one_of_the_server_that_the_archive_mirrors(numbers) -> None:
    address = f"{API.removesuffix('/api')}/project/project-1/list/?series=1"
    assert numbers(2, "needs", one(1), one(2, f"Depends-on: {address}")) == [1]


def test_a_mail_of_several_projects_leads_to_the_series_of_the_same_project(numbers) -> None:
    shared = {"msgid": "<shared@example.org>"}
    other = project(2)
    objects = (
        one(1, **shared), one(2, project=other, **shared),
        one(3, "Depends-on: <shared@example.org>", project=other),
    )  # fmt: skip
    assert numbers(3, "needs", *objects) == [2]


def test_series_that_depend_on_each_other_or_on_themselves_are_listed_once(numbers) -> None:
    objects = (
        one(1, f"Depends-on: {msgid(2)}\nDepends-on: {msgid(1)}"),
        one(2, f"Depends-on: {msgid(1)}"),
    )
    assert numbers(1, "needs", *objects) == numbers(1, "order") == [2]


def test_a_long_chain_is_listed_as_far_as_pages_bear(archive, put, numbers) -> None:
    last = MAX_ORDER + 5
    chain = [one(n, f"Depends-on: {msgid(n - 1)}") for n in range(2, last + 1)]
    assert len(numbers(last, "order", one(1), *chain)) == MAX_ORDER
    assert dependencies_of(archive, last).is_cut
    assert not dependencies_of(archive, MAX_ORDER).is_cut


def test_an_archive_without_dependencies_has_none(archive, put) -> None:
    put(one(1))
    series_versions.refresh(archive)
    assert series_dependencies.every(archive) == {}
