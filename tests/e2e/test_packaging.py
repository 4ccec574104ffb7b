"""The package as others get it: what the sdist and the wheel hold, and a life without the source tree."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT, need

#: What a tree in use holds that nobody else wants.
BUILT = {
    "output/index.html": "a built page",
    "output/.stillwork/manifest.db": "a manifest",
    "content/archive.db": "an archive",
    "content/archive.db-wal": "its journal",
    "content/updates/patch-1.json": "{}",
    "tests/js/node_modules/html-validate/index.js": "a program of others",
    "dist/stillwork-0.0.1.tar.gz": "an old sdist",
}


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an sdist and a wheel, made from a copy of the tree that was built and tested in."""
    need((ROOT / ".git").exists(), "the checkout with git")
    tree = tmp_path_factory.mktemp("tree") / "stillwork"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in listed.stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, tree / name)
    for name, content in BUILT.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(content)
    made = tmp_path_factory.mktemp("packages")
    # The wheel comes from the sdist, so that this is shown to be enough.
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(made), str(tree)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return made


@pytest.fixture(scope="module")
def command(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of `stillwork` in an environment that has the wheel, and of the others only what it needs."""
    folder = tmp_path_factory.mktemp("elsewhere") / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    (wheel,) = packages.glob("*.whl")
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(folder / "bin/python"), "install", "--quiet",
         "--no-deps", "--no-index", str(wheel)],
        check=True,
    )  # fmt: skip
    # Its dependencies are those of the tests: no network is needed.
    (packages_of_venv,) = folder.glob("lib/python*/site-packages")
    installed = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    (packages_of_venv / "dependencies.pth").write_text("\n".join(installed))
    return folder / "bin/stillwork"


def test_the_sdist_has_the_source_and_nothing_that_was_built(packages: Path) -> None:
    (sdist,) = packages.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names.isdisjoint(BUILT)
    assert not [name for name in names if name.startswith("output/") or "node_modules" in name]
    assert {
        "LICENSE", "Makefile", "README.md", "constraints.txt", "content/site.toml", "generator/cli/commands.py",
        "tests/conftest.py", "themes/default/theme.toml",
    } <= names  # fmt: skip


def test_the_wheel_has_the_theme_and_the_sample_and_no_more_than_the_package(
    packages: Path,
) -> None:
    (wheel,) = packages.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {
        "generator/_themes/default/theme.toml", "generator/_sample/pages/about.md",
        "generator/_sample/patches/projects.json",
    } <= names  # fmt: skip
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {
        "generator",
        "stillwork",
    }
    assert not [name for name in names if "archive.db" in name]


def test_an_archive_is_made_built_and_served_elsewhere(command: Path, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}

    def run(*words: str) -> str:
        done = subprocess.run(
            [command, *words], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = ("--content", "mine", "--output", "www")
    run("init", "mine")
    run(*where, "build", "--strict")
    assert run("search", "--output", "www", "announced is:patch", "--count") == "3\n"
    assert json.loads(run(*where, "stats", "--json"))["patches"] == 12
    run(*where, "verify")
    serve = [command, "--output", "www", "serve", "--port", "0"]
    with subprocess.Popen(
        serve, cwd=tmp_path, env={**environment, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True
    ) as server:  # fmt: skip
        try:
            assert server.stdout
            url = re.match(r"http://\S+", server.stdout.readline())
            assert url
            with urllib.request.urlopen(url[0]) as answer:
                assert b"Patch archive" in answer.read()
        finally:
            server.terminate()


def test_the_code_is_that_of_the_wheel(command: Path) -> None:
    done = subprocess.run(
        [command.parent / "python", "-c", "import generator; print(generator.__file__)"],
        cwd="/", capture_output=True, text=True, check=True, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert Path(done.stdout.strip()).is_relative_to(command.parent.parent)
