"""A sentence about a query with another one to try, and what was meant by a name that is nearly right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from generator.search.fields import NAMED, TEXT_FIELDS, VALUE_FIELDS

#: Sentences about one query.
MOST_ADVICE = 5
#: Letters of a name that may be mistyped, or a word of a field's description.
_LEAST = 4
#: Longer words are not compared.
_LONGEST = 64
#: Fields that other archives have, and what is nearest to each here, if there is nothing of the same name.
ELSEWHERE = {
    "lid": "project", "mid": "m",  # public-inbox
    # mail programs and web forges
    "subj": "s", "rfc822msgid": "m", "filename": "dfn", "label": "tag", "larger": "size", "smaller": "size",
    "date": "d", "after": "d", "before": "d", "newer": "d", "older": "d", "age": "d",
    "rev": "commit", "status": "state", "assignee": "delegate", "maint": "t",
}  # fmt: skip
#: Fields that other archives have, and that say nothing as words.
FOREIGN_FIELDS = frozenset("z uid gmane".split())


@dataclass(frozen=True, slots=True)
class Advice:
    """query: what to try instead; empty where there is nothing."""

    reason: str
    query: str = ""


def nearest_field(name: str) -> str | None:
    """The field that may be meant by a name that is none."""
    name = name.lower()
    names = (*TEXT_FIELDS, *VALUE_FIELDS)
    if name in names:
        return name
    if ELSEWHERE.get(name) in names:
        return ELSEWHERE[name]
    for field in NAMED:
        if name == field.help:
            return field.name
    for field in NAMED:
        if name in field.related.split():
            return field.name
    if len(name) < _LEAST:
        return None
    for field in NAMED:
        if name in field.help.split():
            return field.name
    return nearest(name, names)


def nearest(word: str, others: Iterable[str]) -> str | None:
    """The first of the words that are most like one, or begin with it; None where none is near."""
    allowed = 1 if len(word) < 6 else 2
    best, least = None, allowed + 1
    for other in others:
        plain = other.lower()
        is_start = len(word) > 2 and plain.startswith(word) and plain != word
        far = 1 if is_start else distance(word, plain)
        if 0 < far < least:
            best, least = other, far
    return best


def distance(one: str, other: str) -> int:
    """How many letters have to be added, dropped, changed or swapped; 3: more, or too long to say."""
    if abs(len(one) - len(other)) > 2 or len(one) > _LONGEST:
        return 3
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, another in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != another))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == another:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return min(row[-1], 3)
