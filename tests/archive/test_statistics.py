"""Figures of changes: what is counted for one, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable

from generator.archive import git_commits, landed, landed_matching, series_versions, statistics
from generator.archive.database import Archive
from generator.archive.git_commits import BranchTip, CommitRow, RepositoryState
from generator.archive.statistics import Work, median_days, summary
from tests.factories import comment, patch, person, series, series_stub

DAY = 86400
#: When the factories' mails were sent (2026-03-01 10:00 UTC).
SENT = 1_772_359_200


def link(archive: Archive, *rows: tuple[int, str, int, str]) -> None:
    """(patch, role, days after the mails, the commit that reverts it) as commits and links."""
    sha = "{:040x}".format
    tip = (BranchTip("master", sha(1), 0),)
    git_commits.set_state(archive, RepositoryState(1, "/srv/git", tip))
    commits = [
        CommitRow(sha(number), 0, "", 0, "", SENT + days * DAY, "", "", "", b"", [])
        for number, _, days, _ in rows
    ]
    commits += [
        CommitRow(by, 0, "", 0, "", SENT, "", sha(number), "", b"", [])
        for number, _, _, by in rows
        if by
    ]
    git_commits.add(archive, 1, commits)
    for number, role, _, _ in rows:
        commit = landed_matching.commit_named(archive, 1, sha(number))
        assert commit
        landed_matching.set_links(archive, [number], [(number, commit, role, "certain", "", 100)])


def works(archive: Archive) -> list[Work]:
    series_versions.refresh(archive)
    return statistics.works(archive, 1)


def test_versions_are_one_change_that_lands_with_its_last_patch(
    archive: Archive, put: Callable[..., None]
) -> None:
    for version in (1, 2):
        put(series(version, version=version, name="lock: rework"))
        for number in (1, 2):
            put(patch(
                10 * version + number, name=f"[PATCH v{version} {number}/2] lock: part {number}",
                date=f"2026-03-0{version}T10:00:00", series=[series_stub(version, version=version)],
            ))  # fmt: skip
    put(comment(1, on="patches/22", submitter=person(9), date="2026-03-04T10:00:00"))
    link(archive, (11, "later", 5, ""), (21, "landed", 5, ""), (22, "same", 7, ""))
    (change,) = works(archive)
    assert (change.versions, change.patches, change.begun) == (2, 2, SENT)
    assert (change.to_review, change.to_landing) == (3 * DAY, 7 * DAY)
    assert change.areas == {"lib"}


def test_a_patch_without_a_series_is_a_change(archive: Archive, put: Callable[..., None]) -> None:
    put(*(patch(number, series=[], hash=None) for number in range(1, 5)))
    link(
        archive, (1, "landed", 1, ""), (2, "landed", 1, "f" * 40), (3, "part", 1, ""), (4, "later", 1, "")
    )  # fmt: skip
    assert [(work.versions, work.patches, work.landed) for work in works(archive)] == [
        (1, 1, SENT + DAY), (1, 1, None), (1, 1, None), (1, 1, None),
    ]  # fmt: skip
    landed.set_overrides(archive, {1: None, 3: f"{1:040x}"})
    assert [work.landed for work in works(archive)] == [None, None, SENT + DAY, None]


def test_medians_are_in_days_begun_and_none_where_nothing_is_known() -> None:
    assert [median_days(some) for some in ([0], [DAY], [DAY + 1], [1, 2 * DAY, 9 * DAY])] == [
        1, 1, 2, 2,
    ]  # fmt: skip
    assert summary([Work(versions=1, begun=0)]) == {
        "changes": 1, "landed": 0, "days_to_landing": None, "versions_to_landing": None,
        "days_to_first_comment": None,
    }  # fmt: skip
    some = [Work(versions=n, begun=0, landed=n * DAY, reviewed=60) for n in (1, 2, 4)]
    assert summary(some) == {
        "changes": 3, "landed": 3, "days_to_landing": 2, "versions_to_landing": 2,
        "days_to_first_comment": 1,
    }  # fmt: skip


def test_a_wrong_clock_lands_nothing_before_it_was_sent() -> None:
    assert Work(begun=100, landed=50).to_landing == 0
