"""Reading an SQLite file leaves its folder as it was, and works where nothing can be written."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from generator.archive import read_only
from tests.conftest import ROOT, without_override

COUNT = "SELECT count(*) FROM a"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "folder/x.db"
    path.parent.mkdir()
    made = sqlite3.connect(path, isolation_level=None)
    made.execute("PRAGMA journal_mode = WAL")
    made.execute("CREATE TABLE a (b)")
    made.execute("INSERT INTO a VALUES (1)")
    made.close()
    return path


def names(path: Path) -> list[str]:
    return sorted(item.name for item in path.parent.iterdir())


def test_reading_leaves_nothing_behind(database: Path) -> None:
    sql = read_only.connect(database)
    assert sql.execute(COUNT).fetchone() == (1,)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        sql.execute("INSERT INTO a VALUES (2)")
    sql.close()
    assert names(database) == ["x.db"]


def test_what_another_process_writes_meanwhile_is_kept(database: Path) -> None:
    reader = read_only.connect(database)
    writer = sqlite3.connect(database, isolation_level=None)
    writer.execute("INSERT INTO a VALUES (2)")
    assert reader.execute(COUNT).fetchone() == (2,)
    reader.close()
    writer.execute("INSERT INTO a VALUES (3)")
    writer.close()
    assert sqlite3.connect(database).execute(COUNT).fetchone() == (3,)


def read_in_closed_folder(path: Path) -> str:
    """What COUNT gives, or the error, in a folder that can't be written to."""
    code = (
        "import sqlite3, sys; from pathlib import Path; from generator.archive import read_only\n"
        f"try: print(read_only.connect(Path(sys.argv[1])).execute({COUNT!r}).fetchone()[0])\n"
        "except sqlite3.OperationalError as error: print(error)"
    )
    path.parent.chmod(0o555)
    command = [*without_override(), sys.executable, "-c", code, str(path)]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    finally:
        path.parent.chmod(0o755)
    return done.stdout.strip()


def test_a_read_only_folder_is_no_hindrance(database: Path) -> None:
    assert read_in_closed_folder(database) == "1"
    assert names(database) == ["x.db"]


def test_a_journal_is_read_too_and_never_passed_over(database: Path) -> None:
    writer = sqlite3.connect(database, isolation_level=None)
    writer.execute("INSERT INTO a VALUES (2)")
    copy = database.parent.parent / "copy/x.db"
    shutil.copytree(database.parent, copy.parent)
    writer.close()
    assert read_in_closed_folder(copy) == "2"
    (copy.parent / "x.db-shm").unlink()
    assert "unable to open" in read_in_closed_folder(copy)
