"""A repository, and an archive whose first project is matched with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from generator.archive import landed
from generator.archive.database import Archive
from generator.landed.update import Updated, update
from generator.progress import Reporter
from tests.landed.repository import GitRepository


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    return GitRepository(tmp_path / "project.git")


@pytest.fixture
def refresh(archive: Archive, repository: GitRepository) -> Callable[..., Updated]:
    """Bring the links of project 1 up to date."""

    def run(*branches: str, **options: bool) -> Updated:
        wanted = branches or ("master",)
        return update(archive, 1, repository.path, wanted, Reporter(), jobs=1, **options)

    return run


@pytest.fixture
def links(archive: Archive) -> Callable[[int], list[tuple[str, str]]]:
    """(role, commit) of each link of a patch."""

    def found(number: int) -> list[tuple[str, str]]:
        known = landed.landed_links(archive, [number])
        return [(link.role, link.commit.sha) for link in known.get(number, ())]

    return found
