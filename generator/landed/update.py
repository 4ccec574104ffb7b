"""What became of a project's patches, from its git repository: reads what is new there, and matches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.archive import git_commits, series_versions
from generator.archive.database import Archive
from generator.archive.projects import all_projects, project_named
from generator.config import Config
from generator.errors import ConfigError, StillworkError
from generator.landed import changes, git, reading
from generator.landed.matching import match
from generator.progress import Reporter


@dataclass(frozen=True, slots=True)
class Updated:
    """Commits that were added and removed, those whose diffs could not be read in full, patches matched."""

    added: int
    removed: int
    broken: int
    matched: int


def update(
    archive: Archive,
    project: int,
    path: Path,
    branches: Sequence[str],
    reporter: Reporter,
    *,
    full: bool = False,
    jobs: int = 0,
) -> Updated:
    """Bring the links of a project up to date with a repository; `full`: read and match all of it again.

    branches: names and patterns (`maint*`), the first that has a commit is told; none: that of HEAD.
    Raises SourceError where the repository can't be read, which leaves the links as they were.
    """
    with git.opened(path) as repository:
        if full:
            with archive.transaction():
                git_commits.forget(archive, project)
        reporter.stage("reading commits", None)
        done = reading.read(archive, project, repository, branches, reporter.advance, jobs)
        series_versions.refresh(archive)  # the versions of a work, which one commit may claim
        matched = match(
            archive, project, reporter.advance,
            lambda total: reporter.stage("matching patches", total),
        )  # fmt: skip
        changes.update(
            archive, project, repository,
            lambda total: reporter.stage("comparing patches and commits", total), reporter.advance,
        )  # fmt: skip
    if done.broken:
        said = f"objects of {done.broken} commits are missing; their diffs were not read"
        reporter.failure(f"{path}: {said}")
    return Updated(done.added, done.removed, done.broken, matched)


def configured(archive: Archive, settings: Config, content: Path, reporter: Reporter) -> int:
    """Bring the links of all projects up to date that have a repository in site.toml; how many failed.

    A repository that can't be read costs a line, and leaves the links as they were.
    """
    failed = 0
    for name, wanted in sorted(settings.projects.items()):
        if not wanted.repository:
            continue
        try:
            project = project_number(archive, name)
            path = repository_path(content, wanted.repository)
            update(archive, project, path, wanted.branches, reporter)
        except StillworkError as error:
            failed += 1
            reporter.failure(str(error))
    return failed


def project_number(archive: Archive, name: str) -> int:
    """The number of a project by its link name, list id or number; raises ConfigError."""
    number = project_named(archive, name)
    if number is None:
        known = ", ".join(project.link_name for _, project in all_projects(archive)[:20])
        raise ConfigError(f"no project {name!r}; the archive has {known or 'none'}")
    return number


def repository_path(content: Path, repository: str) -> Path:
    """The folder of a repository that site.toml names, which may be relative to its own folder."""
    return content.absolute() / Path(repository).expanduser()
