"""Links to what a series depends on, and to what depends on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator import urls
from generator.archive.series_dependencies import DependencySeries, SeriesDependencies


@dataclass(frozen=True, slots=True)
class DependencyLink:
    """A series. url: None where the archive lacks it; `name` then is its address or message id.

    mbox_url: its patches, None where none is archived.
    """

    name: str
    url: str | None
    mbox_url: str | None


@dataclass(frozen=True, slots=True)
class DependencyLinks:
    """See SeriesDependencies. can_apply: whether all that is to be applied first is in the archive."""

    needs: list[DependencyLink]
    needed_by: list[DependencyLink]
    order: list[DependencyLink]
    is_cut: bool
    can_apply: bool


def dependency_links(dependencies: SeriesDependencies) -> DependencyLinks:
    """What pages show of the dependencies of a series."""
    needs, order = _links(dependencies.needs), _links(dependencies.order)
    is_whole = not dependencies.is_cut and all(link.url for link in needs)
    return DependencyLinks(
        needs,
        _links(dependencies.needed_by),
        order,
        dependencies.is_cut,
        is_whole and all(link.mbox_url for link in order),
    )


def _links(every: Sequence[DependencySeries]) -> list[DependencyLink]:
    return [
        DependencyLink(other.name, None, None)
        if other.series is None
        else DependencyLink(
            other.name,
            urls.series(other.project, other.series),
            urls.series_mbox(other.series) if other.patches else None,
        )
        for other in every
    ]
