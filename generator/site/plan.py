"""What the site is made of, and what each part depends on. Reads no mail's text."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import generator
from generator.archive import changes, maintainers, planning, server_clock, vocabulary
from generator.archive.change_status import Verdict
from generator.archive.changes import Change
from generator.archive.maintainers import Maintained, Touched
from generator.archive.patch_bundles import PublicBundle, public_bundles
from generator.site.areas import AreaLink, ProjectAreas, links
from generator.site.asked_for import AskedFor, asked_for
from generator.site.build_context import SERIES_FEED_DAYS, Context
from generator.site.change_lists import ProjectChanges, by_person
from generator.site.facets import ProjectPatches
from generator.site.fingerprints import Fingerprints, digest
from generator.site.folders import ProjectFolders
from generator.site.pages.authored import AuthoredPage
from generator.site.registry import AnyKind, Part, SitemapEntry, Unit, kinds


class Plan:
    """Everything that the site consists of, as units; and what the kinds of page ask to name theirs.

    `pages` are those that the archive's owner wrote. The two parts of a plan don't need each other.
    """

    def __init__(self, context: Context, pages: list[AuthoredPage]) -> None:
        self.archive = context.archive
        self.config = context.config
        self.context = context
        self.pages = pages
        self.fingerprints = Fingerprints(context.archive)
        self._base = {name: self._base_of(kind) for name, kind in kinds().items()}

    def units(self, part: Part) -> Iterator[Unit]:
        """The units of one part. Those of a kind come together, objects by number."""
        for kind in kinds().values():
            if kind.part is part:
                yield from kind.units(self)

    def unit(
        self, kind: str, key: Any, depends: Any, payload: Any = None, *, group: int = 0
    ) -> Unit:
        """A unit that has to be made again when anything in `depends`, the templates or the code changes."""
        return Unit(kind, key, digest(self._base[kind], key, depends), payload, group)

    def group(self, series: int | None) -> int:
        """The units of a series, and of its other versions, are made one after the other."""
        return self.fingerprints.work_of.get(series, series) if series is not None else 0

    def series_depends(self, series: int) -> bytes:
        """What a row that shows a series depends on: its mails, what is known of it, its project."""
        prints = self.fingerprints
        return digest(
            prints.series_mails.get(series),
            prints.series.get(series),
            prints.deletions["series"].get(series),
            self.projects[prints.series_projects[series]],
        )

    def _base_of(self, kind: AnyKind) -> bytes:
        """What every unit of a kind depends on."""
        context = self.context
        common = context.config.digest(), code_digest()
        if not kind.templates:
            return digest(common)
        navigation = [(page.slug, page.title, page.nav) for page in self.pages]
        templates = [context.renderer.digest(name) for name in kind.templates]
        return digest(common, navigation, templates)

    @cached_property
    def projects(self) -> dict[int, int]:
        """The digest of each project."""
        return planning.project_digests(self.archive)

    @cached_property
    def series_with_feed(self) -> set[int]:
        """The series that have a feed."""
        since = self.context.feeds_since(SERIES_FEED_DAYS)
        return planning.series_since(self.archive, since)

    @cached_property
    def server_zone(self) -> str:
        """The zone of the server's clock; empty where it isn't known."""
        return self.config.time_zone or server_clock.server_zone(self.archive)

    @cached_property
    def open_states(self) -> list[str]:
        """The states in which a patch still waits for somebody."""
        return vocabulary.open_states(self.archive, self.config.open_states)

    @cached_property
    def project_patches(self) -> list[ProjectPatches]:
        """The patches of each project, by its number."""
        return [ProjectPatches(self.archive, number, self.fingerprints) for number in self.projects]

    @cached_property
    def bundles(self) -> list[PublicBundle]:
        """The public bundles, by number."""
        return list(public_bundles(self.archive))

    @cached_property
    def project_changes(self) -> list[ProjectChanges]:
        """The changes of each project, by its number."""
        found = {number: list(group) for number, group in groupby(self._changes(), _project_of)}
        return [
            ProjectChanges(patches, found.get(patches.project, ()), self.fingerprints.works)
            for patches in self.project_patches
        ]

    @cached_property
    def verdicts(self) -> dict[int, Verdict]:
        """The status of each change that is a series, by its newest version."""
        found = ((change.newest, change.verdict) for change in self._changes())
        return {series: verdict for series, verdict in found if series is not None}

    @cached_property
    def waiting_by_person(self) -> dict[int, list[tuple[ProjectChanges, int]]]:
        """By person who takes part in a change that waits for somebody: the project, and its place."""
        return by_person(self.project_changes)

    @cached_property
    def project_folders(self) -> list[ProjectFolders]:
        """The folders that the changes of each project touch, by its number."""
        return [ProjectFolders(self.archive, changes) for changes in self.project_changes]

    @cached_property
    def maintained(self) -> dict[int, Maintained]:
        """What their MAINTAINERS files say of projects, by number."""
        return maintainers.read(self.archive, self.config, self.context.content)[0]

    @cached_property
    def touched(self) -> dict[int, Touched]:
        """The subsystems that patches of these projects touch."""
        every = self.maintained.items()
        return {number: maintainers.touched(self.archive, number, one) for number, one in every}

    @cached_property
    def project_areas(self) -> dict[int, ProjectAreas]:
        """The subsystems of these projects, with their changes."""
        return {
            one.project: ProjectAreas(
                one,
                self.maintained[one.project],
                self.touched[one.project],
                self.people_with_page,
            )
            for one in self.project_changes
            if one.project in self.maintained
        }

    @cached_property
    def people_with_page(self) -> dict[str, int]:
        """The numbers of those who have a page, by address in lower case."""
        with_page = self.fingerprints.activity
        rows = planning.numbered(self.archive, "person")
        people = {email.lower(): number for number, _, email in rows if number in with_page}
        people.pop("", None)
        return people

    @cached_property
    def asked_by_person(self) -> dict[int, AskedFor]:
        """By person: the changes of others that wait for a review by them."""
        people = self.people_with_page
        return asked_for(self.archive, self.project_changes, self.project_areas, people)

    def areas_of_patch(self, project: int, patch: int) -> tuple[AreaLink, ...]:
        """The pages of the subsystems that a patch touches."""
        return self._areas(project, lambda found: found.by_patch.get(patch))

    def areas_of_series(self, project: int, series: int) -> tuple[AreaLink, ...]:
        """The pages of the subsystems that a series touches."""
        return self._areas(project, lambda found: found.by_series.get(series))

    def _areas(
        self, project: int, numbers: Callable[[Touched], tuple[int, ...] | None]
    ) -> tuple[AreaLink, ...]:
        if project not in self.touched or not (found := numbers(self.touched[project])):
            return ()
        return links(self.project_slugs[project], self.maintained[project], found)

    @cached_property
    def project_slugs(self) -> dict[int, str]:
        """The folder name of each project, by number."""
        return planning.project_slugs(self.archive)

    def _changes(self) -> Iterator[Change]:
        return changes.changes(
            self.archive,
            open_states=self.open_states,
            stale_days=self.config.stale_days,
            landed=self.fingerprints.commits,
        )

    def sitemap(self) -> Iterator[SitemapEntry]:
        """What the sitemap lists: kinds that grow with every mail last, so that few of its parts change."""
        growing_last = sorted(kinds().values(), key=lambda kind: (-kind.stage, kind.name))
        for kind in growing_last:
            if kind.sitemap:
                yield from kind.sitemap(self)


def _project_of(change: Change) -> int:
    return change.project


@cache
def code_digest() -> bytes:
    """A digest of this package's own code: another Stillwork may make other pages."""
    state = hashlib.blake2b(digest_size=8)
    for path in sorted(Path(generator.__file__).parent.rglob("*.py")):
        state.update(path.read_bytes())
    return state.digest()
