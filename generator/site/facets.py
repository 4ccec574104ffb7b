"""A project's patches by facet: state, submitter, month …; lists and figures of a project come from here."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from generator import urls
from generator.archive import planning
from generator.archive.database import Archive
from generator.site.fingerprints import Fingerprints, digest

#: How many months the plot of a project shows.
_MONTHS = 24
#: Results of checks.
WORST_FIRST = ("fail", "warning", "success")
_TAGS = ("acked", "reviewed", "tested")
_NONE = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Facet:
    """Something by which patches are listed.

    field: of the search, that finds a list's patches; `moves`: whether a patch's value changes over time.
    """

    heading: str
    field: str
    moves: bool = False


#: Facets in the order in which project pages name them. `prefix` comes from the archive's table of facets,
#: the others from columns (see `ProjectPatches`).
FACETS = {
    "state": Facet("State", "state", moves=True),
    "submitter": Facet("Submitter", "f"),
    "delegate": Facet("Delegate", "delegate", moves=True),
    "month": Facet("Month", "d"),
    "tag": Facet("Tag", "tag", moves=True),
    "check": Facet("Check", "check", moves=True),
    "prefix": Facet("Prefix", "prefix"),
}


@dataclass(frozen=True, slots=True)
class ProjectCounts:
    """A project in numbers. `states`: (state, label, patches); dates are in seconds since 1970.

    months: (month, patches) of the last ones, the oldest first.
    """

    patches: int
    series: int
    covers: int
    comments: int
    submitters: int
    archived: int
    states: tuple[tuple[str, str, int], ...]
    years: tuple[tuple[str, int], ...]
    facets: tuple[str, ...]
    months: tuple[tuple[str, int], ...]
    first: int | None
    last: int | None


class ProjectPatches:
    """A project's patches, oldest first, and those of each facet's values."""

    def __init__(self, archive: Archive, project: int, fingerprints: Fingerprints) -> None:
        self.project = project
        self.slug, self.link_name = planning.project_names(archive, project)
        self.ids: list[int] = []
        #: (facet, value) → patches, oldest first.
        self.facets: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        #: (facet, value) → what a reader sees.
        self.labels: dict[tuple[str, str], str] = {}
        self._archive = archive
        self._rows: dict[int, bytes] = {}
        self._dates: dict[int, int] = {}
        self._places: dict[int, int] = {}
        self.archived: set[int] = set()
        self._read(fingerprints)

    def __contains__(self, number: int) -> bool:
        return number in self._rows

    def _read(self, fingerprints: Fingerprints) -> None:
        # Apart from `facets`, so that a value is looked up by itself, not with its facet's name.
        values: dict[str, defaultdict[Any, list[int]]] = {
            facet: defaultdict(list)
            for facet in ("state", "submitter", "delegate", "month", "tag", "check")
        }
        states, submitters, delegates, months, tagged, checked = values.values()
        names = {}
        for row in planning.project_patches(self._archive, self.project):
            number, own, date, state, person, name, delegate, user, archived, series, *tags = row
            checks = fingerprints.check_counts.get(number, _NONE)
            if given := fingerprints.tags.get(number):
                tags = [a + b for a, b in zip(tags, given, strict=True)]
            self._places[number] = len(self.ids)
            self.ids.append(number)
            self._dates[number] = date
            if archived:
                self.archived.add(number)
            landed = fingerprints.commits.get(number)
            self._rows[number] = digest(own, date, name, user, series, tags, checks, landed)
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
                checked[combined_check(checks)].append(number)
        self.facets |= {
            (facet, str(value)): ids
            for facet, by_value in values.items()
            for value, ids in by_value.items()
        }
        for facet, value, number in planning.project_facets(self._archive, self.project):
            if facet in FACETS:
                self.facets[facet, value].append(number)
        self._label({"submitter": names, "tag": {tag: f"{tag.capitalize()}-by" for tag in _TAGS}})

    def _label(self, labels: dict[str, dict[str, str]]) -> None:
        """Say what each value is called, by facet where it isn't the value itself."""
        for facet, value in list(self.facets):
            if value:
                self.labels[facet, value] = labels.get(facet, {}).get(value, value) or "(none)"
            else:
                del self.facets[facet, value]  # its list would stand where the values are named

    def tags_since(self, date: int) -> list[str]:
        """The tags that a patch has which is no older than a date (seconds since 1970)."""
        tagged = ((value, ids) for (facet, value), ids in self.facets.items() if facet == "tag")
        return sorted(value for value, ids in tagged if self._dates[ids[-1]] >= date)

    def places(self, ids: Sequence[int]) -> list[int]:
        """Where some patches are in the list of all, counted from the oldest."""
        return [self._places[number] for number in ids]

    def fingerprint(self, ids: Sequence[int]) -> bytes:
        """What the rows of some patches depend on."""
        state = hashlib.blake2b(digest_size=8)
        for number in ids:
            state.update(self._rows[number])
        return state.digest()

    def values(self, facet: str) -> tuple[tuple[str, str, int], ...]:
        """(value, label, patches) of a facet: months newest first, others by how many patches."""
        values = [
            (value, self.labels[name, value], len(ids))
            for (name, value), ids in self.facets.items()
            if name == facet
        ]
        if facet == "month":
            return tuple(sorted(values, reverse=True))
        return tuple(sorted(values, key=lambda item: (-item[2], item[1], item[0])))

    def _last_months(self) -> tuple[tuple[str, int], ...]:
        """The months up to that of the newest patch, also those without a patch."""
        if not self.ids:
            return ()
        year, month = map(int, urls.month(self._dates[self.ids[-1]]).split("-"))
        last = year * 12 + month - 1
        names = (f"{n // 12:04}-{n % 12 + 1:02}" for n in range(last - _MONTHS + 1, last + 1))
        return tuple((name, len(self.facets.get(("month", name), ()))) for name in names)

    @cached_property
    def counts(self) -> ProjectCounts:
        """The project in numbers."""
        years = Counter(int(urls.month(date)[:-3]) for date in self._dates.values())
        series, covers, comments = planning.project_size(self._archive, self.project)
        return ProjectCounts(
            patches=len(self.ids),
            series=series,
            covers=covers,
            comments=comments,
            submitters=sum(facet == "submitter" for facet, _ in self.facets),
            archived=len(self.archived),
            states=self.values("state"),
            years=tuple((str(year), years[year]) for year in sorted(years)),
            facets=tuple(f for f in FACETS if any(name == f for name, _ in self.facets)),
            months=self._last_months(),
            first=min(self._dates.values(), default=None),
            last=max(self._dates.values(), default=None),
        )


def search_query(project_slug: str, facet: str = "", value: str = "", label: str = "") -> str:
    """What finds the patches of a list in the search: of a project, or of a value of a facet of it."""
    query = f"is:patch {field_query('project', project_slug)}"
    if not facet:
        return query
    text = label if facet == "submitter" else value
    return f"{query} {field_query(FACETS[facet].field, text)}"


def field_query(field: str, text: str) -> str:
    """What finds patches by a field of the search, as a phrase."""
    unquoted = text.replace('"', " ")
    return f'{field}:"{unquoted}"'


def combined_check(counts: tuple[int, int, int]) -> str:
    """Patchwork's combined check of a patch: the worst result wins. Counts are success, warning, fail."""
    return next(c for c, n in zip(WORST_FIRST, reversed(counts), strict=True) if n)
