"""What a build refuses, because it looks like a mistake, and what lets it go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import ConfigError, StorageError
from generator.site.manifest import Manifest
from generator.site.safeguards import (
    NOTHING,
    Allowed,
    claim,
    replaced,
    require_empty,
    require_likely,
    require_separate,
)
from tests.factories import patch, project


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """An output with a file of a site."""
    folder = tmp_path / "output"
    folder.mkdir()
    (folder / "index.html").write_text("home")
    return folder


@pytest.fixture
def manifest(output: Path):
    opened = Manifest(output)
    yield opened
    opened.close()


def fill(manifest: Manifest, count: int) -> set[str]:
    """Patches' pages in a manifest; the names of their units."""
    names = [f"patch:{number}" for number in range(count)]
    for name in names:
        manifest.record(name, b"d", [], {})
    return set(names)


@pytest.mark.parametrize(
    "path", ["/", "people/home", "people", "content", "content/x", ".", "archives/site"]
)
def test_an_output_that_holds_or_lies_in_other_files_is_refused(tmp_path, monkeypatch, path):
    (tmp_path / "people/home").mkdir(parents=True)
    (tmp_path / "archives/site/content").mkdir(parents=True)
    (tmp_path / "content").symlink_to("archives/site/content")
    (tmp_path / "link").symlink_to(tmp_path / path)
    monkeypatch.setenv("HOME", str(tmp_path / "people/home"))
    for output in (tmp_path / path, tmp_path / "link"):
        with pytest.raises(ConfigError, match="give another --output"):
            require_separate(tmp_path / "content", output)


def test_folders_beside_each_other_are_fine(tmp_path):
    require_separate(tmp_path / "content", tmp_path / "output")
    require_separate(tmp_path / "site", tmp_path / "site-content")


def test_a_folder_with_foreign_files_is_claimed_only_when_asked_for(output):
    for name in ("a.txt", "b.txt", "sub/c.txt"):
        (output / name).parent.mkdir(exist_ok=True)
        (output / name).write_text("mine")
    with pytest.raises(ConfigError, match=r"\(a.txt, b.txt, index.html, …\).*--adopt"):
        claim(output, adopt=False)
    assert set(claim(output, adopt=True)) == {"a.txt", "b.txt", "index.html", "sub/c.txt"}
    Manifest(output).close()
    assert claim(output, adopt=False) == {}, "it is an output now"


@pytest.mark.parametrize("name", [".htaccess", ".gitignore", ".well-known/x", ".stillwork/lock"])
def test_dot_files_are_not_foreign(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("")
    assert claim(tmp_path, adopt=False) == {}
    assert claim(tmp_path / "absent", adopt=False) == {}


def test_an_index_below_a_symlink_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "output").mkdir()
    (tmp_path / "output/search").symlink_to("../elsewhere")
    with pytest.raises(StorageError, match="output/search: a symlink"):
        claim(tmp_path / "output", adopt=True)


def test_foreign_files_that_were_replaced_are_named_or_counted(tmp_path):
    for number in range(30):
        (tmp_path / f"{number:02}").write_text("mine")
    foreign = claim(tmp_path, adopt=True)
    assert list(replaced(tmp_path, foreign)) == []
    (tmp_path / "00").unlink()
    for number in range(1, 25):
        (tmp_path / "new").write_text("other")
        (tmp_path / "new").replace(tmp_path / f"{number:02}")
    told = list(replaced(tmp_path, foreign))
    assert told[:2] == [
        f"{tmp_path}/00: not made by a build; deleted",
        f"{tmp_path}/01: not made by a build; overwritten",
    ]
    assert len(told) == 21 and ": 5 more files" in told[-1]


def test_an_empty_archive_empties_no_site(archive, manifest, output):
    names = fill(manifest, 1)
    with pytest.raises(ConfigError, match=r"archive is empty.*--allow-empty"):
        require_likely(archive, manifest, output, names, Allowed(removals=True))
    require_likely(archive, manifest, output, names, Allowed(empty=True))


def test_an_empty_archive_may_have_an_empty_site(archive, manifest, output):
    require_likely(archive, manifest, output, set(), NOTHING)


def test_a_new_site_is_not_made_of_nothing(archive, manifest, output, put):
    (output / "index.html").unlink()
    for folder in (output, output.parent / "absent"):
        with pytest.raises(ConfigError, match=r"archive is empty; fill it.*--allow-empty"):
            require_likely(archive, manifest, folder, set(), NOTHING)
        require_likely(archive, manifest, folder, set(), Allowed(empty=True))
    put(project())
    require_likely(archive, manifest, output, set(), NOTHING)


def test_an_archive_that_is_not_there_has_no_site(output):
    with pytest.raises(ConfigError, match="archive is empty; fill it"):
        require_empty(output)
    manifest = Manifest(output)
    require_empty(output)  # it is the site of an empty archive
    fill(manifest, 1)
    manifest.commit()
    manifest.close()
    with pytest.raises(ConfigError, match="but the site has patches"):
        require_empty(output)


def test_another_archive_takes_no_site(archive, manifest, output, put):
    put(patch(1))
    fill(manifest, 1)
    require_likely(archive, manifest, output, set(), NOTHING)  # an older Stillwork noted no archive
    manifest.begin(archive.revision()[0])
    require_likely(archive, manifest, output, set(), NOTHING)
    manifest.begin("another")
    with pytest.raises(ConfigError, match=r"another archive.*--allow-empty"):
        require_likely(archive, manifest, output, set(), Allowed(removals=True))
    require_likely(archive, manifest, output, set(), Allowed(empty=True))


@pytest.mark.parametrize(
    ("pages", "vanish", "refused"),
    [(999, 100, True), (1000, 100, False), (1000, 101, True), (99, 99, False), (100, 100, True)],
)
def test_a_tenth_of_the_patches_may_vanish(archive, manifest, output, put, pages, vanish, refused):
    put(patch(1))
    gone = set(sorted(fill(manifest, pages))[:vanish]) | {f"person:{n}" for n in range(500)}
    if refused:
        with pytest.raises(ConfigError, match=f"{vanish} of {pages:,} patches' pages.*-removals"):
            require_likely(archive, manifest, output, gone, Allowed(empty=True))
    else:
        require_likely(archive, manifest, output, gone, NOTHING)
    require_likely(archive, manifest, output, gone, Allowed(removals=True))


def test_nothing_is_lost_in_a_folder_that_was_emptied(archive, manifest, output, put):
    put(patch(1))
    names = fill(manifest, 500)
    manifest.begin("another")
    (output / "index.html").unlink()
    require_likely(archive, manifest, output, names, NOTHING)
