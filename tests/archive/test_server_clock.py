"""The zone of the server's clock is worked out from the events of arriving mails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from generator.archive import derived, events, server_clock
from generator.archive.database import Archive
from generator.archive.server_clock import ServerClock, server_zone, zone_of
from tests import factories

#: A mail every other day for two years, each with a few minutes until it arrives.
SENT = [datetime(2024, 1, 1, 5, tzinfo=UTC) + timedelta(days=2 * n) for n in range(365)]


def arrivals(zone: str, delay: Callable[[int], int] = lambda n: n % 400) -> list[tuple[int, int]]:
    """(date of the event by a clock of the zone, date of the mail)."""
    pairs = []
    for n, sent in enumerate(SENT):
        local = (sent + timedelta(seconds=delay(n))).astimezone(ZoneInfo(zone))
        pairs.append((int(local.replace(tzinfo=UTC).timestamp()), int(sent.timestamp())))
    return pairs


@pytest.mark.parametrize(
    "zone", ["UTC", "Australia/Canberra", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]
)
def test_dates_of_a_clock_become_utc_in_summer_and_winter(zone: str) -> None:
    clock = ServerClock(zone_of(arrivals(zone)))
    for event, mail in arrivals(zone):
        utc = clock.utc(datetime.fromtimestamp(event, UTC).replace(tzinfo=None))
        assert utc is not None
        assert 0 <= utc.replace(tzinfo=UTC).timestamp() - mail < 400


def test_late_mails_and_wrong_clocks_are_outvoted() -> None:
    pairs = arrivals("Asia/Tokyo", lambda n: 86_400 * 9 if n % 3 == 0 else 60)
    assert zone_of(pairs) == "+09:00"


def test_old_mailboxes_that_were_read_on_one_day_tell_nothing() -> None:
    now = int(SENT[-1].timestamp())
    assert zone_of([(now, mail) for _, mail in arrivals("UTC")]) == ""
    assert zone_of([(2**40, 0)] * 50) == ""


def test_too_few_mails_leave_what_the_documentation_says() -> None:
    assert zone_of(arrivals("Asia/Tokyo")[:9]) == "UTC"
    assert zone_of(arrivals("Asia/Tokyo")[:10]) == "+09:00"


def test_a_date_without_equivalent_is_none() -> None:
    assert ServerClock("Asia/Tokyo").utc(datetime(1, 1, 1)) is None
    assert ServerClock("").utc(datetime(2026, 1, 1)) is None


def test_the_events_of_an_archive_are_looked_at_when_there_are_new_ones(
    archive: Archive, put: Callable[..., None]
) -> None:
    def event(number: int, date: str) -> dict[str, object]:
        return {"id": number, "category": "patch-created", "date": date,
                "payload": {"patch": {"id": number}}, "project": factories.project()}  # fmt: skip

    server_clock.refresh(archive)
    assert server_zone(archive) == "UTC"
    put(*(factories.patch(n, date="2026-03-01T10:00:00") for n in range(1, 21)))
    put(*(event(n, "2026-03-01T15:31:00") for n in range(1, 21)))
    server_clock.refresh(archive)
    assert server_zone(archive) == "+05:30"
    revision = archive.revision()
    server_clock.refresh(archive)
    assert archive.revision() == revision


def test_events_that_were_stored_without_their_project_get_it(
    archive: Archive, put: Callable[..., None]
) -> None:
    put(factories.project(1), {"id": 5, "category": "patch-created", "date": "2026-03-01T10:00:00",
                               "payload": {}, "project": factories.project(1)})  # fmt: skip
    archive.sql.execute("UPDATE event SET project_id = NULL")
    archive.sql.execute("UPDATE meta SET derived = 7")
    derived.refresh(archive)
    assert [row[:1] for row in events.month_digests(archive)] == [(1,)]
