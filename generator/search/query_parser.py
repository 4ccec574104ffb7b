"""The query language: text → nodes.

`pasted` says whether a text is a query or something else; `grammar` takes a query apart; here is what its
words mean.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from whoosh import query

from generator.errors import SearchError
from generator.search.date_ranges import date_bound, date_range, landed_range
from generator.search.fields import (
    ADDED,
    DEFAULT,
    EXACT,
    FROM,
    NUMBERS,
    PATH,
    PROSE,
    REFUSED,
    REMOVED,
    SUBJECT,
    TEXT_FIELDS,
    canonical,
)
from generator.search.grammar import PARSER
from generator.search.number_ranges import number_range
from generator.search.pasted import read
from generator.search.query_nodes import And, Node, Not, Or, Phrase, Prefix, Term, Word, join
from generator.search.query_values import (
    BEGINNINGS,
    MIN_PREFIX,
    beginning_node,
    exact_node,
    value_node,
)
from generator.search.reading import HEX, MAX_QUERY, Reading
from generator.search.schema import ANYWHERE
from generator.search.synonyms import DATE_BOUNDS
from generator.search.tokenizer import (
    MAX_FOLDERS,
    MAX_PATH,
    MAX_SENDER,
    STEM,
    qualified_names,
    stem,
    words,
)

_PATH_CHARACTERS = re.compile(r"^[\w./+~-]+$")
#: Never meant as words; in quotes it is also looked up where a message names it.
_FILE_NAME = re.compile(r"^[A-Za-z0-9_.+~-]*(?:/[A-Za-z0-9_.+~-]+)+\.[A-Za-z][A-Za-z0-9]{0,9}$")
_QUALIFIED = re.compile(r"^\W*[A-Za-z0-9_]+(?:(?:->|::)[A-Za-z0-9_]+)+\W*$")
#: Four words or more, the first of which end with a colon; no field, phrase or operator of a query.
_TITLE = re.compile(
    r"^[^ :\"()]{1,60}(?: [^ :\"()]{1,60}){0,2}: (?:[^ :\"]{1,99} ){2,40}[^ :\"]{1,99}$"
)
_HEX = re.compile(rf"^{HEX}$")


def parse(text: str, today: date | None = None) -> Node:
    """Read a query, or a pasted text; raises SearchError with a message for the reader when it is invalid.

    `d:yesterday` and its like are relative to `today` (default: the day in UTC).
    """
    if not text.strip():
        raise SearchError("Type a query: words, a phrase in quotes, or fields such as s: and dfn:")
    day = today or datetime.now(UTC).date()
    node = join(Or, [node for reading in read(text) if (node := _node(reading, day))])
    if node is None:
        raise SearchError("There is no word to look for in this query")
    return node


def parse_query(text: str) -> Node | None:
    """A query that is one: nothing that was pasted is looked for in it. Raises SearchError."""
    return _query_node(text, datetime.now(UTC).date())


def parse_exact(text: str) -> Node | None:
    """The same for a text that names one thing (a message id, a commit, a number): that thing alone."""
    return join(Or, [exact_node(reading) for reading in read(text) if reading.is_exact])


def parse_title(text: str) -> Node | None:
    """A text that is likely to be a title as lists show it, `area: what it does`: that subject alone."""
    title = " ".join(text.split())
    is_plain = read(text) == (Reading("", title),) and _TITLE.match(title)
    return _in_fields(title, SUBJECT, quoted=True) if is_plain else None


def _node(reading: Reading, today: date) -> Node | None:
    if reading.field in ("s", "dfn"):
        return _in_fields(reading.text, TEXT_FIELDS[reading.field], quoted=True)
    return exact_node(reading) if reading.field else _query_node(reading.text, today)


def _query_node(text: str, today: date) -> Node | None:
    text = " ".join(text.replace("“", '"').replace("”", '"').split())
    if len(text) > MAX_QUERY:
        raise SearchError(f"The query is too long: at most {MAX_QUERY:,} characters")
    try:
        return _convert(PARSER.parse(text, normalize=False), today)
    except RecursionError:
        raise SearchError("Too many brackets in this query") from None


def _convert(tree: Any, today: date) -> Node | None:
    """whoosh's tree → ours; None for what holds no word."""
    if isinstance(tree, query.And | query.Or):
        nodes = [node for child in tree.subqueries if (node := _convert(child, today))]
        return join(And if isinstance(tree, query.And) else Or, nodes)
    if isinstance(tree, query.Not):
        node = _convert(tree.query, today)
        return Not(node) if node else None
    if isinstance(tree, query.Phrase):
        return _meaning(tree.fieldname, tree.words[0], today, quoted=True)
    if isinstance(tree, query.Term):
        return _meaning(tree.fieldname, tree.text, today, quoted=False)
    return None


def _meaning(field: str, text: str, today: date, *, quoted: bool) -> Node | None:
    if field == ANYWHERE:
        return _anywhere(text, quoted)
    field = canonical(field)
    if field in TEXT_FIELDS:
        return _in_fields(text, TEXT_FIELDS[field], quoted)
    if field in REFUSED:
        raise SearchError(f"{field}: {REFUSED[field]}")
    if field == "d":
        return date_range(text.strip().lower(), today)
    if field == "landed":
        return landed_range(text.strip().lower(), today)
    if field in DATE_BOUNDS:
        return date_bound(DATE_BOUNDS[field], text.strip().lower(), today)
    if field in NUMBERS:
        plain = text.strip().lower()
        return number_range(field, plain.removeprefix("v") if field == "v" else plain)
    if field in BEGINNINGS:
        return beginning_node(field, text.strip().lower())
    return value_node(field, text.strip())


def _anywhere(text: str, quoted: bool) -> Node | None:
    """A word without a field; a message id, a number, a hash is also looked up as what it is."""
    nodes = [node] if (node := _in_fields(text, DEFAULT, quoted)) else []
    bare = text.strip("<>,;").lower()
    if " " not in bare:
        if "@" in bare:
            nodes.append(exact_node(Reading("m", bare)))
        if bare.isascii() and bare.isdigit():
            nodes.append(exact_node(Reading("id", bare.lstrip("0") or "0")))
        if _HEX.match(bare):
            nodes.append(exact_node(Reading("commit", bare)))
    return join(Or, nodes)


def _in_fields(text: str, fields: int, quoted: bool) -> Node | None:
    """Text to be found in some fields: a word, a beginning, several words one after the other."""
    if not quoted and text.endswith("*"):
        return _prefix_node(text.rstrip("*"), fields)
    several = words(text)
    if not several:
        return None
    if len(several) == 1 and re.fullmatch(r"\W*\w+\W*", text):
        return Term(several[0], fields) if quoted else _in_forms(several[0], fields)
    if fields == FROM and len(several) > 1:
        name = f"f:{' '.join(several)}"[:MAX_SENDER]
        return Or((Term(name, EXACT), Prefix(f"{name} ", EXACT)))
    nodes: list[Node] = []
    # An absolute path is none of a diff: messages name it.
    is_file = not quoted and fields & PATH and _FILE_NAME.match(text) and text[0] not in "/~"
    if (others := fields & ~PATH) and not is_file:
        nodes += _word_nodes(text, several, others, quoted)
    if fields == PATH or (fields & PATH and _PATH_CHARACTERS.match(text)):
        nodes += _path_nodes(text)
    return join(Or, nodes)


def _word_nodes(text: str, several: list[str], fields: int, quoted: bool) -> list[Node]:
    """Words one after the other. `a->b` and `a::b` are terms in changed lines, which have no positions."""
    nodes: list[Node] = []
    lines = fields & (ADDED | REMOVED)
    if lines and not quoted and _QUALIFIED.match(text):
        terms = [Term(name, lines) for name in qualified_names(text)]
        nodes.append(And(tuple(terms)) if len(terms) > 1 else terms[0])
        fields &= ~lines
    if fields:
        phrase = Phrase(tuple(several), fields, quoted)
        nodes.append(phrase if len(several) > 1 else Term(several[0], fields))
    return nodes


def _in_forms(word: str, fields: int) -> Node:
    """A word as it is and, in prose, in its other forms: the bare stem, and what the stem stands for."""
    term = Term(word, fields)
    prose, root = fields & PROSE, stem(word)
    if not prose or root is None:
        return term
    bare = () if root == word else (Term(root, prose),)
    return Word((term, *bare, Term(root + STEM, prose)))


def _path_nodes(text: str) -> list[Node]:
    """Whole components of a path; the last one's extension may be left out."""
    path = text.strip(" <>,;:\"'()").strip("/").lower()[:MAX_PATH]
    if not path:
        return []
    nodes: list[Node] = [Term(path, PATH), _folder_node(f"{path}/")]
    if "." not in path.rpartition("/")[2]:
        nodes.append(Prefix(f"{path}.", PATH))
    return nodes


def _folder_node(path: str) -> Node:
    """Everything in a folder, whose path ends with a slash."""
    is_term = path.count("/") <= MAX_FOLDERS and len(path) <= MAX_PATH
    return Term(path, PATH) if is_term else Prefix(path, PATH)


def _prefix_node(text: str, fields: int) -> Node | None:
    """A beginning: of a path if it looks like one, and of its last word, after those before it."""
    *before, last = words(text) or [""]
    nodes: list[Node] = []
    path = text.lstrip("/").lower()[:MAX_PATH]
    if fields & PATH and re.search(r"\w\W", path) and last:
        nodes.append(_folder_node(path) if path.endswith("/") else Prefix(path, PATH))
        fields &= ~PATH
    if not fields:
        return nodes[0]
    if len(last) >= MIN_PREFIX and re.search(r"\w$", text):
        whole: list[Node] = [Term(word, fields) for word in before]
        beginning = Prefix(last, fields)
        nodes.append(And((*whole, beginning)) if whole else beginning)
    elif last and not nodes and re.search(r"\W$", text):
        return _in_fields(text, fields, quoted=False)  # the beginning of nothing: `free()*`
    if not text:
        return None
    if not nodes:
        raise SearchError(f"{text}* is too short: give at least {MIN_PREFIX} letters before the *")
    return join(Or, nodes)
