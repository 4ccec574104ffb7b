"""Makes segments with several processes: runs of patches first, then shares of the terms, merged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path

from generator.archive.index_queries import Numbers
from generator.search.encoding import Layout
from generator.search.runs import SIZE, write_run
from generator.search.segment_writer import SegmentInfo, finish, shares, write_facts, write_terms


def build_segments(
    archive_path: Path,
    folder: Path,
    segments: dict[str, Numbers],
    executor: Executor,
    advance: Callable[[int], None],
    layout: Layout,
) -> Iterator[SegmentInfo]:
    """Make segments, given by name as the numbers of their patches in order; the files lie in `folder`/NAME.

    The work of all of them is given out as soon as it can be done, so that no process waits: small ones
    first, as the merging of a large one is shared best at the end.
    """
    smallest_first = sorted(segments.items(), key=lambda item: len(item[1]))
    builds = [
        _SegmentBuild(folder, name, numbers, layout, place)
        for place, (name, numbers) in enumerate(smallest_first)
    ]
    for build in builds:
        build.start(archive_path, executor)
    for build in builds:
        build.merge(executor, advance)
    for build in builds:
        yield build.finish()


class _SegmentBuild:
    """The work on one segment: its runs, then its merging."""

    def __init__(
        self, folder: Path, name: str, numbers: Numbers, layout: Layout, place: int
    ) -> None:
        self._folder = folder / name
        self._folder.mkdir()
        self._layout = layout
        self._numbers = numbers
        size = min(SIZE, layout.window)
        assert layout.window % size == 0, "a run lies within one window"
        self._starts = range(0, len(numbers), size)
        self._run_files = [folder / f"run-{place}-{first}" for first in self._starts]
        self._runs: Sequence[Future[int]] = []
        self._merges: Sequence[Future[list[str]]] = []
        self._dates: list[int] = []

    def start(self, archive_path: Path, executor: Executor) -> None:
        """Give out the runs."""
        size = self._starts.step
        self._runs = [
            executor.submit(
                write_run, archive_path, self._numbers[first : first + size].tolist(), first, file
            )
            for first, file in zip(self._starts, self._run_files, strict=True)
        ]

    def merge(self, executor: Executor, advance: Callable[[int], None]) -> None:
        """Give out the merging once the runs are there."""
        for run in self._runs:
            advance(run.result())
        docs = len(self._numbers)
        self._merges = [
            executor.submit(write_terms, self._run_files, self._folder, self._layout, docs, share)
            for share in range(shares(docs, self._layout))
        ]
        self._dates = write_facts(self._run_files, self._folder, self._layout)

    def finish(self) -> SegmentInfo:
        """Wait until all is merged."""
        leaves = [merge.result() for merge in self._merges]
        for file in self._run_files:
            file.unlink()
        name, docs = self._folder.name, len(self._numbers)
        return finish(self._folder, name, self._layout, docs, self._dates, leaves)
