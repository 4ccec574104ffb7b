"""Where the next version of a patch leaves a line that a remark is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from generator import urls
from generator.archive import bundles
from generator.archive.bundles import MailBundle, SeriesBundle
from generator.archive.series_versions import SeriesVersion
from generator.diff.inline_comments import DiffPosition
from generator.diff.line_fate import PatchLines, VersionLines, fate
from generator.diff.parse import FileDiff
from generator.diff.range_diff import Pair
from generator.mail import subject
from generator.model import Patch
from generator.site.build_context import Context
from generator.site.pages.parts.version_comparison import VersionPatch, compare_versions


@dataclass(frozen=True, slots=True)
class Later:
    """A line in the next version of its patch: `fate` is `changed`, `unchanged` or `gone`, with its file.

    label: the version. url: where it is compared with this one.
    """

    fate: str
    label: str
    url: str


def lines_later(
    context: Context, bundle: MailBundle[Patch], files: Sequence[FileDiff]
) -> Callable[[DiffPosition], Later | None]:
    """What became of each line of a patch (`files`: its diff) in the next version, where that is certain."""
    series = bundle.series
    following = series.next_version if series else None
    pair = _pair(context, series, following, bundle.mail) if series and following else None
    if not series or not following or not pair:
        return lambda place: None
    counterpart, url = pair
    version = _version_lines(context, series, following)
    old, new = PatchLines(files), PatchLines(context.diff(counterpart))

    def later(place: DiffPosition) -> Later | None:
        found = fate(files[place.file], place, old, new, version)
        return Later(found, following.label, url) if found else None

    return later


def _pair(
    context: Context, series: SeriesBundle, following: SeriesVersion, patch: Patch
) -> tuple[Patch, str] | None:
    """The same patch in the next version, and where both are compared; None unless that is certain."""
    own = next(version for version in series.versions if version.series == series.id)
    base = urls.comparison(series.project_slug, following.series, own.series)
    comparison = compare_versions(context, series, own, following)
    for at, (pair, was, now) in enumerate(comparison.patches(), 1):
        if was and was.id == patch.id:
            if not now or not _is_certain(pair, was, now):
                return None
            return bundles.patch_of(context.archive, now.id), f"{base}#p{at}"
    return None


def _is_certain(pair: Pair, was: VersionPatch, now: VersionPatch) -> bool:
    """Whether two patches are one for sure: git pairs them, or they have the same title."""
    return pair.kind != "rewritten" or _topic(was) == _topic(now)


def _topic(patch: VersionPatch) -> str:
    return subject.topic(subject.parse(patch.name).title)


def _version_lines(
    context: Context, series: SeriesBundle, following: SeriesVersion
) -> VersionLines:
    def build() -> tuple[VersionLines, int]:
        version = bundles.version_bundle(context.archive, series, following)
        patches = bundles.patches_of(context.archive, version)
        lines = VersionLines(map(context.diff, patches), is_whole=not following.is_partial)
        return lines, 1000 + sum(len(patch.diff or "") for patch in patches)

    key = "version lines", following.series
    return context.recent.get(key, build, large="version lines")
