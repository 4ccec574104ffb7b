"""Everything in bulk: two files for each project and month, which give the archive back."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pytest
import zstandard

from generator.archive import wrong_clocks
from generator.archive.database import Archive
from generator.archive.writer import Writer
from tests.conftest import Site
from tests.factories import check, comment, cover, patch, project, series

OLD = "2025-12-31T23:59:59"


def put(site: Site) -> None:
    site.put(
        project(1), series(1), cover(1), patch(1), patch(2), patch(3, date=OLD), patch(4, project=project(2), series=[]),
        comment(1, on="patches/2", url=None), comment(2, on="covers/1"), check(1, patch_id=2),
    )  # fmt: skip


def objects(site: Site, name: str) -> list[dict[str, object]]:
    packed = (site.output / "archive" / f"{name}.jsonl.zst").read_bytes()
    text = zstandard.ZstdDecompressor().stream_reader(packed).read()
    assert not set(text) & set(b"<>&")
    return [json.loads(line) for line in text.splitlines()]


def dump(content: Path) -> list[object]:
    with Archive(content / "archive.db") as archive:
        tables = (
            "project",
            "person",
            "user",
            "series",
            "cover",
            "patch",
            "comment",
            "check_result",
        )
        return [
            archive.sql.execute(f"SELECT id, digest FROM {t} ORDER BY 1, 2").fetchall()
            for t in tables
        ]


def test_an_archive_can_be_made_again_from_its_bulk_files(site: Site, tmp_path: Path) -> None:
    site.put(patch(1))
    with Archive(site.content / "archive.db") as archive, archive.transaction():
        writer = Writer(archive)
        writer.put(
            comment(7, on="patches/1", url=None), "/api/patches/1/comments/"
        )  # its JSON names no patch
    put(site)
    site.build()
    again = Site(tmp_path / "again")
    again.load(*(site.output / "archive").glob("*.jsonl.zst"))
    again.build()
    assert again.failures == []
    assert dump(again.content) == dump(site.content)


def test_months_and_projects_have_files_of_their_own(site: Site) -> None:
    put(site)
    site.build()
    months = json.loads(site.page("archive/index.json"))
    assert [(y["project"], y["month"], y["files"][0]["patches"], y["files"][1]["mails"]) for y in months] == [
        ("project-1", "2026-03", 2, 5), ("project-1", "2025-12", 1, 1), ("project-2", "2026-03", 1, 1)]  # fmt: skip
    for month in months:
        for file in month["files"]:
            content = (site.output / "archive" / file["name"]).read_bytes()
            assert (len(content), hashlib.sha256(content).hexdigest()) == (
                file["bytes"],
                file["sha256"],
            )
    assert "project-1-2026-03.jsonl.zst" in site.page("archive/index.html")


def test_the_mails_are_a_mailbox(site: Site) -> None:
    put(site)
    site.build()
    text = gzip.decompress((site.output / "archive/project-1-2026-03.mbox.gz").read_bytes())
    found = [line for line in text.decode().splitlines() if line.startswith("Message-Id:")]
    assert (
        len(found) == text.count(b"From mboxrd@z ") == 5
    )  # the letter, two patches, a comment on each


@pytest.mark.slow
def test_a_month_in_which_nothing_changed_keeps_its_files(site: Site) -> None:
    put(site)
    site.build()
    closed = site.output / "archive/project-1-2025-12.jsonl.zst"
    before = closed.stat().st_mtime_ns
    site.put(patch(5), patch(2, state="accepted"))
    report = site.build()
    assert closed.stat().st_mtime_ns == before
    assert report.written["bulk"] == 4  # objects and mails, and what tells of them
    mails = site.output / "archive/project-1-2026-03.mbox.gz"
    before = mails.stat().st_mtime_ns
    site.put(patch(2, state="rejected"))
    site.build()
    assert mails.stat().st_mtime_ns == before  # a state is in no mail
    changed = next(
        o for o in objects(site, "project-1-2026-03") if o.get("msgid") == patch(2)["msgid"]
    )
    assert changed["state"] == "rejected"


def test_a_local_change_is_in_them(site: Site) -> None:
    put(site)
    with Archive(site.content / "archive.db") as archive, archive.transaction():
        Writer(archive).override(1, {"state": "rejected"})
    site.build()
    assert [
        o["state"]
        for o in objects(site, "project-1-2026-03")
        if o.get("msgid") == patch(1)["msgid"]
    ] == ["rejected"]


@pytest.mark.parametrize("day", ["9999-12-31T23:59:59", "0001-01-01T00:00:00"])
def test_the_ends_of_the_calendar_are_months_like_others(
    site: Site, day: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wrong_clocks.time, "time", lambda: 2**42)
    site.put(patch(1, date=day, series=[]))
    site.build()
    assert site.failures == []
    assert [y["month"] for y in json.loads(site.page("archive/index.json"))] == [day[:7]]


def test_they_can_be_left_out(site: Site) -> None:
    put(site)
    site.build(bulk=False)
    assert not (site.output / "archive").exists()
    assert "in bulk" not in site.page("index.html")
