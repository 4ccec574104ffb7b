"""What values of a query mean in the columns of the index, which change without a new text.

`column_values.js` does the same in the browser.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from generator.search.fields import CHECKS, MAIL_KINDS, STATUSES, TAGS
from generator.search.index_reader import Index
from generator.search.outcomes import FATES

#: Bits of the flags: archived, the worst check (two bits), the tags, and these; the last have two and four.
ARCHIVED, _CHECK, _TAGS = 0, 1, 3
COMMENTS, LATEST, CHECKED, FATE, STATUS = 6, 7, 8, 9, 11

#: A mail's state, delegate and flags → whether it has a value. States count from 1; cover letters have 0.
Test: TypeAlias = Callable[[int, int, int], bool]

#: Value of `is:` → the kinds of mails that it means, by their numbers.
KINDS_FOUND = {
    "patch": {MAIL_KINDS.index("patch")},
    "cover": {MAIL_KINDS.index("cover")},
    "reply": {n for n, kind in enumerate(MAIL_KINDS) if kind.endswith("-comment")},
}


def has_value(index: Index, column: str, value: str) -> Test:
    """A test for a value (in lower case) of a column; of a reply the columns are those of its parent."""
    if column == "state":
        return _in_state(index, {value})
    if column == "delegate":
        wanted = {n for n, name in enumerate(index.delegates, 1) if name.lower() == value}
        wanted |= {0} if value == "nobody" else set()
        return lambda state, delegate, _: state > 0 and delegate in wanted
    if column == "archived":
        return lambda _, __, flags: bool(flags >> ARCHIVED & 1) == (value == "yes")
    if column == "check":
        worst = CHECKS.index(value)
        return lambda state, _, flags: state > 0 and flags >> _CHECK & 3 == worst
    if column == "status":
        number = STATUSES.index(value) + 1
        return lambda _, __, flags: flags >> STATUS & 15 == number
    if column == "tag":
        return _flag(_TAGS + TAGS.index(value))
    return _CONDITIONS[column, value](index)


def _in_state(index: Index, names: set[str]) -> Test:
    wanted = {n for n, state in enumerate(index.states, 1) if state.lower() in names}
    return lambda state, _, __: state in wanted


def _closed_states(index: Index) -> set[str]:
    return {state.lower() for state in index.states}.difference(index.open_states)


def _flag(bit: int) -> Test:
    return lambda _, __, flags: bool(flags >> bit & 1)


def _became(*fates: str) -> Test:
    wanted = {FATES.index(name) for name in fates}
    return lambda _, __, flags: flags >> FATE & 3 in wanted


_CONDITIONS: dict[tuple[str, str], Callable[[Index], Test]] = {
    ("is", "open"): lambda index: _in_state(index, set(index.open_states)),
    ("is", "closed"): lambda index: _in_state(index, _closed_states(index)),
    ("is", "landed"): lambda _: _became("landed", "reverted"),
    ("is", "reverted"): lambda _: _became("reverted"),
    ("is", "latest"): lambda _: _flag(LATEST),
    ("is", "unanswered"): lambda _: lambda __, ___, flags: not flags >> COMMENTS & 1,
    ("has", "comments"): lambda _: _flag(COMMENTS),
    ("has", "checks"): lambda _: _flag(CHECKED),
    ("has", "tags"): lambda _: lambda __, ___, flags: bool(flags >> _TAGS & 7),
    ("has", "delegate"): lambda _: lambda __, delegate, ___: delegate > 0,
}
