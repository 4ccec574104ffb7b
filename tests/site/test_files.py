"""Files of the site: bytes, links and spooled files, each written only if it differs; one build at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from generator.errors import ConfigError
from generator.site.files import SpooledFile, SymlinkTo, digest_of, locked, write
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
