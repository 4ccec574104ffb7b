"""What the pages of folders and subsystems show of their changes, and the feed of these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from generator import urls
from generator.site.build_context import Context
from generator.site.change_selection import Selection
from generator.site.pages.parts.change_rows import ChangeRow, change_rows

#: How many of a place's changes its feed has, the newest of those on its page.
_IN_FEED = 20


class ActivePerson(NamedTuple):
    """Somebody who takes part in changes of a place: in how many."""

    name: str
    url: str
    changes: int


@dataclass(frozen=True)
class SelectionView:
    """What `folder.html` and `area.html` show of changes. URLs are relative to the site's root.

    statuses: (status, changes) of those that wait; waiting, newest: the newest of these and of the others.
    """

    changes: int
    waiting_count: int
    statuses: list[tuple[str, int]]
    waiting: list[ChangeRow]
    newest: list[ChangeRow]
    senders: list[ActivePerson]
    commenters: list[ActivePerson]

    def in_feed(self) -> list[ChangeRow]:
        """The changes that the place's feed has, newest first."""
        return sorted([*self.waiting, *self.newest], key=lambda row: -row.change.date)[:_IN_FEED]


def selection_view(context: Context, selection: Selection) -> SelectionView:
    """The changes of a place with their links."""
    return SelectionView(
        changes=selection.changes,
        waiting_count=selection.open,
        statuses=[(str(status), count) for status, count in selection.statuses],
        waiting=change_rows(context, selection.waiting),
        newest=change_rows(context, selection.newest),
        senders=_people(selection.senders),
        commenters=_people(selection.commenters),
    )


def _people(found: tuple[tuple[int, str, int], ...]) -> list[ActivePerson]:
    return [ActivePerson(name, urls.person(number), count) for number, name, count in found]
