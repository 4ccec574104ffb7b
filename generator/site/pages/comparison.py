"""The page that compares two versions of a series, and the comparison itself, which other pages use, too."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from generator import urls
from generator.archive import people, queries, series_versions
from generator.diff import range_diff
from generator.diff.range_diff import Pair
from generator.mail import subject
from generator.model import Patch
from generator.site.build_context import Context, Files
from generator.site.html import diff
from generator.site.pages.parts.series_members import members
from generator.site.plan import Plan
from generator.site.registry import PageKind, Part, Stage, Unit

#: Trailers by which somebody else vouches for a patch.
_GIVEN = {"acked", "reviewed", "tested", "reported-and-tested"}

#: Two versions of a work: the newer series and the older.
ComparisonKey = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Side:
    """A patch of one version: `place` is its number in the series, or its place among the patches."""

    id: int
    place: int
    name: str
    url: str
    state: str


@dataclass(frozen=True, slots=True)
class Compared:
    """The patches of two versions, and what became of each."""

    old: list[Side]
    new: list[Side]
    pairs: list[Pair]


def pairs_to_show(versions: tuple[series_versions.SeriesVersion, ...]) -> list[ComparisonKey]:
    """Which versions are compared: each with the one before it, and with the newest."""
    numbers = [version.series for version in versions]
    neighbours = [(new, old) for old, new in itertools.pairwise(numbers)]
    with_newest = [(numbers[-1], old) for old in numbers[:-1]]
    return list(dict.fromkeys(neighbours + with_newest))


def compared(context: Context, old: int, new: int, project_slug: str) -> Compared:
    """Compare two series, the older one first."""

    def read() -> tuple[Compared, int]:
        was, old_lines = _side(context, old, project_slug)
        now, new_lines = _side(context, new, project_slug)
        found = Compared(was, now, range_diff.compare(old_lines, new_lines))
        return found, 1000 + 100 * sum(len(pair.message) + len(pair.diff) for pair in found.pairs)

    return context.recent.get(("compared", old, new), read)


def _side(
    context: Context, number: int, project_slug: str
) -> tuple[list[Side], list[range_diff.PatchText]]:
    series = queries.series(context.archive, number)
    sides: list[Side] = []
    lines: list[range_diff.PatchText] = []
    for member in members(context.archive, number, series, project_slug):
        if member.row and member.url:
            place = member.number if member.number is not None else len(sides) + 1
            name = member.name or "(no subject)"
            sides.append(Side(member.row.id, place, name, member.url, member.row.state))
            lines.append(_lines(context, queries.patch(context.archive, member.row.id)[1]))
    return sides, lines


def _lines(context: Context, patch: Patch) -> range_diff.PatchText:
    def read() -> tuple[range_diff.PatchText, int]:
        content = patch.content if isinstance(patch.content, str) else ""
        text = patch.diff if isinstance(patch.diff, str) else ""
        title = subject.parse(patch.name or "").title
        return range_diff.version(title, content, context.diff(patch)), len(content) + len(text)

    return context.recent.get(("lines", patch.id), read)


def comparison_page(context: Context, key: ComparisonKey) -> Files:
    """What changed from one version of a series to a later one, patch by patch."""
    new, old = key
    archive = context.archive
    project_slug, project = context.project(queries.project_of_series(archive, new))
    url = urls.comparison(project_slug, new, old)
    versions = {version.series: version for version in series_versions.versions_of(archive, new)}
    found = compared(context, old, new, project_slug)
    page = context.renderer.render(
        "comparison.html",
        url,
        project=project,
        project_url=urls.project(project_slug),
        old=versions[old],
        new=versions[new],
        old_url=urls.series(project_slug, old),
        new_url=urls.series(project_slug, new),
        others=[
            (
                versions[a].label,
                versions[b].label,
                urls.comparison(project_slug, a, b),
                (a, b) == key,
            )
            for a, b in pairs_to_show(tuple(versions.values()))
        ],
        pairs=[_shown(context, found, pair) for pair in found.pairs],
    )
    return {urls.file_of(url): page}


def _shown(context: Context, found: Compared, pair: Pair) -> dict[str, Any]:
    old = found.old[pair.old] if pair.old is not None else None
    new = found.new[pair.new] if pair.new is not None else None
    return {
        "kind": pair.kind,
        "moved": pair.moved,
        "old": old,
        "new": new,
        "message": diff.pair_rows(pair.message),
        "diff": diff.pair_rows(pair.diff),
        "trailers": _trailers(context, old, new) if old else [],
    }


def _trailers(context: Context, old: Side, new: Side | None) -> list[dict[str, Any]]:
    """Who vouched for the old form of a patch in replies, and whether the new form says so."""
    if not new:
        return []
    said = _said(context, [("patch", new.id)])
    replies = [("patch-comment", n) for n in people.comment_numbers(context.archive, old.id)]
    known = _said(context, [("patch", old.id)])
    return [
        {"tag": f"{tag.capitalize()}-by", "name": name, "carried": (tag, name.lower()) in said}
        for (tag, _), name in _said(context, replies).items()
        if (tag, name.lower()) not in known
    ]


def _said(context: Context, mails: list[tuple[str, int]]) -> dict[tuple[str, str], str]:
    """(tag, name in lower case) → name of those who vouch for something in some mails."""
    found = {}
    for kind, number in mails:
        for tag, name in people.trailers(context.archive, kind, number):
            if tag in _GIVEN:
                found[tag, name.lower()] = name
    return found


def forgotten(context: Context, old: int, new: int, project_slug: str) -> list[dict[str, Any]]:
    """Trailers that replies gave to patches of a version and that the next one doesn't have."""
    found = compared(context, old, new, project_slug)
    missed = []
    for pair in found.pairs:
        if pair.old is not None and pair.new is not None:
            was, now = found.old[pair.old], found.new[pair.new]
            missed += [
                {**told, "patch": now}
                for told in _trailers(context, was, now)
                if not told["carried"]
            ]
    return missed


def _units(plan: Plan) -> Iterator[Unit]:
    prints = plan.fingerprints
    for work, versions in prints.works.items():
        for key in pairs_to_show(versions):
            mails = [(prints.series.get(series), prints.series_mails.get(series)) for series in key]
            project = plan.projects[prints.series_projects[key[0]]]
            yield plan.unit("comparison", key, (mails, project), group=work)


COMPARISON = PageKind(
    "comparison",
    _units,
    lambda context, key, _: comparison_page(context, key),
    templates=("comparison.html",),
    stage=Stage.OBJECTS,
    part=Part.MAILS,
)
