"""Files of the site: bytes, links and spooled files, each written only if it differs; one build at a time."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from generator.errors import ConfigError, StorageError
from generator.site.files import (
    SpooledFile,
    SymlinkTo,
    digest_of,
    locked,
    remove,
    temporary_folder,
    write,
)
from tests.conftest import ROOT


@pytest.fixture
def output(tmp_path: Path) -> Path:
    (tmp_path / ".stillwork/tmp").mkdir(parents=True)
    return tmp_path


def test_bytes_are_written_once(output: Path) -> None:
    made, written = write(output, "a/b", b"text")
    assert written and made == ("a/b", digest_of(output / "a/b"), 4)
    assert write(output, "a/b", b"text") == (made, False)
    assert write(output, "a/b", b"other")[1] and (output / "a/b").read_bytes() == b"other"


def test_a_link_leads_to_another_file_and_may_take_its_place(output: Path) -> None:
    write(output, "a/one", b"text")
    made, written = write(output, "a/two", SymlinkTo("one"))
    assert written and made == ("a/two", digest_of(output / "a/two"), 3)
    assert (output / "a/two").read_bytes() == b"text"
    assert not write(output, "a/two", SymlinkTo("one"))[1]
    assert write(output, "a/two", b"text")[1] and not (output / "a/two").is_symlink()
    assert write(output, "a/two", SymlinkTo("one"))[1] and (output / "a/two").is_symlink()


def test_a_spooled_file_is_moved(output: Path) -> None:
    def spooled(content: bytes) -> SpooledFile:
        path = output / ".stillwork/tmp/large"
        path.write_bytes(content)
        return SpooledFile(path)

    made, written = write(output, "a/large", spooled(b"much"))
    assert written and made == ("a/large", digest_of(output / "a/large"), 4)
    assert not write(output, "a/large", spooled(b"much"))[1]
    assert not (output / ".stillwork/tmp/large").exists()
    assert write(output, "a/large", spooled(b"more"))[1]
    assert (output / "a/large").read_bytes() == b"more"


def test_a_file_where_a_folder_must_be_is_named(output: Path) -> None:
    (output / "a").write_text("mine")
    with pytest.raises(ConfigError, match="path blocked by a file"):
        write(output, "a/b", b"text")
    (output / "c").mkdir()
    with pytest.raises(ConfigError, match="path blocked by a folder"):
        write(output, "c", b"text")


def test_the_lock_ends_with_its_process(output: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from generator.site.files import locked\n"
        "with locked(Path(sys.argv[1])): print('locked', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(output)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout and other.stdout.readline() == "locked\n"
        with pytest.raises(ConfigError, match=r": another build is running$"), locked(output):
            pass
        os.kill(other.pid, signal.SIGKILL)
    with locked(output):
        pass


def test_a_file_is_written_once_and_again_where_it_differs(tmp_path: Path) -> None:
    with locked(tmp_path):
        first, written = write(tmp_path, "a/b/c.txt", b"one")
        assert written and (tmp_path / "a/b/c.txt").read_bytes() == b"one"
        assert (first[0], first[2]) == ("a/b/c.txt", 3)
        again, written = write(tmp_path, "a/b/c.txt", b"one")
        assert not written and again == first
        for content in (b"two", b"three", b""):
            made, written = write(tmp_path, "a/b/c.txt", content)
            assert written and (tmp_path / "a/b/c.txt").read_bytes() == content
            assert made[1] != first[1] and made[2] == len(content)
            assert made[1] == digest_of(tmp_path / "a/b/c.txt")


def test_a_reader_of_the_old_file_keeps_it(tmp_path: Path) -> None:
    with locked(tmp_path):
        write(tmp_path, "a.txt", b"old")
        with (tmp_path / "a.txt").open("rb") as reader:
            write(tmp_path, "a.txt", b"new")
            assert reader.read() == b"old"
        (tmp_path / "elsewhere").write_bytes(b"kept")
        (tmp_path / "link").symlink_to("elsewhere")
        write(tmp_path, "link", b"kept")
        assert not (tmp_path / "link").is_symlink()
        write(tmp_path, "link", b"other")
    assert (tmp_path / "elsewhere").read_bytes() == b"kept", "never through a link"


def test_only_one_build_works_in_a_folder(tmp_path: Path) -> None:
    with (
        locked(tmp_path),
        pytest.raises(ConfigError, match=f"{tmp_path}: another build"),
        locked(tmp_path),
    ):
        pass
    with locked(tmp_path):
        pass


def test_what_a_killed_build_left_half_made_is_cleared_away(tmp_path: Path) -> None:
    temporary = temporary_folder(tmp_path)
    temporary.mkdir(parents=True)
    (temporary / "half").write_text("")
    with locked(tmp_path):
        assert temporary.is_dir() and not (temporary / "half").exists()
    assert not temporary.exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="file/site"), locked(tmp_path / "file" / "site"):
        pass


def test_nothing_is_written_or_deleted_through_a_symlinked_folder(output: Path) -> None:
    (output / "elsewhere/deep").mkdir(parents=True)
    (output / "link").symlink_to("elsewhere")
    (output / "elsewhere/mine").write_text("mine")
    (output / ".stillwork/tmp/large").write_text("much")
    spooled = SpooledFile(output / ".stillwork/tmp/large")
    for path, content in (("link/new", b"x"), ("link/deep/new", b"x"), ("link/large", spooled)):
        with pytest.raises(StorageError, match="/link: a symlink where the site needs a folder"):
            write(output, path, content)
    assert not remove(output, "link/mine")
    assert sorted(p.name for p in (output / "elsewhere").iterdir()) == ["deep", "mine"]
    assert remove(output, "elsewhere/mine") and not (output / "elsewhere/mine").exists()


def test_a_disk_that_takes_no_file_is_one_clear_error(output: Path, monkeypatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StorageError, match=r"a/b: the disk is full; free some space"):
        write(output, "a/b", b"text")
    assert not (output / "a/b").exists()


def test_the_digest_of_a_link_is_that_of_its_target(tmp_path: Path) -> None:
    for name, target in (("a", "x"), ("b", "x"), ("c", "y")):
        (tmp_path / name).symlink_to(target)
    a, b, c = (digest_of(tmp_path / name) for name in "abc")
    assert a == b != c
    assert len(a) == 8
