"""What the fields of a query mean that are no text: whole values, and the values of columns."""

from __future__ import annotations

import re

from generator.errors import SearchError
from generator.search.fields import EXACT, FIXED_VALUES, TAGS
from generator.search.identifiers import read_id
from generator.search.outcomes import DIGITS
from generator.search.query_nodes import Node, Or, Prefix, Term, Value, join
from generator.search.reading import HEX, Reading
from generator.search.synonyms import VALUES
from generator.search.tokenizer import MAX_BLOB, MAX_HASH, MIN_BLOB, SHORTEST_BLOB

#: Shorter beginnings would mean to read much of the index.
MIN_PREFIX = 2
_HEX_DIGITS = re.compile(r"^[0-9a-f]{4,64}$")
_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
#: Fields that take several values, of which one suffices: `state:new,under-review`.
_OF_SEVERAL = ("state", "status", "is", "check", "tag", "delegate", "release")
#: Names of values that are given by how they begin → the terms that they mean.
BEGINNINGS = {
    "dfpre": ("dfpre",),
    "dfpost": ("dfpost",),
    "dfblob": ("dfpre", "dfpost"),
    "patchid": ("hash",),
}


def exact_node(reading: Reading) -> Node:
    """A whole value; of a commit or a hash, the beginning."""
    name, text = reading.field, reading.text
    if name == "commit":
        start = text[:MAX_HASH]
        terms = Prefix(f"commit:{start}", EXACT), Prefix(f"hash:{start}", EXACT)
        return Or((*terms, Value("commit", text[:DIGITS])))
    return Term(f"{name}:{text}"[:300], EXACT)


def value_node(field: str, text: str) -> Node | None:
    """A field that is no text: a column's value, a whole message id or series number."""
    plain = text.lower()
    if field == "m":
        return _message_id_node(plain.strip("<>"))
    if field == "series":
        if not (plain.isascii() and plain.isdigit()):
            raise SearchError(f"series: takes the number of a series, not {text}")
        return exact_node(Reading("series", plain.lstrip("0") or "0"))
    if field == "commit":
        if not re.fullmatch(HEX, plain):
            raise SearchError(f"commit: takes 7 or more letters of a commit id, not {text}")
        return exact_node(Reading("commit", plain))
    if field == "id":
        exact = [reading for reading in read_id(text) if reading.is_exact]
        if not exact:
            raise SearchError("id: takes the number of a patch, or a message id")
        return exact_node(exact[0])
    if field == "archived":
        if plain not in _YES:
            raise SearchError(f"archived: takes yes or no, not {text}")
        return Value("archived", "yes" if _YES[plain] else "no")
    if field == "prefix":
        return Term(f"prefix:{plain}"[:100], EXACT)
    if field in _OF_SEVERAL:
        values = [value for value in re.split("[,|]", plain) if value.strip()] or [plain]
        return join(Or, [_column_node(field, value.strip(), text) for value in values])
    return _column_node(field, plain, text)


def _message_id_node(text: str) -> Node:
    """A message id, or how it begins."""
    start = text.rstrip("*")
    if start != text and len(start) >= MIN_PREFIX:
        return Prefix(f"m:{start}"[:300], EXACT)
    return exact_node(Reading("m", text))


def _column_node(field: str, value: str, text: str) -> Node:
    """The value of a column, of which `text` is what was written."""
    if field == "project":  # as a list's own id and address have it: <git.vger.kernel.org>
        value = value.strip("<>")
    if field in ("state", "status", "is"):
        value = value.replace(" ", "-")
    if field in ("tag", "is"):
        value = value.removesuffix("-by")
    value = VALUES.get(field, {}).get(value, value)
    if field == "is" and value in TAGS:
        return Value("tag", value)
    if (field, value) == ("is", "archived"):
        return Value("archived", "yes")
    if field in ("is", "status") and value not in FIXED_VALUES[field]:
        return Value("state", value)
    if value not in FIXED_VALUES.get(field, (value,)):
        raise SearchError(f"{field}: takes one of {', '.join(FIXED_VALUES[field])}, not {text}")
    return Value(field, value)


def beginning_node(field: str, text: str) -> Node | None:
    """A blob or a hash by its first digits; the index has no more than MAX_BLOB or MAX_HASH."""
    if not _HEX_DIGITS.match(text):
        raise SearchError(f"{field}: takes at least {MIN_BLOB} hexadecimal digits, not {text}")
    names = BEGINNINGS[field]
    if names == ("hash",):
        return Prefix(f"hash:{text[:MAX_HASH]}", EXACT)
    start = text[:MAX_BLOB]
    shorter = [start[:size] for size in range(SHORTEST_BLOB, len(start))]
    nodes: list[Node] = []
    for name in names:
        # A diff may abbreviate a blob further than the query does.
        nodes += [Prefix(f"{name}:{start}", EXACT)]
        nodes += [Term(f"{name}:{part}", EXACT) for part in shorter]
    return join(Or, nodes)
