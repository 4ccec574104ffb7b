"""What happened to patches: a file for each project and month, and the same in bulk."""

from __future__ import annotations

import json
from typing import Any

import pytest
import zstandard

from tests.conftest import Site
from tests.factories import patch, project, user


def event(number: int, **fields: Any) -> dict[str, Any]:
    payload = {
        "patch": {"id": 1, "name": "<b>"},
        "previous_state": "new",
        "current_state": "accepted",
    }
    return {"id": number, "category": "patch-state-changed", "date": "2026-03-31T23:30:00.5",
            "project": project(), "actor": user(3), "payload": payload, **fields}  # fmt: skip


def arrived(number: int) -> dict[str, Any]:
    return event(number, category="patch-created", payload={"patch": {"id": number}}, actor=None,
                 date="2026-03-01T19:01:00")  # fmt: skip


@pytest.fixture
def events(site: Site) -> Site:
    site.put(
        *(patch(n, date="2026-03-01T10:00:00", series=[]) for n in range(1, 13)),
        *(arrived(n) for n in range(1, 13)),
        event(60),
        event(61, date="2026-04-01T08:00:00", category="patch-delegated", payload={
            "patch": {"id": 1}, "previous_delegate": None, "current_delegate": user(3)}),
        event(62, project=None),
    )  # fmt: skip
    site.build()
    return site


def test_events_are_listed_by_month_with_their_time_in_utc(events: Site) -> None:
    assert json.loads(events.page("api/events/months.json")) == [
        {"project": "project-1", "month": month, "file": f"api/events/project-1/{month}.json"}
        for month in ("2026-03", "2026-04")
    ]
    march = json.loads(events.page("api/events/project-1/2026-03.json"))
    assert [entry["id"] for entry in march] == [*range(1, 13), 60]
    assert march[-1] == {
        "id": 60, "category": "patch-state-changed", "date": "2026-03-31T23:30:00",
        "date_utc": "2026-03-31T14:30:00Z", "actor": "user3",
        "payload": {"patch": 1, "previous_state": "new", "current_state": "accepted"},
    }  # fmt: skip
    (april,) = json.loads(events.page("api/events/project-1/2026-04.json"))
    assert april["payload"] == {"patch": 1, "previous_delegate": None, "current_delegate": "user3"}


def test_the_page_of_a_patch_has_its_history_in_utc(events: Site) -> None:
    slug = patch(1)["msgid"].strip("<>")
    page = events.page(f"project/project-1/patch/{slug}/index.html")
    assert "2026-03-31 14:30 UTC</time> state: new → accepted by user3" in page


def test_bulk_files_give_the_events_back(events: Site) -> None:
    packed = events.output / "archive/project-1-2026-03.events.jsonl.zst"
    text = zstandard.ZstdDecompressor().stream_reader(packed.read_bytes()).read()
    assert b"<" not in text
    lines = [json.loads(line) for line in text.splitlines()]
    assert lines[-1] == event(60)
    index = json.loads(events.page("archive/index.json"))
    files = {file["name"]: file.get("events") for month in index for file in month["files"]}
    assert files["project-1-2026-03.events.jsonl.zst"] == 13
    assert files["project-1-2026-04.events.jsonl.zst"] == 1
    assert "13 events" in events.page("archive/index.html")


def test_a_zone_that_is_not_known_is_said(site: Site) -> None:
    days = range(1, 13)
    site.put(
        *(patch(n, date=f"2025-01-{n:02}T10:00:00", series=[]) for n in days),
        *(arrived(n) for n in days),
        event(60),
    )
    site.build()
    (entry,) = json.loads(site.page("api/events/project-1/2026-03.json"))[-1:]
    assert (entry["date"], entry["date_utc"]) == ("2026-03-31T23:30:00", None)
    slug = patch(1)["msgid"].strip("<>")
    page = site.page(f"project/project-1/patch/{slug}/index.html")
    assert "2026-03-31 23:30 (server&#39;s time) state: new" in page
    site.build(time_zone="Asia/Tokyo")
    assert "2026-03-31 14:30 UTC" in site.page(f"project/project-1/patch/{slug}/index.html")
