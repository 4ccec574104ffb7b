"""What a pull does about servers that are broken or hostile, whose pages loop, or that go away."""

from __future__ import annotations

from typing import Any

import pytest

from generator.archive.database import Archive
from generator.cli.terminal import Terminal
from generator.errors import SourceError
from tests.sources.patchwork.conftest import Pulls, RecordingReporter, asked, differences, run_pull
from tests.sources.patchwork.fake import HOST, Fake


def test_one_object_that_the_server_cannot_produce_stops_nothing(
    archive: Archive, fake: Fake, pull: Pulls, reporter: RecordingReporter
) -> None:
    def broken(path: str, query: dict[str, str]) -> Any:
        return (500, {}, {"detail": "oops"}) if path.endswith("/patches/3/") else None

    fake.fault = broken
    summary = pull()
    assert [line for line in differences(archive, fake) if not line.startswith("patch 3:")] == []
    assert summary.counts.skipped == 1 and summary.queued == 1
    assert "/api/1.4/patches/3/: status 500" in reporter.failures[0]
    pull()
    assert len(fake.log) == 6  # it is tried once more
    fake.fault = lambda path, query: None
    pull()
    assert differences(archive, fake) == []


def test_one_entry_that_breaks_its_list_is_skipped(
    archive: Archive, fake: Fake, pull: Pulls, reporter: RecordingReporter
) -> None:
    fake.page_size = 10

    def broken(path: str, query: dict[str, str]) -> Any:
        if not path.endswith("/patches/"):
            return None
        size, page = min(int(query["per_page"]), 10), int(query["page"])
        numbers = sorted(fake.objects["patch"], reverse=True)[(page - 1) * size : page * size]
        return (500, {}, {"detail": "oops"}) if 8 in numbers else None

    fake.fault = broken
    pull()
    assert differences(archive, fake) == []  # an event named it, so it was asked for alone
    assert len(reporter.failures) == 1 and "(one entry of the list)" in reporter.failures[0]


def test_pages_that_loop_are_given_up(pull: Pulls, fake: Fake, reporter: RecordingReporter) -> None:
    def circle(path: str, query: dict[str, str]) -> Any:
        if not path.endswith("/patches/"):
            return None
        items = [{**fake.objects["patch"][5]}]
        following = int(query["page"]) + 1
        return 200, {"Link": f'<{HOST}{path}?page={following}>; rel="next"'}, items

    fake.fault = circle
    pull()
    assert "its pages loop" in reporter.failures[0]
    assert asked(fake)["patches/"] < 10


def test_a_page_that_names_itself_the_next_is_given_up(
    pull: Pulls, fake: Fake, reporter: RecordingReporter
) -> None:
    def circle(path: str, query: dict[str, str]) -> Any:
        if path.endswith("/patches/"):
            return 200, {"Link": f'<{HOST}{path}?page=1>; rel="next"'}, [fake.objects["patch"][5]]
        return None

    fake.fault = circle
    pull()
    assert "its pages loop" in reporter.failures[0]
    assert asked(fake)["patches/"] == 1


def test_a_server_without_events_is_read_from_its_lists(
    archive: Archive, fake: Fake, pull: Pulls, reporter: RecordingReporter
) -> None:
    def no_events(path: str, query: dict[str, str]) -> Any:
        return (404, {}, {}) if path.endswith("/events/") else None

    fake.fault = no_events
    pull()
    assert differences(archive, fake) == []
    assert "changes are looked for in the lists only" in reporter.failures[0]


def test_an_entry_that_cannot_be_understood_is_named(
    archive: Archive, fake: Fake, pull: Pulls, reporter: RecordingReporter
) -> None:
    fake.edit("patch", 3, date="yesterday")
    pull()
    assert any(
        'patch 3: date "yesterday" is not a valid date' in line for line in reporter.failures
    )
    fake.edit("patch", 3, date="2026-03-01T10:00:00")
    pull()
    assert differences(archive, fake) == []


def test_a_server_that_goes_away_ends_the_pull_and_the_next_goes_on(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    left = 20

    def away(path: str, query: dict[str, str]) -> Any:
        nonlocal left
        left -= 1
        return (503, {}, b"") if left < 0 else None

    fake.fault = away
    with pytest.raises(SourceError, match="status 503"):
        pull()
    first = len(set(fake.log))
    fake.fault = lambda path, query: None
    pull()
    assert differences(archive, fake) == []
    assert first > 20


def test_a_server_without_patchwork_is_an_error(
    archive: Archive, reporter: RecordingReporter
) -> None:
    with pytest.raises(SourceError, match="no Patchwork REST API found"):
        run_pull(archive, Fake("0.9"), reporter)


HUGE = 1 << 70


@pytest.mark.parametrize("number", [HUGE, -HUGE, -1, True, 1.5, "7", None])
def test_an_id_that_no_server_has_costs_that_entry_only(
    archive: Archive, fake: Fake, pull: Pulls, number: Any
) -> None:
    def hostile(path: str, query: dict[str, str]) -> Any:
        bad = {"id": number, "project": {"id": 1}, "payload": {"patch": {"id": number}}}
        if path.endswith("/patches/1/comments/"):
            return 200, {}, [*fake.comments["patch", 1].values(), bad]
        for kind, name in (("patches", "patch"), ("covers", "cover"), ("series", "series")):
            if path.endswith(f"/{kind}/"):
                return 200, {}, [*reversed(fake.objects[name].values()), bad]
        if path.endswith("/events/"):
            return 200, {}, [*fake.events, {**fake.events[-1], **bad}]
        return None

    fake.fault = hostile
    assert pull().counts.skipped >= 5
    assert differences(archive, fake) == []


@pytest.mark.parametrize(
    "date", ["0001-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
def test_a_date_at_the_end_of_time_costs_nothing(
    archive: Archive, fake: Fake, pull: Pulls, date: str
) -> None:
    def hostile(path: str, query: dict[str, str]) -> Any:
        if path.endswith("/events/"):
            return 200, {}, [{**event, "date": date} for event in fake.events]
        return None

    fake.fault = hostile
    pull()
    assert differences(archive, fake) == []


def test_escape_sequences_of_the_server_are_in_no_message(
    pull: Pulls, fake: Fake, reporter: RecordingReporter
) -> None:
    def hostile(path: str, query: dict[str, str]) -> Any:
        if path.endswith("/patches/3/"):
            return 200, {"Content-Type": "\x1b[2Jtext/html"}, b"x"
        return None

    fake.fault = hostile
    pull()
    assert "the response is untyped, not JSON" in reporter.failures[0]
    assert "\x1b" not in "".join(reporter.failures)


def test_escape_sequences_in_names_of_projects_do_not_reach_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    terminal = Terminal(1)
    for text in ("a\x1b[2J\x07b", "c\x9b2Jd", "e\rf\ng\u202eh"):
        terminal.line(text)
        terminal.detail(text)
    shown = capsys.readouterr().err
    assert shown.split("\n") == [*["a?[2J?b"] * 2, *["c?2Jd"] * 2, *["e?f?g?h"] * 2, ""]
