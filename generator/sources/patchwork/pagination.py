"""Reads lists of the API page by page, around entries that the server can't produce."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from generator.sources.patchwork.client import TRIES, Client, Missing, Params, Unavailable

#: The most that Patchwork gives on a page, unless its administrator chose otherwise.
PAGE_SIZE = 250
#: The page sizes by which a page that fails is read in parts. Each divides those before it.
_SMALLER_SIZES = (50, 10, 2, 1)
#: So many pages in a row may hold nothing new (objects arrive while we read) before it is a loop.
_MAX_IDLE_PAGES = 3


@dataclass(frozen=True, slots=True)
class ApiPage:
    """A page of a list: its number, its objects (decoded JSON), and the number of the next page.

    `following` is None after the last page, and 0 where the server doesn't say which page is next.
    """

    number: int
    items: list[dict[str, Any]]
    following: int | None

    @property
    def is_last(self) -> bool:
        return self.following is None


async def pages(
    client: Client,
    path: str,
    params: Params,
    *,
    first: int = 1,
    tries: int = TRIES,
    report: Callable[[str], None] | None = None,
) -> AsyncIterator[ApiPage]:
    """The pages of a list from page `first` on, as long as the Link header names a next one.

    Raises Missing when there is no such list, Unavailable when it can't be read or its pages loop.
    With `report`, an entry that the server can't produce is skipped, and reported in one line.
    """
    number, size, idle = first, PAGE_SIZE, 0
    lowest, highest = float("inf"), float("-inf")
    while True:
        try:
            page = await one_page(client, path, params, number, tries=tries)
        except Missing:
            if number == 1:
                raise
            return  # the list got shorter while we read
        except Unavailable as error:
            if not report:
                raise
            page = await _in_smaller_pages(client, path, params, number, size, error, report)
        yield page
        ids = [item["id"] for item in page.items if isinstance(item.get("id"), int)]
        idle = 0 if ids and (min(ids) < lowest or max(ids) > highest) else idle + 1
        lowest, highest = min([lowest, *ids]), max([highest, *ids])
        if page.following is None:
            return
        if idle >= _MAX_IDLE_PAGES or 0 < page.following <= number:
            raise Unavailable(f"{client.url(path, params)}: its pages loop")
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
    return ApiPage(number, _objects(answer.value, client.url(path, query)), answer.next_page)


def _objects(value: Any, where: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Unavailable(f"{where}: the response is not a list of objects")
    return value


async def _in_smaller_pages(
    client: Client,
    path: str,
    params: Params,
    number: int,
    size: int,
    error: Unavailable,
    report: Callable[[str], None],
) -> ApiPage:
    """A page that fails, read in ever smaller pages, so that only the broken entries are lost.

    Raises `error`, that of the whole page, if nothing of it can be read.
    """
    items: list[dict[str, Any]] = []
    start, end = (number - 1) * size, number * size
    is_last = False
    parts = [(start, end, _smaller(size))]
    while parts:
        start, end, part = parts.pop()
        for at in range(start, end, part):
            query = [*params, ("per_page", part), ("page", at // part + 1)]
            try:
                answer = await client.get(path, query, tries=2)
                items += _objects(answer.value, client.url(path, query))
                is_last = answer.next_page is None
            except Missing:
                is_last = True
            except Unavailable as broken:
                if part == 1:
                    report(f"{broken} (one entry of the list)")
                    continue
                parts += [(at + part, end, part), (at, at + part, _smaller(part))]
                break
            if is_last:
                parts.clear()
                break
    if not items:
        raise error
    return ApiPage(number, items, None if is_last else 0)


def _smaller(size: int) -> int:
    """The next smaller page size that divides a page evenly."""
    return next((part for part in _SMALLER_SIZES if part < size and size % part == 0), 1)
