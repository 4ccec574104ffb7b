"""Lists of the API, page by page: through broken entries, and out of circles."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from generator.sources.patchwork.client import TRIES, Client, Missing, Params, Unavailable

#: The most that Patchwork gives on a page, unless its administrator chose otherwise.
PAGE_SIZE = 250
#: The sizes by which a page that can't be had whole is cut up. Each divides those before it.
_PARTS = (50, 10, 2, 1)
#: As many pages may bring nothing new (objects arrive while we read) before it is a circle.
_PATIENCE = 3


@dataclass(frozen=True, slots=True)
class ApiPage:
    """The objects of a page (decoded JSON), its number, and that of the page said to follow.

    `following` is None after the last page, and 0 where a page follows of which no number is told.
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
    """The pages of a list from page `first` on, as the Link headers lead.

    Raises Missing when there is no such list, Unavailable when it can't be read or leads in circles.
    With `report`, an entry that the server can't produce is passed over, and told of in one line.
    """
    number, size, idle = first, PAGE_SIZE, 0
    lowest, highest = float("inf"), float("-inf")
    while True:
        try:
            page = await one_page(client, path, params, number, tries=tries)
        except Missing:
            if number == 1:
                raise
            return  # the list has become shorter meanwhile
        except Unavailable as error:
            if not report:
                raise
            page = await _in_parts(client, path, params, number, size, error, report)
        yield page
        ids = [item["id"] for item in page.items if isinstance(item.get("id"), int)]
        idle = 0 if ids and (min(ids) < lowest or max(ids) > highest) else idle + 1
        lowest, highest = min([lowest, *ids]), max([highest, *ids])
        if page.following is None:
            return
        if idle >= _PATIENCE or 0 < page.following <= number:
            raise Unavailable(f"{client.url(path, params)}: its pages lead in circles")
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
    asked = [*params, ("per_page", size), ("page", number)]
    answer = await client.get(path, asked, tries=tries)
    return ApiPage(number, _objects(answer.value, client.url(path, asked)), answer.next_page)


def _objects(value: Any, where: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Unavailable(f"{where}: the answer is not a list of objects")
    return value


async def _in_parts(
    client: Client,
    path: str,
    params: Params,
    number: int,
    size: int,
    error: Unavailable,
    report: Callable[[str], None],
) -> ApiPage:
    """A page that the server can't produce whole, in ever smaller parts; what is broken is left out."""
    items: list[dict[str, Any]] = []
    start, end = (number - 1) * size, number * size
    is_last = False
    parts = [(start, end, _below(size))]
    while parts:
        start, end, part = parts.pop()
        for at in range(start, end, part):
            asked = [*params, ("per_page", part), ("page", at // part + 1)]
            try:
                answer = await client.get(path, asked, tries=2)
                items += _objects(answer.value, client.url(path, asked))
                is_last = answer.next_page is None
            except Missing:
                is_last = True
            except Unavailable as broken:
                if part == 1:
                    report(f"{broken} (one entry of the list)")
                    continue
                parts += [(at + part, end, part), (at, at + part, _below(part))]
                break
            if is_last:
                parts.clear()
                break
    if not items:
        raise error
    return ApiPage(number, items, None if is_last else 0)


def _below(size: int) -> int:
    return next(part for part in _PARTS if part < size and size % part == 0) if size > 1 else 1
