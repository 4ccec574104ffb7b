"""Where the pages of a series lead: its patches, its other versions, and what became of each patch there."""

from __future__ import annotations

from dataclasses import dataclass

from generator import urls
from generator.archive.bundle_types import SeriesBundle
from generator.archive.series_versions import SeriesVersion
from generator.site.build_context import SERIES_FEED_DAYS, Context
from generator.site.pages.parts.dependency_links import DependencyLinks, dependency_links
from generator.site.pages.parts.series_members import Member, members, total_of
from generator.site.pages.parts.version_comparison import compare_versions


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What a patch is in another version, as their comparison says; no url: it isn't there."""

    kind: str
    url: str | None
    changes_url: str


@dataclass(frozen=True, slots=True)
class VersionLink:
    """A version of a series in the bar of versions. `is_here`: the page belongs to it."""

    label: str
    url: str
    date: int
    state: str
    is_here: bool
    is_newest: bool


@dataclass(frozen=True, slots=True)
class NewerVersion:
    """The newest version of a series that was superseded; `date` is its day."""

    label: str
    url: str
    date: str


@dataclass(frozen=True, slots=True)
class ComparisonLink:
    """The page that shows what changed to the newest version, or from the one before to it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class SeriesNavigation:
    """The links that the pages of a series share.

    places: by patch, where it is in members. total: how many patches the series has by its own account; 0
    where nothing says so. thread_url: None where a mail's page shows the whole thread. has_feed: whether
    there is a feed of the series. counterparts: by
    patch, in the newest version; for the patches of that, in the one before.
    """

    members: list[Member]
    places: dict[int, int]
    total: int
    thread_url: str | None
    has_feed: bool
    versions: list[VersionLink]
    newer: NewerVersion | None
    comparison: ComparisonLink | None
    counterparts: dict[int, Counterpart]
    dependencies: DependencyLinks


def series_navigation(context: Context, bundle: SeriesBundle) -> SeriesNavigation:
    """The links that the pages of a series share."""

    def build() -> tuple[SeriesNavigation, int]:
        mails = len(bundle.rows) + bool(bundle.cover)
        has_thread = bundle.comment_count and mails > 1
        feeds_since = bundle.newest - SERIES_FEED_DAYS * 86400
        old_and_new = _compared_versions(bundle)
        every = members(bundle)
        links = SeriesNavigation(
            every,
            {member.row.id: at for at, member in enumerate(every) if member.row},
            total_of(bundle.series, bundle.rows),
            urls.thread(bundle.project_slug, bundle.id) if has_thread else None,
            any(row.date >= feeds_since for row in bundle.rows),
            [_version_link(bundle, version) for version in bundle.versions],
            None if _is_newest(bundle) else _newer_version(bundle),
            _comparison_link(bundle, *old_and_new) if old_and_new else None,
            _counterparts(context, bundle, *old_and_new) if old_and_new else {},
            dependency_links(bundle.dependencies),
        )
        return links, 1000 + 200 * len(links.members)

    key = "series navigation", bundle.id, bundle.project.id
    return context.recent.get(key, build, large="series navigation")


def _is_newest(bundle: SeriesBundle) -> bool:
    return not bundle.versions or bundle.versions[-1].series == bundle.id


def _compared_versions(bundle: SeriesBundle) -> tuple[SeriesVersion, SeriesVersion] | None:
    """(older, newer): this version and the newest; for that itself, the one before and it."""
    if not bundle.versions:
        return None
    if _is_newest(bundle):
        return bundle.versions[-2], bundle.versions[-1]
    own = next(version for version in bundle.versions if version.series == bundle.id)
    return own, bundle.versions[-1]


def _version_link(bundle: SeriesBundle, version: SeriesVersion) -> VersionLink:
    return VersionLink(
        version.label,
        urls.series(bundle.project_slug, version.series),
        version.date,
        version.state,
        version.series == bundle.id,
        version is bundle.versions[-1],
    )


def _newer_version(bundle: SeriesBundle) -> NewerVersion:
    newest = bundle.versions[-1]
    url = urls.series(bundle.project_slug, newest.series)
    return NewerVersion(newest.label, url, urls.day(newest.date))


def _comparison_link(
    bundle: SeriesBundle, old: SeriesVersion, new: SeriesVersion
) -> ComparisonLink:
    label = f"changes since {old.label}" if _is_newest(bundle) else f"changes up to {new.label}"
    return ComparisonLink(label, urls.comparison(bundle.project_slug, new.series, old.series))


def _counterparts(
    context: Context, bundle: SeriesBundle, old: SeriesVersion, new: SeriesVersion
) -> dict[int, Counterpart]:
    """By patch of a series: what it is in the newest version, or was in the one before that."""
    comparison = compare_versions(context, bundle, old, new)
    base = urls.comparison(bundle.project_slug, new.series, old.series)
    counterparts = {}
    for at, (pair, was, now) in enumerate(comparison.patches(), 1):
        own, other = (now, was) if _is_newest(bundle) else (was, now)
        if own:
            url = other.url if other else None
            counterparts[own.id] = Counterpart(pair.kind, url, f"{base}#p{at}")
    return counterparts
