"""All events are read, whatever their order."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from generator.archive.database import Archive
from tests.sources.patchwork.conftest import Pulls, differences
from tests.sources.patchwork.fake import Fake


def stored(archive: Archive) -> list[int]:
    return [row[0] for row in archive.sql.execute("SELECT id FROM event ORDER BY id")]


@pytest.mark.parametrize("seed", range(10))
def test_events_of_one_date_are_not_lost_between_pages(
    archive: Archive, fake: Fake, pull: Pulls, seed: int
) -> None:
    fake._shuffle = random.Random(seed)
    fake.page_size = 4
    for number, event in enumerate(fake.events):
        event["date"] = f"2026-03-01T10:{number // 3:02}:00"
    pull()
    assert stored(archive) == sorted(event["id"] for event in fake.events)


def test_an_event_that_comes_late_is_read_by_the_next_pull(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    pull()
    fake.add_comment("patch", 3)
    fake._clock -= timedelta(minutes=9)
    fake.add_comment("patch", 4)  # dated earlier than what was read meanwhile
    late = fake.events.pop()
    pull()
    fake.events.append(late)
    pull()
    assert differences(archive, fake) == []


def test_a_storm_of_events_is_not_read_again_and_again(fake: Fake, pull: Pulls) -> None:
    fake.pace = timedelta(milliseconds=1)
    for _ in range(400):
        fake.set_state(1, "accepted")
        fake.set_state(1, "new")
    pull()
    events = [target for target in fake.log if "/events/" in target]
    assert len(events) == 5  # four pages of 250, and what came meanwhile
    pull()
    assert len(fake.log) == 5


@pytest.mark.slow
@pytest.mark.parametrize("version", ["1.1", "1.4"])
def test_a_pull_that_ends_among_the_events_goes_on_there(
    archive: Archive, fake: Fake, pull: Pulls, version: str
) -> None:
    fake.version = version
    fake.page_size = 10
    fake.pace = timedelta(hours=1)
    left = 3

    def away(path: str, query: dict[str, str]) -> Any:
        nonlocal left
        left -= path.endswith("/events/")
        return (403, {}, {}) if left < 0 else None

    fake.fault = away
    pull()
    before = len(stored(archive))
    assert 0 < before < len(fake.events)
    fake.fault = lambda path, query: None
    pull()
    shown = [e for e in fake.events if version >= "1.3" or "comment" not in e["category"]]
    assert stored(archive) == sorted(event["id"] for event in shown)


def test_an_event_that_makes_no_sense_is_named_and_the_rest_is_read(
    archive: Archive, fake: Fake, pull: Pulls, reporter: Any
) -> None:
    fake.events[3]["payload"] = "nothing"
    fake.events[4]["category"] = 7
    pull()
    assert len(stored(archive)) == len(fake.events) - 2
    assert any("event 4: payload" in line for line in reporter.failures)
    assert differences(archive, fake) == []
