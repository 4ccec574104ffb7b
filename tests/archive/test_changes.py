"""Changes are worked out from what the archive holds, however that came in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from generator import urls
from generator.archive import change_filters, changes, series_versions
from generator.archive.changes import Change
from generator.archive.database import Archive
from generator.archive.maintainers import Maintained
from generator.archive.writer import Writer
from generator.maintainers.patterns import Matcher
from generator.maintainers.subsystems import subsystems
from tests.factories import check, comment, patch, person, series
from tests.site import golden_archive

OPEN = ["new", "under-review"]


def found(archive: Archive, **options: Any) -> list[Change]:
    series_versions.refresh(archive)
    return list(changes.changes(archive, **{"open_states": OPEN, "stale_days": 90, **options}))


def test_versions_are_one_change_with_the_facts_of_the_newest(
    archive: Archive, put: Callable[..., None]
) -> None:
    put(*golden_archive.objects())
    lone, versioned = found(archive)
    assert (lone.kind, lone.id, lone.verdict.status) == ("patch", 20, "rejected")
    assert (versioned.kind, versioned.id, versioned.versions) == ("series", 1, (1, 2))
    assert versioned.newest == 2
    assert versioned.patches == (11, 12)
    assert versioned.reviewed == 2  # the trailer answers the cover letter
    assert (versioned.failing, versioned.remarks) == (1, 1)
    assert versioned.states == ("accepted", "under-review")
    assert versioned.verdict.status == "waiting for the author"
    assert versioned.verdict.place.comment == 4


def test_an_answer_from_another_address_is_the_authors(
    archive: Archive, put: Callable[..., None]
) -> None:
    put(
        patch(1),
        comment(1, content="Why?"),
        comment(2, content="Because.", submitter=person(5, name=person()["name"])),
    )
    assert found(archive)[0].verdict.status == "needs review"


def test_stale_is_counted_from_the_newest_mail(archive: Archive, put: Callable[..., None]) -> None:
    put(patch(1), series(1), patch(2, series=[], date="2026-08-01T10:00:00"))
    assert {c.id: c.verdict.status for c in found(archive)} == {1: "stale", 2: "needs review"}


def test_a_known_commit_makes_a_patch_landed(archive: Archive, put: Callable[..., None]) -> None:
    put(patch(1), patch(2, series=[], commit_ref="abcdef"))
    change, with_ref = sorted(found(archive, landed={1: "1234abcd"}), key=lambda c: c.patches)
    assert change.verdict.status == with_ref.verdict.status == "landed"


def test_a_change_has_the_date_that_its_series_is_listed_by(
    archive: Archive, put: Callable[..., None]
) -> None:
    put(patch(1, date="2026-03-02T10:00:00"), series(1, date="2026-03-01T10:00:00"))
    assert urls.day(found(archive)[0].date) == "2026-03-01"


def test_mails_that_the_server_deleted_do_not_wait(
    archive: Archive, put: Callable[..., None]
) -> None:
    put(patch(1), patch(2, series=[]), comment(1, on="patches/2", content="Why?"))
    with archive.transaction():
        archive.sql.execute("INSERT INTO deletion VALUES ('patch', 1, 0)")
        archive.sql.execute("INSERT INTO deletion VALUES ('patch-comment', 1, 0)")
    by_patch = {c.patches: c.verdict.status for c in found(archive)}
    assert by_patch == {(1,): "closed", (2,): "needs review"}


def test_an_area_is_a_subsystem_by_title_or_page(
    archive: Archive, put: Callable[..., None]
) -> None:
    put(patch(1))
    text = b"LOCKS (all)\nF: lib/\nX: lib/x\n\nREST\nF: other/\n\nlib\nF: other/\n"
    named, _ = subsystems(text, "M")
    known = {1: Maintained(named, Matcher(named, "M"))}
    change = found(archive)[0]
    for area, expected in (
        ("locks (ALL)", True),
        ("locks-all", True),
        ("rest", False),
        ("lib", False),
    ):
        assert change_filters.touches(archive, change, area, known) == expected, area
    assert change_filters.touches(archive, change, "lib/lock.c", known)


def test_an_area_is_a_file_or_a_whole_folder(archive: Archive, put: Callable[..., None]) -> None:
    put(patch(1))
    change = found(archive)[0]
    touched = {
        area: change_filters.touches(archive, change, area, {})
        for area in ("lib", "lib/lock.c", "li")
    }
    assert touched == {"lib": True, "lib/lock.c": True, "li": False}


OBJECTS = [*golden_archive.objects(), check(9, on=12, state="fail")]


@settings(max_examples=15)
@given(st.permutations(OBJECTS), st.sets(st.integers(0, len(OBJECTS)), max_size=3))
def test_any_history_of_imports_gives_the_same_changes(
    ordered: Sequence[dict[str, Any]], cuts: set[int]
) -> None:
    with TemporaryDirectory() as folder:
        assert _imported(Path(folder, "a.db"), ordered, cuts) == _imported(
            Path(folder, "b.db"), OBJECTS, set()
        )


def _imported(path: Path, ordered: Sequence[dict[str, Any]], cuts: set[int]) -> list[Change]:
    bounds = [0, *sorted(cuts), len(ordered)]
    with Archive(path) as archive:
        for first, last in pairwise(bounds):
            with archive.transaction():
                writer = Writer(archive)
                for item in ordered[first:last]:
                    writer.put(item)
            series_versions.refresh(archive)
        return found(archive)
