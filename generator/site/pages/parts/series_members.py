"""The patches of a series in order, with ghosts for those that are not in the archive."""

from __future__ import annotations

from dataclasses import dataclass

from generator import urls
from generator.archive.bundles import SeriesBundle
from generator.archive.patch_rows import PatchRow
from generator.mail import subject
from generator.mail.encoded_words import decoded
from generator.model import Series
from generator.site.html.escape import safe_url

#: Of a series that claims to be longer, pages say how many patches are missing, without a row for each.
MAX_GHOSTS = 1000


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


def total_of(series: Series | None, rows: list[PatchRow]) -> int:
    """How many patches a series has by its own account; 0 when nothing says so."""
    if series and series.total:
        return series.total
    return max((subject.parse(row.name).total or 0 for row in rows), default=0)
