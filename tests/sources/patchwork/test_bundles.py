"""Bundles: which are pulled, in which order, and what becomes of those that the server no longer shows."""

from __future__ import annotations

import pytest

from generator.archive import patch_bundles
from generator.archive.database import Archive
from generator.sources.patchwork.bundles import order_of
from tests.sources.patchwork.conftest import Pulls, RecordingReporter
from tests.sources.patchwork.fake import Fake

#: A time at which whole lists are read again.
LATER = 1_790_000_000 + 9 * 86400


def orders(archive: Archive) -> dict[str, tuple[int, ...]]:
    """By name of a public bundle: its patches."""
    return {bundle.name: bundle.patches for bundle in patch_bundles.public_bundles(archive)}


def test_a_bundle_keeps_its_order(archive: Archive, fake: Fake, pull: Pulls) -> None:
    fake.add_bundle([3, 1, 2], "to apply")
    summary = pull()
    assert orders(archive) == {"to apply": (3, 1, 2)}
    assert summary.counts.new["bundle"] == 1


def test_private_bundles_stay_private(archive: Archive, fake: Fake, pull: Pulls) -> None:
    number = fake.add_bundle([1], "mine")
    pull()
    fake.bundles[number]["public"] = False
    fake.fault = lambda path, query: (
        (200, {}, list(fake.bundles.values())) if path.endswith("/bundles/") else None
    )
    pull(now=LATER)  # as its owner sees the list
    assert orders(archive) == {}


def test_only_a_bundle_that_changed_is_asked_for_its_order(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    fake.add_bundle([2, 1], "one")
    number = fake.add_bundle([3, 1], "two")
    pull()
    fake.bundles[number]["patches"].insert(0, fake.bundles[1]["patches"][0])
    summary = pull(now=LATER)
    assert orders(archive) == {"one": (2, 1), "two": (2, 3, 1)}
    assert [path for path in fake.log if "/mbox/" in path] == ["/bundle/user3/two/mbox/"]
    assert summary.counts.changed["bundle"] == 1


def test_another_order_alone_is_seen_by_a_full_pull(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    number = fake.add_bundle([2, 1])
    pull()
    fake.bundles[number]["patches"].reverse()
    pull(now=LATER)
    assert orders(archive) == {"queue": (2, 1)}
    pull(full=True)
    assert orders(archive) == {"queue": (1, 2)}


def test_bundles_are_read_when_whole_lists_are(archive: Archive, fake: Fake, pull: Pulls) -> None:
    pull()
    fake.add_bundle([1])
    pull()
    assert orders(archive) == {} and not any("bundle" in path for path in fake.log)
    pull(relist=True)
    assert orders(archive) == {"queue": (1,)}


def test_a_bundle_that_is_gone_is_marked_and_can_be_pruned(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    number = fake.add_bundle([1])
    pull()
    held = fake.bundles.pop(number)
    assert pull(now=LATER).counts.deleted["bundle"] == 1
    (bundle,) = patch_bundles.public_bundles(archive)
    assert bundle.deleted == LATER
    fake.bundles[number] = held
    pull(relist=True)
    (bundle,) = patch_bundles.public_bundles(archive)
    assert bundle.deleted is None
    del fake.bundles[number]
    assert pull(relist=True, prune=True).pruned["bundle"] == 1
    assert orders(archive) == {}


def test_only_the_bundles_of_the_chosen_projects_are_kept(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    other = next(n for n, p in fake.objects["patch"].items() if p["project"]["id"] == 2)
    fake.add_bundle([1], "here")
    fake.add_bundle([other], "there")
    pull(projects=["project-1"])
    assert orders(archive) == {"here": (1,)}


@pytest.mark.parametrize(
    "answer",
    [(404, {}, {}), (500, {}, {}), (200, {}, {"not": "a list"}), (200, {}, [{"id": -1}]), (403, {}, {})],
)  # fmt: skip
def test_a_list_that_cannot_be_read_changes_nothing(
    archive: Archive, fake: Fake, pull: Pulls, answer: tuple[int, dict[str, str], object]
) -> None:
    fake.add_bundle([2, 1])
    pull()
    fake.fault = lambda path, query: answer if path.endswith("/bundles/") else None
    summary = pull(relist=True)
    assert orders(archive) == {"queue": (2, 1)} and summary.counts.skipped == 0
    assert summary.counts.deleted["bundle"] == 0


@pytest.mark.parametrize("mbox", [b"", b"\xff" * 1000, b"From patchwork x\nX-Patchwork-Id: 99\n\n"])
def test_an_mbox_that_says_something_else_leaves_the_order_of_the_api(
    archive: Archive, fake: Fake, pull: Pulls, mbox: bytes
) -> None:
    fake.add_bundle([2, 1])
    fake.fault = lambda path, query: (200, {}, mbox) if path.endswith("/mbox/") else None
    pull()
    assert orders(archive) == {"queue": (1, 2)}


def test_without_an_mbox_the_order_is_that_of_the_api(
    archive: Archive, fake: Fake, pull: Pulls, reporter: RecordingReporter
) -> None:
    fake.add_bundle([2, 1])
    fake.fault = lambda path, query: (404, {}, {}) if path.endswith("/mbox/") else None
    pull()
    assert orders(archive) == {"queue": (1, 2)}
    (line,) = [line for line in reporter.failures if "bundle" in line]
    assert "order of bundle 1 is that of its patches' dates" in line


@pytest.mark.parametrize(
    "fields",
    [
        {"name": 7}, {"owner": []}, {"owner": {"id": 3}}, {"patches": 5}, {"patches": [None]},
        {"patches": [{"id": "x"}]}, {"project": 1}, {"id": 900_000_000_000_001}, {"public": "yes"},
    ],
)  # fmt: skip
def test_a_hostile_bundle_is_left_out(
    archive: Archive, fake: Fake, pull: Pulls, fields: dict[str, object]
) -> None:
    fake.add_bundle([2, 1], "good")
    bad = fake.add_bundle([3, 1], "bad")
    held = [fake.bundles[1], {**fake.bundles[bad], **fields}]
    fake.fault = lambda path, query: (200, {}, held) if path.endswith("/bundles/") else None
    pull()
    assert list(orders(archive)) == ["good"]


def test_the_order_of_an_mbox_is_that_of_its_headers() -> None:
    mbox = (
        b"From patchwork Mon Mar  2 10:00:00 2026\r\nX-Patchwork-Id: 5\r\n\r\nX-Patchwork-Id: 6\r\n\n"
        b"From patchwork Mon Mar  2 10:00:00 2026\nSubject: x\nX-Patchwork-Id: 4\nX-Patchwork-Id: 9\n\nx\n"
        b"From somewhere\nX-Patchwork-Id: 7\n"
    )
    assert order_of(mbox) == [5, 4]
