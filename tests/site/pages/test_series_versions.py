"""A series in two versions: what its pages tell of each other, and what a build makes anew for a third."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from generator.archive.database import Archive
from generator.sources import overrides
from tests.conftest import Site
from tests.factories import DIFF, comment, cover, patch, person, project, series, series_stub

pytestmark = pytest.mark.slow

CHANGED = DIFF.replace("TIMEOUT_MS", "timeout")
OTHER = DIFF.replace("lock.c", "other.c").replace("lock_", "other_").replace("int rc", "long rc")
NEW = "--- /dev/null\n+++ b/doc/new.txt\n@@ -0,0 +1,2 @@\n+What is new.\n+And more of it.\n"
V1, V2 = "project/project-1/series/1/", "project/project-1/series/2/"


def page_of(number: int) -> str:
    return f"project/project-1/patch/2026030110.patch{number}@example.org/index.html"


def version(
    number: int, day: int, *patches: tuple[int, str, str], **fields: Any
) -> list[dict[str, Any]]:
    """A series `number`, sent on a day of March: (patch, title, diff) for each of its patches."""
    date = f"2026-03-{day:02}T10:00:00"
    label = f"v{number}," if number > 1 else ""
    stub = series_stub(
        number, name="Wait for locks no longer than needed", version=number, date=date
    )
    total = len(patches)
    letter = cover(number, name=f"[{label}0/{total}] {stub['name']}", date=date, series=[stub])
    return [
        series(**stub | {"number": number, "total": total, **fields}), letter,
        *(patch(n, name=f"[{label}{at}/{total}] {title}", diff=diff, series=[stub], date=date)
          for at, (n, title, diff) in enumerate(patches, 1)),
    ]  # fmt: skip


@pytest.fixture
def two(site: Site) -> Site:
    quote = "".join(f"> {line}\n" for line in DIFF.splitlines()[5:9])
    site.put(
        *version(1, 1, (1, "lock: time out", DIFF), (2, "lock: drop this", OTHER)),
        *version(2, 9, (11, "lock: time out", CHANGED), (12, "lock: a new one", NEW)),
        comment(1, content=f"Ann wrote:\n{quote}\nWhy is this <noted>?\n\n"
                           "Reviewed-by: Sender Number2 <sender2@example.org>"),
        comment(2, on="covers/2", date="2026-03-10T10:00:00"),
    )  # fmt: skip
    return site


def test_every_page_has_the_version_bar(two: Site):
    two.build()
    for path in (
        f"{V1}index.html",
        f"{V2}index.html",
        page_of(1),
        page_of(11),
        f"{V2}thread/index.html",
    ):
        bar = re.search(r'<nav class="versions".*?</nav>', two.page(path), re.DOTALL)
        assert bar, path
        assert re.findall(r">(v\d)</a>", bar[0]) == ["v1", "v2"]
        assert "2026-03-01" in bar[0]
        assert "2026-03-09" in bar[0]
        assert bar[0].index("newest") > bar[0].index("v2</a>")


def test_a_superseded_patch_leads_to_its_newest_form_and_to_what_changed(two: Site):
    two.build()
    old = two.page(page_of(1))
    notice = re.search(r'<p class="notice">Newer version.*?</p>', old, re.DOTALL)
    assert notice
    assert 'href="../../../../project/project-1/patch/2026030110.patch11@example.org/"' in notice[0]
    assert 'href="../../../../project/project-1/series/2/vs/1/#p1"' in notice[0]
    assert "This patch was dropped there" in two.page(page_of(2))
    new = two.page(page_of(11))
    assert "Newer version" not in new
    assert "changes since v1" in new


def test_the_newest_version_thread_cover_letter_and_download_are_a_click_away(two: Site):
    two.build()
    steps = re.search(r'<nav class="page-nav".*?</nav>', two.page(page_of(1)), re.DOTALL)
    assert steps
    told = re.findall(r">([^<]+)</a>", steps[0])
    assert told == ["next patch →", "cover letter", "changes up to v2", "thread",
                    "diff of 1 file", "download"]  # fmt: skip


def test_versions_are_compared_patch_by_patch(two: Site):
    two.build()
    page = two.page(f"{V2}vs/1/index.html")
    assert re.findall(r'<tr data-outcome="(\w+)"', page) == ["rewritten", "dropped", "added"]
    assert "<b>timeout</b>" in page
    assert "not carried over" in page


def test_a_remark_stands_below_the_line_it_is_about(two: Site):
    two.build()
    page = two.page(page_of(1))
    note = re.search(r'id=f1R12>.*?<div class="inline-comment">(.*?)</div><pre>', page, re.DOTALL)
    assert note
    assert "<bdi>Sender Number2</bdi>" in note[1]
    assert "Why is this &lt;noted&gt;?" in note[1]
    assert '<a href="#1">' in note[1]
    assert '<details id="r1.1" open>' in note[1]
    assert '<a class="note" href="#r1.1">inline in lib/lock.c</a>' in page
    assert 'id="1"' in page


def test_a_thread_page_shows_every_mail_and_comment_in_order(two: Site):
    two.build()
    page = two.page(f"{V2}thread/index.html")
    assert re.findall(r'id="((?:cover|patch|comment|cover-comment)-\d+)"', page) == [
        "cover-2", "cover-comment-2", "patch-11", "patch-12",
    ]  # fmt: skip
    assert re.findall(r'data-change="([^"]+)"', page) == ["rewritten", "new"]
    assert "thread/" in two.page(f"{V1}index.html")


def test_a_series_without_comments_has_no_thread_page(site: Site):
    site.put(*version(1, 1, (1, "lock: time out", DIFF), (2, "lock: drop this", OTHER)))
    site.build()
    assert not (site.output / V1 / "thread").exists()
    assert ">thread</a>" not in site.page(page_of(1))


def test_a_series_tells_who_did_what_on_which_version(two: Site):
    two.build()
    text = re.sub(r"<[^>]+>", "", two.page(f"{V2}index.html"))
    assert "Sender Number2v1 commented, reviewed · v2 commented, reviewed" in text
    assert "Reviewed-by Sender Number2 not carried over to patch 1" in text


def test_a_trailer_in_the_next_version_is_carried_over(two: Site):
    said = "Wait.\n\nReviewed-by: Sender Number2 <sender2@example.org>"
    stub = series_stub(
        2, name="Wait for locks no longer than needed", version=2, date="2026-03-09T10:00:00"
    )
    two.put(patch(11, name="[v2,1/2] lock: time out", diff=CHANGED, series=[stub],
                  date="2026-03-09T10:00:00", content=said))  # fmt: skip
    two.build()
    assert "not carried over" not in two.page(f"{V2}index.html")
    assert "carried over" in two.page(f"{V2}vs/1/index.html")


def test_a_third_version_changes_the_pages_of_the_others_alone(two: Site):
    two.put(patch(50, series=[], name="something else", diff=OTHER))
    two.build()
    before = two.files()
    two.put(*version(3, 20, (21, "lock: time out", CHANGED)))
    two.build()
    after = two.files()
    changed = {path for path in before if before[path] != after.get(path)}
    assert {page_of(1), page_of(12), f"{V1}index.html", f"{V2}index.html"} <= changed
    assert page_of(50) not in changed
    assert {f"project/project-1/series/3/vs/{n}/index.html" for n in (1, 2)} <= after.keys()
    assert "v3" in two.page(page_of(1))


def test_what_comes_bit_by_bit_gives_the_same_site_as_all_at_once(site: Site, tmp_path: Path):
    everything = [
        *version(1, 1, (1, "lock: time out", DIFF), (2, "lock: drop this", OTHER)),
        comment(1, content="> +\tlock_note(lock);\n\nWhy is this here?\n\nAcked-by: Sender Number2 <sender2@example.org>"),
        *version(2, 9, (11, "lock: time out", CHANGED), (12, "lock: a new one", NEW)),
        comment(2, on="covers/2", date="2026-03-10T10:00:00", submitter=person(5)),
        *version(3, 20, (21, "lock: time out", CHANGED)),
        comment(3, on="patches/21", content="> Why is this here?\n\nTested-by: Sender Number5 <sender5@example.org>"),
    ]  # fmt: skip
    for item in everything:
        site.put(item)
        site.build()
    fresh = Site(tmp_path)
    fresh.output = tmp_path / "fresh"
    fresh.build(jobs=1)
    data = "search/data/"
    grown = {path: made for path, made in site.files().items() if not path.startswith(data)}
    assert grown == {
        path: made for path, made in fresh.files().items() if not path.startswith(data)
    }


def test_links_set_by_hand_count_and_can_be_taken_back(two: Site):
    folder = two.content / "updates"
    folder.mkdir()
    cut = folder / "links.json"
    cut.write_text(json.dumps({"series": 2, "previous": None}))
    lines = _apply(two)
    two.build()
    assert lines == []
    assert "Versions" not in two.page(page_of(1))
    assert not (two.output / f"{V2}vs").exists()
    cut.unlink()
    _apply(two)
    two.build()
    assert "Versions" in two.page(page_of(1))


@pytest.mark.parametrize("value", [
    {"series": 2}, {"series": 2, "previous": 99}, {"series": "2", "previous": None},
    {"series": True, "previous": 1}, {"series": 2**70, "previous": 1}, {"series": 2, "previous": 1, "x": 1},
])  # fmt: skip
def test_links_that_cannot_be_meant_are_refused_with_a_line(two: Site, value: dict[str, Any]):
    (two.content / "updates").mkdir()
    (two.content / "updates" / "links.json").write_text(json.dumps(value))
    (line,) = _apply(two)
    assert "links.json" in line


def test_a_series_of_another_project_is_no_earlier_version(two: Site):
    other = project(2)
    two.put(patch(7, project=other, series=[series_stub(7)]))
    (two.content / "updates").mkdir()
    (two.content / "updates" / "links.json").write_text('{"series": 7, "previous": 1}')
    (line,) = _apply(two)
    assert "series 7 and 1 are of different projects" in line


def _apply(site: Site) -> list[str]:
    lines: list[str] = []
    with Archive(site.content / "archive.db") as archive:
        overrides.apply(archive, site.content / "updates", lines.append)
    return lines


def test_an_archive_of_an_older_form_is_read_once_more(two: Site):
    two.build()
    before = two.files()
    with Archive(two.content / "archive.db") as archive, archive.transaction():
        for table in ("series_tie", "trailer", "mention", "facet", "series_version"):
            archive.sql.execute(f"DELETE FROM {table}")
        archive.sql.execute("UPDATE meta SET derived = 0")
    two.build(full=True)
    assert two.files() == before


def test_all_series_are_listed_newest_first_with_what_became_of_them(two: Site):
    two.put(patch(12, name="[v2,2/2] lock: a new one", diff=NEW, state="accepted", date="2026-03-09T10:00:00",
                  series=[series_stub(2, name="Wait for locks no longer than needed", version=2, date="2026-03-09T10:00:00")]))  # fmt: skip
    two.build()
    page = two.page("project/project-1/series/index.html")
    rows = re.findall(r"<tr><td class=.*?</tr>", page, re.DOTALL)
    told = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]
    assert told == [
        "2026-03-09 Wait for locks no longer than needed v2 Sender Number1 2 1 accepted 1 new 1",
        "2026-03-01 Wait for locks no longer than needed newer version exists Sender Number1 2 1 new 2",
    ]
    assert 'href="../series/2/"' in rows[0]


def test_lists_of_series_are_numbered_from_the_oldest(site: Site):
    for number in range(1, 26):
        site.put(patch(number, name=f"lock: part {number}", series=[
            series_stub(number, name=f"series {number}", date=f"2026-03-{number:02}T10:00:00")]))  # fmt: skip
    site.build(page_size=10)
    newest = site.page("project/project-1/series/index.html")
    assert re.findall(r">series (\d+)</a>", newest) == [str(n) for n in range(25, 10, -1)]
    assert (
        re.findall(r">series (\d+)</a>", site.page("project/project-1/series/page/1/index.html"))[
            -1
        ]
        == "1"
    )


def test_people_have_pages(two: Site):
    two.build()
    page = two.page("person/2/index.html")
    assert "Sender Number2" in page
    assert "sender2@example.org" in page
    assert re.search(r"<td>2</td><td></td><td></td><td>2</td>", page.replace("\n", "")), page
    assert "lock: time out" in page
    assert "lock: time out" in two.page("person/1/feed.atom")


def test_the_same_name_at_another_address_is_a_link(two: Site):
    two.put(patch(60, submitter=person(7, name="Sender Number2"), series=[], diff=OTHER))
    two.build()
    assert 'href="../../person/7/"' in two.page("person/2/index.html")


def test_statistics_are_drawn_with_a_table_under_each(two: Site):
    two.put(patch(60, state="accepted", series=[], date="2026-05-01T10:00:00", diff=OTHER))
    two.build()
    page = two.page("project/project-1/figures/index.html")
    assert page.count('<svg viewBox="0 0 900 240"') == page.count("<table") >= 3
    months = re.search(r'id="months".*?</section>', page, re.DOTALL)
    assert months
    assert re.findall(r'<th scope="row">([^<]+)', months[0]) == ["2026-03", "2026-04", "2026-05"]
    assert "<title>2026-05: accepted: 1</title>" in months[0]
    assert "Changes with such a comment: 1 of 2." in page
    assert "<script" not in months[0]


def test_hostile_names_are_escaped_on_all_these_pages(two: Site):
    evil = "<script>alert(1)</script>\u202e"
    two.put(comment(9, on="patches/11", submitter=person(9, name=evil),
                    content=f"> +\tlock_note(lock);\n\n{evil}\n\nAcked-by: {evil} <x@example.org>"))  # fmt: skip
    two.build()
    for path, content in two.files().items():
        if path.endswith(".html"):
            assert b"<script>alert" not in content, path
            assert "\u202e".encode() not in content or path.startswith("person"), path
