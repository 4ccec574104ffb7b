"""Puts mails together into series, for those that came without: Patchwork has kept series since 2.0 only.

Source: `find_series` and `parse_mail` in Patchwork's parser. As there, a cover letter begins a series, and so
does a patch that finds none. A patch finds one by the mails that it answers, nearest first, or else by who
sent it, its version, how many patches there are, and the time. A series has each number once.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from generator.mail import subject

#: Patches that share nothing but sender, version and total are sent within so many seconds (in Patchwork
#: SERIES_DELAY_INTERVAL), and those of another version that answer a series.
WINDOW = 20 * 60
#: How many series of the same sender, version, total and time are tried, newest first.
_LOOK_BACK = 64
_VERSION_IN_TITLE = re.compile(r"\([vV](\d{1,4})\)")

#: The number of a patch in its series: (2, 0), and (2, 5) for `2.5/7`.
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SentMail:
    """A patch, or a cover letter. `date`: by its sender's clock, in seconds since 1970.

    answers: the message ids that it replies to, nearest first. All message ids are without `<>`.
    """

    id: int
    is_cover: bool
    project: int
    sender: int | None
    date: int
    msgid: str
    name: str
    answers: tuple[str, ...] = ()


@dataclass(slots=True)
class Group:
    """A series. `total`: how many patches it has by its own account. `patches`: as they arrived, by place."""

    project: int
    sender: int | None
    version: int
    total: int
    date: int
    cover: SentMail | None = None
    patches: dict[Place, SentMail] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The cover letter's title, else the name of the first patch; empty where there is neither."""
        if self.cover:
            return subject.parse(self.cover.name).title
        first = self.patches.get((1, 0))
        return first.name if first else ""

    @property
    def mails(self) -> list[SentMail]:
        """All its mails, the cover letter first."""
        return [*([self.cover] if self.cover else []), *self.patches.values()]


def grouped(mails: Iterable[SentMail]) -> list[Group]:
    """The series that some mails make, in the order of their numbers; a cover letter alone makes none.

    The order of the mails given does not matter: they count as having arrived in the order of their numbers,
    cover letters first.
    """
    groups = _Groups()
    for mail in sorted(mails, key=lambda mail: (not mail.is_cover, mail.id)):
        groups.add(mail)
    return [group for group in groups.every if group.patches]


class _Groups:
    """The series so far, by the message ids that lead to them, and by what their patches share."""

    def __init__(self) -> None:
        self.every: list[Group] = []
        self._by_msgid: dict[tuple[int, str], Group] = {}
        self._by_marks: defaultdict[tuple[int, int, int, int], list[tuple[int, int]]] = defaultdict(
            list
        )

    def add(self, mail: SentMail) -> None:
        parsed = subject.parse(mail.name)
        version = parsed.version or _version_in(parsed.title)
        total = parsed.total or 0
        if mail.is_cover:
            self._begin(mail, version, total, ()).cover = mail
            return
        # Without a number it is a change of its own, as a diff in an answer is.
        place = (parsed.number or 0, parsed.fraction) if total else (1, 0)
        group = self._find(mail, version, total, place) if total else None
        if group is None:
            group = self._begin(mail, version, total or 1, mail.answers, is_numbered=bool(total))
        group.patches[place] = mail

    def _begin(
        self,
        mail: SentMail,
        version: int,
        total: int,
        answers: tuple[str, ...],
        *,
        is_numbered: bool = True,
    ) -> Group:
        group = Group(mail.project, mail.sender, version, total, mail.date)
        self.every.append(group)
        if is_numbered:
            # A later patch may have arrived first: what it answers then leads to its series.
            for msgid in (*answers, mail.msgid):
                self._by_msgid.setdefault((mail.project, msgid), group)
            if mail.sender is not None:
                marks = mail.project, mail.sender, version, total
                insort(self._by_marks[marks], (mail.date, len(self.every) - 1))
        return group

    def _find(self, mail: SentMail, version: int, total: int, place: Place) -> Group | None:
        """The best series for a numbered patch among those in which its place is free."""
        answered = [
            group
            for msgid in (mail.msgid, *mail.answers)
            if (group := self._by_msgid.get((mail.project, msgid)))
        ]
        candidates = (
            *(group for group in answered if group.version == version),
            *self._marked(mail, version, total),
            *(group for group in answered if abs(group.date - mail.date) <= WINDOW),
        )
        return next((group for group in candidates if place not in group.patches), None)

    def _marked(self, mail: SentMail, version: int, total: int) -> Iterator[Group]:
        if mail.sender is None:
            return
        known = self._by_marks.get((mail.project, mail.sender, version, total), [])
        first = bisect_left(known, (mail.date - WINDOW, 0))
        end = bisect_right(known, (mail.date + WINDOW, len(self.every)))
        for _, at in reversed(known[max(first, end - _LOOK_BACK) : end]):
            yield self.every[at]


def _version_in(title: str) -> int:
    """The version that a title names: `lock: wait (v2)`; else 1."""
    match = _VERSION_IN_TITLE.search(title)
    return int(match[1]) if match else 1
