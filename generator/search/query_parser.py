"""The query language: text → a tree of nodes. `grammar` takes the text apart; here is what its words mean.

A node is a list that JSON can hold, so that the same test vectors serve the browser's parser:

    ["term", word, fields]            the word stands in one of the fields
    ["word", term, …]                 one of these terms: a word and, in prose, its other forms (by its stem)
    ["prefix", beginning, fields]     a word that begins so does
    ["phrase", words, fields, exact]  the words stand one after the other; where a field has no positions
                                      they all stand in it (only if not `exact`; if `exact`, and for
                                      changed lines alone, one of these lines has them so)
    ["value", column, value]          a column has the value
    ["date", from, until]             seconds since 1970, `until` excluded; None: open
    ["and", …] ["or", …] ["not", node] ["all"] ["none"]
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from whoosh import query

from generator.errors import SearchError
from generator.search import date_ranges
from generator.search import fields as schema
from generator.search.fields import DEFAULT, EXACT, FROM, PATH, PROSE, TEXT_FIELDS
from generator.search.grammar import PARSER
from generator.search.tokenizer import MAX_FOLDERS, MAX_PATH, MAX_SENDER, STEM, stem, words

Node = list[Any]

_LIKE_A_PATH = re.compile(r"^[\w./+~-]+$")
#: Nobody means words by it; in quotes it is also found where a message names it.
_A_FILE = re.compile(r"^[A-Za-z0-9_.+~-]*(?:/[A-Za-z0-9_.+~-]+)+\.[A-Za-z][A-Za-z0-9]{0,9}$")
_HEX = re.compile(r"^[0-9a-f]{7,40}$")
_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
#: A line that was copied out of a mail, up to the words of its subject.
_SUBJECT_LINE = re.compile(r"^subject: ?(?:(?:re|fwd?|aw): ?|\[[^\]]*\] ?)*", re.IGNORECASE)
#: Shorter beginnings would mean to read much of the index.
MIN_PREFIX = 2


def parse(text: str, today: date | None = None) -> Node:
    """Read a query; raises SearchError with a sentence for the reader when it can't be meant.

    `today` is what `d:yesterday` and its like are told from (default: the day in UTC).
    """
    text = " ".join(text.replace("“", '"').replace("”", '"').split())
    if not text:
        raise SearchError("Type a query: words, a phrase in quotes, or fields such as s: and dfn:")
    if subject := _SUBJECT_LINE.match(text):
        node = _words(text[subject.end() :], schema.SUBJECT, quoted=True)
    else:
        node = _convert(PARSER.parse(text, normalize=False), today or datetime.now(UTC).date())
    if node is None:
        raise SearchError("There is no word to look for in this query")
    return node


def _convert(tree: Any, today: date) -> Node | None:
    """whoosh's tree → ours; None for what holds no word."""
    if isinstance(tree, query.And | query.Or):
        nodes = [node for child in tree.subqueries if (node := _convert(child, today))]
        return _join("and" if isinstance(tree, query.And) else "or", nodes)
    if isinstance(tree, query.Not):
        node = _convert(tree.query, today)
        return ["not", node] if node else None
    if isinstance(tree, query.Phrase):
        return _meaning(tree.fieldname, tree.words[0], today, quoted=True)
    if isinstance(tree, query.Term):
        return _meaning(tree.fieldname, tree.text, today, quoted=False)
    return None


def _join(kind: str, nodes: list[Node]) -> Node | None:
    """AND or OR of nodes, flat, and without the operator around a single one."""
    flat: list[Node] = []
    for node in nodes:
        flat += node[1:] if node[0] == kind else [node]
    return [kind, *flat] if len(flat) > 1 else flat[0] if flat else None


def _meaning(field: str, text: str, today: date, *, quoted: bool) -> Node | None:
    if field == "text":
        return _default(text, quoted)
    if field in TEXT_FIELDS:
        return _words(text, TEXT_FIELDS[field], quoted)
    if field == "d":
        return date_ranges.read(text.strip().lower(), today)
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
        return ["term", found[0], fields] if quoted else _forms(found[0], fields)
    if fields == FROM and len(found) > 1:
        name = f"f:{' '.join(found)}"[:MAX_SENDER]
        return ["or", ["term", name, EXACT], ["prefix", f"{name} ", EXACT]]
    nodes: list[Node] = []
    is_file = not quoted and fields & PATH and _A_FILE.match(text)
    if fields & ~PATH and not is_file:
        several = ["phrase", found, fields & ~PATH, quoted]
        nodes.append(several if len(found) > 1 else ["term", found[0], fields & ~PATH])
    if fields == PATH or (fields & PATH and _LIKE_A_PATH.match(text)):
        nodes += _path(text)
    return _join("or", nodes)


def _forms(word: str, fields: int) -> Node:
    """A word as it is and, in prose, in its other forms: the bare stem, and what the stem stands for."""
    term = ["term", word, fields]
    prose, root = fields & PROSE, stem(word)
    if not prose or root is None:
        return term
    bare = [] if root == word else [["term", root, prose]]
    return ["word", term, *bare, ["term", root + STEM, prose]]


def _path(text: str) -> list[Node]:
    """Whole components of a path; the last one's extension may be left out."""
    path = text.strip(" <>,;:\"'()").strip("/").lower()[:MAX_PATH]
    if not path:
        return []
    nodes: list[Node] = [["term", path, PATH], _folder(f"{path}/")]
    if "." not in path.rpartition("/")[2]:
        nodes.append(["prefix", f"{path}.", PATH])
    return nodes


def _folder(path: str) -> Node:
    """Everything in a folder, whose path ends with a slash."""
    kind = "term" if path.count("/") <= MAX_FOLDERS and len(path) <= MAX_PATH else "prefix"
    return [kind, path, PATH]


def _prefix(text: str, fields: int) -> Node | None:
    """A beginning: of a path if it looks like one, and of its last word, after those before it."""
    *before, last = words(text) or [""]
    nodes: list[Node] = []
    path = text.lstrip("/").lower()[:MAX_PATH]
    if fields & PATH and re.search(r"\w\W", path) and last:
        nodes.append(_folder(path) if path.endswith("/") else ["prefix", path, PATH])
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
    """A field that is no text: a column's value, a whole message id or series number."""
    plain = text.lower()
    if field == "m":
        return ["term", f"m:{plain.strip('<>')}"[:300], EXACT]
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
