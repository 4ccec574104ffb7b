"""Reads lists of the API page by page, around entries that the server can't produce."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from generator.archive.columns import object_id
from generator.sources.patchwork.client import Client, Missing, Params, Unavailable
from generator.sources.patchwork.retries import TRIES

#: The most that Patchwork gives on a page, unless its administrator chose otherwise.
PAGE_SIZE = 250
#: The page sizes by which a page that fails is read in parts. Each divides those before it.
_SMALLER_SIZES = (50, 10, 2, 1)
#: So many pages in a row may hold nothing new (objects arrive while we read) before it is a loop.
_MAX_IDLE_PAGES = 3
#: The pages of one list in one pull: three million objects even if a server gives only 30 a page.
MAX_PAGES = 100_000
#: More entries than this are no page: we ask for 250.
_MAX_ENTRIES = 10_000
#: So many requests for parts of a page may fail in a row before the list as a whole counts as broken,
#: and so many in all before it isn't worth the trouble.
_MAX_FAILURES_IN_A_ROW, _MAX_FAILURES = 20, 1000


@dataclass(frozen=True, slots=True)
class ApiPage:
    """A page of a list: its number, its objects (decoded JSON), and the number of the next page.

    `following` is None after the last page, and 0 where the server doesn't say which page is next.
    `size`: how many bytes the JSON had.
    """

    number: int
    items: list[dict[str, Any]]
    following: int | None
    size: int

    @property
    def is_last(self) -> bool:
        return self.following is None


class Endless(Unavailable):
    """A list has more pages than any that a server could mean."""


async def pages(
    client: Client,
    path: str,
    params: Params,
    *,
    first: int = 1,
    tries: int = TRIES,
    limit: int,
    report: Callable[[str], None] | None = None,
) -> AsyncIterator[ApiPage]:
    """The pages of a list from page `first` on, as long as the Link header names a next one.

    Raises Missing when there is no such list, Unavailable when it can't be read or its pages loop, and
    Endless when there are more than `limit` of them, counted from the first page of the list. With
    `report`, an entry that the server can't produce is skipped, and reported in one line.
    """
    number, size, idle = first, PAGE_SIZE, 0
    parts = _PartReader(client, path, params, report) if report else None
    lowest, highest = float("inf"), float("-inf")
    while True:
        try:
            page = await one_page(client, path, params, number, tries=tries)
        except Missing:
            if number == 1:
                raise
            return  # the list got shorter while we read
        except Unavailable as error:
            if not parts:
                raise
            page = await parts.read(number, size, error)
        yield page
        ids = [item["id"] for item in page.items if isinstance(item.get("id"), int)]
        idle = 0 if ids and (min(ids) < lowest or max(ids) > highest) else idle + 1
        lowest, highest = min([lowest, *ids]), max([highest, *ids])
        if page.following is None:
            return
        if idle >= _MAX_IDLE_PAGES or 0 < page.following <= number:
            raise Unavailable(f"{client.url(path, params)}: its pages loop")
        if number >= limit:
            raise Endless(f"{client.url(path, params)}: more than {limit:,} pages")
        size = len(page.items) or size
        number += 1


async def one_page(
    client: Client,
    path: str,
    params: Params,
    number: int = 1,
    *,
    size: int = PAGE_SIZE,
    tries: int = TRIES,
) -> ApiPage:
    """One page of a list; raises Missing and Unavailable as `pages` does."""
    query = [*params, ("per_page", size), ("page", number)]
    answer = await client.get(path, query, tries=tries)
    items = _objects(answer.value, client.url(path, query))
    return ApiPage(number, items, answer.next_page, answer.size)


def _objects(value: Any, where: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Unavailable(f"{where}: the response is not a list of objects")
    if len(value) > _MAX_ENTRIES:
        raise Unavailable(f"{where}: more than {_MAX_ENTRIES:,} entries on a page")
    if value and all(object_id(item) is None for item in value):
        raise Unavailable(f"{where}: no entry has a valid id")
    return value


class _PartReader:
    """Reads pages of one list that fail in ever smaller pages, so that only the broken entries are lost.

    `report` gets a line for each of those.
    """

    def __init__(
        self, client: Client, path: str, params: Params, report: Callable[[str], None]
    ) -> None:
        self._client = client
        self._path = path
        self._params = params
        self._report = report
        self._failures = 0

    async def read(self, number: int, size: int, error: Unavailable) -> ApiPage:
        """Page `number` of a list in pages of `size`.

        Raises `error`, that of the whole page, if nothing of it or too little of the list can be read, or
        the parts are larger than a response may be.
        """
        items: list[dict[str, Any]] = []
        received = 0
        lines: list[str] = []
        start, end = (number - 1) * size, number * size
        parts = [(start, end, _smaller(size))]
        is_last, in_a_row = False, 0
        while parts and not is_last:
            start, end, part = parts.pop()
            for at in range(start, end, part):
                try:
                    found = await self._read_part(at // part + 1, part)
                    received += found.size
                    items, is_last, in_a_row = items + found.items, found.is_last, 0
                except Unavailable as broken:
                    in_a_row, self._failures = in_a_row + 1, self._failures + 1
                    if in_a_row >= _MAX_FAILURES_IN_A_ROW or self._failures >= _MAX_FAILURES:
                        raise error from broken
                    if part == 1:
                        lines.append(f"{broken} (one entry of the list)")
                        continue
                    parts += [(at + part, end, part), (at, at + part, _smaller(part))]
                    break
                if received > self._client.max_body:
                    raise error
                if is_last:
                    break
        if not items:
            raise error
        for line in lines:
            self._report(line)
        return ApiPage(number, items, None if is_last else 0, received)

    async def _read_part(self, number: int, size: int) -> ApiPage:
        """A smaller page; the last one, without entries, where there is none of that number."""
        try:
            return await one_page(
                self._client, self._path, self._params, number, size=size, tries=2
            )
        except Missing:
            return ApiPage(number, [], None, 0)


def _smaller(size: int) -> int:
    """The next smaller page size that divides a page evenly."""
    return next((part for part in _SMALLER_SIZES if part < size and size % part == 0), 1)
