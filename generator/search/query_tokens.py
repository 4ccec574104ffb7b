"""The words and phrases of a query with their places, to say something about each, and to change one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.search.fields import NAMES, canonical

#: A colon before another one, a slash or nothing is no field's: `std::move`, `http://x`, `net: fix`.
_TOKEN = re.compile(
    r'(^|[\s("])(-(?![A-Za-z0-9_]{1,64}[;,](?:\s|$)))?(?:([A-Za-z][A-Za-z0-9_-]{0,30}):(?=[^\s:/)]))?("[^"]*"|[^\s()"]+(?:\([^\s()"]*\))?)',
    re.A,
)
_DANGLING = re.compile("^(?:(?:AND|OR) )+|(?: (?:AND|OR|NOT)){1,9}$")
#: The same behind a bracket.
_IN_BRACKETS = re.compile(r"\( ?(?:(?:AND|OR) ){1,9}")
_MOST = 100


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a phrase. field: the field before it, by its own name; name: the same, where it is none.

    start, end: its place in the query, with its sign.
    """

    field: str
    name: str
    value: str
    is_phrase: bool
    is_excluded: bool
    start: int
    end: int

    @property
    def is_plain(self) -> bool:
        return not (self.field or self.name or self.is_phrase or self.is_excluded)

    @property
    def is_operator(self) -> bool:
        return self.is_plain and self.value in ("AND", "OR", "NOT")

    @property
    def text(self) -> str:
        """The token as a query of its own, without its sign."""
        before = self.field or self.name
        value = f'"{self.value}"' if self.is_phrase else self.value
        return f"{before}:{value}" if before else value

    def with_field(self, value: str) -> str:
        """Another value of the same field."""
        return f"{self.field}:{value}" if self.field else value

    def replaced(self, query: str, other: str) -> str:
        """The query with something else in its place."""
        return " ".join(f"{query[: self.start]}{other}{query[self.end :]}".split())

    def left_out(self, query: str) -> str:
        """The query without it, and without an operator that has nothing to work on then."""
        return _DANGLING.sub("", _IN_BRACKETS.sub("(", self.replaced(query, "")))


def tokens(query: str) -> list[Token]:
    """The words and phrases of a query, operators among them, in their order."""
    found = []
    for match in _TOKEN.finditer(query):
        before, sign, name, value = match.groups()
        is_field = bool(name) and name.lower() in NAMES
        is_phrase = value.startswith('"')
        found.append(
            Token(
                field=canonical(name) if is_field else "",
                name="" if is_field else name or "",
                value=value.strip('"'),
                is_phrase=is_phrase,
                is_excluded=bool(sign),
                start=match.start() + len(before),
                end=match.end(),
            )
        )
    return found[:_MOST]
