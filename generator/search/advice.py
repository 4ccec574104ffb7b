"""A sentence about a query with another one to try, and what was meant by a name that is nearly right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from generator.search.fields import NAMED, NAMES, TEXT_FIELDS, VALUE_FIELDS, canonical

#: Sentences about one query.
MOST_ADVICE = 5
#: Letters of a name that may be mistyped, or a word of a field's description.
_LEAST = 4
#: Longer words are not compared.
_LONGEST = 64
#: Fields that other archives have, and what is nearest to each here.
ELSEWHERE = {
    "label": "tag", "larger": "size", "smaller": "size", "rev": "commit",
    "maint": "t", "grep": "bs", "committer": "f", "updated": "d", "closed": "d",
    "comments": "has", "review": "reviewer", "ext": "dfn", "extension": "dfn",
}  # fmt: skip
_OF_ORDER = "The order of results is chosen below the box."
_OF_GIT = "Only git's history tells that."
#: The same for fields that there is nothing for, and what there is to say of them; else they are left out.
FOREIGN_FIELDS = {
    "z": "", "uid": "", "gmane": "", "in": "", "bcc": "", "deliveredto": "", "milestone": "",
    "lang": "", "language": "", "symbol": "", "content": "", "type": "",
    "changeid": "", "forpatchid": "", "mentions": "", "org": "", "user": "",
    "age": "since: and before: take dates such as 1.week.ago.",
    "no": "delegate:nobody finds patches without a delegate.",
    "sort": _OF_ORDER, "order": _OF_ORDER, "branch": _OF_GIT, "head": _OF_GIT, "base": _OF_GIT,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Advice:
    """query: what to try instead; empty where there is nothing."""

    reason: str
    query: str = ""


def nearest_field(name: str) -> str | None:
    """The field that may be meant by a name that is none."""
    name = name.lower()
    if name in NAMES:
        return canonical(name)
    if name in ELSEWHERE:
        return ELSEWHERE[name]
    if name in FOREIGN_FIELDS:
        return None
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
    return nearest(name, (*TEXT_FIELDS, *VALUE_FIELDS))


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
