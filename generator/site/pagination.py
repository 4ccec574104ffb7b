"""Which patches are on which list page. Pages are counted from the oldest, so that a full one stays."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from generator import urls
from generator.archive.database import Archive
from generator.config import Config
from generator.site.fingerprints import Signatures, digest
from generator.site.pages.patch_list import FACETS, ListPage
from generator.site.pages.project import ProjectCounts
from generator.site.registry import Unit

#: How many of the newest patches a project's page shows.
_NEWEST = 10
#: Facets whose values patches change.
_MOVING = ("state", "delegate", "tag", "check")
#: The patches of each value of a facet.
_Lists = defaultdict[Any, list[int]]
#: A page of a list: its number, and where in the list its patches begin and end.
_Cut = tuple[int, int, int]
_WORST = ("fail", "warning", "success")
_TAGS = ("acked", "reviewed", "tested")


class Listing:
    """A project's patches, oldest first, and those of each facet's values."""

    def __init__(self, archive: Archive, project_id: int, signatures: Signatures) -> None:
        self.project_id = project_id
        self.ids: list[int] = []
        self.facets: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self.labels: dict[tuple[str, str], str] = {}
        self._sql = archive.sql
        query = "SELECT slug, link_name FROM project WHERE id = ?"
        self.slug, self.link_name = self._sql.execute(query, (project_id,)).fetchone()
        self._rows: dict[int, bytes] = {}
        self._dates: dict[int, int] = {}
        self._places: dict[int, int] = {}
        self._archived = 0
        self._read(signatures)

    def __contains__(self, number: int) -> bool:
        return number in self._rows

    def _read(self, signatures: Signatures) -> None:
        # Apart from `facets`, so that a value is looked up by itself, not with its facet's name.
        found = {
            facet: _Lists(list)
            for facet in ("state", "submitter", "delegate", "month", "tag", "check")
        }
        states, submitters, delegates, months, tagged, checked = found.values()
        names = {}
        for row in self._patches():
            number, own, date, state, person, name, delegate, user, archived, series, *tags = row
            checks = signatures.check_counts.get(number, (0, 0, 0))
            if given := signatures.tags.get(number):
                tags = [a + b for a, b in zip(tags, given, strict=True)]
            self._places[number] = len(self.ids)
            self.ids.append(number)
            self._dates[number] = date
            self._archived += archived
            self._rows[number] = digest(own, name, user, series, tags, checks)
            states[state].append(number)
            months[urls.month(date)].append(number)
            if person is not None:
                submitters[person].append(number)
                names[str(person)] = name
            if delegate is not None:
                delegates[user].append(number)
            for tag, count in zip(_TAGS, tags, strict=True):
                if count:
                    tagged[tag].append(number)
            if any(checks):
                # Patchwork's combined check: the worst result wins.
                checked[next(c for c, n in zip(_WORST, checks[::-1], strict=True) if n)].append(
                    number
                )
        self.facets |= {
            (facet, str(v)): ids for facet, values in found.items() for v, ids in values.items()
        }
        self._read_folders()
        self._label({"submitter": names, "tag": {tag: f"{tag.capitalize()}-by" for tag in _TAGS}})

    def _patches(self) -> Iterator[tuple[Any, ...]]:
        return self._sql.execute(
            "SELECT p.id, p.digest, p.date, p.state, p.submitter_id, "
            "coalesce(nullif(w.name, ''), w.email, ''), p.delegate_id, coalesce(u.username, ''), "
            "p.archived, coalesce(s.name, ''), p.acked, p.reviewed, p.tested "
            "FROM patch p LEFT JOIN person w ON w.id = p.submitter_id "
            "LEFT JOIN user u ON u.id = p.delegate_id LEFT JOIN series s ON s.id = p.series_id "
            "WHERE p.project_id = ? ORDER BY p.date, p.id",
            (self.project_id,),
        )

    def _read_folders(self) -> None:
        """The values that no column holds."""
        rows = self._sql.execute(
            "SELECT f.kind, value, patch_id FROM facet f JOIN patch p ON p.id = patch_id "
            "WHERE p.project_id = ? ORDER BY p.date, p.id",
            (self.project_id,),
        )
        for facet, value, number in rows:
            self.facets[facet, value].append(number)

    def _label(self, labels: dict[str, dict[str, str]]) -> None:
        """Say what each value is called, by facet where it isn't the value itself."""
        for facet, value in list(self.facets):
            if value:
                self.labels[facet, value] = labels.get(facet, {}).get(value, value) or "(none)"
            else:
                del self.facets[facet, value]  # its list would stand where the values are named

    def places(self, ids: list[int]) -> list[int]:
        """Where some patches are in the list of all, counted from the oldest."""
        return [self._places[number] for number in ids]

    def signature(self, ids: Sequence[int]) -> bytes:
        """What the lines of some patches depend on."""
        state = hashlib.blake2b(digest_size=8)
        for number in ids:
            state.update(self._rows[number])
        return state.digest()

    def values(self, facet: str) -> tuple[tuple[str, str, int], ...]:
        """(value, label, patches) of a facet: months newest first, others by how many patches."""
        found = [
            (value, self.labels[name, value], len(ids))
            for (name, value), ids in self.facets.items()
            if name == facet
        ]
        if facet == "month":
            return tuple(sorted(found, reverse=True))
        return tuple(sorted(found, key=lambda item: (-item[2], item[1], item[0])))

    def figures(self) -> ProjectCounts:
        """The project in numbers."""
        years = Counter(int(urls.month(date)[:-3]) for date in self._dates.values())
        one = (self.project_id,)
        count = {
            name: self._sql.execute(
                f"SELECT count(*) FROM {table} WHERE project_id = ?", one
            ).fetchone()[0]
            for name, table in (("series", "series"), ("covers", "cover"))
        }
        comments = self._sql.execute(
            "SELECT (SELECT count(*) FROM comment c JOIN patch p ON p.id = c.parent_id "
            "WHERE c.parent_kind = 'patch' AND p.project_id = ?) + (SELECT count(*) FROM comment c "
            "JOIN cover p ON p.id = c.parent_id WHERE c.parent_kind = 'cover' AND p.project_id = ?)",
            one * 2,
        ).fetchone()[0]
        return ProjectCounts(
            patches=len(self.ids),
            series=count["series"],
            covers=count["covers"],
            comments=comments,
            submitters=sum(facet == "submitter" for facet, _ in self.facets),
            archived=self._archived,
            states=self.values("state"),
            years=tuple((str(year), years[year]) for year in sorted(years)),
            facets=tuple(f for f in FACETS if any(name == f for name, _ in self.facets)),
            newest=tuple(reversed(self.ids[-_NEWEST:])),
            first=min(self._dates.values(), default=None),
            last=max(self._dates.values(), default=None),
        )


def list_units(listing: Listing, base: dict[str, bytes], config: Config) -> Iterator[Unit]:
    """The units of a project: its lists, its facets' pages, its own page and its feed."""
    size = config.page_size
    yield from _pages(listing, base["patch-list"], "", "", "All patches", listing.ids, size)
    for (facet, value), ids in sorted(listing.facets.items()):
        label = listing.labels[facet, value]
        yield from _pages(listing, base["patch-list"], facet, value, label, ids, size)
    figures = listing.figures()
    for facet in figures.facets:
        values = listing.values(facet)
        yield Unit("facet", (listing.project_id, facet), digest(base["facet"], values), values)
    shown = listing.signature(figures.newest)
    depends = digest(base["project"], figures, shown)
    yield Unit("project", listing.project_id, depends, figures)
    newest = tuple(reversed(listing.ids[-config.feed_size :]))
    key = (f"{urls.project(listing.slug)}feed.atom", listing.project_id)
    yield Unit("feed", key, digest(base["feed"], newest, listing.signature(newest)), newest)


def _pages(
    listing: Listing, base: bytes, facet: str, value: str, label: str, ids: list[int], size: int
) -> Iterator[Unit]:
    """The pages of one list: the full ones by number, and the newest one, which shows the rest too."""
    cut = _by_place(listing.places(ids), size) if facet in _MOVING else _by_count(len(ids), size)
    for number, shown in _shown(label, ids, cut):
        key = listing.project_id, facet, value, number
        yield Unit("patch-list", key, digest(base, key, shown, listing.signature(shown.ids)), shown)


def series_units(
    project: int, base: bytes, ordered: list[tuple[int, bytes]], size: int
) -> Iterator[Unit]:
    """The pages of the list of a project's series: (number, digest) of each, oldest first."""
    digests = dict(ordered)
    for number, shown in _shown("", list(digests), _by_count(len(digests), size)):
        key = project, number
        depends = [digests[one] for one in shown.ids]
        yield Unit("series-list", key, digest(base, key, shown, depends), shown)


def _shown(label: str, ids: list[int], cut: list[_Cut]) -> Iterator[tuple[int | None, ListPage]]:
    """What each page shows: the full ones by number, then the newest one, which has none."""
    full = cut[:-1]
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


def _by_count(count: int, size: int) -> list[_Cut]:
    """Full pages from the oldest on, and what is left: for lists that only grow at their end."""
    full = count // size
    return [
        *((n + 1, n * size, (n + 1) * size) for n in range(full)),
        (full + 1, full * size, count),
    ]


def _by_place(places: list[int], size: int) -> list[_Cut]:
    """Pages of up to `size` patches, cut by their places among all: for lists that patches leave.

    The places of all patches are halved, and the halves again, until no part holds more than a page.
    So one patch more or less changes one page, wherever it is; counting would shift all that follow.
    """
    found: list[_Cut] = []
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
            found.append((first // size + 1, start, end))
    return found or [(1, 0, 0)]
