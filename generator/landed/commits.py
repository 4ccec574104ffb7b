"""Reads commits, with what they change, from git's stream. A fault costs the diff of one commit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO

import msgspec

from generator.diff.paths import unquote, without_prefix
from generator.errors import SourceError
from generator.landed import trailers
from generator.landed.features import (
    COMMIT_LINES,
    Features,
    author_keys,
    change_of,
    keys_of,
    title_of,
    without_blanks,
)
from generator.landed.git import Repository

#: No line of a diff begins with NUL, and no message or name of git holds one.
_BEGIN, _END = b"\n\0\x01", b"\0\x02"
_FIELDS = ("%H", "%an", "%ae", "%aN", "%aE", "%at", "%cN", "%ct", "%B")
#: Of one commit, so many bytes are looked at.
_LARGEST = 16 << 20
_CHUNK = 1 << 20
#: So many commits may have lost objects; more of them, and the repository is a partial clone.
_MOST_FAULTS = 100


class Commit(msgspec.Struct, frozen=True, array_like=True):
    """A commit: who and when (seconds since 1970), what it says, and what it is compared by.

    keys: see keys_of. reverts, picked: see trailers. is_whole: whether all of its diff was read.
    """

    sha: str
    author: str
    authored: int
    committer: str
    committed: int
    title: str
    reverts: str
    picked: str
    features: Features
    keys: list[int]
    is_whole: bool = True


def read(repository: Repository, shas: Sequence[str], mailmap: str = "") -> Iterator[Commit]:
    """The commits of these names, in order; `mailmap` names an object. Raises SourceError.

    One whose objects are missing comes without its lines: git ends there, and is started again behind it.
    """
    at = faults = 0
    options = ("-c", f"mailmap.blob={mailmap}") if mailmap else ()
    while at < len(shas):
        waiting: Commit | None = None
        try:
            command = (*options, *command_of(_FIELDS, "-U0", "-M", "-l400"))
            with repository.stream(*command, given=shas[at:]) as output:
                for text, is_whole in records(output):
                    if waiting:
                        yield waiting
                    waiting = _commit(text, is_whole)
                    at += waiting is not None
            if waiting:
                yield waiting
            return
        except SourceError:
            faults += 1
            if faults > _MOST_FAULTS:
                raise
            if waiting:
                yield _without_lines(waiting)
            else:
                at += 1  # not even its header could be read


def command_of(fields: Sequence[str], *options: str) -> tuple[str, ...]:
    """The command of git that prints fields and the diff of each commit whose name it reads."""
    form = "%x00%x01" + "%x00".join(fields) + "%x00%x02"
    return (
        "diff-tree", "--stdin", "--root", "--always", "-p", *options, "--no-color", "--no-ext-diff",
        "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/", "--encoding=UTF-8", f"--format={form}",
    )  # fmt: skip


def records(output: IO[bytes]) -> Iterator[tuple[bytes, bool]]:
    """The parts of what such a command prints that are one commit each, and whether they are whole."""
    text = b"\n"
    is_whole = True
    while chunk := output.read(_CHUNK):
        text += chunk
        *done, text = text.split(_BEGIN)
        for record in done:
            yield from [(record, is_whole)] if record.strip() else []
            is_whole = True
        if len(text) > _LARGEST:
            # What follows is dropped, but for what the next beginning may lie across.
            text, is_whole = text[:_LARGEST] + text[-len(_BEGIN) :], False
    if text.strip():
        yield text, is_whole


def fields_of(record: bytes) -> tuple[list[str], bytes]:
    """The fields of a commit's record, and its diff; no fields where it isn't of our format."""
    head, end, diff = record.partition(_END)
    return [field.decode("utf-8", "replace") for field in head.split(b"\0")] if end else [], diff


def _commit(record: bytes, is_whole: bool) -> Commit | None:
    """A commit of a record; None for one that isn't of our format."""
    fields, diff = fields_of(record)
    if len(fields) != len(_FIELDS):
        return None
    sha, name, email, mapped_name, mapped_email, authored, committer, committed, message = fields
    subject = " ".join(message.strip().partition("\n\n")[0].split())
    said = trailers.mentions(message)
    features = Features(
        title_of(subject),
        author_keys([(name, email), (mapped_name, mapped_email)]),
        _seconds(authored),
        _seconds(committed),
        change_of(_files(diff), COMMIT_LINES),
    )
    if not is_whole:
        features = _with_no_digests(features)
    keys = keys_of(features, said.msgids, said.numbers)
    return Commit(
        sha, mapped_name or name, features.authored, committer, features.moment, subject[:500],
        said.reverts, said.picked, features, keys, is_whole,
    )  # fmt: skip


def _files(diff: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Each file's path and changed lines. Without context, whatever has a sign below a `@@` is one."""
    for section in diff.split(b"\ndiff --git ")[1:]:
        head, _, body = section.partition(b"\n@@")
        _, *others = without_blanks(body).split(b"\n")  # the first is the rest of that `@@` line
        lines = [line for line in others if line[:1] in (b"+", b"-")]
        yield _path(head.decode("utf-8", "replace")), lines


def _path(head: str) -> str:
    """The path that a file's header names: the new one, unless it is removed."""
    names, *lines = head.split("\n")
    for start in ("+++ ", "--- ", "rename to ", "copy to "):
        for line in lines:
            if line.startswith(start) and line != "+++ /dev/null":
                name = unquote(line.removeprefix(start).rstrip("\t"))
                return without_prefix(name) if start[0] in "+-" else name
    if names[:1] == '"':
        return without_prefix(unquote(names[: len(names) // 2]))
    return names[2 : len(names) // 2]  # `a/x b/x`


def _without_lines(commit: Commit) -> Commit:
    return msgspec.structs.replace(
        commit, features=_with_no_digests(commit.features), is_whole=False
    )


def _with_no_digests(features: Features) -> Features:
    """What is compared where a diff wasn't read to its end: it equals no other."""
    change = msgspec.structs.replace(features.change, whole=b"", body=b"")
    return msgspec.structs.replace(features, change=change)


def _seconds(text: str) -> int:
    # Objects that other tools wrote may hold any number; SQLite has 63 bits.
    return min(int(text), 1 << 40) if text.isdecimal() and text.isascii() and len(text) < 20 else 0
