"""Which entries are on which page of a list. Pages are counted from the oldest, so that a full one stays."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

#: A page of a list: its number, and where in the list its entries begin and end.
Cut = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class ListPage:
    """What a page of a list shows: its entries, newest first, and its neighbours by number.

    `newer` is None where the newest page is next; `total` is counted on the newest page alone, so
    that the others needn't change with it.
    """

    label: str
    ids: tuple[int, ...]
    newer: int | None
    older: int | None
    total: int | None


#: The number of a page (None: the newest one), and what it shows.
NumberedPage = tuple[int | None, ListPage]


def cut_by_count(count: int, size: int) -> list[Cut]:
    """Full pages of `size` from the oldest on, and what is left: for lists that only grow at their end."""
    full = count // size
    return [
        *((n + 1, n * size, (n + 1) * size) for n in range(full)),
        (full + 1, full * size, count),
    ]


def cut_by_place(places: list[int], size: int) -> list[Cut]:
    """Pages of up to `size`, cut by the patches' places among all: for lists that patches leave.

    The places of all patches are halved, and the halves again, until no part holds more than a page.
    So one patch more or less changes one page, wherever it is; counting would shift all that follow.
    """
    cuts: list[Cut] = []
    reach = size
    while places and reach <= places[-1]:
        reach *= 2
    parts = [(0, reach, 0, len(places))]
    while parts:
        first, last, start, end = parts.pop()
        if end - start > size:
            middle = (first + last) // 2
            at = bisect_left(places, middle, start, end)
            parts += [(middle, last, at, end), (first, middle, start, at)]
        elif end > start:
            cuts.append((first // size + 1, start, end))
    return cuts or [(1, 0, 0)]


def pages(label: str, ids: list[int], cuts: list[Cut]) -> Iterator[NumberedPage]:
    """The full pages by number, then the newest one, which has none. `ids` are the oldest first."""
    full = cuts[:-1]
    numbers = [number for number, _, _ in full]
    for at, (number, start, end) in enumerate(full):
        newest_first = tuple(reversed(ids[start:end]))
        newer = numbers[at + 1] if at + 1 < len(numbers) else None
        older = numbers[at - 1] if at else None
        yield number, ListPage(label, newest_first, newer, older, None)
    # The newest page shows the last full one as well: it is never nearly empty.
    newest_first = tuple(reversed(ids[full[-1][1] if full else 0 :]))
    older = numbers[-2] if len(numbers) > 1 else None
    yield None, ListPage(label, newest_first, None, older, len(ids))
