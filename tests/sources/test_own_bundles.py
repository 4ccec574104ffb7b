"""content/bundles/*.toml: the archive's own bundles."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from generator.archive import patch_bundles
from generator.archive.database import Archive
from generator.model import Bundle
from generator.sources import own_bundles
from tests import factories

Put = Callable[..., None]
ID = "2026030110.patch{}@example.org"


@pytest.fixture
def folder(tmp_path: Path, put: Put) -> Path:
    other = factories.project(2)
    put(*(factories.patch(n) for n in (1, 2, 3)))
    put(factories.patch(4, project=other, series=[]))
    put(factories.patch(5, project=other, msgid=f"<{ID.format(3)}>", series=[]))
    folder = tmp_path / "content" / "bundles"
    folder.mkdir(parents=True)
    return folder


def applied(archive: Archive, folder: Path) -> tuple[int, list[str]]:
    lines: list[str] = []
    outcome = own_bundles.apply(archive, folder, lines.append)
    assert outcome.skipped == len(lines)
    return outcome.changed, lines


def bundles(archive: Archive) -> list[Bundle]:
    every = [archive.get(Bundle, found.id) for found in patch_bundles.public_bundles(archive)]
    return sorted((b for b in every if b), key=lambda bundle: bundle.name)


def test_patches_are_named_in_any_way_and_keep_their_order(archive: Archive, folder: Path) -> None:
    text = f'patches = ["<{ID.format(2)}>", 1, "https://x.example/project/p/patch/{ID.format(3)}/"]'
    (folder / "stable.toml").write_text(f'title = "For stable"\nproject = "project-1"\n{text}')
    assert applied(archive, folder) == (1, [])
    (bundle,) = bundles(archive)
    assert [stub.id for stub in bundle.patches] == [2, 1, 3]
    assert (bundle.name, bundle.title, bundle.owner and bundle.owner.username) == (
        "stable", "For stable", "archive",
    )  # fmt: skip
    assert patch_bundles.is_own(bundle.id)
    assert applied(archive, folder) == (0, [])


def test_a_file_that_is_gone_takes_its_bundle_along(archive: Archive, folder: Path) -> None:
    (folder / "a.toml").write_text("patches = [1]")
    (folder / "b.toml").write_text("patches = [2]")
    applied(archive, folder)
    (folder / "a.toml").unlink()
    assert applied(archive, folder) == (1, [])
    assert [bundle.name for bundle in bundles(archive)] == ["b"]


def test_a_file_that_cannot_be_read_removes_nothing(archive: Archive, folder: Path) -> None:
    (folder / "a.toml").write_text("patches = [1]")
    applied(archive, folder)
    (folder / "a.toml").write_text("patches = [1")
    changed, lines = applied(archive, folder)
    assert changed == 0 and lines[0].startswith(f"{folder / 'a.toml'}: ")
    assert [bundle.name for bundle in bundles(archive)] == ["a"]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "missing required field `patches`"),
        ("patches = []", "length >= 1"),
        ("patches = [99]", "no such patch: 99"),
        ("patches = [-1]", "no such patch: -1"),
        ("patches = [true]", "Expected"),
        ('patches = ["none@example.org"]', "no such patch: none@example.org"),
        ('patches = ["http://[x/patch/1/"]', "no such patch"),
        ("patches = [1, 1]", "patch 1 is named twice"),
        ("patches = [1, 4]", "patches of 2 projects"),
        (f'patches = ["{ID.format(3)}"]', "in several projects; name one by `project`"),
        ('patches = [1]\nproject = "other"', "unknown project 'other'"),
        ('patches = [1]\nproject = "project-2"', "no such patch: 1"),
        ('patches = [1]\nname = "a/b"', "can't be a part of an address"),
        ('patches = [1]\nname = ".."', "can't be a part of an address"),
        ('patches = [1]\nname = "mbox"', "can't be a part of an address"),
        ('patches = [1]\nowner = "a\\u001b"', "can't be a part of an address"),
        ('patches = [1]\nowner = "user3"\nname = "Queue"', "the server has a bundle user3/Queue"),
        ("patches = [1]\npublic = false", "unknown field `public`"),
        ("patches = 5", "Expected `array`"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_in_one_line(
    archive: Archive, folder: Path, put: Put, text: str, cause: str
) -> None:
    put(factories.bundle(7))
    (folder / "x.toml").write_text(text)
    changed, (line,) = applied(archive, folder)
    assert changed == 0 and line.startswith(f"{folder / 'x.toml'}: ") and cause in line
    assert "\n" not in line and "\x1b" not in line


def test_two_files_of_one_name_are_told(archive: Archive, folder: Path) -> None:
    (folder / "a.toml").write_text("patches = [1]")
    (folder / "b.toml").write_text('patches = [2]\nname = "A"')
    changed, (line,) = applied(archive, folder)
    assert changed == 1 and "the same owner and name as in" in line
