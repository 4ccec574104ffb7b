"""Reads the notes of a repository (git-notes(1)) that say which mails its commits were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.archive import git_commits
from generator.archive.database import Archive
from generator.archive.git_commits import RepositoryState
from generator.landed import trailers
from generator.landed.features import keys_of_mails
from generator.landed.git import Repository

#: Notes that hold message ids: git's own project keeps them in `amlog`.
_NOTES = ("amlog", "commits")
_LARGEST_NOTE = 10_000


def tips(repository: Repository) -> str:
    """The notes that are read, with the commits that hold them: `amlog 1234…`."""
    known = repository.refs.notes
    return " ".join(f"{name} {known[name]}" for name in _NOTES if name in known)


def add(
    archive: Archive, known: RepositoryState, repository: Repository, named: str,
    added: dict[str, int],
) -> None:  # fmt: skip
    """Store the message ids that notes (see `tips`) give for new commits, and changed notes for all."""
    if not named or (named == known.notes and not added):
        return
    before, now = _pairs(known.notes), _pairs(named)
    blobs: dict[str, str] = {}  # of a commit
    for name, tip in now.items():
        changed = _changed_notes(repository, before.get(name, ""), tip)
        every = repository.lines("ls-tree", "-r", "--format=%(objectname) %(path)", tip)
        for line in every:
            blob, _, path = line.partition(" ")
            sha = path.replace("/", "")
            if sha in added or changed is None or sha in changed:
                blobs[sha] = blob
    blobs = {sha: blob for sha, blob in blobs.items() if _is_name(sha)}
    notes_of = zip(blobs, texts(repository, [*blobs.values()]), strict=False)
    said = ((sha, trailers.mentions(text)) for sha, text in notes_of)
    git_commits.add_keys(
        archive, known.project_id, ((sha, keys_of_mails(m.msgids, m.numbers)) for sha, m in said)
    )


def _changed_notes(repository: Repository, old: str, new: str) -> set[str] | None:
    """The commits whose notes changed; None: any may have."""
    if not old or not repository.has([old]):
        return None
    if old == new:
        return set()
    paths = repository.lines("diff-tree", "-r", "--no-renames", "--name-only", old, new)
    return {path.replace("/", "") for path in paths}


def texts(repository: Repository, blobs: Sequence[str]) -> Iterator[str]:
    """The texts of blobs, in order; empty for one that is missing or large."""
    with repository.stream("cat-file", "--batch", given=blobs) as output:
        for _ in blobs:
            head = output.readline().split()
            size = int(head[2]) if len(head) == 3 and head[2].isdigit() else -1
            text = output.read(size + 1) if size >= 0 else b""
            yield text.decode("utf-8", "replace") if size <= _LARGEST_NOTE else ""


def _pairs(named: str) -> dict[str, str]:
    words = named.split()
    return dict(zip(words[::2], words[1::2], strict=True))


def _is_name(text: str) -> bool:
    return len(text) in (40, 64) and all(letter in "0123456789abcdef" for letter in text)
