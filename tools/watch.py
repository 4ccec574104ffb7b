"""Builds a site again whenever its content, a theme or the code changes.

`python -m tools.watch CONTENT OUTPUT`. Each build runs in a new process, with the new code. Stop with Ctrl+C.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
#: Seconds between two looks at the files.
_INTERVAL = 0.5
_SUFFIXES = {
    ".py",
    ".html",
    ".css",
    ".js",
    ".svg",
    ".toml",
    ".md",
    ".json",
    ".jsonl",
    ".gz",
    ".zst",
}


def stamps(folders: list[Path]) -> dict[Path, int]:
    """The time stamps (nanoseconds) of all files below the folders that a site is made from."""
    found: dict[Path, int] = {}
    for folder in folders:
        for path in folder.rglob("*"):
            if path.suffix in _SUFFIXES:
                try:
                    found[path] = path.stat().st_mtime_ns
                except FileNotFoundError:  # an editor replaced it just now
                    continue
    return found


def changes(folders: list[Path]) -> Iterator[list[Path]]:
    """The files that changed, each time that some did; the first time, none."""
    before = stamps(folders)
    yield []
    while True:
        time.sleep(_INTERVAL)
        now = stamps(folders)
        if now != before:
            changed = sorted({path for path, _ in before.items() ^ now.items()})
            before = now
            yield changed


def main(content: Path, output: Path) -> None:
    """Build at once, and again after each change."""
    command = [sys.executable, "-m", "generator", "build", "--content", str(content)]
    command += ["--output", str(output)]
    for changed in changes([_ROOT / "generator", _ROOT / "themes", content]):
        if changed:
            print(f"changed: {', '.join(path.name for path in changed[:5])}", flush=True)
        # An error is on the terminal already; the next change may mend it.
        subprocess.run(command, check=False)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    except KeyboardInterrupt:
        sys.exit(130)
