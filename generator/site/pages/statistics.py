"""The statistics of a project: charts drawn at build time, each with its table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator import urls
from generator.archive import statistics, vocabulary
from generator.archive.statistics import ACCEPTED, Work
from generator.model import Project
from generator.site.build_context import Context, Files
from generator.site.html.bar_chart import BarChart
from generator.site.pages.parts.change_charts import (
    all_months,
    landing_charts,
    review_by_area,
    spans,
    versions,
)
from generator.site.plan import Plan
from generator.site.registry import PageKind, Unit

_PARTS = ("accepted", "open", "superseded", "other")


@dataclass(frozen=True)
class StatisticsView:
    """What `statistics.html` shows."""

    project: Project
    project_url: str
    plots: list[BarChart]


def statistics_page(context: Context, number: int) -> Files:
    """The statistics of a project."""
    slug, project = context.project(number)
    url = urls.figures(slug)
    patches = statistics.patches(context.archive, number)
    works = statistics.works(context.archive, number)
    open_states = vocabulary.open_states(context.archive, context.config.open_states)
    plots = [
        _months(patches, open_states),
        _to_review(works),
        review_by_area(works),
        _to_acceptance(works),
        versions(
            "versions",
            "Versions of accepted changes",
            "was accepted",
            (work for work in works if work.is_accepted),
        ),
        *landing_charts(works),
        _ages(patches, open_states),
    ]
    view = StatisticsView(project, urls.project(slug), [plot for plot in plots if plot.bars])
    return {urls.file_of(url): context.render("statistics.html", url, view)}


def _months(patches: list[tuple[int, str]], open_states: Sequence[str]) -> BarChart:
    counts: Counter[tuple[str, int]] = Counter()
    for date, state in patches:
        is_open = state in open_states
        part = 0 if state in ACCEPTED else 1 if is_open else 2 if state == "superseded" else 3
        counts[urls.month(date), part] += 1
    months = all_months(sorted({month for month, _ in counts}))
    rows = [(month, tuple(counts[month, part] for part in range(4))) for month in months]
    *names, last = [state.replace("-", " ") for state in open_states] or ["(none)"]
    listed = f"{', '.join(names)} and {last}" if names else last
    plural = "s" if names else ""
    note = f"By outcome. Patches in the state{plural} {listed} are open."
    return BarChart("months", "Patches per month", note, "Month", _PARTS, rows)


def _to_review(works: list[Work]) -> BarChart:
    times = [time for work in works if (time := work.to_review) is not None]
    note = (
        "From the first patch to the first comment by somebody else. "
        f"Changes with such a comment: {len(times):,} of {len(works):,}."
    )
    return BarChart("review", "Time to first comment", note, "Up to", ("changes",), spans(times))


def _to_acceptance(works: list[Work]) -> BarChart:
    accepted = [w for w in works if w.is_accepted]
    times = [
        w.accepted - w.begun for w in accepted if w.accepted is not None and w.begun is not None
    ]
    note = (
        "From the first patch of the first version until the last patch was set to accepted. "
        f"Accepted changes with a known date: {len(times):,} of {len(accepted):,}."
    )
    return BarChart("acceptance", "Time to acceptance", note, "Up to", ("changes",), spans(times))


def _ages(patches: list[tuple[int, str]], open_states: Sequence[str]) -> BarChart:
    newest = max((date for date, _ in patches), default=0)
    ages = [newest - date for date, state in patches if state in open_states]
    note = f"As of the newest patch ({urls.day(newest)}). Open patches: {len(ages):,}."
    return BarChart("open", "Open patches by age", note, "Up to", ("patches",), spans(ages))


def _units(plan: Plan) -> Iterator[Unit]:
    open_states = vocabulary.open_states(plan.archive, plan.config.open_states)
    landed = plan.fingerprints.landed
    for patches in plan.project_patches:
        depends = (
            open_states,
            plan.projects[patches.project],
            patches.fingerprint(patches.ids),
            plan.fingerprints.history(patches.ids),
            [(number, landed[number]) for number in patches.ids if number in landed],
        )
        yield plan.unit("statistics", patches.project, depends)


STATISTICS = PageKind(
    "statistics",
    _units,
    lambda context, key, _: statistics_page(context, key),
    templates=("statistics.html",),
)
