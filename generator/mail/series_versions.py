"""Decides which series are versions of the same work, from facts about each series.

A series continues an earlier one if something ties them together: a shared change id or message id stem,
a reply to a mail of the earlier version, a relation that a maintainer set, or the name. The weaker the
tie, the more must agree besides it: the person, the name, the time between.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

#: For how many seconds a series of the same name by the same person counts as the next version.
SAME_PERSON = 366 * 86400
#: The same where somebody else sends it; then the series' name must be distinctive.
OTHER_PERSON = 90 * 86400
#: For how many seconds a series of the same version and person counts as the correction of one that had other
#: numbers, or of which a part was lost.
CORRECTION = 7 * 86400
#: What makes a name distinctive: `fixes` isn't.
_MIN_WORDS, _MIN_LETTERS = 3, 15
#: A mail normally has one; each costs a lookup.
_MAX_CHANGE_IDS = 100
#: How many earlier series with the same tie are compared, newest first.
_LOOK_BACK = 64

_STEMS = (
    # b4: DATE-SLUG-vN-PLACE-RANDOM@host; DATE is when the work began
    re.compile(r"^(\d{8}-.+)-v\d{1,3}-\d{1,4}(?:-[0-9a-f]{6,40})?@(.+)$"),
    # GitGitGadget: pull.NUMBER.vN.git.TIME@host
    re.compile(r"^(pull\.\d{1,9})(?:\.v\d{1,3})?\.git(?:\.[^@]*)?@(.+)$"),
)
#: RFC 5322 §2.1.1: no line of a mail is longer.
_MAX_MSGID_LENGTH = 998
_CHANGE_ID = re.compile(r"^change-id:[ \t]*(\S{8,200})[ \t]*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a series. `date` is in seconds since 1970.

    minor: 1 in `v2.1`. person: the number, name and address of the sender. names: those of the series and
    of its first patch, without prefixes. marks: rfc, resend. keys: change ids and stems. answers: series
    whose mails and comments its mails reply to. related: series with a related patch. total, received: how
    many patches it has by its own account, and how many are known; 0 where nothing says so. inserted: `2.5`
    where its first patch is one that was added to another series.
    """

    id: int
    project: int
    version: int
    date: int
    minor: int = 0
    person: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    answers: frozenset[int] = frozenset()
    related: frozenset[int] = frozenset()
    total: int = 0
    received: int = 0
    inserted: str = ""

    @property
    def number(self) -> str:
        """Its version: `v2`, `v2.1`."""
        return f"v{self.version}.{self.minor}" if self.minor else f"v{self.version}"

    @property
    def label(self) -> str:
        """What distinguishes it from other versions: `v2`, `v1 RFC`."""
        return " ".join([self.number, *(mark.upper() for mark in sorted(self.marks))])


class Unjoined(NamedTuple):
    """An earlier series that another one could be a version of, and why it isn't; both by number."""

    series: int
    other: int
    reason: str


def stem(msgid: str) -> str | None:
    """The part of a message id (bare) that all versions share; None unless a known tool made the id."""
    for pattern in _STEMS if len(msgid) <= _MAX_MSGID_LENGTH else ():
        if match := pattern.match(msgid):
            return f"{match[1]}@{match[2]}"
    return None


def change_ids(content: str) -> set[str]:
    """The change ids that b4 and Gerrit put into a mail's text."""
    return {match[1] for match in islice(_CHANGE_ID.finditer(content), _MAX_CHANGE_IDS)}


def previous(
    series: Iterable[Facts], fixed: Mapping[int, int | None] | None = None
) -> tuple[dict[int, int], list[Unjoined]]:
    """For each series that continues another: the version before it; and why others continue none.

    `fixed` holds what was set by hand; None there: the series continues no other.
    """
    fixed = fixed or {}
    ordered = sorted(series, key=lambda facts: (facts.date, facts.id))
    numbers = {facts.id for facts in ordered}
    links: dict[int, int] = {}
    unjoined: list[Unjoined] = []
    earlier_series = _EarlierSeries()
    for later in ordered:
        if later.id in fixed:
            chosen = fixed[later.id]
            if chosen in numbers and chosen != later.id:
                links[later.id] = chosen
        else:
            refused = None
            for earlier, tie in earlier_series.ties(later):
                reason = obstacle(earlier, later, tie)
                if not reason:
                    links[later.id] = earlier.id
                    break
                if not refused and _is_candidate(earlier, later, tie):
                    refused = Unjoined(later.id, earlier.id, reason)
            else:
                unjoined += [refused] if refused else []
        earlier_series.add(later)
    return _without_cycles(links, fixed), unjoined


def obstacle(earlier: Facts, later: Facts, tie: str) -> str:
    """Why `later` is no later version of `earlier`, given what ties them together; empty where it is one.

    `tie` is `key`, `answer`, `relation` or `name`, strongest first.
    """
    was, now = (earlier.version, earlier.minor), (later.version, later.minor)
    resent = "resend" in later.marks and now == was
    matured = "rfc" in earlier.marks and "rfc" not in later.marks
    if later.inserted and now == was:
        return f"it adds patch {later.inserted} to it"
    if not (now > was or resent or matured or _is_corrected(earlier, later)):
        return f"both are {later.number}" if now == was else f"that is {earlier.number} already"
    same_person = not later.person.isdisjoint(earlier.person)
    same_name = later.names & earlier.names
    if tie == "key":
        return ""
    if tie in ("answer", "relation"):
        return "" if same_person or same_name else "neither the sender nor the name is the same"
    elapsed = later.date - earlier.date
    if elapsed > (SAME_PERSON if same_person else OTHER_PERSON):
        return f"that was sent {elapsed // 86400} days before"
    if same_person or any(map(_is_distinctive, same_name)):
        return ""
    return "somebody else sent that, and the name says little"


def _is_corrected(earlier: Facts, later: Facts) -> bool:
    """Whether a series was sent again because its numbers were wrong, or a part was lost."""
    return (
        (later.version, later.minor) == (earlier.version, earlier.minor)
        and later.marks == earlier.marks
        and not later.person.isdisjoint(earlier.person)
        and not later.names.isdisjoint(earlier.names)
        and later.date - earlier.date <= CORRECTION
        and (earlier.received < earlier.total or 0 < earlier.total != later.total > 0)
    )


def _is_candidate(earlier: Facts, later: Facts, tie: str) -> bool:
    """Whether readers might take `later` for a version of `earlier`: a name alone means little."""
    if tie != "name":
        return True
    is_reroll = later.version > 1 or later.minor > 0 or "resend" in later.marks
    same_person = not later.person.isdisjoint(earlier.person)
    return (same_person or any(map(_is_distinctive, later.names & earlier.names))) and (
        is_reroll or later.date - earlier.date <= CORRECTION
    )


def _is_distinctive(name: str) -> bool:
    return len(name) >= _MIN_LETTERS and len(name.split()) >= _MIN_WORDS


class _EarlierSeries:
    """The series so far, by project and by everything that can tie a later one to them."""

    def __init__(self) -> None:
        self._by_tie: defaultdict[tuple[int, str, object], list[Facts]] = defaultdict(list)

    def add(self, facts: Facts) -> None:
        for key in facts.keys:
            self._by_tie[facts.project, "key", key].append(facts)
        self._by_tie[facts.project, "number", facts.id].append(facts)
        for name in facts.names:
            self._by_tie[facts.project, "name", name].append(facts)

    def ties(self, later: Facts) -> Iterator[tuple[Facts, str]]:
        """The earlier series tied to this one: strongest ties first, then newest first."""
        kinds: tuple[tuple[str, str, frozenset[str] | frozenset[int]], ...] = (
            ("key", "key", later.keys), ("answer", "number", later.answers),
            ("relation", "number", later.related), ("name", "name", later.names),
        )  # fmt: skip
        for tie, kind, values in kinds:
            candidates: list[Facts] = []
            for value in values:
                candidates += self._by_tie.get((later.project, kind, value), [])[-_LOOK_BACK:]
            candidates.sort(key=lambda facts: (facts.date, facts.id), reverse=True)
            for earlier in candidates:
                yield earlier, tie


def _without_cycles(links: dict[int, int], fixed: Iterable[int]) -> dict[int, int]:
    """Remove cycles, which only links set by hand can make, by dropping one such link of each."""
    for number in sorted(fixed):
        current = links.get(number)
        seen = {number}
        while current is not None and current not in seen:
            seen.add(current)
            current = links.get(current)
        if current is not None:
            links.pop(number, None)
    return links


def works(links: Mapping[int, int]) -> dict[int, int]:
    """For each series that has another version: the number of its work, which is its first series."""
    first_of: dict[int, int] = {}
    for number in links:
        path, current = [], number
        while current in links and current not in first_of:
            path.append(current)
            current = links[current]
        first = first_of.get(current, current)
        first_of[current] = first
        for member in path:
            first_of[member] = first
    return first_of
