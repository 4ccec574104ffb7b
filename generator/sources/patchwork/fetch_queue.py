"""Asking for what the ledger says is to be asked for, several requests at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from generator.errors import InputError, SourceError
from generator.sources.patchwork.client import TRIES, Client, Missing, Unavailable
from generator.sources.patchwork.ingest import PATHS, Landing
from generator.sources.patchwork.pagination import pages

#: Answers are stored together, so many or after so many seconds: what a kill can cost.
_BATCH = 32
_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class _Answer:
    number: int
    why: int
    value: Any = None
    fault: InputError | None = None


class Queue:
    """Drains the ledger of one kind of request after the other."""

    def __init__(self, client: Client, landing: Landing, api: str, connections: int) -> None:
        self._client = client
        self._landing = landing
        self._api = api
        self._connections = connections
        self._failed: set[tuple[str, int]] = set()

    def count(self, what: str) -> int:
        """How much is to be asked for that hasn't failed in this pull."""
        failed = sum(1 for kind, _ in self._failed if kind == what)
        return self._landing.ledger.todo_count(what) - failed

    async def drain(self, what: str, progress: Callable[[int], None]) -> None:
        """Ask for everything of a kind; what can't be had is reported, and stays for the next pull.

        Raises SourceError when the server is out of reach; the answers until then are stored.
        """
        todo = self._landing.ledger.todo(what)
        rows = (row for row in todo if (what, row[0]) not in self._failed)
        batch = _Batch(self._landing, what, progress, self._failed)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._connections):
                    group.create_task(self._work(what, rows, batch))
        except ExceptionGroup as errors:
            refusals, _ = errors.split(SourceError)
            raise (refusals or errors).exceptions[0] from errors
        finally:
            batch.store()

    async def _work(self, what: str, rows: Iterator[tuple[int, int, int]], batch: _Batch) -> None:
        for number, why, tries in rows:
            try:
                value = await self._fetch(what, number, once=tries > 0)
                batch.add(_Answer(number, why, value))
            except (Missing, Unavailable) as fault:
                batch.add(_Answer(number, why, fault=fault))

    async def _fetch(self, what: str, number: int, *, once: bool) -> Any:
        """The object, or the list of objects; what failed in earlier pulls is tried once."""
        path = self._api + PATHS[what].format(number)
        tries = 1 if once else TRIES
        if what in ("patch", "cover", "series"):
            return (await self._client.get(path, tries=tries)).value
        found = pages(self._client, path, [], tries=tries)
        return [item async for page in found for item in page.items]


class _Batch:
    """Answers that came in and aren't stored yet."""

    def __init__(
        self,
        landing: Landing,
        what: str,
        progress: Callable[[int], None],
        failed: set[tuple[str, int]],
    ) -> None:
        self._landing = landing
        self._what = what
        self._progress = progress
        self._failed = failed
        self._answers: list[_Answer] = []
        self._stored = time.monotonic()

    def add(self, answer: _Answer) -> None:
        self._answers.append(answer)
        if len(self._answers) >= _BATCH or time.monotonic() - self._stored > _SECONDS:
            self.store()

    def store(self) -> None:
        """Store them in one transaction, and settle what was asked for."""
        answers, self._answers = self._answers, []
        with self._landing.archive.transaction():
            for answer in answers:
                self._land(answer)
        self._stored = time.monotonic()
        self._progress(len(answers))

    def _land(self, answer: _Answer) -> None:
        landing, what, number = self._landing, self._what, answer.number
        try:
            if isinstance(answer.fault, Missing):
                landing.missing(what, number)
            elif answer.fault:
                raise answer.fault
            elif what == "series":
                landing.series(number, answer.value, answer.why)
            elif what in ("patch", "cover"):
                landing.mail(what, number, answer.value, answer.why)
            else:
                landing.parts(what, number, answer.value, answer.why)
        except InputError as error:
            landing.ledger.put_off(what, number)
            self._failed.add((what, number))
            landing.leave_out(
                f"{error} ({what.replace('-', ' ')} of {number}; the next pull tries again)"
            )
