"""Files of a site are written whole, only where they differ, and by one build at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import ConfigError
from generator.site import files


def test_a_file_is_written_once_and_again_where_it_differs(tmp_path: Path) -> None:
    with files.claimed(tmp_path):
        first, written = files.write(tmp_path, "a/b/c.txt", b"one")
        assert written and (tmp_path / "a/b/c.txt").read_bytes() == b"one"
        assert (first[0], first[2]) == ("a/b/c.txt", 3)
        again, written = files.write(tmp_path, "a/b/c.txt", b"one")
        assert not written and again == first
        for content in (b"two", b"three", b""):
            made, written = files.write(tmp_path, "a/b/c.txt", content)
            assert written and (tmp_path / "a/b/c.txt").read_bytes() == content
            assert made[1] != first[1] and made[2] == len(content)
            assert made[1] == files.digest_of(tmp_path / "a/b/c.txt")


def test_a_reader_of_the_old_file_keeps_it(tmp_path: Path) -> None:
    with files.claimed(tmp_path):
        files.write(tmp_path, "a.txt", b"old")
        with (tmp_path / "a.txt").open("rb") as reader:
            files.write(tmp_path, "a.txt", b"new")
            assert reader.read() == b"old"
        (tmp_path / "elsewhere").write_bytes(b"kept")
        (tmp_path / "link").symlink_to("elsewhere")
        files.write(tmp_path, "link", b"kept")
        assert not (tmp_path / "link").is_symlink()
        files.write(tmp_path, "link", b"other")
    assert (tmp_path / "elsewhere").read_bytes() == b"kept", "never through a link"


def test_a_folder_in_the_place_of_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with files.claimed(tmp_path), pytest.raises(ConfigError, match="/a: "):
        files.write(tmp_path, "a", b"x")


def test_only_one_build_works_in_a_folder(tmp_path: Path) -> None:
    with (
        files.claimed(tmp_path),
        pytest.raises(ConfigError, match=f"{tmp_path}: another build"),
        files.claimed(tmp_path),
    ):
        pass
    with files.claimed(tmp_path):
        pass


def test_what_a_killed_build_left_half_made_is_cleared_away(tmp_path: Path) -> None:
    temporary = files.temporary_folder(tmp_path)
    temporary.mkdir(parents=True)
    (temporary / "half").write_text("")
    with files.claimed(tmp_path):
        assert temporary.is_dir() and not (temporary / "half").exists()
    assert not temporary.exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="file/site: "), files.claimed(tmp_path / "file" / "site"):
        pass


def test_the_digest_of_a_link_is_that_of_its_target(tmp_path: Path) -> None:
    for name, target in (("a", "x"), ("b", "x"), ("c", "y")):
        (tmp_path / name).symlink_to(target)
    a, b, c = (files.digest_of(tmp_path / name) for name in "abc")
    assert a == b != c
    assert len(a) == 8
