"""Which mails a query is about: words find patches, covers and replies, filters alone find patches.

`state:accepted` lists the patches in that state, as Patchwork does; `deadlock state:accepted` also finds the
replies to such patches that have the word. `is:reply` and `is:cover` ask for these.

`result_kinds.js` does the same in the browser.
"""

from __future__ import annotations

from generator.search.query_nodes import And, Node, Or, Phrase, Prefix, Term, Value, Word

_PATCHES = Value("is", "patch")
_KINDS = ("patch", "cover", "reply")


def for_results(node: Node) -> Node:
    """A query whose filters find patches alone, where nothing in it names a word or a kind of mail."""
    match node:
        case Or(children):
            return Or(tuple(map(for_results, children)))
        case And(children):
            inner = tuple(for_results(c) if isinstance(c, Or) else c for c in children)
            return And(inner if any(map(_is_bound, inner)) else (*inner, _PATCHES))
        case _:
            return node if _is_bound(node) else And((node, _PATCHES))


def _is_bound(node: Node) -> bool:
    """Whether all that a node finds has a word of the query, or is of a kind that it names."""
    match node:
        case Term() | Prefix() | Word() | Phrase():
            return True
        case Value("is", value):
            return value in _KINDS
        case Value("commit", _):
            return True  # it means patches, by their numbers
        case And(children):
            return any(map(_is_bound, children))
        case Or(children):
            return all(map(_is_bound, children))
        case _:
            return False
