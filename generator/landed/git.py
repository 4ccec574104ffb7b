"""Runs git on a stranger's repository, so that nothing of it runs here: refs, lists, streams of objects.

The refs are read where they are. Objects are read through an empty repository of our own that borrows them
(gitrepository-layout(5), `objects/info/alternates`): hooks, configuration, attributes, replacements, grafts
and promised objects of the other one have no say.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO

from generator.errors import SourceError

#: Files larger than this are binary to us, which bounds what a diff costs.
_OPTIONS = (
    "--no-pager", "--no-replace-objects", "-c", "safe.directory=*", "-c", "core.hooksPath=/dev/null",
    "-c", "core.bigFileThreshold=4m", "-c", "core.fsmonitor=false", "-c", "core.quotePath=true",
)  # fmt: skip
_HEADS, _TAGS = "refs/heads/", "refs/tags/"


@dataclass(frozen=True, slots=True)
class Refs:
    """The branches, tags and notes of a repository by their short names: the object that each names."""

    branches: dict[str, str]
    tags: dict[str, str]
    notes: dict[str, str]

    def matching(self, patterns: Sequence[str]) -> dict[str, str]:
        """The branches that patterns (`maint*`) choose, in their order; of one pattern by name."""
        chosen: dict[str, str] = {}
        for pattern in patterns:
            for name in sorted(self.branches):
                if fnmatchcase(name, pattern):
                    chosen.setdefault(name, self.branches[name])
        return chosen


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository that is open for reading: `home` is ours, with the objects of the other one."""

    path: Path
    home: Path
    refs: Refs
    #: The branch that HEAD names; empty if it is none.
    head: str

    def lines(self, *arguments: str, given: Iterable[str] = ()) -> Iterator[str]:
        """The lines that a git command prints, as they come; `given` are those it reads.

        Raises SourceError when it fails.
        """
        with self.stream(*arguments, given=given) as output:
            for line in output:
                yield line.decode("utf-8", "replace").rstrip("\n")

    @contextmanager
    def stream(self, *arguments: str, given: Iterable[str] = ()) -> Iterator[IO[bytes]]:
        """What a git command prints, as it comes; raises SourceError in the end when it failed."""
        with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as errors:
            asked.writelines(f"{line}\n".encode() for line in given)
            asked.seek(0)
            command = ["git", f"--git-dir={self.home}", *_OPTIONS, *arguments]
            with _started(command, self.home, asked, errors) as process:
                assert process.stdout
                try:
                    yield process.stdout
                except BaseException:
                    process.kill()
                    raise
            if process.returncode:
                errors.seek(0)
                raise SourceError(f"{self.path}: {_last_line(errors.read(10_000))}")

    def has(self, names: Iterable[str]) -> bool:
        """Whether the repository still has all these objects."""
        checked = self.lines("cat-file", "--batch-check=%(objecttype)", given=names)
        return not any(line.endswith(" missing") for line in checked)


@contextmanager
def opened(path: Path) -> Iterator[Repository]:
    """A repository: bare, a mirror, or the work tree it belongs to.

    Raises SourceError where there is none, where it is shallow, or where git is not installed.
    """
    if not path.is_dir():
        raise SourceError(f"{path}: no such git repository")
    with tempfile.TemporaryDirectory(prefix="stillwork-git-") as folder:
        home = Path(folder)
        try:
            told = _ask(path, "rev-parse", "--git-common-dir", "--show-object-format").splitlines()
            common = (path / told[0]).resolve()
            if (common / "shallow").exists():
                raise SourceError(
                    f"{path}: a shallow repository; `git fetch --unshallow` completes it"
                )
            _ask(
                home, "init", "--quiet", "--bare", "--template=", f"--object-format={told[1]}", "."
            )
            objects = os.fsencode(common / "objects")
            (home / "objects/info").mkdir(exist_ok=True)
            (home / "objects/info/alternates").write_bytes(b'"%s"\n' % _quoted(objects))
            listed = _ask(path, "for-each-ref", "--format=%(objectname) %(refname)")
            (home / "packed-refs").write_text(listed, "utf-8", "surrogateescape")
            refs = _refs(listed)
            head = _ask(path, "symbolic-ref", "--quiet", "HEAD", may_fail=True).strip()
        except FileNotFoundError as error:
            raise SourceError("git is not installed") from error
        yield Repository(path, home, refs, head.removeprefix(_HEADS))


def _refs(listed: str) -> Refs:
    refs = Refs({}, {}, {})
    for line in listed.splitlines():
        name, _, ref = line.partition(" ")
        for folder, known in (
            (_HEADS, refs.branches),
            (_TAGS, refs.tags),
            ("refs/notes/", refs.notes),
        ):
            if ref.startswith(folder):
                known[ref.removeprefix(folder)] = name
    return refs


def _quoted(path: bytes) -> bytes:
    return path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")


def _ask(folder: Path, *arguments: str, may_fail: bool = False) -> str:
    """What a short git command prints about the repository in a folder."""
    with tempfile.TemporaryFile() as nothing, tempfile.TemporaryFile() as errors:
        command = ["git", "-C", str(folder), *_OPTIONS, *arguments]
        with _started(command, folder, nothing, errors) as process:
            assert process.stdout
            output = process.stdout.read()
        if process.returncode and not may_fail:
            errors.seek(0)
            raise SourceError(f"{folder}: {_last_line(errors.read(10_000))}")
    return output.decode("utf-8", "surrogateescape")


def _started(
    command: Sequence[str], home: Path, given: IO[bytes], errors: IO[bytes]
) -> subprocess.Popen[bytes]:
    # Nothing of the caller's environment that git obeys, and no transport: promised objects stay away.
    environment = {
        "PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_ATTR_NOSYSTEM": "1",
        "GIT_ALLOW_PROTOCOL": "none", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0",
    }  # fmt: skip
    return subprocess.Popen(
        command, stdin=given, stdout=subprocess.PIPE, stderr=errors, env=environment, cwd=home
    )


def _last_line(errors: bytes) -> str:
    """What git says is wrong, on one line."""
    lines = errors.decode("utf-8", "replace").strip().splitlines()
    fatal = [line.removeprefix("fatal: ") for line in lines if line.startswith("fatal: ")]
    return " ".join((fatal or lines or ["git failed"])[0].split())[:400]
