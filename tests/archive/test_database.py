from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

from generator.archive import schema, series_versions
from generator.archive.database import Archive
from generator.archive.deletions import deleted_since
from generator.archive.fetch_queue import FetchQueue, Reason, Request
from generator.archive.overrides import patch_override
from generator.archive.sync_state import CrawlDepth, ListCrawl, ListProgress, Server, SyncState
from generator.errors import ConfigError


def test_an_archive_of_an_earlier_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    old = sqlite3.connect(path)
    old.executescript(schema.STEPS[0] + "PRAGMA user_version = 1;")
    old.execute(
        "INSERT INTO event (id, patch_id, category, date, digest, raw) VALUES (1, 2, 'x', 3, 4, '')"
    )
    old.commit()
    old.close()
    with Archive(path) as archive:
        assert archive.sql.execute("SELECT id, patch_id, cover_id FROM event").fetchall() == [
            (1, 2, None)
        ]
        assert archive.sql.execute("SELECT count(*) FROM fetch_queue").fetchone() == (0,)
    fresh = sorted(_schema(tmp_path / "new.db"))
    assert sorted(_schema(path)) == fresh


def test_an_archive_keeps_everything_when_its_tables_get_their_names(
    tmp_path: Path,
) -> None:
    path = tmp_path / "archive.db"
    old = sqlite3.connect(path)
    old.executescript("".join(schema.STEPS[:5]) + "PRAGMA user_version = 5;")
    old.executescript("""
        INSERT INTO pull_server VALUES ('pw.example.org/', '1.3', 100, 200);
        INSERT INTO pull_mark VALUES (1, 'patch', 90, 10, 1000);
        INSERT INTO pull_walk VALUES ('*', 'cover', 3, 80, 1);
        INSERT INTO pull_listed VALUES ('cover', 79);
        INSERT INTO pull_todo VALUES ('patch', 5, 1, 0), ('checks', 7, 2, 3);
        INSERT INTO pull_cursor VALUES (1, '2026-03-01T10:00:00.000000');
        INSERT INTO pull_event VALUES (11, '2026-03-01T10:00:00.000000');
        INSERT INTO gone VALUES ('series', 3, 1000);
        INSERT INTO local_change VALUES (4, '{"state": "accepted"}');
        INSERT INTO series_link VALUES (9, 8);
        INSERT INTO kin VALUES ('patch', 4, 'related', '5');
        INSERT INTO lineage VALUES (9, 8, 8);
        UPDATE meta SET lineage = 12;
        INSERT INTO patch (id, project_id, slug, msgid, name, date, state, archived, words, acked,
            reviewed, tested, digest, raw) VALUES (4, 1, 's', 'm', 'n', 1, 'new', 0, 77, 0, 0, 0, 5, '');
    """)
    old.close()
    with Archive(path) as archive:
        state, queue = SyncState(archive), FetchQueue(archive)
        assert state.server() == Server("pw.example.org/", "1.3")
        assert state.first_event_times() == (100, 200)
        assert state.list_progress(1, "patch") == ListProgress(90, 10, 1000)
        assert state.list_crawl("*", "cover") == ListCrawl(3, 80, CrawlDepth.FULL_LIST)
        assert state.event_cursor([1]) == datetime(2026, 3, 1, 10)
        assert not state.is_new_event(11)
        assert list(queue.requests("patch")) == [Request(5, Reason.CHANGED, 0)]
        assert list(queue.requests("checks")) == [Request(7, Reason.RECHECK, 3)]
        assert deleted_since(archive, "series", 3) == 1000
        assert patch_override(archive, 4) == {"state": "accepted"}
        assert series_versions.links(archive) == {9: 8}
        rows = {
            "list_seen": ("cover", 79),
            "series_tie": ("patch", 4, "related", "5"),
            "series_version": (9, 8, 8, ""),
        }
        for table, row in rows.items():
            assert archive.sql.execute(f"SELECT * FROM {table}").fetchall() == [row]
        query = "SELECT versions_revision, text_digest FROM meta JOIN patch"
        assert archive.sql.execute(query).fetchone() == (-1, 77)


def test_an_older_archive_loses_the_series_that_its_mails_took_from_another_project(
    tmp_path: Path,
) -> None:
    path = tmp_path / "archive.db"
    old = sqlite3.connect(path)
    old.executescript("".join(schema.STEPS[:6]) + "PRAGMA user_version = 6;")
    old.execute(
        "INSERT INTO series (id, project_id, name, topic, digest, raw) VALUES (7, 1, '', '', 0, '')"
    )
    cover = "INSERT INTO cover VALUES (?, ?, 7, ?, '', '', 0, NULL, 0, '')"
    old.executemany(cover, [(1, 1, "own"), (2, 2, "another's")])
    old.commit()
    old.close()
    with Archive(path) as archive:
        rows = archive.sql.execute("SELECT slug, series_id FROM cover ORDER BY id").fetchall()
    assert rows == [("own", 7), ("another's", None)]


def _schema(path: Path) -> list[str]:
    with Archive(path) as archive:
        return [
            row[0]
            for row in archive.sql.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
        ]


def test_an_archive_of_a_later_version_is_refused(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        archive.sql.execute("PRAGMA user_version = 99")
    with pytest.raises(ConfigError, match="format 99"):
        Archive(tmp_path / "archive.db")


def test_what_fails_within_a_transaction_is_not_stored(archive: Archive) -> None:
    before = archive.revision()
    with pytest.raises(ZeroDivisionError), archive.transaction():
        archive.sql.execute("INSERT INTO deletion VALUES ('patch', 1, 1)")
        raise ZeroDivisionError
    assert archive.sql.execute("SELECT count(*) FROM deletion").fetchone() == (0,)
    assert archive.revision() == before


def test_reads_of_a_snapshot_see_one_state(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with Archive(path) as writable, Archive(path, read_only=True) as reading:
        with reading.snapshot():
            before = reading.revision()
            with writable.transaction():
                writable.sql.execute("DELETE FROM event WHERE id = 1")
                writable.sql.execute("UPDATE meta SET revision = revision + 1")
            assert reading.revision() == before
        assert reading.revision() != before
