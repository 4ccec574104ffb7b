"""The page that compares two versions of a series."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from generator import urls
from generator.archive import bundles
from generator.archive.people import PatchTrailers
from generator.archive.series_versions import SeriesVersion
from generator.diff.range_diff import Pair
from generator.model import Project
from generator.site.build_context import Context, Files
from generator.site.html import diff
from generator.site.pages.parts.comparison_links import (
    ComparisonKey,
    VersionsLink,
    comparison_links,
    pairs_to_show,
)
from generator.site.pages.parts.version_comparison import (
    CarriedTrailer,
    VersionPatch,
    carried_trailers,
    compare_versions,
)
from generator.site.plan import Plan
from generator.site.registry import PageKind, Part, Stage, Unit


@dataclass(frozen=True, slots=True)
class ComparedPatch:
    """A patch in both versions or in one. kind and moved are those of a Pair; message, diff are rows."""

    kind: str
    moved: bool
    old: VersionPatch | None
    new: VersionPatch | None
    message: Markup
    diff: Markup
    trailers: list[CarriedTrailer]


@dataclass(frozen=True)
class ComparisonView:
    """What `comparison.html` shows."""

    project: Project
    project_url: str
    old: SeriesVersion
    new: SeriesVersion
    old_url: str
    new_url: str
    others: list[VersionsLink]
    pairs: list[ComparedPatch]


def comparison_page(context: Context, key: ComparisonKey) -> Files:
    """What changed from one version of a series to a later one, patch by patch."""
    new, old = key
    bundle = bundles.series_bundle(context.archive, new)
    slug = bundle.project_slug
    url = urls.comparison(slug, new, old)
    versions = {version.series: version for version in bundle.versions}
    older = bundles.version_bundle(context.archive, bundle, versions[old])
    trailers = bundles.trailers_of(context.archive, older, bundle)
    comparison = compare_versions(context, bundle, versions[old], versions[new])
    view = ComparisonView(
        project=bundle.project,
        project_url=urls.project(slug),
        old=versions[old],
        new=versions[new],
        old_url=urls.series(slug, old),
        new_url=urls.series(slug, new),
        others=comparison_links(slug, bundle.versions, key),
        pairs=[
            _compared_patch(pair, was, now, trailers) for pair, was, now in comparison.patches()
        ],
    )
    return {urls.file_of(url): context.render("comparison.html", url, view)}


def _compared_patch(
    pair: Pair,
    old: VersionPatch | None,
    new: VersionPatch | None,
    trailers: dict[int, PatchTrailers],
) -> ComparedPatch:
    return ComparedPatch(
        pair.kind,
        pair.moved,
        old,
        new,
        diff.pair_rows(pair.message),
        diff.pair_rows(pair.diff),
        carried_trailers(trailers, old, new) if old and new else [],
    )


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
