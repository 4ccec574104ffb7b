"""What surrounds a mail: its series, the other patches, the other versions and what became of it there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from generator import urls
from generator.archive import queries, series_versions
from generator.archive.series_versions import SeriesVersion
from generator.model import Series
from generator.site.build_context import Context
from generator.site.pages import comparison
from generator.site.pages.parts.series_members import Member, members, total_of


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What a patch is in another version. kind is that of a rangediff.Pair; no url: it was dropped."""

    kind: str
    url: str | None
    changes_url: str


@dataclass(slots=True)
class Around:
    """A series as its pages show it. `versions` are all of its work; none when it is the only one.

    counterparts: by patch, in the newest version; for patches of that, in the one before.
    """

    number: int
    series: Series | None
    members: list[Member]
    cover: queries.PageRef | None
    project_slug: str
    #: How many comments there are on all its mails.
    replies: int = 0
    versions: tuple[SeriesVersion, ...] = ()
    counterparts: dict[int, Counterpart] = field(default_factory=dict)

    @property
    def place(self) -> int:
        """Where this version is among the versions."""
        return next(n for n, v in enumerate(self.versions) if v.series == self.number)

    @property
    def thread_url(self) -> str | None:
        """The page of the whole conversation, where there is more than one mail's page shows."""
        mails = sum(member.row is not None for member in self.members) + bool(self.cover)
        return urls.thread(self.project_slug, self.number) if self.replies and mails > 1 else None

    @property
    def is_newest(self) -> bool:
        return not self.versions or self.versions[-1].series == self.number

    @property
    def total(self) -> int:
        """How many patches it has by its own account; 0 when nothing says so."""
        return total_of(self.series, [member.row for member in self.members if member.row])

    def version_bar(self) -> list[dict[str, Any]]:
        """The versions with their pages, oldest first."""
        return [
            {
                "label": version.label,
                "url": urls.series(self.project_slug, version.series),
                "date": version.date,
                "state": version.state,
                "is_here": version.series == self.number,
                "is_newest": version is self.versions[-1],
            }
            for version in self.versions
        ]

    def comparison(self) -> dict[str, str] | None:
        """The page that says what changed: to the newest version, or from the one before to it."""
        if not self.versions:
            return None
        if self.is_newest:
            old, new = self.versions[-2], self.versions[-1]
            label = f"changes since {old.label}"
        else:
            old, new = self.versions[self.place], self.versions[-1]
            label = f"changes up to {new.label}"
        url = urls.comparison(self.project_slug, new.series, old.series)
        return {"label": label, "url": url}

    def before(self) -> SeriesVersion | None:
        """The version before this one."""
        return self.versions[self.place - 1] if self.versions and self.place else None

    def newer(self) -> dict[str, str] | None:
        """The newest version's page, for those that were superseded."""
        if self.is_newest:
            return None
        newest = self.versions[-1]
        url = urls.series(self.project_slug, newest.series)
        return {"label": newest.label, "url": url, "date": urls.day(newest.date)}


def around(context: Context, number: int, project_slug: str) -> Around:
    """What surrounds the mails of a series."""

    def read() -> tuple[Around, int]:
        found = _read(context, number, project_slug)
        return found, 1000 + 200 * len(found.members)

    return context.recent.get(("around", number, project_slug), read)


def _read(context: Context, number: int, project_slug: str) -> Around:
    archive = context.archive
    series = queries.series(archive, number)
    every = members(archive, number, series, project_slug)
    cover = queries.cover_of(archive, number)
    answered = queries.count_replies(archive, number, cover.id if cover else None)
    found = Around(number, series, every, cover, project_slug, answered)
    found.versions = series_versions.versions_of(archive, number)
    if found.versions:
        found.counterparts = _counterparts(context, found)
    return found


def _counterparts(context: Context, here: Around) -> dict[int, Counterpart]:
    """By patch of a series: what it is in the newest version, or was in the one before that."""
    if here.is_newest:
        old, new = here.versions[-2].series, here.number
    else:
        old, new = here.number, here.versions[-1].series
    compared = comparison.compared(context, old, new, here.project_slug)
    base = urls.comparison(here.project_slug, new, old)
    found = {}
    for at, pair in enumerate(compared.pairs):
        mine, other = pair.old, pair.new
        ours, theirs = compared.old, compared.new
        if here.is_newest:
            mine, other, ours, theirs = other, mine, theirs, ours
        if mine is not None:
            there = theirs[other].url if other is not None else None
            found[ours[mine].id] = Counterpart(pair.kind, there, f"{base}#p{at + 1}")
    return found
