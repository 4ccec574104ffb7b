"""The programs behind `make clean`, `make watch` and `make lock`, and the repository of the sample."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from generator.errors import ConfigError
from generator.site.files import locked
from tests.conftest import ROOT, tool
from tests.factories import patch
from tools import sample_repository
from tools.clean import clean
from tools.watch import changes


def test_cleaning_removes_what_was_built_and_nothing_else(site):
    site.put(patch())
    site.build()
    (site.output / "search/data/folder").mkdir()
    names = ("CNAME", "project/mine.txt", "static/mine.css", "search/data/folder/mine")
    mine = [site.output / name for name in names]
    for path in mine:
        path.write_text("mine")
    clean(site.output)
    assert sorted(path for path in site.output.rglob("*") if path.is_file()) == sorted(mine)
    assert {path for path in site.output.rglob("*") if path.is_dir()} == {
        folder for path in mine for folder in path.parents if site.output in folder.parents
    }


def test_cleaning_leaves_a_folder_alone_where_nothing_was_built(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    clean(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_cleaning_waits_for_no_build(site):
    site.put(patch())
    site.build()
    before = site.files()
    with locked(site.output), pytest.raises(ConfigError, match="another build is running"):
        clean(site.output)
    assert site.files() == before


def test_watching_tells_which_files_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    for name in ("a.md", "b.css", "archive.db"):
        (tmp_path / name).write_text("x")
    seen = changes([tmp_path])
    assert next(seen) == []
    os.utime(tmp_path / "a.md", ns=(1, 1))
    os.utime(tmp_path / "archive.db", ns=(1, 1))
    (tmp_path / "b.css").unlink()
    (tmp_path / "c.js").write_text("x")
    assert next(seen) == [tmp_path / "a.md", tmp_path / "b.css", tmp_path / "c.js"]


def test_the_lock_pins_versions_and_names_no_host():
    text = (ROOT / "constraints.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9_.-]+==[\w.]+", line) for line in lines)
    assert "://" not in text


def test_the_lock_has_every_dependency_within_its_bounds():
    text = (ROOT / "constraints.txt").read_text("utf-8")
    pinned = dict(re.findall(r"^([\w.-]+)==(\S+)$", text, re.MULTILINE))
    pinned = {canonicalize_name(name): version for name, version in pinned.items()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    for line in (
        project["dependencies"]
        + extras["compress"]
        + extras["cluster"]
        + extras["test"]
        + extras["lint"]
    ):
        requirement = Requirement(line)
        if requirement.name != "stillwork":
            assert Version(pinned[canonicalize_name(requirement.name)]) in requirement.specifier, (
                line
            )
            assert any(part.operator in ("<", "==") for part in requirement.specifier), line


def test_the_repository_of_the_sample_is_the_same_each_time(tmp_path):
    git = tool("git")
    shutil.copy(ROOT / "content/repository.fast-import", tmp_path)
    sample_repository.make(tmp_path)
    made = tmp_path / "repository.git"
    before = made.stat().st_mtime_ns
    sample_repository.make(tmp_path)
    assert made.stat().st_mtime_ns == before
    listed = subprocess.run(
        [git, f"--git-dir={made}", "rev-list", "main"], capture_output=True, text=True, check=True
    )
    patches = "".join(p.read_text("utf-8") for p in (ROOT / "content/patches").glob("*.json"))
    landed = [sha for sha in listed.stdout.split() if sha in patches]
    assert len(landed) == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "repository.fast-import", "repository.git"
    ]  # fmt: skip


def test_a_content_folder_without_a_repository_or_git_gets_none(tmp_path, monkeypatch):
    sample_repository.make(tmp_path)
    (tmp_path / "repository.fast-import").write_text("nonsense\n")
    with pytest.raises(subprocess.CalledProcessError):
        sample_repository.make(tmp_path)
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(OSError):
        sample_repository.make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["repository.fast-import"]
