"""Where the versions after a patch leave a line that a remark is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from generator import urls
from generator.archive import bundles
from generator.archive.bundle_types import MailBundle, SeriesBundle
from generator.archive.series_versions import SeriesVersion
from generator.diff.inline_comments import DiffPosition
from generator.diff.line_fate import PatchLines, VersionLines, fate, telling_line
from generator.diff.parse import FileDiff
from generator.diff.range_diff import Pair
from generator.mail import subject
from generator.model import Patch
from generator.site.build_context import Context
from generator.site.pages.parts.version_comparison import VersionPatch, compare_versions


@dataclass(frozen=True, slots=True)
class Later:
    """A line in a later version of its patch: `fate` is `changed`, `unchanged` or `gone`, with its file.

    series, label: the version that changed it, or the last one that certainly didn't. url: where that is
    compared with the version before.
    """

    fate: str
    series: int
    label: str
    url: str


class _Step(NamedTuple):
    """From a version of a patch to the next: `old` and `new` are its lines, `every` those of all patches."""

    version: SeriesVersion
    url: str
    old: PatchLines
    new: PatchLines
    every: VersionLines


def lines_later(
    context: Context,
    bundle: MailBundle[Patch],
    files: Sequence[FileDiff],
    places: Iterable[DiffPosition],
) -> dict[DiffPosition, Later]:
    """What became of lines of a patch (`files`: its diff) in the versions after, where that is certain.

    A line is followed as long as it stays the same.
    """
    found: dict[DiffPosition, Later] = {}
    lines = {place: telling_line(files[place.file], place) for place in places}
    followed = {place: (files[place.file].path, line) for place, line in lines.items() if line}
    for version, url, old, new, every in _steps(context, bundle, files):
        unchanged = {}
        for place, (path, line) in followed.items():
            if what := fate(path, line, old, new, every):
                found[place] = Later(what, version.series, version.label, url)
            if what == "unchanged":
                unchanged[place] = new.name(path), line
        followed = unchanged
        if not followed:
            break
    return found


def _steps(
    context: Context, bundle: MailBundle[Patch], files: Sequence[FileDiff]
) -> Iterator[_Step]:
    """From a patch to its newest version, as far as it certainly is the same patch."""
    series = bundle.series
    if not series:
        return
    patch, old = bundle.mail.id, PatchLines(files)
    for before, version in pairwise(series.versions_from_here):
        pair = _pair(context, series, before, version, patch)
        if not pair:
            return
        counterpart, url = pair
        new = PatchLines(context.diff(counterpart))
        yield _Step(version, url, old, new, _version_lines(context, series, version))
        patch, old = counterpart.id, new


def _pair(
    context: Context,
    series: SeriesBundle,
    before: SeriesVersion,
    version: SeriesVersion,
    patch: int,
) -> tuple[Patch, str] | None:
    """A patch of one version in the next, and where both are compared; None unless that is certain."""
    base = urls.comparison(series.project_slug, version.series, before.series)
    comparison = compare_versions(context, series, before, version)
    for at, (pair, was, now) in enumerate(comparison.patches(), 1):
        if was and was.id == patch:
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
