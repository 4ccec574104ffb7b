"""Mails dated ahead of the day on which they came: they never stand on top for that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from generator.archive import deletions, wrong_clocks
from generator.archive.database import Archive
from tests.factories import comment, cover, patch, series, series_stub

AHEAD = "2031-05-05T10:00:00"
Put = Callable[..., None]


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Set the day that the machine's clock shows; at first 2030-03-09."""

    def set_day(text: str) -> None:
        now = datetime.fromisoformat(f"{text}T15:00:00").replace(tzinfo=UTC).timestamp()
        monkeypatch.setattr(wrong_clocks.time, "time", lambda: now)

    set_day("2030-03-09")
    return set_day


def listed(archive: Archive, kind: str = "patch") -> dict[int, str]:
    wrong_clocks.refresh(archive)
    table = "comment" if kind.endswith("comment") else kind
    rows = archive.sql.execute(f"SELECT id, date FROM {table} ORDER BY id")
    return {number: datetime.fromtimestamp(date, UTC).isoformat()[:10] for number, date in rows}


def test_a_mail_alone_is_listed_by_the_day_of_its_import(archive: Archive, put: Put, today):
    put(patch(1, date=AHEAD))
    assert listed(archive) == {1: "2030-03-09"}
    today("2032-01-01")
    put(patch(1, date=AHEAD, state="accepted"))
    assert listed(archive) == {1: "2030-03-09"}


def test_its_neighbours_tell_better(archive: Archive, put: Put, today):
    put(
        patch(1, date="2030-02-01T10:00:00"),
        patch(2, date=AHEAD),
        patch(3, date="2030-02-03T10:00:00"),
    )
    assert listed(archive) == {1: "2030-02-01", 2: "2030-02-01", 3: "2030-02-03"}


def test_so_are_comments_and_the_series(archive: Archive, put: Put, today):
    stub = series_stub(5, date=AHEAD)
    put(patch(1, date=AHEAD, series=[stub]), series(**stub), cover(4, date=AHEAD, series=[]),
        comment(7, date=AHEAD), comment(8, on="covers/4", date=AHEAD))  # fmt: skip
    for kind in ("patch", "cover", "series", "patch-comment"):
        assert {*listed(archive, kind).values()} == {"2030-03-09"}, kind


def test_of_comments_the_neighbours_tell_as_well(archive: Archive, put: Put, today):
    """Those that arrived later are dated long before."""
    put(patch(1), *(comment(n, date=f"2026-03-{n:02}T10:00:00") for n in range(2, 9)))
    put(comment(3, date="2028-01-01T00:00:00"))
    assert listed(archive, "comment")[3] == "2026-03-05"


def test_the_date_of_a_receipt_counts_more(archive: Archive, put: Put, today):
    put(patch(1, date=AHEAD, headers={"Received": "by x; Mon, 02 Mar 2026 09:00:00 +0000"}))
    assert listed(archive) == {1: "2026-03-02"}


def test_a_day_is_no_error_and_what_was_sent_again_with_a_right_date_neither(
    archive: Archive, put: Put, today
):
    put(patch(1, date="2030-03-10T14:59:00"), patch(2, date=AHEAD))
    assert listed(archive)[1] == "2030-03-10"
    put(patch(2, date="2030-03-08T10:00:00"))
    assert listed(archive)[2] == "2030-03-08"
    assert archive.sql.execute("SELECT * FROM wrong_clock").fetchall() == []


def test_a_machine_without_a_clock_judges_nothing(archive: Archive, put: Put, today):
    today("1970-01-02")
    put(patch(1, date=AHEAD))
    assert listed(archive) == {1: "2031-05-05"}


def test_nothing_is_left_of_a_deleted_mail(archive: Archive, put: Put, today):
    put(patch(1, date=AHEAD))
    with archive.transaction():
        deletions.mark_deleted(archive, "patch", 1, 0)
        deletions.prune(archive)
    assert archive.sql.execute("SELECT * FROM wrong_clock").fetchall() == []


def test_a_series_that_came_again_with_another_date_is_judged_by_that(
    archive: Archive, put: Put, today
):
    put(patch(1, date=AHEAD, series=[series_stub(5, date=AHEAD)]), series(5, date=AHEAD))
    assert listed(archive, "series") == {5: "2030-03-09"}
    put(series(5, date="2029-05-05T10:00:00"))
    assert listed(archive, "series") == {5: "2029-05-05"}
