from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from generator.archive import schema
from generator.archive.database import Archive
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
        archive.sql.execute("INSERT INTO gone VALUES ('patch', 1, 1)")
        raise ZeroDivisionError
    assert archive.sql.execute("SELECT count(*) FROM gone").fetchone() == (0,)
    assert archive.revision() == before
