"""Repositories of made-up text, made with git, and the diffs of their commits in every form that git writes."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

_WORDS = (
    "lock queue timer socket buffer signal packet filter bridge vendor domain thread branch "
    "kernel module driver device memory region handle status return static struct double"
).split()
_FOLDERS = ("", "lib", "lib/deep", "net core", "doc", "dir ä")
#: Options of git-diff(1) that change what a diff looks like.
FORMS = (
    (), ("--unified=0",), ("--unified=8", "--function-context"), ("--no-prefix",), ("--find-renames", "--find-copies-harder"),
    ("--binary", "--full-index"), ("-c", "diff.mnemonicPrefix=true"), ("--src-prefix=left/", "--dst-prefix=right/"),
    ("--break-rewrites", "--irreversible-delete"), ("--patience", "--inter-hunk-context=3"),
)  # fmt: skip


class Repository:
    """A repository in an empty folder, whose commits are made by chance."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._chance = random.Random(seed)
        self.git("init", "--quiet")
        for number in range(8):
            self._write(self._name(number), self._text(60))
        self._commit()

    def git(self, *arguments: str, text: str | None = None) -> str:
        """What git prints."""
        done = subprocess.run(
            ["git", *arguments], cwd=self._folder, check=True, capture_output=True,
            input=text.encode("utf-8", "surrogateescape") if text is not None else None,
            env={"PATH": os.environ["PATH"], "HOME": str(self._folder), "GIT_CONFIG_NOSYSTEM": "1",
                 "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
                 "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org"},
        )  # fmt: skip
        return done.stdout.decode("utf-8", "replace")

    def change(self) -> None:
        """A commit that edits, adds, removes, renames, and changes modes."""
        files = sorted(
            path
            for path in self._folder.rglob("*.c")
            if path.is_file() and not path.is_symlink() and ".git" not in path.parts
        )
        for path in self._chance.sample(files, min(4, len(files))):
            match self._chance.randrange(8):
                case 0:
                    path.unlink()
                case 1:
                    path.rename(path.with_name(f"moved {self._chance.randrange(10**6)}.c"))
                case 2:
                    path.chmod(0o755 if path.stat().st_mode & 0o100 == 0 else 0o644)
                case _:
                    self._edit(path)
        number = self._chance.randrange(10**6)
        self._write(self._name(number), self._text(12))
        if self._chance.random() < 0.4:
            (self._folder / f"image{number}.bin").write_bytes(self._chance.randbytes(900))
        if self._chance.random() < 0.3:
            (self._folder / f"link{number}").symlink_to("lib/nothing")
        self._commit()

    def diff(self, form: tuple[str, ...] = ()) -> str:
        """The diff of the last commit, in one of FORMS."""
        before = form if form[:1] == ("-c",) else ()
        return self.git(*before, "diff", *(form if not before else ()), "HEAD~1", "HEAD")

    def _commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a change")

    def _name(self, number: int) -> Path:
        folder = self._folder / self._chance.choice(_FOLDERS)
        return (
            folder / f"{self._chance.choice(_WORDS)} {number}.c"
            if number % 5 == 0
            else folder / f"f{number}.c"
        )

    def _write(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())

    def _text(self, lines: int) -> str:
        return "".join(self._line() for _ in range(lines))

    def _line(self) -> str:
        words = " ".join(self._chance.choices(_WORDS, k=self._chance.randrange(12)))
        start = self._chance.choice(
            ["", "", "\t", "\t\t", "    ", "-- ", "++ ", "- ", "@@ ", "# ", "3c3 "]
        )
        return f"{start}{words}{self._chance.choice(['', '', '', ' ', ' ä', ';'])}\n"

    def _edit(self, path: Path) -> None:
        lines = path.read_bytes().decode().split("\n")
        for _ in range(self._chance.randrange(1, 6)):
            at = self._chance.randrange(len(lines))
            lines[at : at + self._chance.randrange(3)] = self._text(
                self._chance.randrange(4)
            ).split("\n")[:-1]
        self._write(path, "\n".join(lines))
