"""Lists of changes: one row for all versions, with its status and the reason, and lists by status."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest

from generator import urls
from tests.conftest import Site
from tests.factories import check, comment, patch, person, series, series_stub
from tests.site import golden_archive

BASE = "project/project-1"


def alone(number: int, **fields: Any) -> dict[str, Any]:
    """A patch without a series, sent on a day of its own."""
    date = f"2026-03-{number:02}T10:00:00"
    return patch(number, **{"name": f"change {number}", "series": [], "date": date, **fields})


def titles(site: Site, path: str) -> list[str]:
    page = site.page(f"{BASE}/{path}/index.html")
    return re.findall(r'<a class="title"[^>]*>([^<]*)</a>', page)


def test_all_versions_are_one_row_that_leads_to_the_newest(site: Site) -> None:
    site.put(*golden_archive.objects())
    site.build()
    page = unescape(site.page("project/queue/changes/index.html"))
    assert page.count("Bound the queue") == 1
    row = page[page.index("Bound the queue") - 200 : page.index("[v2,1/2]")]
    assert 'href="../series/2/">Bound the queue</a>' in row
    assert "2 of 2 reviewed" in row and "1 patch fails checks" in row and "1 remark open" in row
    assert 'Earlier versions: <a href="../series/1/">v1</a>' in row
    assert "[v2,2/2] doc: say what a full queue does" in page


def test_each_status_that_waits_has_a_list_and_a_feed(site: Site) -> None:
    site.put(
        alone(1, content="Reviewed-by: A <a@example.org>"),
        alone(2),
        alone(3),
        check(1, on=3, state="fail"),
        alone(4, date="2025-01-01T10:00:00"),
        alone(5, state="accepted"),
    )
    site.build()
    lists = {
        "ready": ["change 1"],
        "needs-review": ["change 2"],
        "waiting-for-the-author": ["change 3"],
        "stale": ["change 4"],
    }
    for status, expected in lists.items():
        assert titles(site, f"changes/{status}") == expected
        feed = site.page(f"{BASE}/changes/{status}/feed.atom")
        assert re.findall(r"<title>(change \d)", feed) == expected
    assert titles(site, "changes") == [f"change {n}" for n in (5, 3, 2, 1, 4)]
    home = re.sub("<[^>]*>", "", site.page("index.html"))
    assert "ready 1 needs review 1 waiting for the author 1 stale 1" in home


def test_a_row_says_why_with_the_mail_that_its_status_rests_on(site: Site) -> None:
    site.put(alone(1), comment(7, on="patches/1", content="Why?"))
    site.build()
    page = site.page(f"{BASE}/changes/waiting-for-the-author/index.html")
    reason = re.search(r'Because <a href="([^"]*)">1 open remark</a>', page)
    assert reason and reason[1].endswith("/patch/2026030110.patch1@example.org/#7")


@pytest.mark.slow
def test_a_changed_state_rewrites_few_pages_of_lists(site: Site) -> None:
    dates = (f"2026-03-{n // 24 + 1:02}T{n % 24:02}:00:00" for n in range(240))
    found = [patch(n, series=[], date=date) for n, date in enumerate(dates, 1)]
    site.put(*found)
    site.build(page_size=10)
    site.put({**found[4], "state": "accepted"})
    # The page of all changes, that of the status and its totals.
    assert site.build(page_size=10).written["change-list"] <= 4


def test_a_new_version_moves_its_row_and_no_other(site: Site) -> None:
    def version(number: int, day: int) -> list[dict[str, Any]]:
        stub = series_stub(number, name="one", version=number, date=f"2026-03-{day:02}T10:00:00")
        name = f"[v{number}] one"
        return [series(**stub | {"number": number}), alone(day, name=name, series=[stub])]

    site.put(*version(1, 2), *(alone(n) for n in range(3, 23)))
    site.build(page_size=10)
    site.put(*version(2, 25))
    # The page that it leaves, and the newest; of all and of those that need a review, with their feed.
    assert site.build(page_size=10).written["change-list"] <= 5
    assert titles(site, "changes")[0] == "one"
    every = [title for n in (1, 2) for title in titles(site, f"changes/{n}")]
    assert "one" not in every and len(every) == 19


def test_addresses_of_lists_and_folders_are_plain() -> None:
    assert (
        urls.changes("p", "waiting for the author") == "project/p/changes/waiting-for-the-author/"
    )
    assert urls.folder("p", "a/b") == "project/p/folder/a/b/"
    assert urls.folder("p", "feed.atom") != "project/p/folder/feed.atom/"


def test_links_between_pages_are_as_short_as_can_be() -> None:
    assert urls.relative("project/p/list/", "project/p/") == "../"
    assert urls.relative("project/p/", "project/p/") == "./"
    assert urls.relative("project/p/folder/a/", "project/q/") == "../../../q/"
    assert urls.relative("", "project/p/") == "project/p/"


def test_the_newest_version_says_what_it_waits_for_and_why(site: Site) -> None:
    old, new = (
        series_stub(n, name="one", version=n, date=f"2026-03-0{n}T10:00:00") for n in (1, 2)
    )
    site.put(
        series(**old | {"number": 1}),
        patch(1, name="[1/1] one", series=[old]),
        series(**new | {"number": 2}),
        patch(2, name="[v2,1/1] one", series=[new], date="2026-03-02T10:00:00"),
        comment(7, on="patches/2", content="Why?", date="2026-03-02T11:00:00"),
    )
    site.build()
    page = site.page(f"{BASE}/series/2/index.html")
    status = re.search(r'data-status="([^"]*)">[^<]*</span> <a href="([^"]*)">([^<]*)</a>', page)
    assert status and (status[1], status[3]) == ("waiting for the author", "1 open remark")
    assert status[2].endswith("/patch/2026030110.patch2@example.org/#7")
    assert "data-status" not in site.page(f"{BASE}/series/1/index.html")
    site.put(
        comment(8, on="patches/2", content="Since.", date="2026-03-02T12:00:00", submitter=person())
    )
    site.build()
    assert 'data-status="needs review"' in site.page(f"{BASE}/series/2/index.html")


def test_a_person_sees_what_waits_for_them_and_what_they_wait_for(site: Site) -> None:
    ann, bob = person(11, name="Ann"), person(12, name="Bob")
    site.put(
        alone(1, submitter=ann),
        comment(1, on="patches/1", content="Why?", submitter=bob),
        alone(2, submitter=ann, date="2025-01-01T10:00:00"),
        alone(3, submitter=bob),
        alone(4, submitter=ann),
        comment(2, on="patches/4", content="Why?", submitter=bob),
        comment(3, on="patches/4", content="So.", submitter=ann, date="2026-03-05T10:00:00"),
        alone(5, submitter=ann, state="accepted"),
    )
    site.build()

    def waiting(number: int) -> dict[str, list[str]]:
        sections = site.page(f"person/{number}/index.html").split("<h2>")[1:]
        found = {
            part.split(" <span")[0]: re.findall('class="title"[^>]*>([^<]*)', part)
            for part in sections
        }
        return {heading: titles for heading, titles in found.items() if titles}

    assert waiting(11) == {
        "Waiting for an answer or a new version": ["change 1"],
        "Waiting for a review by others": ["change 4"],
        "Stale": ["change 2"],
    }
    assert waiting(12) == {
        "Commented on, and still waiting for a review": ["change 4"],
        "Waiting for a review by others": ["change 3"],
    }


def test_changes_are_in_the_api_by_month(site: Site) -> None:
    site.put(alone(1), alone(2, date="2026-05-01T10:00:00"), alone(3, date="2026-05-02T10:00:00"))
    site.build()
    months = json.loads(site.page("api/changes/project-1.json"))
    assert [(m["month"], m["changes"]) for m in months] == [("2026-05", 2), ("2026-03", 1)]
    found = json.loads(site.page(months[0]["url"]))
    assert [(change["name"], change["status"]) for change in found] == [
        ("change 3", "needs review"),
        ("change 2", "needs review"),
    ]
    assert (site.output / found[0]["url"] / "index.html").exists()
    site.build(api=False)
    assert not (site.output / "api/changes").exists()
