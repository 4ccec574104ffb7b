"""What a patch's name says: its prefixes, its number within the series, its version, its plain title."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PREFIX = re.compile(r"\s*\[([^\]]*)\]\s*")
#: Mercurial writes "1 of 2". The digits are only looked at: runs of them would be read again and again.
_OF = re.compile(r"(?<=\d) of (?=\d)")
_NUMBER = re.compile(r"^(\d{1,6})/(\d{1,6})$")
_VERSION = re.compile(r"^[vV](\d{1,4})$")


@dataclass(frozen=True, slots=True)
class Subject:
    """`number` and `total` are those of `[n/m]`; `prefixes` are the other words in brackets."""

    title: str
    prefixes: tuple[str, ...]
    number: int | None
    total: int | None
    version: int | None


def parse(name: str) -> Subject:
    """Take a name apart; `[v2,3/7] net: fix` has the number 3 of 7, version 2, title `net: fix`."""
    prefixes: list[str] = []
    number = total = version = None
    at = 0
    while match := _PREFIX.match(name, at):
        at = match.end()
        for word in re.split(r"[\s,]+", _OF.sub("/", match[1])):
            if found := _NUMBER.match(word):
                number, total = int(found[1]), int(found[2])
            elif found := _VERSION.match(word):
                version = int(found[1])
            elif word:
                prefixes.append(word)
    return Subject(name[at:].strip() or name, tuple(prefixes), number, total, version)


def topic(name: str) -> str:
    """What the versions of one series have in common: the plain title, case and blanks aside."""
    return " ".join(parse(name).title.lower().split())
