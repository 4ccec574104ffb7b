"""However broken or hostile a server is, a pull ends: after so many requests, with one line, and what it got is kept."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable

import pytest

from generator.archive import fetch_queue
from generator.archive.comments import comments
from generator.archive.database import Archive
from generator.archive.deletions import deleted_since
from generator.archive.sync_state import SyncState
from generator.errors import SourceError
from generator.sources.patchwork import events, fetcher, list_crawler, pagination
from generator.sources.patchwork.client import Client, ClientOptions
from generator.sources.patchwork.discovery import discover
from generator.sources.patchwork.sync import Pull, PullOptions
from tests.sources.patchwork.conftest import (
    NOW,
    Pulls,
    RecordingReporter,
    asked,
    differences,
)
from tests.sources.patchwork.fake import HOST, Answer, Fake
from tests.sources.patchwork.test_rate_limit import Clock

Fault = Callable[[str, dict[str, str]], Answer | None]


def following(path: str, query: dict[str, str]) -> dict[str, str]:
    """A Link header that names a next page, always."""
    return {"Link": f'<{HOST}{path}?page={int(query.get("page", 1)) + 1}>; rel="next"'}


def only(end: str, answer: Callable[[str, dict[str, str]], Answer]) -> Fault:
    """A fault of all paths with this end."""
    return lambda path, query: answer(path, query) if path.endswith(end) else None


# Lists that are broken as a whole


@pytest.mark.parametrize(
    ("status", "body", "most"),
    [
        (500, b"{}", 43),
        (503, b"", 67),
        (200, b'[{"id": 1', 43),
        (200, b'{"detail": "no list"}', 21),
        (200, b"[{}, {}, {}]", 21),
        (200, b"[[], 1]", 21),
        (403, b"{}", 21),
    ],
)
def test_a_list_that_is_broken_as_a_whole_is_given_up_in_one_line(
    fake: Fake, pull: Pulls, reporter: RecordingReporter, status: int, body: bytes, most: int
) -> None:
    fake.fault = only("/covers/", lambda path, query: (status, following(path, query), body))
    pull()
    probes = asked(fake)["projects/"] - 1
    assert asked(fake)["covers/"] + probes <= most
    assert asked(fake)["patches/"] == asked(fake)["series/"] == 1
    assert len(reporter.failures) == 1 and "/covers/" in reporter.failures[0]


def test_what_else_there_is_comes_in_spite_of_a_broken_list(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    fake.fault = only("/patches/", lambda path, query: (500, {}, b"{}"))
    pull()
    assert differences(archive, fake) == []  # the events name all of them


def test_events_that_are_broken_as_a_whole_are_given_up(
    archive: Archive, fake: Fake, pull: Pulls, reporter: RecordingReporter
) -> None:
    fake.fault = only("/events/", lambda path, query: (200, following(path, query), [{}] * 50))
    pull()
    assert asked(fake)["events/"] == 2  # once more at the end
    assert len(reporter.failures) == 2
    assert differences(archive, fake) == []


def test_pages_without_a_valid_entry_are_given_up(
    fake: Fake, pull: Pulls, reporter: RecordingReporter
) -> None:
    def invalid(path: str, query: dict[str, str]) -> Answer:
        first = 250 * int(query["page"])
        return 200, following(path, query), [{"id": first + n} for n in range(250)]

    fake.fault = only("/patches/", invalid)
    summary = pull()
    assert asked(fake)["patches/"] <= 4
    assert summary.counts.skipped == 751
    assert len(reporter.failures) == 201
    assert reporter.failures[-1] == "what else is skipped is counted, and named with -v"


@pytest.mark.parametrize("answer", [(500, {}, b"{}"), (503, {}, b""), (200, {}, {"id": 0})])
def test_objects_that_all_fail_are_left_to_the_next_pull(
    archive: Archive, fake: Fake, pull: Pulls, reporter: RecordingReporter, answer: Answer
) -> None:
    for _ in range(200):
        fake.add_series(1)

    def broken(path: str, query: dict[str, str]) -> Answer | None:
        return answer if "/patches/" in path and path[-2].isdigit() else None

    fake.fault = broken
    summary = pull()
    assert len({path for path in fake.log if "/patches/" in path}) < 20 + 32 + 4 + 10
    assert asked(fake)["patches/N/"] <= 24 * 6
    assert summary.queued >= 200 and summary.counts.skipped < 60
    assert any("/patches/N/: 20 requests in a row failed" in line for line in reporter.failures)
    fake.fault = lambda path, query: None
    pull()
    assert differences(archive, fake) == []


def test_a_list_with_too_many_broken_entries_is_given_up(
    fake: Fake, pull: Pulls, reporter: RecordingReporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Single ones are skipped, page after page, but each costs a few requests."""
    monkeypatch.setattr(pagination, "_MAX_FAILURES", 12)
    fake.page_size = 4
    for _ in range(40):
        fake.add_series(1)

    def broken(path: str, query: dict[str, str]) -> Answer | None:
        size, page = min(int(query["per_page"]), 4), int(query["page"])
        numbers = sorted(fake.objects["series"], reverse=True)[(page - 1) * size : page * size]
        return (400, {}, b"{}") if any(number % 4 == 0 for number in numbers) else None

    fake.fault = lambda path, query: broken(path, query) if path.endswith("/series/") else None
    pull()
    assert asked(fake)["series/"] < 60
    assert not reporter.failures[-1].endswith("(one entry of the list)")
    assert "the next pull will resume there" in reporter.failures[-1]


def test_objects_that_failed_before_do_not_keep_the_rest_from_being_fetched(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    for _ in range(60):
        fake.add_series(1)
    broken = set(range(48, 73))

    def fails(path: str, query: dict[str, str]) -> Answer | None:
        number = path.split("/")[-2]
        is_broken = path.endswith(f"/patches/{number}/") and number.isdigit()
        return (400, {}, b"{}") if is_broken and int(number) in broken else None

    fake.fault = fails
    pull()
    assert "patch 1:" in "".join(differences(archive, fake))  # given up before
    pull()
    assert {line.split(":")[0] for line in differences(archive, fake) if "patch" in line[:5]} == {
        f"patch {number}" for number in broken
    }
    broken.remove(48)  # the last one that is tried again
    pull()
    assert "patch 48:" not in "".join(line[:12] for line in differences(archive, fake))


# Lists without an end


def test_a_list_of_ever_new_objects_is_bounded(
    archive: Archive, fake: Fake, pull: Pulls, reporter: RecordingReporter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(list_crawler, "MAX_PAGES", 40)
    template = fake.objects["series"][1]

    def endless(path: str, query: dict[str, str]) -> Answer:
        number = 10_000 - int(query["page"])
        return 200, following(path, query), [{**template, "id": number}]

    fake.fault = only("/series/", endless)
    pull()
    assert asked(fake)["series/"] <= 41
    assert [line for line in reporter.failures if "more than 40 pages" in line]
    assert archive.raw("series", 9_999) and archive.raw("series", 9_960)


@pytest.mark.parametrize("items", ["repeated", "empty"])
def test_a_list_whose_pages_bring_nothing_new_is_given_up(
    fake: Fake, pull: Pulls, reporter: RecordingReporter, items: str
) -> None:
    entries = list(fake.objects["series"].values()) if items == "repeated" else []
    entries = entries[::-1][:2]
    fake.fault = only("/series/", lambda path, query: (200, following(path, query), entries))
    pull()
    assert asked(fake)["series/"] <= 5
    assert [line for line in reporter.failures if "its pages loop" in line]


def test_events_that_repeat_are_bounded(
    archive: Archive, fake: Fake, pull: Pulls, reporter: RecordingReporter
) -> None:
    page = sorted(fake.events, key=lambda event: str(event["date"]))
    fake.fault = only("/events/", lambda path, query: (200, following(path, query), page))
    pull()
    assert asked(fake)["events/"] <= 2 * 102
    assert "its pages loop" in reporter.failures[0]
    assert differences(archive, fake) == []


def test_ever_new_events_are_bounded(
    archive: Archive, fake: Fake, pull: Pulls, reporter: RecordingReporter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(events, "MAX_PAGES", 40)
    numbers = itertools.count(1000)

    def endless(path: str, query: dict[str, str]) -> Answer:
        number = next(numbers)
        event = {**fake.events[0], "id": number, "date": f"2026-03-01T10:00:00.{number:06}"}
        return 200, following(path, query), [event]

    fake.fault = only("/events/", endless)
    pull()
    assert asked(fake)["events/"] == 40
    assert len(reporter.failures) == 1 and "more than 40 pages" in reporter.failures[0]
    assert differences(archive, fake) == []


def test_comments_without_an_end_cost_that_mail_only(
    archive: Archive, fake: Fake, pull: Pulls, reporter: RecordingReporter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(fetcher, "_MAX_PAGES", 30)
    comment = next(iter(fake.comments["patch", 1].values()))

    def endless(path: str, query: dict[str, str]) -> Answer:
        number = 1000 + int(query["page"])
        return 200, following(path, query), [{**comment, "id": number}]

    fake.fault = only("/patches/1/comments/", endless)
    summary = pull()
    assert sum("/patches/1/comments/" in target for target in fake.log) == 30
    assert "more than 30 pages; the rest is left out" in reporter.failures[0]
    assert summary.queued == 0 and len(comments(archive, "patch", 1)) == 30
    pull()
    assert not any("/patches/1/comments/" in target for target in fake.log)


def test_a_list_without_an_end_is_left_out_for_a_week(
    archive: Archive, fake: Fake, pull: Pulls, reporter: RecordingReporter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(list_crawler, "MAX_PAGES", 40)
    monkeypatch.setattr(events, "MAX_PAGES", 40)
    numbers = itertools.count(10_000)
    template = fake.objects["series"][1]

    def endless(path: str, query: dict[str, str]) -> Answer | None:
        number = next(numbers)
        if path.endswith("/series/"):
            return 200, following(path, query), [{**template, "id": 100_000 - number}]
        event = {**fake.events[0], "id": number, "date": f"2026-03-01T10:00:00.{number:06}"}
        return (200, following(path, query), [event]) if path.endswith("/events/") else None

    fake.fault = endless
    pull()
    assert asked(fake)["series/"] <= 41 and asked(fake)["events/"] == 40
    for days in (1, 6):
        reporter.failures.clear()
        pull(now=NOW + days * 86400)
        assert asked(fake)["series/"] == asked(fake)["events/"] == 0
        assert reporter.failures == [
            "the list of events had no end; left out until 2026-09-28, or --relist",
            "the list of series had no end; left out until 2026-09-28, or --relist",
        ]
    pull(now=NOW + 6 * 86400, relist=True)
    assert asked(fake)["series/"] == 40
    fake.fault = lambda path, query: None
    pull(now=NOW + 15 * 86400)
    assert differences(archive, fake)[1:] == [
        line for line in differences(archive, fake)[1:] if "is not on the server" in line
    ]


def test_the_end_of_a_list_is_missed_over_all_pulls_together(
    fake: Fake, pull: Pulls, reporter: RecordingReporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that breaks off now and then doesn't get another 40 pages each time."""
    monkeypatch.setattr(list_crawler, "MAX_PAGES", 40)
    template = fake.objects["series"][1]

    def endless(path: str, query: dict[str, str]) -> Answer:
        page = int(query["page"])
        if page > broken_from:
            return 403, {}, b"{}"
        return 200, following(path, query), [{**template, "id": 10_000 - page}]

    fake.fault = only("/series/", endless)
    for broken_from in (15, 30):  # noqa: B007 - read by `endless`
        pull()
        assert "the next pull will resume there" in reporter.failures[-1]
    broken_from = 1000
    pull()
    assert asked(fake)["series/"] == 10
    assert "more than 40 pages" in reporter.failures[-1]


# Answers that take much memory


def test_comments_are_stored_page_by_page(
    archive: Archive, fake: Fake, pull: Pulls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetcher, "_BATCH_BYTES", 1)
    fake.page_size = 2
    for _ in range(9):
        fake.add_comment("patch", 1)
    held = dict(fake.comments["patch", 1])

    def broken(path: str, query: dict[str, str]) -> Answer | None:
        is_late = path.endswith("/patches/1/comments/") and int(query["page"]) > 3
        return (400, {}, b"{}") if is_late else None

    fake.fault = broken
    assert pull().queued == 1
    assert len(comments(archive, "patch", 1)) == 6
    assert not any(deleted_since(archive, "patch-comment", number) for number in held)
    fake.fault = lambda path, query: None
    del fake.comments["patch", 1][max(held)], fake.comments["patch", 1][min(held)]
    pull()
    assert len(comments(archive, "patch", 1)) == 10  # the last one was never seen
    gone = {number for number in held if deleted_since(archive, "patch-comment", number)}
    assert gone == {min(held)}


def test_a_page_of_more_entries_than_any_server_lists_is_refused(
    fake: Fake, pull: Pulls, reporter: RecordingReporter
) -> None:
    body = b"[" + b"{}," * 10_000 + b"{}]"
    fake.fault = only("/covers/", lambda path, query: (200, {}, body))
    pull(client_options=ClientOptions(max_body=2 << 20))
    assert "more than 10,000 entries on a page" in reporter.failures[0]


def test_requests_that_fail_in_each_pull_are_tried_in_turn(
    archive: Archive, fake: Fake, pull: Pulls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch_queue, "_RETRIED", 5)
    for _ in range(12):
        fake.add_series(1)

    def broken(path: str, query: dict[str, str]) -> Answer | None:
        return (400, {}, b"{}") if "/patches/" in path and path[-2].isdigit() else None

    fake.fault = broken
    pull()
    failed = {target for target in fake.log if "/patches/" in target and target[-2].isdigit()}
    tried: set[str] = set()
    for _ in range(5):
        pull()
        again = [target for target in fake.log if target in failed]
        assert len(again) <= 5
        tried |= set(again)
    assert tried == failed


# A server that only ever says: later


def test_a_server_that_asks_to_wait_for_an_hour_in_all_ends_the_pull(
    archive: Archive, fake: Fake, reporter: RecordingReporter
) -> None:
    """It answers the lists and the probes, but no request for an object."""

    def busy(path: str, query: dict[str, str]) -> Answer | None:
        return (503, {"Retry-After": "600"}, b"") if path[-2].isdigit() else None

    fake.fault = busy
    clock = Clock()

    async def run() -> None:
        options = ClientOptions()
        async with Client(HOST, options, transport=fake.transport(), sleep=clock.sleep) as client:
            instance = await discover(client, ())
            await Pull(archive, client, instance, PullOptions(), reporter, NOW, connections=1).run()

    with (
        asyncio.Runner(loop_factory=lambda: clock) as runner,
        pytest.raises(SourceError, match="no usable response for 60 minutes: status 503"),
    ):
        runner.run(run())
    assert 3600 <= clock.now - 100 <= 4200
    assert asked(fake)["patches/N/"] <= 8
    assert archive.raw("patch", 1) is not None  # what the list said of it


# Events of the future


@pytest.mark.parametrize("version", ["1.1", "1.4"])
def test_an_event_of_the_far_future_hides_no_later_ones(
    archive: Archive, fake: Fake, pull: Pulls, version: str
) -> None:
    fake.version = version
    fake.events[-1]["date"] = "9999-12-31T23:59:59"
    pull()
    cursor = SyncState(archive).event_cursor([1, 2])
    assert cursor is not None and cursor.year == 2026
    fake.set_state(3, "rejected")
    fake.add_comment("patch", 3)
    pull(relist=version == "1.1")
    stored = archive.raw("patch", 3)
    assert stored is not None and stored["state"] == "rejected"


def test_a_cursor_in_the_future_is_put_back_to_the_newest_event(
    archive: Archive, fake: Fake, pull: Pulls, reporter: RecordingReporter
) -> None:
    """As archives have it that believed such an event."""
    pull()
    with archive.transaction():
        archive.sql.execute("UPDATE event_cursor SET since = '9999-12-31T23:49:59.000000'")
        archive.sql.execute("DELETE FROM event_seen")
    fake.set_state(3, "rejected")
    pull()
    (line,) = reporter.failures
    assert "read up to 9999-12-31, which is still to come; read again from 2026-03-01 on" in line
    assert differences(archive, fake) == []
    pull()
    assert len(reporter.failures) == 1 and len(fake.log) == 5


def test_a_cursor_in_the_future_without_any_event_begins_with_the_first(
    archive: Archive, fake: Fake, pull: Pulls, reporter: RecordingReporter
) -> None:
    pull()
    with archive.transaction():
        archive.sql.execute("UPDATE event_cursor SET since = '9999-12-31T23:49:59.000000'")
        archive.sql.execute("DELETE FROM event")
        archive.sql.execute("DELETE FROM event_seen")
    pull()
    assert "read again from the first one on" in reporter.failures[0]
    assert archive.sql.execute("SELECT count(*) FROM event").fetchone()[0] == len(fake.events)


def test_a_list_that_was_read_in_the_future_is_read_now(fake: Fake, pull: Pulls) -> None:
    """The clock of this machine was wrong."""
    pull(now=NOW + 400 * 86400)
    before = fake.objects["patch"][1]["state"]
    fake.objects["patch"][1]["state"] = "accepted"
    assert before != "accepted"
    assert pull().counts.without_event == {"state": 1}


def test_a_clock_that_is_a_little_ahead_is_believed(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    fake.events[-1]["date"] = "2026-09-21T20:00:00"  # NOW is the 21st, 14:13 UTC
    pull()
    cursor = SyncState(archive).event_cursor([1, 2])
    assert cursor is not None and cursor.month == 9
