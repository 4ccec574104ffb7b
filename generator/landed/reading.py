"""Brings what the archive knows of a repository up to date: branches, commits, notes, releases.

A branch is read from where it was the last time. Where one was rewritten, or other branches are wanted, all
commits are listed again, and only those that are new are read.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from multiprocessing import get_context

import msgspec

from generator.archive import git_commits
from generator.archive.database import Archive
from generator.archive.git_commits import BranchTip, CommitRow, RepositoryState
from generator.errors import SourceError
from generator.landed import commits, notes, releases
from generator.landed.commits import Commit
from generator.landed.git import Repository

#: Commits that one process of git reads; fewer than this in all are read without further processes.
_PORTION = 1000


@dataclass(slots=True)
class Read:
    """What a reading did: commits added and removed, those whose diffs could not be read in full."""

    added: int = 0
    removed: int = 0
    broken: int = 0


@dataclass(frozen=True, slots=True)
class _Listing:
    """Commits to add, with their places; known ones that moved to another; those that are gone."""

    added: dict[str, int]
    moved: dict[str, int]
    removed: list[str]


def read(
    archive: Archive,
    project: int,
    repository: Repository,
    patterns: Sequence[str],
    advance: Callable[[int], None],
    jobs: int = 0,
) -> Read:
    """Read what is new in a repository; `advance` hears of each portion. Raises SourceError.

    jobs: processes, 0 for as many as help. What was read before stays in the archive when this fails.
    """
    branches = _branches(repository, patterns)
    known = git_commits.state(archive, project)
    if known and known.path != str(repository.path):
        known = replace(known, path=str(repository.path), notes="", tags=b"")
    known = known or RepositoryState(project, str(repository.path))
    listing = _list(archive, known, repository, branches)
    done = Read(removed=len(listing.removed))
    mailmap = _mailmap(repository, branches)
    for portion in _read_all(repository, [*listing.added], mailmap, jobs):
        with archive.transaction():
            rows = (_row(item, listing.added[item.sha]) for item in portion)
            done.added += git_commits.add(archive, project, rows)
        done.broken += sum(not item.is_whole for item in portion)
        advance(len(portion))
    named = notes.tips(repository)
    tags = _tags_digest(repository)
    with archive.transaction():
        if listing.removed:
            git_commits.remove(archive, project, listing.removed)
        git_commits.move(archive, project, listing.moved.items())
        notes.add(archive, known, repository, named, listing.added)
        if tags != known.tags or _has_released(repository, known, branches):
            found = released(repository, [branch.tip for branch in branches])
            git_commits.set_releases(archive, project, found)
        now = replace(known, branches=branches, notes=named, tags=tags)
        if now != git_commits.state(archive, project):
            git_commits.set_state(archive, now)
    return done


def _branches(repository: Repository, patterns: Sequence[str]) -> tuple[BranchTip, ...]:
    """The wanted branches with the dates of their tips; by default that which HEAD names."""
    chosen = repository.refs.matching(patterns or [repository.head])
    if not chosen:
        wanted = ", ".join(patterns) or repository.head or "HEAD"
        raise SourceError(f"{repository.path}: no branch matches {wanted}")
    dates = repository.lines(
        "log", "--no-walk=unsorted", "--stdin", "--format=%ct", given=chosen.values()
    )
    return tuple(
        BranchTip(name, tip, int(date))
        for (name, tip), date in zip(chosen.items(), _each(chosen.values(), dates), strict=True)
    )


def _each(tips: Iterable[str], dates: Iterable[str]) -> Iterator[str]:
    """A date for each tip; git names a commit that several branches lead to only once."""
    told = iter(dates)
    known: dict[str, str] = {}
    for tip in tips:
        if tip not in known:
            known[tip] = next(told, "0")
        yield known[tip]


def _mailmap(repository: Repository, branches: Sequence[BranchTip]) -> str:
    """The name of the object that tells people's addresses apart (gitmailmap(5)), if there is one."""
    name = f"{branches[0].tip}:.mailmap"
    return name if repository.has([name]) else ""


def _list(
    archive: Archive, known: RepositoryState, repository: Repository, branches: Sequence[BranchTip]
) -> _Listing:
    if _continues(known, repository, branches):
        return _list_new(archive, known, repository, branches)
    before = git_commits.places(archive, known.project_id)
    listed: dict[str, int] = {}
    for place, branch in enumerate(branches):
        for sha in _walk(repository, [branch.tip], [above.tip for above in branches[:place]]):
            listed.setdefault(sha, place)
    return _Listing(
        {sha: place for sha, place in listed.items() if sha not in before},
        {sha: place for sha, place in listed.items() if before.get(sha, place) != place},
        [sha for sha in before if sha not in listed],
    )


def _list_new(
    archive: Archive, known: RepositoryState, repository: Repository, branches: Sequence[BranchTip]
) -> _Listing:
    """The same where all branches go on from where they were."""
    added: dict[str, int] = {}
    moved: dict[str, int] = {}
    for place, (old, new) in enumerate(zip(known.branches, branches, strict=True)):
        if old.tip == new.tip:
            continue
        above = [branch.tip for branch in branches[:place]]
        for sha in _walk(repository, [new.tip], [old.tip, *above]):
            before = git_commits.place_of(archive, known.project_id, sha)
            if before is None:
                added.setdefault(sha, place)
            elif place < before:
                moved[sha] = place
    return _Listing(added, moved, [])


def _continues(
    known: RepositoryState, repository: Repository, branches: Sequence[BranchTip]
) -> bool:
    """Whether the branches are those of the last time, and none was rewritten."""
    if [branch.name for branch in known.branches] != [branch.name for branch in branches]:
        return False
    if not repository.has(branch.tip for branch in known.branches):
        return False
    moved = [(old.tip, new.tip) for old, new in zip(known.branches, branches, strict=True)]
    return all(
        old == new or not next(repository.lines("rev-list", "-1", old, f"^{new}"), "")
        for old, new in moved
    )


def _walk(repository: Repository, tips: Sequence[str], without: Sequence[str]) -> Iterator[str]:
    """The commits that tips lead to and others don't, oldest first, merges apart."""
    given = [*tips, *(f"^{name}" for name in without)]
    return repository.lines("rev-list", "--no-merges", "--reverse", "--stdin", given=given)


def _read_all(
    repository: Repository, shas: list[str], mailmap: str, jobs: int
) -> Iterator[list[Commit]]:
    """The commits in portions, in order."""
    portions = [shas[at : at + _PORTION] for at in range(0, len(shas), _PORTION)]
    workers = min(jobs or os.cpu_count() or 1, len(portions))
    work = partial(_read_portion, repository, mailmap)
    if workers < 2:
        yield from map(work, portions)
        return
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        todo = iter(portions)
        running = [pool.submit(work, portion) for portion in islice(todo, 2 * workers)]
        while running:
            yield running.pop(0).result()
            running += [pool.submit(work, portion) for portion in islice(todo, 1)]


def _read_portion(repository: Repository, mailmap: str, shas: Sequence[str]) -> list[Commit]:
    return list(commits.read(repository, shas, mailmap))


def _row(item: Commit, place: int) -> CommitRow:
    return CommitRow(
        item.sha, place, item.author, item.authored, item.committer, item.committed, item.title,
        item.reverts, item.picked, msgspec.msgpack.encode(item.features), item.keys,
    )  # fmt: skip


def _tags_digest(repository: Repository) -> bytes:
    tags = sorted(repository.refs.tags.items())
    return hashlib.blake2b(repr(tags).encode("utf-8", "replace"), digest_size=8).digest()


def _has_released(
    repository: Repository, known: RepositoryState, branches: Sequence[BranchTip]
) -> bool:
    """Whether a tag that was there before leads to commits that weren't."""
    old, new = [branch.tip for branch in known.branches], [branch.tip for branch in branches]
    if old == new or not repository.refs.tags:
        return False
    if not repository.has(old):
        return True
    given = [*new, *(f"^{tip}" for tip in old)]
    every = repository.lines("rev-list", "--count", "--stdin", given=given)
    tagless = repository.lines("rev-list", "--count", "--stdin", "--not", "--tags", given=given)
    return [*every] != [*tagless]


def released(repository: Repository, tips: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(commit, its first release) for all that tips and tags lead to."""
    history = repository.lines("rev-list", "--parents", "--tags", "--stdin", given=tips)
    return releases.first_releases(history, releases.in_order(_tags(repository)))


def _tags(repository: Repository) -> Iterator[releases.Tag]:
    """The tags that lead to commits."""
    form = "%(objecttype) %(objectname) %(*objecttype) %(*objectname) %(creatordate:unix) %(refname:strip=2)"
    for line in repository.lines("for-each-ref", f"--format={form}", "refs/tags"):
        kind, name, rest = line.split(" ", 2)
        target_kind, target, date, tag = rest.split(" ", 3)
        sha = (
            target
            if kind == "tag" and target_kind == "commit"
            else name
            if kind == "commit"
            else ""
        )
        if sha:
            yield releases.Tag(tag, sha, int(date) if date.isdigit() else 0)
