"""Makes segments with several processes: runs of patches first, then shares of the terms, merged."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path

from generator.search.encoding import Layout
from generator.search.runs import SIZE, write_run
from generator.search.segment_writer import SegmentInfo, finish, shares, write_facts, write_terms


def make(
    archive_path: Path,
    folder: Path,
    wanted: dict[str, array[int]],
    executor: Executor,
    advance: Callable[[int], None],
    layout: Layout,
) -> Iterator[SegmentInfo]:
    """Make segments, by name of the numbers of their patches in order; each one's files lie in `folder`/NAME.

    The work of all of them is given out as soon as it can be done, so that no process waits: small ones
    first, as the merging of a large one is shared best at the end.
    """
    smallest_first = sorted(wanted.items(), key=lambda item: len(item[1]))
    making = [
        _Making(folder, name, ids, layout, number)
        for number, (name, ids) in enumerate(smallest_first)
    ]
    for one in making:
        one.start(archive_path, executor)
    for one in making:
        one.merge(executor, advance)
    for one in making:
        yield one.finish()


class _Making:
    """A segment that is being made."""

    def __init__(
        self, folder: Path, name: str, ids: array[int], layout: Layout, number: int
    ) -> None:
        self._folder = folder / name
        self._folder.mkdir()
        self._layout = layout
        self._ids = ids
        size = min(SIZE, layout.window)
        assert layout.window % size == 0, "a run lies within one window"
        self._starts = range(0, len(ids), size)
        self._runs = [folder / f"run-{number}-{first}" for first in self._starts]
        self._running: Sequence[Future[int]] = []
        self._merging: Sequence[Future[list[str]]] = []
        self._dates: list[int] = []

    def start(self, archive_path: Path, executor: Executor) -> None:
        """Give out the runs."""
        size = self._starts.step
        self._running = [
            executor.submit(
                write_run, archive_path, self._ids[first : first + size].tolist(), first, run
            )
            for first, run in zip(self._starts, self._runs, strict=True)
        ]

    def merge(self, executor: Executor, advance: Callable[[int], None]) -> None:
        """Give out the merging once the runs are there."""
        for running in self._running:
            advance(running.result())
        self._merging = [
            executor.submit(
                write_terms, self._runs, self._folder, self._layout, len(self._ids), share
            )
            for share in range(shares(len(self._ids), self._layout))
        ]
        self._dates = write_facts(self._runs, self._folder, self._layout)

    def finish(self) -> SegmentInfo:
        """Wait until all is merged."""
        found = [merging.result() for merging in self._merging]
        for run in self._runs:
            run.unlink()
        return finish(
            self._folder, self._folder.name, self._layout, len(self._ids), self._dates, found
        )
