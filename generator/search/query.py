"""The query language: text → a tree of nodes. `grammar` takes the text apart; here is what its words mean.

A node is a list that JSON can hold, so that the same test vectors serve the browser's parser:

    ["term", word, fields]            the word stands in one of the fields
    ["prefix", beginning, fields]     a word that begins so does
    ["phrase", words, fields, exact]  the words stand one after the other; where a field has no positions
                                      they all stand in it (only if not `exact`)
    ["value", column, value]          a column has the value
    ["date", from, until]             seconds since 1970, `until` excluded; None: open
    ["and", …] ["or", …] ["not", node] ["all"] ["none"]
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from whoosh import query

from generator.errors import SearchError
from generator.search import schema
from generator.search.grammar import PARSER
from generator.search.schema import DEFAULT, EXACT, PATH, TEXT_FIELDS
from generator.search.words import MAX_PATH, words

Node = list[Any]

_LIKE_A_PATH = re.compile(r"^[\w./+~-]+$")
_HEX = re.compile(r"^[0-9a-f]{7,40}$")
_DATE = re.compile(r"^(\d{4})(?:-?(\d\d)(?:-?(\d\d))?)?$")
_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
#: Shorter beginnings would mean to read much of the index.
MIN_PREFIX = 2


def parse(text: str) -> Node:
    """Read a query; raises SearchError with a sentence for the reader when it can't be meant."""
    text = " ".join(text.replace("“", '"').replace("”", '"').split())
    if not text:
        raise SearchError("Type a query: words, a phrase in quotes, or fields such as s: and dfn:")
    tree = PARSER.parse(text, normalize=False)
    node = _convert(tree)
    if node is None:
        raise SearchError("There is no word to look for in this query")
    return node


def _convert(tree: Any) -> Node | None:
    """whoosh's tree → ours; None for what holds no word."""
    if isinstance(tree, query.And | query.Or):
        nodes = [node for child in tree.subqueries if (node := _convert(child))]
        return _join("and" if isinstance(tree, query.And) else "or", nodes)
    if isinstance(tree, query.Not):
        node = _convert(tree.query)
        return ["not", node] if node else None
    if isinstance(tree, query.Phrase):
        return _meaning(tree.fieldname, tree.words[0], quoted=True)
    if isinstance(tree, query.Term):
        return _meaning(tree.fieldname, tree.text, quoted=False)
    return None


def _join(kind: str, nodes: list[Node]) -> Node | None:
    """AND or OR of nodes, flat, and without the operator around a single one."""
    flat: list[Node] = []
    for node in nodes:
        flat += node[1:] if node[0] == kind else [node]
    return [kind, *flat] if len(flat) > 1 else flat[0] if flat else None


def _meaning(field: str, text: str, *, quoted: bool) -> Node | None:
    if field == "text":
        return _default(text, quoted)
    if field in TEXT_FIELDS:
        return _words(text, TEXT_FIELDS[field], quoted)
    return _value(field, text.strip())


def _default(text: str, quoted: bool) -> Node | None:
    """A word without a field; a message id, a number, a hash is also looked up as what it is."""
    nodes = [node] if (node := _words(text, DEFAULT, quoted)) else []
    bare = text.strip("<>,;").lower()
    if " " not in bare:
        if "@" in bare:
            nodes.append(["term", f"m:{bare}"[:300], EXACT])
        if bare.isascii() and bare.isdigit():
            nodes.append(["term", f"id:{bare.lstrip('0') or '0'}", EXACT])
        if _HEX.match(bare):
            nodes.append(["prefix", f"commit:{bare}", EXACT])
            nodes.append(["prefix", f"hash:{bare}", EXACT])
    return _join("or", nodes)


def _words(text: str, fields: int, quoted: bool) -> Node | None:
    """Text to be found in some fields: a word, a beginning, several words one after the other."""
    if not quoted and text.endswith("*"):
        return _prefix(text.rstrip("*"), fields)
    found = words(text)
    if not found:
        return None
    if len(found) == 1 and re.fullmatch(r"\W*\w+\W*", text):
        return ["term", found[0], fields]
    nodes: list[Node] = []
    if fields & ~PATH:
        several = ["phrase", found, fields & ~PATH, quoted]
        nodes.append(several if len(found) > 1 else ["term", found[0], fields & ~PATH])
    if fields == PATH or (fields & PATH and _LIKE_A_PATH.match(text)):
        nodes += _path(text)
    return _join("or", nodes)


def _path(text: str) -> list[Node]:
    """Whole components of a path; the last one's extension may be left out."""
    path = text.strip(" <>,;:\"'()").strip("/").lower()[:MAX_PATH]
    if not path:
        return []
    nodes: list[Node] = [["term", path, PATH], ["prefix", f"{path}/", PATH]]
    if "." not in path.rpartition("/")[2]:
        nodes.append(["prefix", f"{path}.", PATH])
    return nodes


def _prefix(text: str, fields: int) -> Node | None:
    """A beginning: of a path if it looks like one, and of its last word, after those before it."""
    *before, last = words(text) or [""]
    nodes: list[Node] = []
    path = text.lstrip("/").lower()[:MAX_PATH]
    if fields & PATH and re.search(r"\w\W", path) and last:
        nodes.append(["prefix", path, PATH])
        fields &= ~PATH
    if not fields:
        return nodes[0]
    if len(last) >= MIN_PREFIX and re.search(r"\w$", text):
        beginning: Node = ["prefix", last, fields]
        first: list[Node] = [["term", word, fields] for word in before]
        nodes.append(["and", *first, beginning] if first else beginning)
    elif last and not nodes and re.search(r"\W$", text):
        return _words(text, fields, quoted=False)  # the beginning of nothing: `free()*`
    if not text:
        return None
    if not nodes:
        raise SearchError(f"{text}* is too short: give at least {MIN_PREFIX} letters before the *")
    return _join("or", nodes)


def _value(field: str, text: str) -> Node:
    """A field that is no text: a column's value, a date, a whole message id or series number."""
    plain = text.lower()
    if field == "m":
        return ["term", f"m:{plain.strip('<>')}"[:300], EXACT]
    if field == "d":
        return _dates(plain)
    if field == "series":
        if not (plain.isascii() and plain.isdigit()):
            raise SearchError(f"series: takes the number of a series, not {text}")
        return ["term", f"series:{plain.lstrip('0') or '0'}", EXACT]
    if field == "archived":
        if plain not in _YES:
            raise SearchError(f"archived: takes yes or no, not {text}")
        return ["value", "archived", "yes" if _YES[plain] else "no"]
    if field == "check" and plain not in schema.CHECKS:
        raise SearchError(f"check: takes one of {', '.join(schema.CHECKS)}, not {text}")
    if field == "tag":
        plain = plain.removesuffix("-by")
        if plain not in schema.TAGS:
            raise SearchError(f"tag: takes one of {', '.join(schema.TAGS)}, not {text}")
    if field == "state":
        plain = plain.replace(" ", "-")
    return ["value", field, plain]


def _dates(text: str) -> Node:
    """`2026-01..2026-03`, either end open; a single date means that year, month or day."""
    first, dots, last = text.partition("..")
    start = _period(first)[0] if first else None
    end = _period(last)[1] if last else None
    if not dots:
        end = _period(first)[1]
    return ["date", start, end]


def _period(text: str) -> tuple[int, int]:
    """The seconds at which a year, a month or a day begins and ends."""
    match = _DATE.match(text)
    try:
        if not match:
            raise ValueError
        year, month, day = (int(part) if part else None for part in match.groups())
        assert year is not None
        start = datetime(year, month or 1, day or 1, tzinfo=UTC)
        if day:
            return int(start.timestamp()), int(start.timestamp()) + 86400
        following = (year, month + 1) if month and month < 12 else (year + 1, 1)
        # The year after 9999 is past the calendar: there the period ends with its last day.
        if following[0] > 9999:
            return int(start.timestamp()), int(
                datetime(9999, 12, 31, tzinfo=UTC).timestamp()
            ) + 86400
        return int(start.timestamp()), int(datetime(*following, 1, tzinfo=UTC).timestamp())
    except ValueError:
        raise SearchError(
            f"d: takes dates such as 2026, 2026-02 or 2026-02-28, not {text}"
        ) from None
