"""Makes the git repository of the sample archive, whose commits are kept as text.

`python -m tools.sample_repository CONTENT` makes `repository.git` in the content folder of its
`repository.fast-import` (git-fast-import(1)). Dates and people stand there, so the names of the commits
are always the same. Where there is no such file nothing is done, and where git fails a line says so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def make(content: Path) -> None:
    """Make the repository, unless it is there and no older than its text.

    Raises OSError where git is missing, CalledProcessError where it fails.
    """
    source, target = content / "repository.fast-import", content / "repository.git"
    if not source.is_file():
        return
    if target.is_dir() and target.stat().st_mtime >= source.stat().st_mtime:
        return
    with tempfile.TemporaryDirectory(dir=content, prefix=".repository-") as folder:
        made = Path(folder) / target.name
        _git("init", "--quiet", "--bare", "--template=", "--object-format=sha1", str(made))
        _git(f"--git-dir={made}", "symbolic-ref", "HEAD", "refs/heads/main")
        _git(f"--git-dir={made}", "fast-import", "--quiet", given=source.read_bytes())
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)
    os.utime(target)


def _git(*arguments: str, given: bytes = b"") -> None:
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    subprocess.run(
        ["git", *arguments], input=given, capture_output=True, check=True, env=environment
    )


if __name__ == "__main__":
    try:
        make(Path(sys.argv[1]))
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"no repository for {sys.argv[1]}: {error}", file=sys.stderr)
