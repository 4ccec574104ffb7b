"""Runs the real command on corpora of several sizes and prints a table. See benchmarks/README.md."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks import corpus, search_page
from benchmarks.hugo import hugo
from benchmarks.rivals import fts5, pagefind
from generator.archive.database import Archive
from generator.search import publish

#: Pagefind takes gigabytes for more.
MOST_FOR_RIVALS = 10_000
#: In a smaller one there are too few words of each kind.
ENOUGH_FOR_QUERIES = 5_000
COMMAND = [sys.executable, "-m", "generator"]


@dataclass(frozen=True, slots=True)
class Run:
    """How long a command took, and the memory of its largest process in MB."""

    seconds: float
    memory: float


def measure(arguments: list[str]) -> Run:
    """Run the command once."""
    start = time.perf_counter()
    process = subprocess.Popen([*COMMAND, "-q", *arguments])
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"stillwork {' '.join(arguments)} failed")
    return Run(time.perf_counter() - start, usage.ru_maxrss / 1024)


def bench(count: int, source: Path | None) -> dict[str, str]:
    """All figures for one size, as they are printed."""
    with tempfile.TemporaryDirectory(prefix="stillwork-bench-") as folder:
        base = Path(folder)
        common = ["--content", str(base / "content"), "--output", str(base / "output")]
        lines = source or base / "corpus.jsonl"
        if not source:
            with lines.open("w", encoding="utf-8") as stream:
                corpus.write(count, stream)
        imported = measure([*common, "import", str(lines)])
        stats = json.loads(subprocess.check_output([*COMMAND, *common[:2], "stats", "--json"]))
        patches = stats["patches"]
        full = measure([*common, "build"])
        nothing = measure([*common, "build"])
        change(base, lines)
        measure([*common, "import", str(base / "change.jsonl")])
        small = measure([*common, "build"])
        found = [path for path in (base / "output" / "search").rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in found)
        published = [path for path in (base / "output").rglob("*") if path.is_file()]
        alone, indexing = index_alone(base / "content" / "archive.db")
        rivals = {}
        if patches <= MOST_FOR_RIVALS:
            archive = base / "content" / "archive.db"
            rivals = {**fts5(archive), **hugo(archive), **pagefind(base / "output")}
            if {"Hugo, s", "Pagefind, s"} <= rivals.keys():
                both = float(rivals["Hugo, s"]) + float(rivals["Pagefind, s"])
                rivals["full build, times as fast as both"] = f"{both / full.seconds:.1f}"
        return {
            "patches": f"{patches:,}",
            "import, objects/s": f"{count_lines(lines) / imported.seconds:,.0f}",
            "import, patches/s": f"{patches / imported.seconds:,.0f}",
            "import, peak MB": f"{imported.memory:,.0f}",
            "full build, s": f"{full.seconds:,.1f}",
            "full build, patches/s": f"{patches / full.seconds:,.0f}",
            "full build, largest process, MB": f"{full.memory:,.0f}",
            "build with nothing new, s": f"{nothing.seconds:,.2f}",
            "build after 1 state, s": f"{small.seconds:,.2f}",
            "files": f"{len(published):,}",
            "search index, bytes/patch": f"{size / patches:,.0f}",
            "search index, files": f"{len(found):,}",
            "search index, largest file, KB": f"{max(p.stat().st_size for p in found) / 1000:,.0f}",
            "search index alone, patches/s": f"{patches / alone:,.0f}",
            "search index, 10 patches more, s": f"{indexing.seconds:,.2f}",
            "search index, files written then": f"{indexing.files}",
            **(search_page.figures(base / "output") if patches >= ENOUGH_FOR_QUERIES else {}),
            **rivals,
        }


@dataclass(frozen=True, slots=True)
class Added:
    """What ten patches more cost the index."""

    seconds: float
    files: int


def index_alone(archive: Path) -> tuple[float, Added]:
    """Seconds for the index of all patches, on all cores; and for ten more, in place of the last ten."""
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="stillwork-bench-") as folder:
        output = Path(folder)
        (output / "tmp").mkdir()
        whole = output / "archive.db"
        shutil.copy(archive, whole)
        with sqlite3.connect(whole) as sql:
            last = [row[0] for row in sql.execute("SELECT id FROM patch ORDER BY id DESC LIMIT 10")]
            sql.execute(f"DELETE FROM patch WHERE id IN ({','.join(map(str, last))})")
        with ProcessPoolExecutor(mp_context=context) as executor:
            times, files = [], 0
            for source in (whole, archive):
                with Archive(source, read_only=True) as opened:
                    start = time.perf_counter()
                    files = len(publish.update(opened, source, output, output / "tmp", executor))
                    times.append(time.perf_counter() - start)
    return times[0], Added(times[1], files)


def long_diff() -> float:
    """Seconds for an archive of one patch whose diff changes 25,000 lines: 50,000 rows."""
    with tempfile.TemporaryDirectory(prefix="stillwork-bench-") as folder:
        base = Path(folder)
        common = ["--content", str(base / "content"), "--output", str(base / "output")]
        patch = next(item for item in corpus.Corpus(1).objects() if "diff" in item)
        rows = "".join(f"-\tx[{n}] = old({n});\n+\tx[{n}] = fresh({n});\n" for n in range(25_000))
        patch["diff"] = f"--- a/long.c\n+++ b/long.c\n@@ -1,25000 +1,25000 @@\n{rows}"
        (base / "patch.json").write_text(json.dumps(patch), "utf-8")
        measure([*common, "import", str(base / "patch.json")])
        return measure([*common, "build"]).seconds


def change(base: Path, lines: Path) -> None:
    """The first patch again, in another state."""
    with lines.open(encoding="utf-8") as stream:
        patch = next(item for line in stream if "state" in (item := json.loads(line)))
    patch["state"] = "deferred"
    (base / "change.jsonl").write_text(json.dumps(patch) + "\n", "utf-8")


def count_lines(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(1 for _ in stream)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", nargs="*", type=int, default=[2000, 10_000])
    parser.add_argument("--corpus", type=Path, default=os.environ.get("CORPUS") or None)
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    counts = [0] if options.corpus else options.counts
    columns = [bench(count, options.corpus and Path(options.corpus)) for count in counts]
    for name in dict.fromkeys(name for column in columns for name in column):
        print(f"{name:36}", *(f"{column.get(name, ''):>22}" for column in columns))
    print(f"{'build of a diff of 50,000 lines, s':34} {long_diff():>22.1f}")


if __name__ == "__main__":
    main()
