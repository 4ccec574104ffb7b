"""Two versions of a series compared: which patches are pairs, and which trailers were carried over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from generator.archive import bundles
from generator.archive.bundle_types import SeriesBundle
from generator.archive.people import PatchTrailers
from generator.archive.series_versions import SeriesVersion
from generator.diff import range_diff
from generator.diff.range_diff import Pair
from generator.mail import subject
from generator.mail.encoded_words import decoded
from generator.model import Patch
from generator.site.build_context import Context
from generator.site.pages.parts.series_members import members

#: Trailers by which somebody else vouches for a patch.
_VOUCHING = {"acked", "reviewed", "tested", "reported-and-tested"}


@dataclass(frozen=True, slots=True)
class VersionPatch:
    """A patch of a version: `place` is its number in the series, or its place among the patches."""

    id: int
    place: int
    name: str
    url: str
    state: str


@dataclass(frozen=True, slots=True)
class VersionComparison:
    """The patches of two versions, and what became of each."""

    old: list[VersionPatch]
    new: list[VersionPatch]
    pairs: list[Pair]

    def patches(self) -> Iterator[tuple[Pair, VersionPatch | None, VersionPatch | None]]:
        """Each pair with its patch in the old and in the new version."""
        for pair in self.pairs:
            old = None if pair.old is None else self.old[pair.old]
            new = None if pair.new is None else self.new[pair.new]
            yield pair, old, new


@dataclass(frozen=True, slots=True)
class CarriedTrailer:
    """A trailer that a reply gave to a patch, and whether the next version of the patch has it."""

    tag: str
    name: str
    carried: bool
    patch: VersionPatch


def compare_versions(
    context: Context, bundle: SeriesBundle, old: SeriesVersion, new: SeriesVersion
) -> VersionComparison:
    """Compare two versions of a series. The mails are read only where the comparison is not cached."""

    def build() -> tuple[VersionComparison, int]:
        was, old_texts = _version(context, bundle, old)
        now, new_texts = _version(context, bundle, new)
        pairs = range_diff.compare(old_texts, new_texts)
        if new.is_partial:
            pairs = list(_with_missing(was, now, pairs))
        size = sum(len(pair.message) + len(pair.diff) for pair in pairs)
        return VersionComparison(was, now, pairs), 1000 + 100 * size

    return context.recent.get(("version comparison", old.series, new.series), build)


def _with_missing(
    was: list[VersionPatch], now: list[VersionPatch], pairs: list[Pair]
) -> Iterator[Pair]:
    """The pairs of a partial version: `missing` in place of `dropped` where the patch's number is lacking."""
    places = {patch.place for patch in now}
    for pair in pairs:
        is_missing = (
            pair.kind == "dropped" and pair.old is not None and was[pair.old].place not in places
        )
        yield replace(pair, kind="missing") if is_missing else pair


def _version(
    context: Context, bundle: SeriesBundle, version: SeriesVersion
) -> tuple[list[VersionPatch], list[range_diff.PatchText]]:
    other = bundles.version_bundle(context.archive, bundle, version)
    patches = {patch.id: patch for patch in bundles.patches_of(context.archive, other)}
    every: list[VersionPatch] = []
    texts: list[range_diff.PatchText] = []
    for member in members(other):
        if member.row and member.url:
            place = member.number if member.number is not None else len(every) + 1
            name = member.name or "(no subject)"
            every.append(VersionPatch(member.row.id, place, name, member.url, member.row.state))
            texts.append(_text(context, patches[member.row.id]))
    return every, texts


def _text(context: Context, patch: Patch) -> range_diff.PatchText:
    def build() -> tuple[range_diff.PatchText, int]:
        content = patch.content if isinstance(patch.content, str) else ""
        text = patch.diff if isinstance(patch.diff, str) else ""
        title = subject.parse(decoded(patch.name or "")).title
        return range_diff.version(title, content, context.diff(patch)), len(content) + len(text)

    return context.recent.get(("patch text", patch.id), build)


def carried_trailers(
    trailers: dict[int, PatchTrailers], old: VersionPatch, new: VersionPatch
) -> list[CarriedTrailer]:
    """The review trailers that replies gave to the old form of a patch, and whether the new form has them."""
    own_old = _vouching(trailers[old.id].own)
    own_new = _vouching(trailers[new.id].own)
    return [
        CarriedTrailer(f"{tag.capitalize()}-by", name, (tag, lower) in own_new, new)
        for (tag, lower), name in _vouching(trailers[old.id].given).items()
        if (tag, lower) not in own_old
    ]


def _vouching(trailers: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """(tag, name in lower case) → name of those who gave a patch a trailer in _VOUCHING."""
    return {(tag, name.lower()): name for tag, name in trailers if tag in _VOUCHING}
