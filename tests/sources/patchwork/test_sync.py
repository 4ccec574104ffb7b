"""What a pull brings, and how little it asks for that."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from generator.archive.database import Archive
from generator.errors import ConfigError
from generator.sources.patchwork.sync import RELIST_AFTER
from tests.factories import project
from tests.sources.patchwork.conftest import (
    NOW,
    Pulls,
    RecordingReporter,
    asked,
    differences,
    run_pull,
)
from tests.sources.patchwork.fake import HOST, VERSIONS, Fake


def test_the_first_pull_brings_everything_and_asks_for_nothing_in_vain(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    pull()
    assert differences(archive, fake) == []
    assert asked(fake) == {
        "projects/": 1, "events/": 2, "patches/": 1, "covers/": 1, "series/": 1,
        "patches/N/": 12, "covers/N/": 4,
        "patches/N/comments/": 2, "covers/N/comments/": 2, "patches/N/checks/": 2,
        "list/": 4, "bundles/": 1,  # of states and delegates
    }  # fmt: skip


def test_a_pull_from_an_unchanged_server_asks_five_times_and_changes_nothing(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    pull()
    before = archive.revision()
    pull()
    assert len(fake.log) == 5
    assert archive.revision() == before


def test_what_happened_since_costs_a_request_each(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    pull()
    fake.add_comment("patch", 4)
    fake.add_comment("patch", 4)
    fake.add_check(5, "fail")
    fake.add_series(1, 2, cover=True)
    summary = pull()
    assert differences(archive, fake) == []
    assert asked(fake) == {
        "projects/": 1, "events/": 2, "patches/": 1, "covers/": 1, "series/": 1,
        "patches/N/": 2, "covers/N/": 1, "patches/N/comments/": 1, "patches/N/checks/": 1,
    }  # fmt: skip
    assert summary.counts.new == {"patch": 2, "cover": 1, "series": 1, "comment": 2, "check": 1}


def test_a_change_that_the_list_shows_costs_no_request_of_its_own(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    pull()
    fake.set_state(2, "rejected")
    summary = pull()
    assert differences(archive, fake) == []
    assert "patches/N/" not in asked(fake)
    assert summary.counts.changed == {"patch": 1}


def test_an_old_patch_that_changed_is_fetched(archive: Archive, pull: Pulls, fake: Fake) -> None:
    fake.page_size = 5
    pull()
    fake.set_state(1, "rejected")
    pull()
    assert differences(archive, fake) == []
    assert asked(fake)["patches/N/"] == 1


@pytest.mark.slow
def test_many_changes_are_read_from_the_list(archive: Archive, fake: Fake, pull: Pulls) -> None:
    fake.add_series(1, 600)
    pull()
    for number in range(13, 600, 10):
        fake.set_state(number, "superseded")
    pull()
    assert differences(archive, fake) == []
    assert asked(fake)["patches/"] == 3 and "patches/N/" not in asked(fake)
    fake.set_state(20, "accepted")
    for number in range(590, 612):
        fake.set_state(number, "accepted")
    pull()
    assert asked(fake)["patches/"] == 1 and asked(fake)["patches/N/"] == 1


def test_a_comment_that_was_addressed_is_fetched_again(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    pull()
    fake.address_comment("patch", 1, 1)
    pull()
    assert differences(archive, fake) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_of_the_api_is_understood(
    archive: Archive, fake: Fake, pull: Pulls, version: str
) -> None:
    fake.version = version
    pull()
    found = differences(archive, fake)
    if version == "1.0":  # it has no addresses for comments
        found = [line for line in found if not line.startswith("comment")]
    assert found == []
    fake.set_state(3, "deferred")
    fake.add_series(1)
    pull()
    assert [line for line in differences(archive, fake) if not line.startswith("comment")] == []
    assert len(fake.log) < 20


def test_comments_from_before_the_server_had_events_about_them_are_fetched_once(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    fake.events = [event for event in fake.events if event["id"] > 30]
    pull()
    assert differences(archive, fake) == []
    pull()
    assert len(fake.log) == 5


def test_after_an_upgrade_of_the_server_comments_without_an_event_are_fetched(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    fake.version = "1.2"
    pull()
    fake.add_comment("patch", 6)
    fake.version = "1.4"
    pull(relist=True)
    fake.add_comment("patch", 7)
    pull(relist=True)
    assert [line for line in differences(archive, fake) if line.startswith("comment")] == []


def test_without_events_about_comments_those_on_young_mails_are_fetched_again_with_the_full_list(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    fake.version = "1.2"
    day = int(datetime(2026, 3, 5).timestamp())
    pull(now=day)
    fake.add_comment("patch", 6)
    pull(now=day + RELIST_AFTER)
    assert differences(archive, fake) == []


def test_patches_that_arrive_during_a_crawl_are_not_missed(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    fake.page_size = 2

    def arrive(path: str, query: dict[str, str]) -> None:
        if path.endswith("/patches/") and query["page"] == "3":
            fake.fault = lambda path, query: None
            fake.add_series(1, 3, cover=True)

    fake.fault = arrive
    pull()
    pull()
    assert differences(archive, fake) == []


def test_patches_that_are_deleted_during_a_crawl_do_no_harm(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    fake.page_size = 2

    def vanish(path: str, query: dict[str, str]) -> None:
        if path.endswith("/patches/") and query["page"] == "3":
            fake.fault = lambda path, query: None
            for number in (12, 11, 10):
                fake.delete("patch", number)

    fake.fault = vanish
    pull(prune=True)
    pull(relist=True, prune=True)
    assert differences(archive, fake) == []


def test_an_interrupted_crawl_is_resumed(archive: Archive, fake: Fake, pull: Pulls) -> None:
    fake.page_size = 2
    left = 2

    def away(path: str, query: dict[str, str]) -> Any:
        nonlocal left
        left -= path.endswith("/patches/")
        no_events = path.endswith("/events/")
        return (403, {}, {}) if no_events or (left < 0 and path.endswith("/patches/")) else None

    fake.fault = away
    pull()
    assert archive.sql.execute("SELECT min(id) FROM patch").fetchone() == (9,)
    fake.add_series(2, 1)
    left = 99
    pull()
    assert differences(archive, fake) == []
    pages = [target.rpartition("=")[2] for target in fake.log if "/patches/?" in target]
    assert pages == [
        "3",
        "4",
        "5",
        "6",
        "7",
        "1",
    ]  # what is new lies above, and is looked for at the end


def test_changes_without_an_event_are_found_within_a_week(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    fake.page_size = 3
    pull()
    fake.edit("patch", 1, archived=True, commit_ref="f00d")
    pull(now=NOW + RELIST_AFTER - 1)
    assert differences(archive, fake) != []
    summary = pull(now=NOW + RELIST_AFTER)
    assert differences(archive, fake) == []
    assert summary.counts.without_event == {"archived": 1, "commit_ref": 1}


def test_a_full_pull_finds_every_change_without_an_event(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    pull()
    fake.edit("patch", 1, content="rewritten", diff=None)
    fake.edit("cover", 1, content="rewritten")
    fake.comments["patch", 1][1]["content"] = "rewritten"
    fake.checks[2][1]["description"] = "rewritten"
    assert pull(relist=True).counts.without_event == {}
    summary = pull(full=True)
    assert differences(archive, fake) == []
    assert summary.counts.without_event == {"content": 2, "diff": 1, "comments": 1, "checks": 1}


def test_what_the_server_deleted_is_kept_and_marked(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    pull()
    fake.delete("patch", 4)
    fake.delete("cover", 2)
    fake.delete_comment("patch", 1, 1)
    summary = pull(full=True)
    assert summary.counts.deleted == {"patch": 1, "cover": 1, "comment": 1}
    assert archive.raw("patch", 4)
    gone = archive.sql.execute("SELECT kind, id, noticed FROM deletion ORDER BY kind").fetchall()
    assert gone == [("cover", 2, NOW), ("patch", 4, NOW), ("patch-comment", 1, NOW)]
    assert pull(full=True).counts.deleted == {}


def test_a_prune_deletes_what_the_server_has_deleted(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    pull()
    fake.delete("patch", 1)
    fake.delete("patch", 4)
    fake.delete_comment("patch", 7, 3)
    assert pull(full=True, prune=True).pruned == {"patch": 2, "patch-comment": 1}
    assert differences(archive, fake) == []


def test_what_comes_back_is_no_longer_marked(archive: Archive, fake: Fake, pull: Pulls) -> None:
    pull()
    kept = fake.objects["patch"].pop(4)
    pull(relist=True)
    fake.objects["patch"][4] = kept
    pull(relist=True)
    assert archive.sql.execute("SELECT count(*) FROM deletion").fetchone() == (0,)


def test_a_project_is_named_by_link_name_list_id_or_number(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    for name in ("project-1", "PROJECT-1.example.org", "1"):
        assert pull(projects=[name]).projects == ["project-1"]
    assert archive.sql.execute("SELECT DISTINCT project_id FROM patch").fetchall() == [(1,)]


def test_an_unknown_project_is_refused_before_anything_is_fetched(fake: Fake, pull: Pulls) -> None:
    with pytest.raises(
        ConfigError, match="unknown project 'projct-1'; known projects: project-1, project-2"
    ):
        pull(projects=["projct-1"])
    assert asked(fake) == {"projects/": 1}


def test_a_project_added_later_is_brought_without_asking_for_the_others_again(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    pull(projects=["project-1"])
    pull(projects=["project-1", "project-2"])
    assert differences(archive, fake) == []
    assert asked(fake)["patches/N/"] == 6
    pull()
    assert len(fake.log) == 5


def test_the_first_pull_says_how_many_projects_it_takes(
    pull: Pulls, reporter: RecordingReporter
) -> None:
    pull()
    assert reporter.lines[0] == f"{HOST}/: pulling all projects (2)"


def test_since_bounds_the_first_pull_and_no_later_one(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    fake.page_size = 2
    for number, patch in fake.objects["patch"].items():
        patch["date"] = f"2026-03-{number:02}T10:00:00"
    for series in fake.objects["series"].values():
        series["date"] = "2026-03-09T10:00:00"
    fake.objects["patch"][2]["date"] = "2030-01-01T00:00:00"  # a wrong clock
    for event in fake.events:
        event["date"] = "2026-03-09T00:00:00"
    pull(projects=["project-2"], since=datetime(2026, 3, 9))
    stored = [row[0] for row in archive.sql.execute("SELECT id FROM patch ORDER BY id")]
    assert stored == [9, 10, 11, 12]
    fake.set_state(7, "accepted")  # below the bound
    fake.add_patch(6)
    pull(projects=["project-2"])
    stored = [row[0] for row in archive.sql.execute("SELECT id FROM patch ORDER BY id")]
    assert stored == [9, 10, 11, 12, 13]
    pull(projects=["project-2"], relist=True)
    assert archive.sql.execute("SELECT count(*) FROM patch").fetchone() == (5,)


def test_since_bounds_within_a_page(archive: Archive, fake: Fake, pull: Pulls) -> None:
    for number, patch in fake.objects["patch"].items():
        patch["date"] = "2026-03-09T10:00:00" if number > 4 else "2026-03-01T10:00:00"
    fake.objects["patch"][3]["date"] = "2030-01-01T00:00:00"  # a wrong clock
    pull(since=datetime(2026, 3, 9))
    stored = [row[0] for row in archive.sql.execute("SELECT id FROM patch ORDER BY id")]
    assert stored == [3, *range(4, 13)]


def test_an_archive_mirrors_one_server(
    archive: Archive, fake: Fake, pull: Pulls, reporter: RecordingReporter
) -> None:
    pull()
    other = "https://elsewhere.example.org"
    with pytest.raises(
        ConfigError, match=r"mirrors patchwork\.example\.org/, whose object ids would clash"
    ):
        run_pull(archive, fake, reporter, url=other)
    run_pull(archive, fake, reporter, url=other, moved=True)
    run_pull(archive, fake, reporter, url=other)


def test_the_objects_of_two_servers_are_not_mixed(
    archive: Archive, fake: Fake, pull: Pulls, reporter: RecordingReporter, put: Any
) -> None:
    put(project(8, url="https://other.example.org/api/projects/8/"))
    with pytest.raises(ConfigError, match=r"objects of other\.example\.org \(project project-8\)"):
        pull()
    pull(moved=True)


def test_what_was_imported_from_files_of_the_same_server_is_built_upon(
    archive: Archive, fake: Fake, pull: Pulls, put: Any
) -> None:
    put(*fake.objects["patch"].values(), *fake.projects.values())
    pull()
    assert differences(archive, fake) == []
    assert "patches/N/" not in asked(fake)
