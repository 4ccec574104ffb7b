"""Parses a patch's name: prefixes, number in the series, version, plain title."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PREFIX = re.compile(r"\s*\[([^\]]*)\]\s*")
#: Mercurial writes "1 of 2". Lookarounds, because consuming digits would rescan long runs of them.
_OF = re.compile(r"(?<=\d) of (?=\d)")
#: `2.5/7` stands between 2 and 3. As in Patchwork, other text may stand before a whole number: `PATCH1/8`.
_NUMBER = re.compile(r"(?:(\d{1,6})\.(\d{1,3})|(?:.{0,40}\D)?(\d{1,6}))/(\d{1,6})\Z")
_VERSION = re.compile(r"^[vV](\d{1,4})(?:\.(\d{1,4}))?$")


@dataclass(frozen=True, slots=True)
class Subject:
    """`number` and `total` are those of `[n/m]`; `prefixes` are the other words in brackets.

    `version` is 2, `minor` 1 for `v2.1`, which Patchwork takes for version 1. `fraction` is 5 for `2.5/7`.
    """

    title: str
    prefixes: tuple[str, ...]
    number: int | None
    total: int | None
    version: int | None
    minor: int = 0
    fraction: int = 0

    @property
    def is_resent(self) -> bool:
        """Whether a prefix says that it was sent before."""
        return any(prefix.lower() == "resend" for prefix in self.prefixes)


def parse(name: str) -> Subject:
    """Parse a name: `[v2,3/7] net: fix` has the number 3 of 7, version 2, title `net: fix`."""
    prefixes: list[str] = []
    number = total = version = None
    minor = fraction = 0
    at = 0
    while match := _PREFIX.match(name, at):
        at = match.end()
        for word in re.split(r"[\s,]+", _OF.sub("/", match[1])):
            if numbers := _NUMBER.match(word):
                number, fraction = int(numbers[1] or numbers[3]), int(numbers[2] or 0)
                total = int(numbers[4])
            elif revision := _VERSION.match(word):
                version, minor = int(revision[1]), int(revision[2] or 0)
            elif word:
                prefixes.append(word)
    return Subject(
        name[at:].strip() or name, tuple(prefixes), number, total, version, minor, fraction
    )


def topic(name: str) -> str:
    """What the versions of a series share: the plain title in lower case, with single blanks."""
    return " ".join(parse(name).title.lower().split())
