"""Small git repositories, and the mails of their commits."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from tests import factories

#: The day after the factories' mails (2026-03-02, UTC).
DAY = 86400
START = 1_772_409_600 + DAY
SENDER = "Sender Number1 <sender1@example.org>"


class GitRepository:
    """A bare repository that grows by commits, each an hour after the one before."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = START
        self.run("init", "--quiet", "--bare", "--template=", str(path), at=path.parent)

    def run(self, *arguments: str, at: Path | None = None, given: bytes = b"") -> str:
        environment = {
            "PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_COMMITTER_NAME": "Maintainer", "GIT_COMMITTER_EMAIL": "m@example.org",
        }  # fmt: skip
        done = subprocess.run(
            ["git", *arguments], cwd=at or self.path, env=environment, input=given,
            capture_output=True, check=True,
        )  # fmt: skip
        return done.stdout.decode("utf-8", "replace")

    def commit(
        self, message: str, files: dict[str, str | bytes | None], *, author: str = SENDER,
        authored: int | None = None, branch: str = "master", parents: tuple[str, ...] = (),
    ) -> str:  # fmt: skip
        """Add a commit to a branch, and return its name; a file that is None is removed.

        parents: others than the tip of the branch.
        """
        self.now += 3600
        text = message.encode()
        stream = [
            b"commit refs/heads/%s\n" % branch.encode(),
            f"author {author} {authored if authored is not None else self.now} +0000\n".encode(),
            b"committer Maintainer <m@example.org> %d +0000\n" % self.now,
            b"data %d\n%s\n" % (len(text), text),
        ]
        heads = self.run("for-each-ref", "--format=%(refname:short)").split()
        before = parents or ((f"refs/heads/{branch}^0",) if branch in heads else ())
        for number, parent in enumerate(self.run("rev-parse", *before).split() if before else ()):
            stream.append(f"{'merge' if number else 'from'} {parent}\n".encode())
        for path, content in files.items():
            if content is None:
                stream.append(b"D %s\n" % _quoted(path))
                continue
            held = content.encode() if isinstance(content, str) else content
            stream.append(b"M 100644 inline %s\ndata %d\n%s\n" % (_quoted(path), len(held), held))
        self.run("fast-import", "--quiet", "--force", given=b"".join(stream))
        return self.run("rev-parse", f"refs/heads/{branch}").strip()

    def mail(self, number: int, sha: str, **fields: Any) -> dict[str, Any]:
        """The patch that a commit was mailed as, the day before the repository begins."""
        diff = self.run("diff-tree", "--root", "-p", "-M", "--no-commit-id", sha)
        title = self.run("log", "-1", "--format=%s", sha).strip()
        return factories.patch(number, **{"name": f"[PATCH] {title}", "diff": diff, **fields})


def text(name: str, changed: int = 0, lines: int = 12) -> str:
    """A file of different lines, of which the first few are others."""
    return "".join(
        f"int {name}_{line} = compute_{name}({line * 7});{' /* new */' if line < changed else ''}\n"
        for line in range(lines)
    )


def _quoted(path: str) -> bytes:
    escaped = path.encode("utf-8", "surrogateescape").replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return b'"%s"' % escaped.replace(b"\n", b"\\n")
