"""One way to understand a pasted text, and the bounds of texts. `reading.js` in the theme is the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

#: Characters of a pasted text that are looked at.
MAX_PASTE = 20_000
#: Ways to understand one text, such as ids in several lines.
MOST_READINGS = 50
#: Characters of a query; whoosh's parser takes quadratic time.
MAX_QUERY = 4000
#: A commit or a hash, or the beginning of one, in a pattern.
HEX = "[0-9a-f]{7,64}"
#: Letters by which messages name a commit, if not by more.
_ABBREVIATION = 12
#: Fields of whole values: one patch has them, or one series.
EXACT_FIELDS = ("m", "id", "commit", "series", "cover", "comment")


@dataclass(frozen=True, slots=True)
class Reading:
    """`text` is the value of a field, or, where `field` is empty, a query."""

    field: str
    text: str

    @property
    def is_exact(self) -> bool:
        """Whether it names one thing, whose page may be opened at once."""
        return self.field in EXACT_FIELDS


Readings: TypeAlias = tuple[Reading, ...]


def query(text: str) -> Reading:
    return Reading("", text)


def phrase(text: str, field: str = "") -> Reading:
    """A query for words in just this order."""
    return query(f'{field}"{unquoted(text)}"')


def subject(text: str) -> Reading:
    return Reading("s", text)


def path(text: str) -> Reading:
    return Reading("dfn", text)


def commit(text: str) -> Readings:
    """A commit, and what mentions it."""
    bare = text.lower()
    return Reading("commit", bare), query(f"{bare[:_ABBREVIATION]}*")


def unquoted(text: str) -> str:
    """A text that may stand in quotes: a quote separates words, as a blank does."""
    return " ".join(text.replace('"', " ").split())


def distinct(readings: Iterable[Reading]) -> Readings:
    """The readings in their order, each once."""
    return tuple(dict.fromkeys(readings))


def as_query(readings: Readings) -> str:
    """The query that means the same, for a reader to see and change."""
    texts = [f'{one.field}:"{unquoted(one.text)}"' if one.field else one.text for one in readings]
    return " OR ".join(f"({text})" for text in texts) if len(texts) > 1 else "".join(texts)
