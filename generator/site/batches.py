"""Gives out the units of a stage in batches, and finds the one that ends its worker."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass

from generator.errors import Failure
from generator.site import executors
from generator.site.executors import Job, Result
from generator.site.registry import Unit
from generator.site.workers import WorkerLost

#: Units that one task of a worker makes at most: enough to outweigh the hand-over.
_LARGEST = 64
#: So many workers that end one after the other, with nothing made, are no unit's fault.
_MOST_LOST = 20


@dataclass(frozen=True, slots=True)
class _Batch:
    units: Sequence[Unit]
    #: Its worker ended in the first try.
    is_second_try: bool = False


def results(
    units: Sequence[Unit],
    executor: Executor,
    job: Job,
    jobs: int,
    note: Callable[[str], None],
) -> Iterator[list[Result | Failure]]:
    """Make units with `jobs` workers; yields the results of each batch as it ends.

    The units of a batch that lost its worker are tried once more, one after the other, and `note` gets a
    line about it; a unit that loses its worker again is a failure. Raises WorkerLost where workers only die.
    """
    # Few units are shared out evenly, too: one of them may take as long as a hundred others.
    size = min(_LARGEST, len(units) // (jobs * 8) + 1)
    waiting = deque(_Batch(units[at : at + size]) for at in range(0, len(units), size))
    pending: dict[Future[list[Result | Failure]], _Batch] = {}
    lost = 0
    try:
        while waiting or pending:
            while waiting and len(pending) < jobs * 3:
                if waiting[0].is_second_try and pending:
                    break  # alone, since Dask blames all tasks of a worker for its end
                batch = waiting.popleft()
                pending[executor.submit(executors.make, job, list(batch.units))] = batch
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                batch = pending.pop(future)
                try:
                    made = future.result()
                except WorkerLost as error:
                    lost += 1
                    if lost >= _MOST_LOST:
                        raise
                    if batch.is_second_try:
                        yield [Failure(f"{batch.units[0].name}: its worker {error}, twice", "")]
                        continue
                    names = batch.units[0].name, f"{len(batch.units)} units"
                    note(f"a worker {error}; tried again: {names[len(batch.units) > 1]}")
                    waiting.extend(_Batch([unit], is_second_try=True) for unit in batch.units)
                else:
                    lost = 0
                    yield made
    finally:
        for future in pending:
            future.cancel()
