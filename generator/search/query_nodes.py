"""The nodes of a parsed query. `to_json` gives the form that the browser's parser makes, too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Term:
    """A word stands in one of the fields (a sum of their bits)."""

    text: str
    fields: int


@dataclass(frozen=True, slots=True)
class Prefix:
    """A word that begins so stands in one of the fields."""

    text: str
    fields: int


@dataclass(frozen=True, slots=True)
class Word:
    """One of these terms: a word and, in prose, its other forms (by its stem)."""

    forms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words stand one after the other in one of the fields.

    Where a field has no positions they all stand in it, but only if not `exact`; if `exact`, and for changed
    lines alone, one of these lines has them so.
    """

    words: tuple[str, ...]
    fields: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Value:
    """A column has a value (in lower case)."""

    column: str
    value: str


@dataclass(frozen=True, slots=True)
class DateRange:
    """Seconds since 1970, `end` excluded; None: open."""

    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class NumberRange:
    """A number of a patch lies in a range, both ends included; None: open."""

    column: str
    lowest: int | None
    highest: int | None


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more nodes."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of two or more nodes."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Everything that a node doesn't find."""

    child: Node


Node: TypeAlias = Term | Prefix | Word | Phrase | Value | DateRange | NumberRange | And | Or | Not
Json: TypeAlias = "str | int | list[Json] | None"


def join(operator: type[And | Or], nodes: list[Node]) -> Node | None:
    """AND or OR of nodes, flat, each once, and without the operator around a single one."""
    every: list[Node] = []
    for node in nodes:
        every += node.children if isinstance(node, And | Or) and type(node) is operator else [node]
    flat = list(dict.fromkeys(every))
    return operator(tuple(flat)) if len(flat) > 1 else flat[0] if flat else None


def to_json(node: Node) -> list[Json]:
    """A node as a list: its kind in lower case, then what it consists of."""
    match node:
        case Term(text, fields):
            return ["term", text, fields]
        case Prefix(text, fields):
            return ["prefix", text, fields]
        case Word(forms):
            return ["word", *map(to_json, forms)]
        case Phrase(words, fields, exact):
            return ["phrase", list(words), fields, exact]
        case Value(column, value):
            return ["value", column, value]
        case DateRange(start, end):
            return ["date", start, end]
        case NumberRange(column, lowest, highest):
            return ["number", column, lowest, highest]
        case And(children):
            return ["and", *map(to_json, children)]
        case Or(children):
            return ["or", *map(to_json, children)]
        case Not(child):
            return ["not", to_json(child)]


def wanted_words(node: Node) -> Iterator[tuple[Term | Prefix, ...]]:
    """The words that a query wants, as opposed to those it excludes, each as terms of which one suffices."""
    match node:
        case And(children) | Or(children):
            for child in children:
                yield from wanted_words(child)
        case Word(forms):
            yield forms
        case Term() | Prefix():
            yield (node,)
        case Phrase(words, fields):
            for word in words:
                yield (Term(word, fields),)
        case Value() | DateRange() | NumberRange() | Not():
            pass
