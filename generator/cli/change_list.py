"""What `stillwork changes` prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import click

from generator import urls
from generator.archive import change_filters, changes, landed, vocabulary
from generator.archive.change_json import page_url
from generator.archive.change_status import UNSETTLED, ChangeStatus
from generator.archive.changes import Change
from generator.archive.database import Archive
from generator.archive.maintainers import Maintained
from generator.cli.reports import counted
from generator.config import Config


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which changes to print."""

    area: str | None
    person: str | None
    statuses: tuple[ChangeStatus, ...]


def statuses(names: tuple[str, ...]) -> tuple[ChangeStatus, ...]:
    """The statuses of these names, or else all in which a change waits; raises UsageError for others."""
    try:
        return tuple(map(ChangeStatus, names)) or UNSETTLED
    except ValueError:
        known = ", ".join(f"'{one}'" for one in ChangeStatus)
        raise click.UsageError(f"unknown status; the statuses are {known}") from None


def found(
    archive: Archive, config: Config, wanted: Wanted, maintained: Mapping[int, Maintained]
) -> list[Change]:
    """The changes that are wanted, those with the newest mail first. maintained: subsystems by project."""
    every = (
        change
        for change in changes.changes(
            archive,
            open_states=vocabulary.open_states(archive, config.open_states),
            stale_days=config.stale_days,
            landed=landed.commits_of_patches(archive),
        )
        if change.verdict.status in wanted.statuses
        and (wanted.person is None or change_filters.takes_part(change, wanted.person))
        and (
            wanted.area is None or change_filters.touches(archive, change, wanted.area, maintained)
        )
    )
    return sorted(every, key=lambda c: (-c.last_activity, c.project, c.kind, c.id))


def lines(archive: Archive, change: Change) -> list[str]:
    """A change for people: its title with what was done, its status with the reason, its page."""
    about = f"{change.reviewed} of {counted(len(change.patches), 'patch')} reviewed"
    if change.failing:
        about += f", {counted(change.failing, 'patch')} with failing checks"
    if change.remarks:
        about += f", {counted(change.remarks, 'open remark')}"
    sender = change.people[0] if change.people else None
    by = f", {sender.name or sender.email}" if sender else ""
    verdict = change.verdict
    return [
        f"{urls.day(change.date)}  {change.name or '(no subject)'}  ({about}{by})",
        f"    {verdict.status}: {verdict.reason}",
        f"    {page_url(archive, change)}",
    ]
