"""The patches of a series in order, with ghosts for those that are not in the archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator import urls
from generator.archive.bundle_types import SeriesBundle
from generator.archive.patch_rows import PatchRow
from generator.mail import subject
from generator.mail.encoded_words import decoded
from generator.model import Series
from generator.site.html.escape import safe_url

#: Of a series that claims to be longer, pages say how many patches are missing, without a row for each.
MAX_GHOSTS = 1000
#: The page of a patch names all patches of a series that isn't longer, else so many on both sides of it.
LONG_SERIES, NEIGHBOURS = 50, 5


@dataclass(frozen=True, slots=True)
class Member:
    """One patch of a series. A ghost has no row; `url` then is the list's archive, or None."""

    number: int | None
    name: str
    url: str | None
    row: PatchRow | None


def members(bundle: SeriesBundle) -> list[Member]:
    """The members of a series by number."""
    series, rows = bundle.series, bundle.rows
    every = [Member(r.number, r.name, urls.patch(bundle.project_slug, r.slug), r) for r in rows]
    archived = {row.id for row in rows}
    numbers = {row.number for row in rows}
    for stub in series.patches if series else []:
        name = decoded(stub.name or "")
        number = subject.parse(name).number
        if stub.id not in archived and (number is None or number not in numbers):
            archive_url = stub.list_archive_url
            url = safe_url(archive_url) if isinstance(archive_url, str) else None
            every.append(Member(number, name, url, None))
            numbers.add(number)
    total = total_of(series, rows)
    if len(every) < total <= MAX_GHOSTS:
        missing = set(range(1, total + 1)) - numbers
        every += [Member(number, "", None, None) for number in missing]
    return sorted(
        every, key=lambda m: (m.number is None, m.number or 0, m.row.date if m.row else 0)
    )


def window(every: Sequence[Member], at: int | None) -> list[Member | None]:
    """The members that a page names: of a long series the first, the last, and those around an index.

    `at`: None for a page of no member, such as a cover letter's. None in the result: here are others.
    """
    if len(every) <= LONG_SERIES:
        return list(every)
    last = len(every) - 1
    around = range(at - NEIGHBOURS, at + NEIGHBOURS + 1) if at is not None else range(NEIGHBOURS)
    shown = sorted({0, last, *(n for n in around if 0 <= n <= last)})
    found: list[Member | None] = []
    for n in shown:
        if n and n - 1 not in shown:
            found.append(None)
        found.append(every[n])
    return found


def neighbours(every: Sequence[Member], at: int) -> tuple[Member | None, Member | None]:
    """The archived members before and after the one at an index."""
    before = (every[n] for n in range(at - 1, -1, -1) if every[n].row)
    after = (every[n] for n in range(at + 1, len(every)) if every[n].row)
    return next(before, None), next(after, None)


def total_of(series: Series | None, rows: list[PatchRow]) -> int:
    """How many patches a series has by its own account; 0 when nothing says so."""
    if series and series.total:
        return series.total
    return max((subject.parse(row.name).total or 0 for row in rows), default=0)
