"""Mails as the world sends them, and what readers get to see. README.md lists the kinds."""

from __future__ import annotations

import gzip
import re
from html import unescape
from typing import Any

import pytest

from generator.archive import wrong_clocks
from generator.search.engine import search
from generator.search.index_reader import Index
from tests.conftest import Site
from tests.factories import DIFF, comment, cover, patch, person, project, series, series_stub

pytestmark = pytest.mark.slow


def page_of(site: Site, number: int, at: str = "project-1") -> str:
    return site.page(f"project/{at}/patch/2026030110.patch{number}@example.org/index.html")


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", "", page)).split())


def found(site: Site, query: str) -> list[int]:
    return [hit.id for hit in search(Index(site.output), query).hits]


ENCODED = "=?utf-8?q?Bj=C3=B6rn_Wei=C3=9F?="


def test_encoded_words_are_read_everywhere_but_the_mail_keeps_its_bytes(site: Site):
    headers = {
        "From": f"{ENCODED} <bw@example.org>",
        "To": "=?iso-8859-2?q?=A3ucja?= <lucja@example.org>",
        "Content-Disposition": "inline; filename*=utf-8''%C3%BC.patch",
    }
    sender = person(1, name=ENCODED, email="bw@example.org")
    site.put(
        patch(headers=headers, submitter=sender, name="=?utf-8?q?lock=3A_gr=C3=B6=C3=9Fer?="),
        patch(2),
        comment(7, submitter=sender, subject="=?utf-8?b?UmU6IMOcYmVy?="),
    )
    site.build(base_url="https://x.example/")
    shown = text_of(page_of(site, 1))
    for text in ("Björn Weiß", "lock: größer", "Łucja", 'filename="ü.patch"'):
        assert text in shown
    assert "Subject=Re%3A%20%C3%9Cber" in page_of(site, 1)
    feed = site.page("project/project-1/series/1/feed.atom")
    assert "<name>Björn Weiß</name>" in feed and "<title>Re: Über</title>" in feed
    listed = text_of(site.page("project/project-1/list/index.html"))
    assert "Björn Weiß" in listed and "lock: größer" in listed
    for query in ("f:weiß", "t:łucja", "s:größer"):
        assert found(site, query) == [1]
    mbox = site.page("project/project-1/patch/2026030110.patch1@example.org/mbox")
    assert f"\nFrom: {ENCODED} <bw@example.org>\n" in mbox
    published = {name for name, data in site.files().items() if b"=?utf" in data}
    assert all(name.endswith(("mbox", ".json")) or "/raw" in name for name in published), published


def test_a_mail_to_two_lists_is_one_entry_of_a_feed_and_each_page_leads_to_the_other(site: Site):
    msgid = "<2026030110.patch1@example.org>"
    twin = patch(2, msgid=msgid, project=project(2), series=[])
    site.put(patch(1, series=[]), twin)
    site.build()
    assert site.page("feed.atom").count("<entry>") == 1
    for own, other in (("project-1", "project-2"), ("project-2", "project-1")):
        shown = text_of(page_of(site, 1, own))
        assert f"Also sent to{other} 0 comments there" in shown
    site.put(comment(3, on="patches/2", headers={}))
    site.build()
    assert "Also sent toproject-2 1 comment there, 1 not here" in text_of(page_of(site, 1))
    site.put(comment(4, on="patches/1", headers={}, msgid=comment(3)["msgid"]))
    site.build()
    for own, other in (("project-1", "project-2"), ("project-2", "project-1")):
        shown = text_of(page_of(site, 1, own))
        assert f"Also sent to{other} 1 comment there" in shown and "not here" not in shown
        thread = site.output / f"project/{own}/thread/2026030110.patch1@example.org.mbox.gz"
        assert gzip.decompress(thread.read_bytes()).count(b"From mboxrd@z") == 2


def reroll(site: Site, answered: str, **fields: Any) -> None:
    """A series of three, and its second patch sent again in answer to a mail."""
    first = series_stub(1, name="lock rework")
    again = {"name": "[v2,2/3] lock: b", "version": 2, "date": "2026-03-05T10:00:00", **fields}
    second = series_stub(2, **again)
    site.put(
        series(**first, total=3), series(**second, total=3),
        cover(1, name="[0/3] lock rework", series=[first]),
        *(patch(n, name=f"[{n}/3] lock: {letter}", series=[first],
                diff=DIFF.replace("lock.c", f"{letter}.c").replace("lock_", f"{letter}_"))
          for n, letter in ((1, "a"), (2, "b"), (3, "c"))),
        comment(8, on="patches/2"),
        patch(11, name=again["name"], series=[second], date=again["date"], headers={"In-Reply-To": answered},
              diff=DIFF.replace("lock.c", "b.c").replace("lock_", "b_").replace("MS", "US")),
    )  # fmt: skip
    site.build()


@pytest.mark.parametrize("answered", ["patch2", "comment8", "cover1"])
def test_a_part_sent_again_is_a_version_of_the_whole(site: Site, answered: str):
    at = 11 if answered == "comment8" else 10
    reroll(site, f"<20260301{at}.{answered}@example.org>")
    second = text_of(page_of(site, 2))
    assert "Newer version: v2, 2026-03-05. This patch is rewritten there" in second
    for number in (1, 3):
        shown = text_of(page_of(site, number))
        assert "This patch was not received again." in shown and "dropped" not in shown


def test_a_minor_version_stands_between_its_neighbours(site: Site):
    reroll(site, "<2026030110.patch2@example.org>", name="[v1.1,2/3] lock: b", version=1)
    assert "Newer version: v1.1, 2026-03-05." in text_of(page_of(site, 2))


RECEIVED = "from a.example by lists.example with ESMTP; Mon, 02 Mar 2026 09:00:00 +0100"


def test_a_mail_with_a_wrong_clock_is_listed_by_when_it_was_received_and_says_so(site: Site):
    ahead = "2038-01-19T03:14:07"
    headers = {"Received": [RECEIVED, "by b.example; Tue, 19 Jan 2038 03:14:07 +0000"]}
    stub = series_stub(2, date=ahead)
    site.put(
        patch(1, series=[]), patch(2, date=ahead, headers=headers, series=[stub]), series(**stub),
        patch(3, date="2026-03-03T10:00:00", series=[]),
        patch(4, date="1970-01-01T00:00:00", headers=headers, series=[]),
        comment(7, on="patches/2", date=ahead, headers=headers),
    )  # fmt: skip
    site.build(base_url="https://x.example/")
    dates = re.findall(
        r'<td class="date"><time datetime="([^T]*)', site.page("project/project-1/list/index.html")
    )
    assert dates == ["2026-03-03", "2026-03-02", "2026-03-02", "2026-03-01"]
    assert "2038" not in site.page("feed.atom") + site.page("project/project-1/series/2/feed.atom")
    assert "2038" not in site.page("project/project-1/series/index.html")
    shown = text_of(page_of(site, 2))
    assert (
        "2038-01-19 03:14 UTC · by the sender's clock, which was wrong: listed under 2026-03-02 08:00 UTC"
        in shown
    )
    assert "wrong" not in page_of(site, 1)


def test_without_a_received_header_the_neighbours_in_number_tell(
    site: Site, monkeypatch: pytest.MonkeyPatch
):
    """Of old mails, which were not dated ahead of their import."""
    monkeypatch.setattr(wrong_clocks.time, "time", lambda: 2**42)
    mails = [patch(n, date=f"2026-03-{n:02}T10:00:00", series=[]) for n in range(1, 13)]
    for number, date in ((3, "2099-01-01T00:00:00"), (5, "1970-01-01T00:00:00")):
        mails[number - 1]["date"] = date
    mails[2] |= {"submitter": person(3), "series": [series_stub()]}
    site.put(*mails[:6])
    site.build()
    assert "2099" in site.page("project/project-1/list/index.html")
    site.put(*mails[6:])
    site.build()
    listed = site.page("project/project-1/list/index.html")
    assert "2099" not in listed and "1970" not in listed
    assert "listed under 2026-03-07" in text_of(page_of(site, 3))
    grown = site.files()
    fresh = Site(site.content.parent / "fresh")
    fresh.content.mkdir(parents=True)
    fresh.put(*mails)
    fresh.build()
    assert {name for name in grown if grown[name] != fresh.files().get(name)} == {
        name for name in grown if name.startswith("search/data/")} & grown.keys() - fresh.files().keys()  # fmt: skip


def test_a_mail_that_is_older_than_its_receipt_keeps_its_date(site: Site):
    """Some send the date of the commit."""
    site.put(patch(1, date="2025-01-01T10:00:00", headers={"Received": RECEIVED}))
    site.build()
    assert "2025-01-01" in site.page("project/project-1/list/index.html")
