"""Series of mails that the server has none for: what they consist of, and that no history matters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.archive import deletions, integrity, series_versions
from generator.archive.database import Archive
from generator.archive.worked_out_series import FIRST
from generator.archive.writer import Writer
from generator.errors import InputError
from generator.model import Series
from tests.factories import cover, patch, person, project, series_stub

Put = Callable[..., None]


def early(number: int, name: str, *answers: str, **fields: Any) -> dict[str, Any]:
    """A patch without a series."""
    headers = {"In-Reply-To": "".join(f"<{msgid}>" for msgid in answers[:1]),
               "References": " ".join(f"<{msgid}>" for msgid in reversed(answers))}  # fmt: skip
    return patch(number, name=name, series=[], headers=headers, **fields)


def first(number: int) -> str:
    return f"2026030110.patch{number}@example.org"


def contents(archive: Archive) -> dict[int, list[tuple[str, int]]]:
    """Which mails the series have that were worked out."""
    series_versions.refresh(archive)
    found: dict[int, list[tuple[str, int]]] = {}
    for kind in ("cover", "patch"):
        rows = archive.sql.execute(
            f"SELECT series_id, id FROM {kind} WHERE series_id >= ? ORDER BY 1, 2", (FIRST,)
        )
        for number, mail in rows:
            found.setdefault(number - FIRST, []).append((kind, mail))
    known = archive.sql.execute("SELECT id FROM series WHERE id >= ?", (FIRST,))
    assert {number - FIRST for (number,) in known} == found.keys()
    return found


def test_a_series_is_numbered_by_its_first_patch_and_has_what_its_mails_say(
    archive: Archive, put: Put
):
    letter = cover(9, series=[], name="[v2,0/2] locks", date="2026-03-01T09:59:00")
    put(early(5, "[v2,2/2] b", first(4), "2026030110.cover9@example.org"),
        early(4, "[v2,1/2] a", "2026030110.cover9@example.org"), letter)  # fmt: skip
    assert contents(archive) == {4: [("cover", 9), ("patch", 4), ("patch", 5)]}
    found = archive.get(Series, FIRST + 4)
    assert found and (found.name, found.version, found.total) == ("locks", 2, 2)
    assert found.submitter and found.submitter.id == 1
    assert found.date and found.date.isoformat() == "2026-03-01T09:59:00"
    assert list(integrity.faults(archive, integrity.Examined())) == []


def test_a_later_patch_joins_and_an_update_of_one_changes_nothing(archive: Archive, put: Put):
    put(early(4, "[1/2] a"))
    assert contents(archive) == {4: [("patch", 4)]}
    put(early(5, "[2/2] b", first(4)))
    assert contents(archive) == {4: [("patch", 4), ("patch", 5)]}
    put(early(4, "[1/2] a", state="accepted"))
    assert contents(archive) == {4: [("patch", 4), ("patch", 5)]}


def test_versions_of_such_series_are_found(archive: Archive, put: Put):
    put(early(4, "lock: wait"), early(5, "[v2] lock: wait", date="2026-03-04T10:00:00"))
    series_versions.refresh(archive)
    versions = series_versions.versions_of(archive, FIRST + 4)
    assert [(v.series, v.label) for v in versions] == [(FIRST + 4, "v1"), (FIRST + 5, "v2")]


def test_nothing_is_made_of_what_the_server_left_without_a_series(archive: Archive, put: Put):
    """Up to the first patch that has one: since Patchwork 2.0 each patch gets one."""
    put(early(1, "a"), patch(2), early(3, "b"), early(4, "c", project=project(2)))
    assert contents(archive).keys() == {1, 4}
    put(patch(1))
    assert contents(archive).keys() == {4}


def test_a_series_goes_with_its_last_patch(archive: Archive, put: Put):
    put(early(4, "[1/2] a"), early(5, "[2/2] b", first(4)))
    contents(archive)
    with archive.transaction():
        for number in (4, 5):
            deletions.mark_deleted(archive, "patch", number, 0)
        deletions.prune(archive)
    assert contents(archive) == {}


@pytest.mark.parametrize("item", [
    patch(1, series=[series_stub(FIRST)]), cover(1, series=[series_stub(FIRST + 7)]),
    {**series_stub(FIRST), "patches": [], "project": project()},
])  # fmt: skip
def test_no_server_may_give_such_a_number(put: Put, item: dict[str, Any]):
    with pytest.raises(InputError, match=r"^\w+ \d+: series number \d+ is reserved$"):
        put(item)


def test_patches_with_numbers_that_no_server_gives_are_left_alone(archive: Archive, put: Put):
    put(early(10**14, "a"), early(10**14 - 1, "b"))
    assert contents(archive).keys() == {10**14 - 1}


_NAMES = ["x", "[1/2] a", "[2/2] b", "[v2,1/2] a", "[v2,2/2] b", "[1.5/2] c", "[RFC] x"]
_patches = st.builds(
    lambda number, name, answers, minute, sender: early(
        number, name, *answers, date=f"2026-03-01T10:{minute:02}:00", submitter=person(sender)
    ),
    st.integers(1, 8), st.sampled_from(_NAMES), st.lists(st.integers(1, 8).map(first), max_size=2),
    st.integers(0, 59), st.integers(1, 2),
)  # fmt: skip
_covers = st.builds(
    lambda number, name: cover(number, name=name, series=[]),
    st.integers(1, 3), st.sampled_from(["[0/2] x", "[v2,0/2] x"]),
)  # fmt: skip
_with_series = st.builds(lambda number: patch(number), st.integers(5, 8))


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=30)
@given(st.lists(st.one_of(_patches, _patches, _covers, _with_series), max_size=10), st.data())
def test_no_history_of_imports_matters(objects: list[dict[str, Any]], data: st.DataObject):
    last = {("diff" in item, item["id"]): item for item in objects}
    with TemporaryDirectory() as folder:
        with Archive(Path(folder, "one.db")) as archive:
            for item in objects:
                _store(archive, [item])
                if data.draw(st.booleans()):
                    contents(archive)
            grown = contents(archive)
        with Archive(Path(folder, "two.db")) as archive:
            _store(archive, data.draw(st.permutations([*last.values()])))
            assert contents(archive) == grown


def _store(archive: Archive, items: list[dict[str, Any]]) -> None:
    writer = Writer(archive)
    with archive.transaction():
        for item in items:
            writer.put(item)
