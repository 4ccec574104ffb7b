"""Makes segments with several processes: runs of mails first, then shares of the terms, merged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from pathlib import Path

from generator.archive.index_queries import Numbers, mail_name
from generator.errors import Failure
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
    failed: Callable[[Failure], None],
) -> Iterator[SegmentInfo]:
    """Make segments, given by name as the keys of their mails in order; the files lie in `folder`/NAME.

    All work is submitted as soon as it can be done, so that no process waits: small segments first, as
    several processes share the merging of a large one at the end. `failed` gets each mail whose text
    could not be indexed.
    """
    smallest_first = sorted(segments.items(), key=lambda item: len(item[1]))
    builds = [
        _SegmentBuild(archive_path, executor, folder, name, mails, layout, place)
        for place, (name, mails) in enumerate(smallest_first)
    ]
    for build in builds:
        build.start()
    for build in builds:
        build.merge(advance, failed)
    for build in builds:
        yield build.finish()


def fail_again(
    archive_path: Path,
    folder: Path,
    numbers: Sequence[int],
    executor: Executor,
    failed: Callable[[Failure], None],
) -> bool:
    """Whether the text of all these patches still can't be indexed; if so, `failed` gets each of them."""
    file = folder / "again"
    failures: list[Failure] = []
    for number in numbers:
        try:
            made = executor.submit(write_run, archive_path, [number], 0, file).result()
        except BrokenExecutor as error:
            made = {number: _lost(number, error)}
        failures += made.values()
    if len(failures) < len(numbers):
        return False
    for failure in failures:
        failed(failure)
    return True


def _lost(key: int, error: BrokenExecutor) -> Failure:
    return Failure(f"search index: {mail_name(key)}: its worker {error}", "")


class _SegmentBuild:
    """The work on one segment: its runs, then its merging."""

    def __init__(
        self,
        archive_path: Path,
        executor: Executor,
        folder: Path,
        name: str,
        mails: Numbers,
        layout: Layout,
        place: int,
    ) -> None:
        self._archive_path = archive_path
        self._executor = executor
        self._folder = folder / name
        self._folder.mkdir()
        self._layout = layout
        self._mails = mails
        self._size = min(SIZE, layout.window)
        assert layout.window % self._size == 0, "a run lies within one window"
        self._starts = range(0, len(mails), self._size)
        self._run_files = [folder / f"run-{place}-{first}" for first in self._starts]
        self._runs: Sequence[Future[dict[int, Failure]]] = []
        self._failed: list[int] = []
        self._merges: Sequence[Future[list[str]]] = []
        self._dates: list[int] = []

    def start(self) -> None:
        """Submit the runs."""
        self._runs = [self._run(place, self._keys(place)) for place in range(len(self._starts))]

    def merge(self, advance: Callable[[int], None], failed: Callable[[Failure], None]) -> None:
        """Submit the merging once the runs are there."""
        for place, run in enumerate(self._runs):
            try:
                failures = run.result()
            except BrokenExecutor:
                failures = self._run_again(place)
            for number, failure in failures.items():
                self._failed.append(number)
                failed(failure)
            advance(len(self._keys(place)))
        self._merges = [self._merge(share) for share in range(self._shares())]
        self._dates = write_facts(self._run_files, self._folder, self._layout)

    def finish(self) -> SegmentInfo:
        """Wait until all is merged."""
        leaves = []
        for share, merge in enumerate(self._merges):
            try:
                leaves.append(merge.result())
            except BrokenExecutor:  # no text is read here: it was no mail's fault
                leaves.append(self._merge(share).result())
        for file in self._run_files:
            file.unlink()
        name, docs = self._folder.name, len(self._mails)
        info = finish(self._folder, name, self._layout, docs, self._dates, leaves)
        info.failed = sorted(self._failed)
        return info

    def _keys(self, place: int) -> list[int]:
        first = self._starts[place]
        return self._mails[first : first + self._size].tolist()

    def _run(
        self, place: int, keys: list[int], stubs: Sequence[int] = ()
    ) -> Future[dict[int, Failure]]:
        first, file = self._starts[place], self._run_files[place]
        return self._executor.submit(write_run, self._archive_path, keys, first, file, stubs)

    def _run_again(self, place: int) -> dict[int, Failure]:
        """Make a run that lost its worker, without the text of the mails that alone end a worker."""
        fatal: dict[int, Failure] = {}
        # One after the other: they all write to the file of the run, which is made last of all.
        for key in self._keys(place):
            try:
                self._run(place, [key]).result()
            except BrokenExecutor as error:
                fatal[key] = _lost(key, error)
        return fatal | self._run(place, self._keys(place), list(fatal)).result()

    def _shares(self) -> int:
        return shares(len(self._mails), self._layout)

    def _merge(self, share: int) -> Future[list[str]]:
        """One share of the terms, merged."""
        docs = len(self._mails)
        return self._executor.submit(
            write_terms, self._run_files, self._folder, self._layout, docs, share
        )
