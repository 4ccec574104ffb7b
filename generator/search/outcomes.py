"""What patches became, as the index has it: the commits of a window's mails, and patches by their commits.

Commits are named by their first digits. `outcomes.js` in the theme reads the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, TypeAlias

from generator.archive.landed_index import ROLES, LandedAs

#: Digits of a commit that results show, and by which one is looked up.
SHOWN, DIGITS = 7, 10
#: What became of a mail, by its number in the flags of its columns.
FATES = ("", "landed", "reverted", "part")
#: The value of `release:` for what is in no release.
NO_RELEASE = "none"
#: A file has the patches of about so many commits at most.
_PER_FILE = 1000
_HEX, _DAY = 16, 86400
_VERSION = re.compile(r"^v(?=[0-9])")
_BEFORE_VERSION = re.compile(r"^[^0-9]+")


#: What the mails of a window became, by their places in it; the commit that one landed as stands first.
Outcomes: TypeAlias = dict[int, tuple[LandedAs, ...]]


def fate(outcomes: Sequence[LandedAs]) -> int:
    """What became of a mail, as a number (of FATES)."""
    if not outcomes:
        return 0
    first = outcomes[0]
    if not is_landed(outcomes):
        return FATES.index("part")
    return FATES.index("reverted" if first.is_reverted else "landed")


def in_words(outcome: LandedAs) -> str:
    """What a patch became: `landed as 1a2b3c4 in v2.43.0`."""
    what = "parts landed" if outcome.role == "part" else "landed"
    release = f" in {outcome.release}" if outcome.release else ""
    return f"{what} as {outcome.sha}{release}{', reverted' if outcome.is_reverted else ''}"


def is_landed(outcomes: Sequence[LandedAs]) -> bool:
    """Whether a mail landed as a whole."""
    return bool(outcomes) and outcomes[0].role != "part"


def landed_on(outcomes: Sequence[LandedAs]) -> int | None:
    """When a mail landed; None where it didn't as a whole, or nobody knows."""
    return outcomes[0].date if is_landed(outcomes) else None


def in_release(outcomes: Sequence[LandedAs], wanted: str) -> bool:
    """Whether a mail landed in a release, as `release:` names it (in lower case)."""
    if wanted == NO_RELEASE:
        return is_landed(outcomes) and not any(one.release for one in outcomes)
    return any(is_release(one.release, wanted) for one in outcomes)


def is_release(name: str, wanted: str) -> bool:
    """Whether a tag is a release, as `release:` names it (in lower case).

    `v2.43` and `2.43` name v2.43.0, its candidates and v2.43.1, but not v2.430; `v2.4*` all that begin so.
    What stands before a version may be left out: `2.38` names glibc-2.38.
    """
    lower = name.lower()
    start = wanted.rstrip("*")
    forms = lower, _BEFORE_VERSION.sub("", lower)
    return any(
        _begins(form, part, is_open=start != wanted)
        for form in forms
        for part in (start, _VERSION.sub("", start))
    )


def _begins(text: str, start: str, *, is_open: bool) -> bool:
    if not text.startswith(start) or is_open:
        return is_open and bool(text) and text.startswith(start)
    rest = text[len(start) : len(start) + 1]
    return bool(start) and not (start[-1].isdigit() and rest.isdigit())


def pack_outcomes(mails: Sequence[Sequence[LandedAs]]) -> bytes:
    """The file of a window, given what each of its mails became; empty where none became anything."""
    links = [(place, one) for place, found in enumerate(mails) for one in map(_cut, found)]
    if not links:
        return b""
    # Commits lie in the order of the mails: their dates differ little, and so do their places.
    commits = list(dict.fromkeys(one._replace(role="") for _, one in links))
    place_of = {one: place for place, one in enumerate(commits)}
    releases = sorted({one.release for one in commits})
    columns = [
        releases, "".join(one.sha for one in commits), _steps(one.date for one in commits),
        [releases.index(one.release) for one in commits], [int(one.is_reverted) for one in commits],
        _steps(place for place, _ in links), _steps(place_of[one._replace(role="")] for _, one in links),
        [ROLES.index(one.role) for _, one in links],
    ]  # fmt: skip
    return json.dumps(columns, separators=(",", ":")).encode()


def _cut(one: LandedAs) -> LandedAs:
    """A commit as files have it: its first digits, and a date in days."""
    day = None if one.date is None else one.date // _DAY
    return one._replace(sha=one.sha[:SHOWN].ljust(SHOWN), date=day)


def read_outcomes(data: bytes) -> Outcomes:
    """The reverse of `pack_outcomes`, without mails that became nothing; dates are those of days."""
    releases, names, days, of_release, reverted, places, numbers, roles = json.loads(data)
    shas = [names[at : at + SHOWN].rstrip() for at in range(0, len(names), SHOWN)]
    dates = [None if day is None else day * _DAY for day in _sums(days)]
    commits = list(zip(shas, dates, of_release, reverted, strict=True))
    found: dict[int, list[LandedAs]] = {}
    for place, number, role in zip(_sums(places), _sums(numbers), roles, strict=True):
        sha, date, release, is_reverted = commits[number]
        one = LandedAs(ROLES[role], sha, date, releases[release], bool(is_reverted))
        found.setdefault(place, []).append(one)
    return {place: tuple(some) for place, some in found.items()}


def _steps(numbers: Iterable[int | None]) -> list[int | None]:
    """Each number less the one before; None stays and is passed over."""
    steps: list[int | None] = []
    last = 0
    for number in numbers:
        steps.append(None if number is None else number - last)
        last = last if number is None else number
    return steps


def _sums(steps: Iterable[int | None]) -> list[Any]:
    """The reverse of `_steps`."""
    numbers: list[int | None] = []
    last = 0
    for step in steps:
        last += step or 0
        numbers.append(None if step is None else last)
    return numbers


def pack_commits(commits: Sequence[tuple[str, int]]) -> list[bytes]:
    """The files of (commit, patch) pairs: a power of two, by the commits' first bits; some may be empty."""
    bits = 0
    while len(commits) > _PER_FILE << bits:
        bits += 1
    files: list[bytes] = [b""] * (1 << bits if commits else 0)
    for place, part in groupby(sorted(commits), key=lambda pair: _place(pair[0], bits)):
        shas, patches = zip(*part, strict=True)
        columns = "".join(sha[:DIGITS].ljust(DIGITS) for sha in shas), patches
        files[place] = json.dumps(columns, separators=(",", ":")).encode()
    return files


def commit_file(start: str, count: int) -> int:
    """Which of so many files, a power of two, has the commits that begin with seven digits or more."""
    return _place(start, count.bit_length() - 1)


def _place(sha: str, bits: int) -> int:
    digits = sha[:7].ljust(7, "0")
    return int(digits, _HEX) >> (4 * len(digits) - bits)


def read_commits(data: bytes, start: str) -> Iterator[int]:
    """The patches that became a commit that begins so; both may be cut."""
    names, patches = json.loads(data)
    for at, patch in enumerate(patches):
        sha = names[at * DIGITS : (at + 1) * DIGITS].rstrip()
        if sha.startswith(start) or start.startswith(sha):
            yield patch
