"""Changes as lists show them, a row each: where they lead, why they have their status, their patches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from generator import urls
from generator.archive import series_versions
from generator.archive.change_json import mail_url
from generator.archive.change_status import ChangeStatus
from generator.archive.changes import Change
from generator.archive.patch_rows import PatchRow, patch_rows
from generator.site.build_context import Context


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change in a list; URLs are relative to the site's root.

    url: the page of the newest version. reason_url: the mail that the status rests on. label: which version
    the newest is, empty for the only one. versions: (label, URL) of the earlier ones. patches: those of the
    newest version.
    """

    change: Change
    project_url: str
    url: str
    reason_url: str
    label: str
    versions: list[tuple[str, str]]
    patches: list[PatchRow]


def change_rows(context: Context, changes: Sequence[Change]) -> list[ChangeRow]:
    """The rows of some changes, in their order."""
    rows = patch_rows(context.archive, [n for change in changes for n in change.patches])
    by_number = {row.id: row for row in rows}
    return [
        _row(context, change, [by_number[number] for number in change.patches])
        for change in changes
    ]


class FolderLink(NamedTuple):
    """A folder inside another one: its URL is its page's, or else that of a search for its patches."""

    name: str
    url: str
    changes: int
    waiting: int


def status_counts(
    project_slug: str, statuses: Sequence[tuple[ChangeStatus, int]]
) -> list[tuple[str, str, int]]:
    """(status, URL of its list, changes) of a project's changes that wait."""
    return [(str(s), urls.changes(project_slug, s), count) for s, count in statuses]


def change_url(context: Context, change: Change, patches: Sequence[PatchRow]) -> str:
    """The page of the newest version of a change."""
    slug = context.project(change.project)[0]
    if change.newest is None:
        return urls.patch(slug, patches[0].slug)
    return urls.series(slug, change.newest)


def _row(context: Context, change: Change, patches: list[PatchRow]) -> ChangeRow:
    slug = context.project(change.project)[0]
    label, earlier = "", []
    if len(change.versions) > 1:
        versions = series_versions.versions_of(context.archive, change.versions[-1])
        labels = {version.series: version.label for version in versions}
        label = labels.get(change.versions[-1], "")
        earlier = [
            (labels.get(number, ""), urls.series(slug, number)) for number in change.versions[:-1]
        ]
    return ChangeRow(
        change=change,
        project_url=urls.project(slug),
        url=change_url(context, change, patches),
        reason_url=mail_url(context.archive, change.verdict.place),
        label=label,
        versions=earlier,
        patches=patches,
    )
