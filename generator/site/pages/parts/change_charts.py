"""Charts of a project's changes: how many landed, how long that took, in how many versions, and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence

from generator import urls
from generator.archive.statistics import Work, median_days
from generator.site.html.bar_chart import BarChart

_DAY = 86400
#: Spans of time: up to so many days.
_SPANS = (
    (1, "a day"), (3, "3 days"), (7, "a week"), (14, "2 weeks"), (31, "a month"), (92, "3 months"),
    (183, "half a year"), (366, "a year"), (None, "longer"),
)  # fmt: skip
#: Changes with more versions are counted together.
_MANY = 10
#: Sizes of changes: up to so many patches.
_SIZES = ((1, "1 patch"), (3, "2–3"), (7, "4–7"), (15, "8–15"), (None, "16 and more"))
#: Areas in a chart: the busiest; a median of fewer changes than this says little.
_MOST_AREAS, _LEAST = 20, 5


def landing_charts(works: Sequence[Work]) -> list[BarChart]:
    """What repositories tell of changes; charts without bars where none of them landed."""
    landed = [work for work in works if work.to_landing is not None]
    return [
        _by_month(works, len(landed)),
        _to_landing(landed, len(works)),
        _days_by_month(landed),
        _days_by_size(landed),
        versions("landed-versions", "Versions of landed changes", "landed", landed),
    ]


def _by_month(works: Sequence[Work], landed: int) -> BarChart:
    counts: Counter[tuple[str, bool]] = Counter()
    for work in works if landed else ():
        if work.begun is not None:
            counts[urls.month(work.begun), work.to_landing is not None] += 1
    months = all_months(sorted({month for month, _ in counts}))
    rows = [(month, (counts[month, True], counts[month, False])) for month in months]
    share = 100 * landed // len(works) if works else 0
    note = (
        f"By the month of the first version. Landed: {landed:,} of {len(works):,} changes ({share} %). "
        "What was sent last may still land."
    )
    return BarChart("landed", "Changes that landed", note, "Month", ("landed", "not landed"), rows)


def _to_landing(landed: Sequence[Work], total: int) -> BarChart:
    note = (
        "From the first patch of the first version until the last of the change became a commit. "
        f"Changes that landed: {len(landed):,} of {total:,}."
    )
    rows = spans(time for work in landed if (time := work.to_landing) is not None)
    return BarChart("landing", "Time to landing", note, "Up to", ("changes",), rows)


def _days_by_month(landed: Sequence[Work]) -> BarChart:
    medians = _medians(
        landed, lambda work: [urls.month(work.begun or 0)], lambda work: work.to_landing
    )
    rows = [(month, (medians.get(month, 0),)) for month in all_months(sorted(medians))]
    note = "Half of the changes took no longer, in days begun. By the month of the first version."
    return BarChart("landing-days", "Median time to landing", note, "Month", ("days",), rows)


def _days_by_size(landed: Sequence[Work]) -> BarChart:
    medians = _medians(landed, lambda work: [_size(work.patches)], lambda work: work.to_landing)
    rows = [(label, (medians.get(label, 0),)) for _, label in _SIZES if medians]
    note = (
        "Half of the changes took no longer, in days begun. By the patches of the newest version."
    )
    return BarChart(
        "landing-sizes", "Median time to landing by size", note, "Patches", ("days",), rows
    )


def _size(patches: int) -> str:
    return next(label for most, label in _SIZES if most is None or patches <= most)


def review_by_area(works: Sequence[Work]) -> BarChart:
    """How long changes wait for the first comment, by the folders at the top of the tree that they touch."""
    reviewed = [work for work in works if work.to_review is not None]
    counts = Counter(area for work in reviewed for area in work.areas)
    some = [(area, count) for area, count in counts.items() if count >= _LEAST]
    areas = sorted(some, key=lambda row: (-row[1], row[0]))[:_MOST_AREAS]
    medians = _medians(reviewed, lambda work: work.areas, lambda work: work.to_review)
    rows = [(area, (medians[area],)) for area, _ in areas]
    note = (
        "Half of the changes that somebody else commented on had their first comment by then, in days begun. "
        f"The folders at the top of the tree that most touch, at least {_LEAST} each, the busiest first."
    )
    return BarChart("review-areas", "Time to first comment by area", note, "Area", ("days",), rows)


def _medians(
    works: Iterable[Work],
    keys: Callable[[Work], Iterable[str]],
    seconds: Callable[[Work], int | None],
) -> dict[str, int]:
    """The median of a time, in days begun, by key."""
    times: dict[str, list[int]] = {}
    for work in works:
        if (time := seconds(work)) is not None:
            for key in keys(work):
                times.setdefault(key, []).append(time)
    return {key: median_days(some) for key, some in times.items()}


def versions(name: str, title: str, became: str, works: Iterable[Work]) -> BarChart:
    """How many changes took how many versions until they were what `became` says."""
    counts = Counter(min(work.versions, _MANY) for work in works)
    most = max(counts, default=0)
    rows = [(f"{n} or more" if n == _MANY else str(n), (counts[n],)) for n in range(1, most + 1)]
    note = f"The number of versions until a change {became}."
    return BarChart(name, title, note, "Versions", ("changes",), rows)


def spans(seconds: Iterable[int]) -> list[tuple[str, tuple[int]]]:
    """How many spans of time are up to a day, to three days, … long."""
    counts: Counter[Hashable] = Counter()
    for length in seconds:
        fits = (label for most, label in _SPANS if most is None or length <= most * _DAY)
        counts[next(fits)] += 1
    return [(label, (counts[label],)) for _, label in _SPANS]


def all_months(months: list[str]) -> list[str]:
    """The months from the first to the last; only those given where a date must be wrong."""
    if not months:
        return []
    (first, last) = (
        int(month[:-3]) * 12 + int(month[-2:]) - 1 for month in (months[0], months[-1])
    )
    if last - first > 12 * 80:
        return months
    return [f"{n // 12:04}-{n % 12 + 1:02}" for n in range(first, last + 1)]
