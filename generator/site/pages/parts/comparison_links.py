"""Which versions of a series are compared, and the links to these comparisons."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from generator import urls
from generator.archive.series_versions import SeriesVersion

#: Two versions of a work: the newer series and the older.
ComparisonKey = tuple[int, int]


class VersionsLink(NamedTuple):
    """The comparison of two versions of a work; `is_here`: that of the page itself."""

    new_label: str
    old_label: str
    url: str
    is_here: bool


def pairs_to_show(versions: Iterable[SeriesVersion]) -> list[ComparisonKey]:
    """Which versions are compared: each with the one before it, and with the newest."""
    numbers = [version.series for version in versions]
    neighbours = [(new, old) for old, new in itertools.pairwise(numbers)]
    with_newest = [(numbers[-1], old) for old in numbers[:-1]]
    return list(dict.fromkeys(neighbours + with_newest))


def comparison_links(
    project_slug: str, versions: Sequence[SeriesVersion], here: ComparisonKey | None = None
) -> list[VersionsLink]:
    """The comparisons of some versions, none where there is only one; `here`: that of the page itself."""
    if not versions:
        return []
    labels = {version.series: version.label for version in versions}
    return [
        VersionsLink(
            labels[new], labels[old], urls.comparison(project_slug, new, old), (new, old) == here
        )
        for new, old in pairs_to_show(versions)
    ]
