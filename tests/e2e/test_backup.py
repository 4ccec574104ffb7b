"""`backup` and `verify --archive`: a copy while others write, back in its place, and damage that is named."""

from __future__ import annotations

import json
import shutil
import sqlite3

import pytest

from generator.archive.backup import back_up
from generator.archive.database import Archive
from generator.archive.integrity import Examined, faults
from generator.errors import ConfigError
from tests import factories
from tests.conftest import Site
from tests.e2e.test_commands import run


@pytest.fixture
def filled(site: Site) -> Site:
    site.put(*(factories.patch(number) for number in range(1, 21)), factories.comment(1))
    return site


def test_a_backup_restores_the_archive(filled, tmp_path):
    content = ("--content", filled.content)
    copy = tmp_path / "copy.db"
    done = run("backup", copy, *content)
    assert (done.returncode, done.stderr) == (0, f"{copy}: {copy.stat().st_size:,} bytes\n")
    assert sorted(path.name for path in tmp_path.glob("*copy*")) == ["copy.db"]
    filled.build()
    pages = filled.files()
    for path in filled.content.glob("archive.db*"):
        path.unlink()
    shutil.copy(copy, filled.content / "archive.db")
    assert run("verify", "--archive", *content).returncode == 0
    filled.build(full=True)
    assert filled.files() == pages


def test_a_backup_replaces_a_file_only_when_asked_to(filled, tmp_path):
    content = ("--content", filled.content)
    (tmp_path / "copy.db").write_text("mine")
    done = run("backup", tmp_path / "copy.db", *content)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1) and "--force" in done.stderr
    assert (tmp_path / "copy.db").read_text() == "mine"
    assert run("backup", "--force", tmp_path / "copy.db", *content).returncode == 0
    assert list(faults(Archive(tmp_path / "copy.db", read_only=True), Examined())) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [("content", "a folder"), ("no/copy.db", "no such folder"), ("archive", "itself")],
)
def test_a_place_that_cannot_hold_a_copy_is_refused(filled, tmp_path, name, text):
    (tmp_path / "archive").symlink_to("content/archive.db")
    with (
        Archive(filled.content / "archive.db", read_only=True) as archive,
        pytest.raises(ConfigError, match=text),
    ):
        back_up(archive, tmp_path / name, force=True)


def test_a_copy_is_of_one_moment_while_another_process_writes(filled, tmp_path, monkeypatch):
    monkeypatch.setattr("generator.archive.backup._PAGES", 1)
    steps = []

    def write(done: int, total: int) -> None:
        if len(steps) < 20:
            filled.put(factories.patch(100 + len(steps)))
        steps.append(done)

    with Archive(filled.content / "archive.db", read_only=True) as archive:
        back_up(archive, tmp_path / "copy.db", advance=write)
    assert len(steps) > 20 and steps == sorted(steps), "it never began anew"
    with Archive(tmp_path / "copy.db", read_only=True) as copy:
        assert copy.sql.execute("SELECT count(*) FROM patch").fetchone() == (20,)
        assert list(faults(copy, Examined())) == []


def test_each_damaged_object_is_named_with_its_table_and_number(filled):
    path = filled.content / "archive.db"
    updates = filled.content / "updates"
    updates.mkdir()
    (updates / "x.json").write_text(json.dumps({"id": 9, "state": "accepted"}))
    names = ("--content", filled.content, "--output", filled.output)
    assert run("-q", *names, "build").returncode == 0
    done = run("verify", "--archive", *names[:2])
    assert (done.returncode, done.stderr) == (0, "25 objects, 0 errors\n")
    with Archive(path) as archive:
        other = archive.pack(b'{"id": 5}')[1]
        swapped = archive.unpack(
            archive.sql.execute("SELECT raw FROM patch WHERE id=7").fetchone()[0]
        )
        changed = archive.pack(swapped.replace(b"lock", b"look"))[1]
        for number, raw in ((3, b"garbage"), (5, other), (7, changed)):
            archive.sql.execute("UPDATE patch SET raw = ? WHERE id = ?", (raw, number))
        archive.sql.execute("UPDATE comment SET raw = x'00'")
    done = run("-q", "verify", "--archive", *names[:2])
    begun = [line.rpartition("archive.db: ")[2].split(":")[0] for line in done.stderr.splitlines()]
    assert (done.returncode, begun) == (1, ["patch 3", "patch 5", "patch 7", "comment 1"])


def test_a_damaged_page_of_the_archive_is_one_line_for_each_fault(filled):
    path = filled.content / "archive.db"
    with sqlite3.connect(path) as sql:
        sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = sql.execute("SELECT rootpage FROM sqlite_master WHERE name = 'patch'").fetchone()[0]
        size = sql.execute("PRAGMA page_size").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)
    done = run("-q", "verify", "--archive", "--content", filled.content)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert f"{path}: patch: unreadable: database disk image is malformed" in done.stderr
    names = ("--content", filled.content, "--output", filled.output)
    done = run("-q", *names, "build", "--jobs", "1")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"{path}: damaged; `stillwork verify --archive` lists the faults" in done.stderr
