"""What the search costs a reader as the archive grows: `python -m benchmarks.growth 10000 100000 1000000`.

Makes the index alone, without pages, so that there are no passages to fetch: a million patches take
some forty minutes on two cores, and 15 GB.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import resource
import shutil
import subprocess
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks import corpus, search_page
from benchmarks.run import COMMAND
from generator.archive.database import Archive
from generator.search import publish


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", nargs="+", type=int)
    counts = parser.parse_args().counts
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    columns = [grown(count) for count in counts]
    for name in columns[0]:
        print(f"{name:36}", *(f"{column[name]:>16}" for column in columns))


def grown(count: int) -> dict[str, str]:
    """The figures for a corpus of so many patches."""
    with tempfile.TemporaryDirectory(prefix="stillwork-bench-") as folder:
        content, output = Path(folder, "content"), Path(folder, "output")
        fill(content, count)
        (output / "tmp").mkdir(parents=True)
        start = time.perf_counter()
        source = content / "archive.db"
        processes = ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn"))
        with processes as executor, Archive(source, read_only=True) as archive:
            publish.update(archive, source, output, output / "tmp", executor)
        seconds = time.perf_counter() - start
        memory = max(
            resource.getrusage(who).ru_maxrss
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        found = [path for path in (output / "search").rglob("*") if path.is_file()]
        publish_page(output, Path(folder, "small"))
        return {
            "patches": f"{count:,}",
            "index, patches/s": f"{count / seconds:,.0f}",
            "index, peak MB of a process so far": f"{memory / 1024:,.0f}",
            "index, patches/file": f"{count / len(found):,.0f}",
            "index, largest file, KB": f"{max(p.stat().st_size for p in found) / 1000:,.0f}",
            "entry file, KB": f"{(output / publish.ENTRY).stat().st_size / 1000:,.1f}",
            **search_page.figures(output),
        }


def fill(content: Path, count: int) -> None:
    """Import the corpus of so many patches into a new archive."""
    content.mkdir()
    lines = content.with_name("corpus.jsonl")
    with lines.open("w", encoding="utf-8") as stream:
        corpus.write(count, stream)
    subprocess.run([*COMMAND, "-q", "--content", str(content), "import", str(lines)], check=True)
    lines.unlink()


def publish_page(output: Path, small: Path) -> None:
    """The search page with its scripts, from the site of a single patch."""
    small.mkdir()
    fill(small / "content", 1)
    site = small / "output"
    common = ["--content", str(small / "content"), "--output", str(site)]
    subprocess.run([*COMMAND, "-q", *common, "build"], check=True)
    shutil.copytree(site / "static", output / "static")
    shutil.copy(site / "search" / "index.html", output / "search")


if __name__ == "__main__":
    main()
