"""`api/changes/`: the changes of each project as JSON, by the month of their newest version."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from generator import urls
from generator.archive.change_json import value
from generator.archive.changes import Change
from generator.site.build_context import Context, Files
from generator.site.exports import api
from generator.site.plan import Plan
from generator.site.registry import PageKind, Unit

_Key = tuple[str, str]


def month_file(context: Context, key: _Key, changes: tuple[Change, ...]) -> Files:
    """The changes of a project (folder's name) and a month, newest first."""
    found = [value(context.archive, change) for change in changes]
    return {urls.api_changes(*key): api.encode(found)}


def months_file(context: Context, slug: str, months: tuple[tuple[str, int], ...]) -> Files:
    """The months that a project has changes of, each with their number and its file."""
    listed = [
        {"month": month, "changes": count, "url": urls.api_changes(slug, month)}
        for month, count in months
    ]
    return {urls.api_changes(slug): api.encode(listed)}


def _months(plan: Plan) -> Iterator[Unit]:
    for changes in plan.project_changes if plan.config.api else ():
        months: defaultdict[str, list[int]] = defaultdict(list)
        for place in reversed(changes.by_place):
            months[urls.month(changes.by_place[place].date)].append(place)
        for month, places in sorted(months.items()):
            depends = plan.projects[changes.project], changes.fingerprint(places)
            key = changes.slug, month
            yield plan.unit("api-changes", key, depends, changes.at(places))


def _lists(plan: Plan) -> Iterator[Unit]:
    for changes in plan.project_changes if plan.config.api else ():
        counts: defaultdict[str, int] = defaultdict(int)
        for change in changes.by_place.values():
            counts[urls.month(change.date)] += 1
        months = tuple(sorted(counts.items(), reverse=True))
        yield plan.unit("api-changes-months", changes.slug, months, months)


API_CHANGES = PageKind("api-changes", _months, month_file)
API_CHANGES_MONTHS = PageKind("api-changes-months", _lists, months_file)
