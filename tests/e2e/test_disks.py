"""Disks and files that fail: one line that says what to do, no traceback, nothing lost."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import factories
from tests.conftest import without_override
from tests.e2e.test_commands import run

pytestmark = pytest.mark.slow

#: Mounts a small disk: (folder, options of tmpfs).
Mount = Callable[[Path, str], None]


@pytest.fixture
def mount() -> Iterator[Mount]:
    mounted: list[Path] = []

    def call(folder: Path, options: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode:
            pytest.skip("only root may mount a small disk, and not everywhere")
        mounted.append(folder)

    yield call
    for folder in mounted:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def folders(tmp_path: Path) -> list[str]:
    """The options for a content folder with 40 patches, not yet imported, and an output."""
    (tmp_path / "content/patches").mkdir(parents=True)
    noise = random.Random(1)
    patches = [
        factories.patch(number, content=noise.randbytes(6000).hex()) for number in range(1, 41)
    ]
    (tmp_path / "content/patches/p.jsonl").write_text(factories.lines(*patches))
    return ["--content", str(tmp_path / "content"), "--output", str(tmp_path / "output")]


def failed(done: subprocess.CompletedProcess[str], *texts: str) -> bool:
    """Whether a command ended with status 2 and one line that holds these texts."""
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    return all(text in done.stderr for text in texts)


@pytest.mark.parametrize("options", ["size=400k", "size=8m,nr_inodes=60"])
def test_a_full_output_is_finished_later(folders, tmp_path, mount, options):
    mount(tmp_path / "output", options)
    done = run("-q", *folders, "build", "--jobs", "1")
    assert failed(done, f"{tmp_path}/output", "the disk is full; free some space")
    more = ["mount", "-o", "remount,size=64m,nr_inodes=9000", str(tmp_path / "output")]
    subprocess.run(more, check=True)
    assert run("-q", *folders, "build", "--jobs", "1").returncode == 0
    assert run("-q", *folders, "verify").returncode == 0


def test_a_full_archive_keeps_what_it_has(folders, tmp_path, mount):
    source = tmp_path / "content/patches/p.jsonl"
    mount(tmp_path / "small", "size=500k")
    content = ("--content", tmp_path / "small")
    first = source.read_text().splitlines(keepends=True)[0]
    assert run("-q", "import", "-", *content, stdin=first).returncode == 0
    done = run("-q", "import", source, *content)
    assert failed(done, f"{tmp_path}/small/archive.db", "the disk is full")
    subprocess.run(["mount", "-o", "remount,size=64m", str(tmp_path / "small")], check=True)
    assert run("-q", "verify", "--archive", *content).returncode == 0
    assert run("-q", "import", "--strict", source, *content).returncode == 0


def test_a_full_disk_leaves_no_half_backup(folders, tmp_path, mount):
    assert run("-q", "import", tmp_path / "content/patches", *folders[:2]).returncode == 0
    mount(tmp_path / "small", "size=200k")
    done = run("-q", "backup", tmp_path / "small/copy.db", *folders[:2])
    assert failed(done, f"{tmp_path}/small/copy.db", "the disk is full")
    assert not list((tmp_path / "small").iterdir())


@pytest.mark.parametrize("closed", ["content", "output"])
def test_a_folder_that_cannot_be_written_is_named(folders, tmp_path, closed):
    (tmp_path / "output").mkdir()
    (tmp_path / closed).chmod(0o555)
    done = run("-q", *folders, "build", prefix=without_override())
    (tmp_path / closed).chmod(0o755)
    assert failed(done, f"stillwork: {tmp_path / closed}", "check the permissions")


def test_a_configuration_that_cannot_be_read_is_named(folders, tmp_path):
    toml = tmp_path / "content/site.toml"
    toml.write_bytes(b'title = "\xff"')
    assert failed(run("-q", *folders, "build"), f"{toml}: not UTF-8 at byte 9")
    toml.chmod(0)
    done = run("-q", *folders, "build", prefix=without_override())
    assert failed(done, f"{toml}: Permission denied; check the permissions")


def test_an_archive_that_is_locked_is_one_line(folders, tmp_path):
    assert run("-q", *folders, "build", "--jobs", "1").returncode == 0
    with sqlite3.connect(tmp_path / "content/archive.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        text = factories.lines(factories.patch(1))
        done = run("-q", "import", "-", *folders[:2], stdin=text)
        assert failed(done, "archive.db: locked by another process; try again")
        other.execute("ROLLBACK")


def test_an_archive_of_a_newer_stillwork_is_left_alone(folders, tmp_path):
    with sqlite3.connect(tmp_path / "content/archive.db") as other:
        other.execute("PRAGMA user_version = 99")
    assert failed(run("-q", *folders, "build"), "archive format 99", "update Stillwork")


def test_an_archive_that_is_no_database_is_one_line(folders, tmp_path):
    (tmp_path / "content/archive.db").write_bytes(b"garbage" * 2000)
    for command in (["build"], ["stats"], ["verify"], ["verify", "--archive"]):
        done = run("-q", *folders, *command)
        assert failed(done, "archive.db: not an SQLite file, or damaged; restore a backup")
    assert (tmp_path / "content/archive.db").read_bytes() == b"garbage" * 2000


def test_paths_need_not_be_utf_8(folders, tmp_path):
    odd = tmp_path / os.fsdecode(b"odd-\xff")
    shutil.copytree(tmp_path / "content", odd / "content")
    (odd / "content/patches/p.jsonl").rename(odd / "content/patches" / os.fsdecode(b"p-\xfe.jsonl"))
    names = ("--content", odd / "content", "--output", odd / "output")
    done = run("-q", *names, "build", "--jobs", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing has changed" in run(*names, "build", "--jobs", "1").stderr
    assert run("-q", *names, "verify").returncode == 0
    assert run("-q", "backup", odd / "copy.db", *names[:2]).returncode == 0
