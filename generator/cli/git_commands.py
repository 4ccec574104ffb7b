"""The commands that tie patches and commits of a git repository together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli.options import Session, WholeNumber, shared_options
from generator.cli.reports import counted
from generator.cli.site_commands import commands
from generator.cli.terminal import echo, echo_json
from generator.errors import ConfigError

if TYPE_CHECKING:
    from generator.archive.database import Archive
    from generator.archive.landed import Commit

#: The whole program: the group that the commands below are added to.
__all__ = ["commands"]

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")


@commands.command("git")
@click.argument("project")
@click.argument("repository", required=False, type=click.Path(path_type=Path))
@click.option(
    "--branch", "branches", multiple=True, metavar="NAME",
    help="A branch, or a pattern such as 'maint*'; may be repeated, the most important first.",
)  # fmt: skip
@click.option("--full", is_flag=True, help="Read and match everything again.")
@click.option(
    "--jobs",
    metavar="N",
    type=WholeNumber(0, 64),
    default=0,
    help="Processes.  [default: one per core]",
)
@_JSON
@shared_options("content")
def git(
    session: Session, project: str, repository: Path | None, branches: tuple[str, ...], full: bool,
    jobs: int, as_json: bool,
) -> None:  # fmt: skip
    """Find the commits that the patches of PROJECT became.

    REPOSITORY is a folder with a git repository, also a bare one; it and its branches default to those of
    site.toml. What is new since the last time is read, and nothing of the repository is run.
    """
    from generator import config
    from generator.archive import landed
    from generator.landed import update

    wanted = config.load(session.content).projects.get(project, config.ProjectConfig())
    if repository is None and not wanted.repository:
        raise ConfigError(f"{project}: name a repository, here or in site.toml")
    path = repository or update.repository_path(session.content, wanted.repository)
    with session.archive() as archive:
        number = update.project_number(archive, project)
        with session.terminal.progress():
            done = update.update(
                archive, number, path, branches or wanted.branches, session.terminal,
                full=full, jobs=jobs,
            )  # fmt: skip
        if as_json:
            _print_links(archive, number)
        counts = landed.counts(archive, number)
    removed = f", {counted(done.removed, 'commit')} removed" if done.removed else ""
    session.terminal.line(
        f"{path}: {counted(done.added, 'commit')} read{removed}, "
        f"{counted(done.matched, 'patch')} matched"
    )
    session.terminal.line(f"{counted(counts.linked, 'patch')} of {counts.patches:,} landed")


@commands.command("find-commit")
@click.argument("sha")
@_JSON
@shared_options("content")
def find_commit(session: Session, sha: str, as_json: bool) -> None:
    """Find the patches that a commit came from.

    SHA is the name of a commit, or the beginning of one; all that begin with it are listed.
    """
    from generator import urls
    from generator.archive import landed
    from generator.archive.patch_rows import patch_rows
    from generator.archive.projects import project

    with session.archive(read_only=True) as archive:
        found = landed.commit_of(archive, sha)
        if not found:
            raise ConfigError(f"{sha}: no such commit among those that were read")
        for commit in found:
            roles = dict(landed.patches_of_commit(archive, commit))
            rows = patch_rows(archive, list(roles))
            if as_json:
                linked = [{"id": row.id, "msgid": row.msgid, "name": row.name, "role": roles[row.id]}
                          for row in rows]  # fmt: skip
                echo_json({**_shown(commit), "patches": linked})
                continue
            release = f", first in {commit.release}" if commit.release else ""
            echo(
                f"{commit.sha}  {commit.title}  ({commit.author}, {urls.day(commit.committed)}{release})"
            )
            for row in rows:
                slug = project(archive, row.project_id)[0]
                echo(f"    {roles[row.id]}: {row.name}  ({row.submitter}, {urls.day(row.date)})")
                echo(f"    {urls.mail('patch', slug, row.slug)}")


def _print_links(archive: Archive, project: int) -> None:
    from generator.archive import landed

    numbers = landed.linked_patches(archive, project)
    for at in range(0, len(numbers), 500):
        part = numbers[at : at + 500]
        found = landed.landed_links(archive, part)
        for number in part:
            for link in found.get(number, ()):
                echo_json(
                    {"patch": number, "role": link.role, "certainty": link.certainty,
                     "found": link.found, "similarity": link.similarity, **_shown(link.commit)}
                )  # fmt: skip


def _shown(commit: Commit) -> dict[str, Any]:
    """What JSON says of a commit."""
    return {"commit": commit.sha, "title": commit.title, "author": commit.author,
            "committer": commit.committer, "date": commit.committed, "branch": commit.branch,
            "release": commit.release, "reverted_by": list(commit.reverted_by)}  # fmt: skip
