"""Which series are versions of the same work: the rule, as a pure function over what is known of series.

A series goes on with an earlier one if something ties them together: a shared change id or message id
stem, a mail that answers the earlier version, a relation that a maintainer set, or the name. The weaker
the tie, the more has to agree besides: the person, the name, the time between.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

#: So long after a version, a series of that name by the same person is taken for the next one.
SAME_PERSON = 366 * 86400
#: And so long when somebody else sends it, whose name has to say enough.
OTHER_PERSON = 90 * 86400
#: A name that says enough: `fixes` doesn't.
_MIN_WORDS, _MIN_LETTERS = 3, 15
#: A mail has one; each is a tie to look for.
_MOST_CHANGE_IDS = 100
#: How many earlier series with the same tie are looked at, newest first.
_LOOK_BACK = 64

_STEMS = (
    # b4: DATE-SLUG-vN-PLACE-RANDOM@host; the date is that of the work's beginning
    re.compile(r"^(\d{8}-.+)-v\d{1,3}-\d{1,4}(?:-[0-9a-f]{6,40})?@(.+)$"),
    # GitGitGadget: pull.NUMBER.vN.git.TIME@host
    re.compile(r"^(pull\.\d{1,9})(?:\.v\d{1,3})?\.git(?:\.[^@]*)?@(.+)$"),
)
#: RFC 5322 §2.1.1: no line of a mail is longer.
_LONGEST_MSGID = 998
_CHANGE_ID = re.compile(r"^change-id:[ \t]*(\S{8,200})[ \t]*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a series. `date` is in seconds since 1970.

    person: the number, name and address of who sent it. names: of the series and of its first patch,
    without prefixes. marks: RFC, RESEND. keys: change ids and stems. heads: message ids of its cover
    letter and first patch. answers: what these answer. related: series with a related patch.
    """

    id: int
    project: int
    version: int
    date: int
    person: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    heads: frozenset[str] = frozenset()
    answers: frozenset[str] = frozenset()
    related: frozenset[int] = frozenset()


def stem(msgid: str) -> str | None:
    """What the message ids (bare) of all versions have in common, where a tool makes them so."""
    for pattern in _STEMS if len(msgid) <= _LONGEST_MSGID else ():
        if match := pattern.match(msgid):
            return f"{match[1]}@{match[2]}"
    return None


def change_ids(content: str) -> set[str]:
    """The ids by which b4 and Gerrit mark a change in a mail's text."""
    return {match[1] for match in islice(_CHANGE_ID.finditer(content), _MOST_CHANGE_IDS)}


def previous(
    series: Iterable[Facts], fixed: Mapping[int, int | None] | None = None
) -> dict[int, int]:
    """For each series that goes on with another: that one, the version before it.

    `fixed` says so by hand for some series; None there: it goes on with none.
    """
    fixed = fixed or {}
    ordered = sorted(series, key=lambda facts: (facts.date, facts.id))
    numbers = {facts.id for facts in ordered}
    found: dict[int, int] = {}
    seen = _Seen()
    for later in ordered:
        if later.id in fixed:
            chosen = fixed[later.id]
            if chosen in numbers and chosen != later.id:
                found[later.id] = chosen
        else:
            for earlier, tie in seen.ties(later):
                if goes_on(earlier, later, tie):
                    found[later.id] = earlier.id
                    break
        seen.add(later)
    return _without_circles(found, fixed)


def goes_on(earlier: Facts, later: Facts, tie: str) -> bool:
    """Whether a series is a later version of another, given what ties them together.

    tie is `key`, `answer`, `relation` or `name`, the strongest first.
    """
    resent = "resend" in later.marks and later.version == earlier.version
    matured = "rfc" in earlier.marks and "rfc" not in later.marks
    if not (later.version > earlier.version or resent or matured):
        return False
    same_person = not later.person.isdisjoint(earlier.person)
    same_name = later.names & earlier.names
    if tie == "key":
        return True
    if tie in ("answer", "relation"):
        return same_person or bool(same_name)
    since = later.date - earlier.date
    if same_person:
        return since <= SAME_PERSON
    return since <= OTHER_PERSON and any(map(_says_enough, same_name))


def _says_enough(name: str) -> bool:
    return len(name) >= _MIN_LETTERS and len(name.split()) >= _MIN_WORDS


class _Seen:
    """The series so far, by all that may tie a later one to them; each project for itself."""

    def __init__(self) -> None:
        self._by: defaultdict[tuple[int, str, object], list[Facts]] = defaultdict(list)

    def add(self, facts: Facts) -> None:
        for key in facts.keys:
            self._by[facts.project, "key", key].append(facts)
        for head in facts.heads:
            self._by[facts.project, "answer", head].append(facts)
        self._by[facts.project, "relation", facts.id].append(facts)
        for name in facts.names:
            self._by[facts.project, "name", name].append(facts)

    def ties(self, later: Facts) -> Iterator[tuple[Facts, str]]:
        """Earlier series that something ties to this one: strong ties first, then the newest first."""
        kinds: tuple[tuple[str, frozenset[str] | frozenset[int]], ...] = (
            ("key", later.keys), ("answer", later.answers),
            ("relation", later.related), ("name", later.names),
        )  # fmt: skip
        for tie, values in kinds:
            known: list[Facts] = []
            for value in values:
                known += self._by.get((later.project, tie, value), [])[-_LOOK_BACK:]
            known.sort(key=lambda facts: (facts.date, facts.id), reverse=True)
            for earlier in known:
                yield earlier, tie


def _without_circles(found: dict[int, int], fixed: Iterable[int]) -> dict[int, int]:
    """Only what is set by hand can lead in a circle; the link that closes one is left out."""
    for number in sorted(fixed):
        at = found.get(number)
        seen = {number}
        while at is not None and at not in seen:
            seen.add(at)
            at = found.get(at)
        if at is not None:
            found.pop(number, None)
    return found


def works(found: Mapping[int, int]) -> dict[int, int]:
    """For each series that has another version: the number of its work, the series it began with."""
    begun: dict[int, int] = {}
    for number in found:
        way, at = [], number
        while at in found and at not in begun:
            way.append(at)
            at = found[at]
        start = begun.get(at, at)
        begun[at] = start
        for passed in way:
            begun[passed] = start
    return begun
