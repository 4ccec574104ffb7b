"""Mistakes on the command line that would cost a site or other files: each is one line, and changes nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generator.archive.database import Archive
from tests import factories
from tests.conftest import ROOT, Site
from tests.e2e.test_commands import run, tree

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("mistakes")]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("original")
    patches = folder / "content/patches"
    patches.mkdir(parents=True)
    text = factories.lines(*(factories.patch(number) for number in range(1, 121)))
    (patches / "p.jsonl").write_text(text)
    assert build(folder).returncode == 0
    shutil.rmtree(patches)  # which would be read again where it was copied to
    return folder


@pytest.fixture
def built(original: Path, tmp_path: Path) -> Path:
    """A folder with the content and the output of an archive of 120 patches."""
    return shutil.copytree(original, tmp_path / "built", symlinks=True)


def build(folder: Path, *options: str, content: str = "content", output: str = "output"):
    names = ("--content", folder / content, "--output", folder / output)
    return run("-q", *names, "build", "--jobs", "1", *options)


def refused(done, text: str) -> bool:
    """Whether a command ended with one line that holds a text, and status 2."""
    return (done.returncode, done.stderr.count("\n")) == (2, 1) and text in done.stderr


def test_a_mistyped_archive_empties_no_site(built):
    before = tree(built / "output")
    assert refused(build(built, content="typo"), "no content folder")
    assert not (built / "typo").exists()
    (built / "empty").mkdir()
    assert refused(build(built, content="empty"), "the archive is empty")
    (built / "other/patches").mkdir(parents=True)
    (built / "other/patches/p.json").write_text(factories.lines(factories.patch(1)))
    assert refused(build(built, content="other"), "built from another archive")
    assert published(built) == {k: v for k, v in before.items() if ".stillwork" not in k.parts}
    assert build(built).returncode == 0
    assert build(built, "--allow-empty", content="other").returncode == 0
    assert len(list((built / "output/project/project-1/patch").glob("*/index.html"))) == 1
    assert build(built, "--allow-empty", content="empty").returncode == 0
    assert build(built, content="empty").returncode == 0, "it is that archive's site now"


def published(folder: Path) -> dict[Path, object]:
    every = tree(folder / "output")
    return {path: value for path, value in every.items() if ".stillwork" not in path.parts}


def test_many_pages_vanish_only_when_that_is_meant(built):
    with Archive(built / "content/archive.db") as archive, archive.transaction():
        archive.sql.execute("DELETE FROM patch WHERE id <= 110")
    before = published(built)
    assert refused(build(built), "110 of 120 patches' pages would vanish")
    assert published(built) == before
    assert build(built, "--allow-removals").returncode == 0
    assert len(list((built / "output/project/project-1/patch").glob("*/index.html"))) == 10


def test_an_output_that_was_emptied_is_filled_again(built):
    before = published(built)
    for path in sorted(before, reverse=True):
        if path != built / "output":
            path.rmdir() if path.is_dir() else path.unlink()
    assert build(built).returncode == 0
    assert published(built).keys() == before.keys()


def test_a_folder_with_other_files_is_taken_over_only_when_asked_for(built):
    mine = built / "mine"
    mine.mkdir()
    (mine / "index.html").write_text("my home page")
    (mine / "notes.txt").write_text("my notes")
    assert refused(build(built, output="mine"), "(index.html, notes.txt)")
    assert sorted(path.name for path in mine.iterdir()) == ["index.html", "notes.txt"]
    done = build(built, "--adopt", output="mine")
    assert (done.returncode, done.stderr) == (
        0,
        f"stillwork: {mine / 'index.html'}: not made by a build; overwritten\n",
    )
    assert (mine / "notes.txt").read_text() == "my notes"


def test_what_a_killed_build_overwrote_is_named_by_the_next(built, tmp_path):
    site = Site(tmp_path / "site")
    site.output.mkdir(parents=True)
    site.put(factories.patch())
    names = (
        "index.html",
        "notes.txt",
        "project/project-1/patch/2026030110.patch1@example.org/mbox",
    )
    for name in names:
        (site.output / name).parent.mkdir(parents=True, exist_ok=True)
        (site.output / name).write_text("mine")
    killed = """
import os, sys
from pathlib import Path
from generator.site import build
from tests.conftest import Site
from generator.site.safeguards import Allowed
build.Build._index = lambda self, executor: os._exit(9)  # before the home page
Site(Path(sys.argv[1])).build(allowed=Allowed(adopt=True))
"""
    command = [sys.executable, "-c", killed, str(tmp_path / "site")]
    assert subprocess.run(command, cwd=ROOT).returncode == 9
    assert (site.output / names[2]).read_text() != "mine"
    site.build()
    assert site.failures == [
        f"{site.output / name}: not made by a build; overwritten" for name in (names[0], names[2])
    ]
    site.failures.clear()
    site.build(full=True)
    assert site.failures == []
    assert (site.output / "notes.txt").read_text() == "mine"


def test_nothing_is_written_through_a_symlinked_folder(built):
    (built / "fresh").mkdir()
    (built / "elsewhere").mkdir()
    (built / "fresh/project").symlink_to("../elsewhere")
    done = build(built, "--adopt", output="fresh")
    assert refused(done, "fresh/project: a symlink where the site needs a folder")
    assert not list((built / "elsewhere").iterdir())


@pytest.mark.parametrize("output", ["content", "content/site", ".", "link"])
def test_content_and_output_lie_apart(built, output):
    (built / "link").symlink_to("content")
    before = tree(built)
    assert refused(build(built, output=output), "give another --output")
    assert tree(built) == before


def test_a_damaged_manifest_is_made_anew(built):
    before = published(built)
    for name in ("manifest.db", "manifest.db-wal"):
        (built / "output/.stillwork" / name).write_bytes(b"garbage" * 2000)
    done = build(built)
    assert (done.returncode, done.stderr.count("\n")) == (0, 1)
    assert "manifest.db: damaged; made anew" in done.stderr
    assert published(built) == before
    assert (
        run("-q", "--content", built / "content", "--output", built / "output", "verify").returncode
        == 0
    )
