"""Fetches what is queued, several requests at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

from generator.archive.columns import object_id
from generator.archive.fetch_queue import Request
from generator.errors import InputError, SourceError
from generator.sources.patchwork.client import Client, Missing, Unavailable
from generator.sources.patchwork.ingest import RESOURCE_PATHS, Ingester
from generator.sources.patchwork.pagination import Endless, pages
from generator.sources.patchwork.retries import TRIES

#: Answers are stored together, so many, so many bytes of JSON or after so many seconds: what a kill can
#: cost, and what is kept in memory.
_BATCH, _BATCH_BYTES = 32, 16 << 20
_BATCH_SECONDS = 1.0
#: Resources that are one object; the others are lists.
_OBJECTS = ("patch", "cover", "series")
#: A resource of which so many in a row can't be fetched is left to the next pull.
_MAX_FAILURES_IN_A_ROW = 20
#: Pages of the comments on a mail or the checks of a patch.
_MAX_PAGES = 200


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of a request: the decoded JSON of so many bytes, or the error.

    A list of comments or checks comes page by page. `ids`: those of its entries, with its last page.
    """

    request: Request
    value: Any = None
    size: int = 0
    error: Missing | Unavailable | None = None
    ids: set[int] | None = None


class Fetcher:
    """Fetches one resource of the queue after the other. `api`: the path of the API, such as `api/1.4/`."""

    def __init__(self, client: Client, ingester: Ingester, api: str, connections: int) -> None:
        self._client = client
        self._ingester = ingester
        self._api = api
        self._connections = connections
        self._failed: set[tuple[str, int]] = set()
        self._broken: set[str] = set()

    def count(self, resource: str) -> int:
        """How many requests are queued that haven't failed in this pull."""
        if resource in self._broken:
            return 0
        failed = sum(1 for name, _ in self._failed if name == resource)
        return self._ingester.queue.length(resource) - failed

    async def fetch(self, resource: str, progress: Callable[[int], None]) -> None:
        """Fetch and store all that is queued of a resource.

        What can't be fetched is reported, and stays queued for the next pull; after too many failures in
        a row, so does the rest. Raises SourceError when the server can't be reached; the answers until
        then are stored.
        """
        queued = self._ingester.queue.requests(resource)
        requests = (one for one in queued if (resource, one.number) not in self._failed)
        batch = _Batch(self._ingester, resource, progress, self._failed)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._connections):
                    group.create_task(self._work(resource, requests, batch))
        except ExceptionGroup as errors:
            refusals, _ = errors.split(SourceError)
            raise (refusals or errors).exceptions[0] from errors
        finally:
            batch.store()
        if batch.is_broken:
            self._broken.add(resource)
            path = self._api + RESOURCE_PATHS[resource].format("N")
            self._ingester.skip(
                f"{self._client.url(path)}: {_MAX_FAILURES_IN_A_ROW} requests in a row failed; "
                "the next pull will go on"
            )

    async def _work(self, resource: str, requests: Iterator[Request], batch: _Batch) -> None:
        """Take requests until none is left, or too many have failed."""
        for request in requests:
            if batch.is_broken:
                return
            try:
                async for answer in self._answers(resource, request):
                    batch.add(answer)
            except (Missing, Unavailable) as error:
                batch.add(_Answer(request, error=error))

    async def _answers(self, resource: str, request: Request) -> AsyncIterator[_Answer]:
        """The object, or the pages of the list of comments or checks."""
        path = self._api + RESOURCE_PATHS[resource].format(request.number)
        tries = 1 if request.attempts else TRIES  # what failed in earlier pulls is tried once
        if resource in _OBJECTS:
            response = await self._client.get(path, tries=tries)
            yield _Answer(request, response.value, response.size)
            return
        ids: set[int] = set()
        async for page in pages(self._client, path, [], tries=tries, limit=_MAX_PAGES):
            ids.update(one for item in page.items if (one := object_id(item)) is not None)
            yield _Answer(request, page.items, page.size)
        yield _Answer(request, ids=ids)


class _Batch:
    """Answers that aren't stored yet."""

    def __init__(
        self,
        ingester: Ingester,
        resource: str,
        progress: Callable[[int], None],
        failed: set[tuple[str, int]],
    ) -> None:
        self._ingester = ingester
        self._resource = resource
        self._progress = progress
        self._failed = failed
        self._answers: list[_Answer] = []
        self._size = 0
        self._stored = time.monotonic()
        self._failures_in_a_row = 0

    @property
    def is_broken(self) -> bool:
        """Whether too many requests in a row have failed; those that fail in each pull don't count."""
        return self._failures_in_a_row >= _MAX_FAILURES_IN_A_ROW

    def add(self, answer: _Answer) -> None:
        self._answers.append(answer)
        self._size += answer.size
        is_due = time.monotonic() - self._stored > _BATCH_SECONDS
        is_full = len(self._answers) >= _BATCH or self._size >= _BATCH_BYTES
        if is_due or is_full or isinstance(answer.error, Unavailable):
            self.store()

    def store(self) -> None:
        """Store the answers in one transaction, and take their requests off the queue."""
        answers, self._answers, self._size = self._answers, [], 0
        with self._ingester.archive.transaction():
            for answer in answers:
                self._store_one(answer)
        self._stored = time.monotonic()
        self._progress(sum(self._is_last_of_request(answer) for answer in answers))

    def _is_last_of_request(self, answer: _Answer) -> bool:
        return self._resource in _OBJECTS or bool(answer.error) or answer.ids is not None

    def _store_one(self, answer: _Answer) -> None:
        ingester, resource, number = self._ingester, self._resource, answer.request.number
        try:
            if isinstance(answer.error, Missing):
                ingester.mark_missing(resource, number)
            elif answer.error:
                raise answer.error
            else:
                self._store_value(answer)
            if self._is_last_of_request(answer):
                self._failures_in_a_row = 0
        except Endless as error:  # it would be the same in each pull, until something changes there
            self._failures_in_a_row += 1
            ingester.queue.done(resource, number)
            ingester.skip(f"{error}; the rest is left out")
        except InputError as error:
            self._failures_in_a_row += not answer.request.attempts
            ingester.queue.postpone(resource, number)
            self._failed.add((resource, number))
            ingester.skip(f"{error}; the next pull will retry")

    def _store_value(self, answer: _Answer) -> None:
        ingester, resource, (number, reason, _) = self._ingester, self._resource, answer.request
        if resource == "series":
            ingester.add_series(number, answer.value, reason)
        elif resource in _OBJECTS:
            ingester.add_mail(resource, number, answer.value, reason)
        elif answer.ids is None:
            ingester.add_comments_or_checks(resource, number, answer.value, reason)
        else:
            ingester.complete_comments_or_checks(resource, number, answer.ids)
