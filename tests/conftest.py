"""What tests share: an archive to fill, a site to build, the real recordings where they are at hand."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import settings

from generator.archive import wrong_clocks
from generator.archive.database import Archive
from generator.archive.writer import Writer
from generator.config import Config
from generator.landed.update import update
from generator.progress import Reporter
from generator.site.build import Build, Report
from generator.site.executors import Paths
from generator.site.safeguards import NOTHING, Allowed
from generator.sources.importer import Importer
from tools import sample_repository

ROOT = Path(__file__).parent.parent

# Tests start hundreds of commands: each would compile the whole program anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A slow machine is no failure; and what lands is judged by the same examples each time.
settings.register_profile("tests", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("tests")


def pytest_xdist_auto_num_workers() -> int:
    """Half as many more processes than cores: much of a test's time is waiting for servers and disks."""
    return (os.cpu_count() or 1) * 3 // 2


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="Write the files in tests/golden/ again."
    )


@pytest.fixture(scope="session", autouse=True)
def clock() -> Iterator[None]:
    """Mails of 2026 and 2027 are not of the future here, whatever day it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wrong_clocks, "time", SimpleNamespace(time=lambda: 1_830_000_000))
        yield


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "content" / "archive.db") as opened:
        yield opened


@pytest.fixture
def put(archive: Archive) -> Callable[..., None]:
    """Store objects."""

    def store(*objects: dict[str, Any]) -> None:
        writer = Writer(archive)
        with archive.transaction():
            for item in objects:
                writer.put(item)

    return store


#: Compiled templates: all sites of this process share them, which halves the time of a small build.
_TEMPLATES = tempfile.TemporaryDirectory()


class Site:
    """A small archive and its site."""

    def __init__(self, folder: Path) -> None:
        self.content = folder / "content"
        self.output = folder / "output"
        self.failures: list[str] = []

    def put(self, *objects: dict[str, Any]) -> None:
        with Archive(self.content / "archive.db") as archive, archive.transaction():
            writer = Writer(archive)
            for item in objects:
                writer.put(item)

    def load(self, *paths: Path) -> None:
        with Archive(self.content / "archive.db") as archive:
            Importer(archive, self.failures.append).run(paths)

    def build(
        self, *, jobs: int = 1, full: bool = False, allowed: Allowed = NOTHING, **options: Any
    ) -> Report:
        class Noted(Reporter):
            failure = self.failures.append

        compiled = self.output / ".stillwork/templates"
        if not compiled.exists():
            compiled.parent.mkdir(parents=True, exist_ok=True)
            compiled.symlink_to(_TEMPLATES.name)
        paths = Paths(self.content, self.content / "archive.db", self.output)
        Archive(self.content / "archive.db").close()
        with Build(paths, Config(**options), Noted(), jobs=jobs, allowed=allowed) as run:
            return run.run(full=full)

    def page(self, path: str) -> str:
        return (self.output / path).read_text("utf-8")

    def names(self) -> list[str]:
        """The paths of everything that is published."""
        return [
            path.relative_to(self.output).as_posix()
            for path in sorted(self.output.rglob("*"))
            if path.is_file() and ".stillwork" not in path.parts
        ]

    def files(self) -> dict[str, bytes]:
        """Everything that is published."""
        return {name: (self.output / name).read_bytes() for name in self.names()}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    (tmp_path / "content").mkdir(exist_ok=True)
    return Site(tmp_path)


def shared(name: str) -> Path:
    """A folder of real input beside the project; skips where it isn't there."""
    path = ROOT.parent / "shared" / name
    if not path.is_dir():
        pytest.skip(f"the real input {name}/ is not beside the project")
    return path


def need(condition: Any, what: str) -> None:
    """Skip a test that this machine can't run; fail where nothing may be skipped."""
    if not condition:
        if os.environ.get("STILLWORK_REQUIRE_ALL"):
            pytest.fail(f"{what} is missing, and nothing may be skipped here")
        pytest.skip(f"{what} is missing on this machine")


def tool(name: str) -> str:
    """The path of a program that a test needs."""
    path = shutil.which(name)
    need(path, name)
    assert path
    return path


def without_override() -> list[str]:
    """What to put before a command so that permissions of files hold for it, root or not."""
    if os.geteuid() != 0:
        return []
    return [tool("setpriv"), "--bounding-set=-dac_override,-dac_read_search"]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The sample archive that comes with the project, built."""
    built = Site(tmp_path_factory.mktemp("sample"))
    shutil.copytree(
        ROOT / "content",
        built.content,
        ignore=shutil.ignore_patterns("archive.db*", "repository.git"),
    )
    built.load(built.content / "patches")
    if shutil.which("git"):
        sample_repository.make(built.content)
        with Archive(built.content / "archive.db") as archive:
            update(archive, 1, built.content / "repository.git", ["main"], Reporter(), jobs=1)
    built.build(title="Sample")
    return built


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long to make is made by one of the processes that tests run in, and is slow."""
    for item in items:
        for name in ("recorded", "hostile"):
            if name in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group(name))
                item.add_marker("slow")


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """All the real input at hand, built."""
    built = Site(tmp_path_factory.mktemp("recorded"))
    built.content.mkdir()
    built.load(shared("seeds"), shared("recorded"))
    built.build(jobs=2)
    return built
