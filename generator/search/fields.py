"""The fields of the index, defined once, on whoosh's schema and analysers.

A term's posting says for each patch in which fields the term stands, as a sum of the bits below.
"""

from __future__ import annotations

from collections.abc import Iterator

from whoosh.analysis import Token, Tokenizer
from whoosh.fields import TEXT, Schema

from generator.search.tokenizer import Splitter, words

SUBJECT, UNQUOTED, QUOTED, FROM, PATH, HUNK, ADDED, REMOVED, TO, CC, EXACT = (
    1 << n for n in range(11)
)
#: Where a word without a field is looked for.
DEFAULT = SUBJECT | UNQUOTED | QUOTED | FROM | PATH | HUNK | ADDED | REMOVED
#: Fields whose words have positions, so that phrases can be found in them.
POSITIONAL = SUBJECT | UNQUOTED | QUOTED | FROM | HUNK | TO | CC

#: Fields of English prose, whose words are also found in their other forms.
PROSE = SUBJECT | UNQUOTED | QUOTED

#: Name in a query → the fields it means.
TEXT_FIELDS = {
    "s": SUBJECT,
    "b": UNQUOTED | QUOTED,
    "nq": UNQUOTED,
    "q": QUOTED,
    "f": FROM,
    "t": TO,
    "c": CC,
    "a": FROM | TO | CC,
    "dfn": PATH,
    "dfhh": HUNK,
    "dfa": REMOVED,
    "dfb": ADDED,
}
#: Names in a query that are looked up in columns, or are whole values.
VALUE_FIELDS = ("m", "series", "project", "state", "delegate", "check", "tag", "archived", "d")

CHECKS = ("pending", "success", "warning", "fail")
TAGS = ("acked", "reviewed", "tested")


class CodeTokenizer(Tokenizer):
    """whoosh's view of our words: parts of an identifier, and stems, stand at the position of the whole."""

    def __init__(self, *, prose: bool) -> None:
        self._splitter = Splitter()
        self._prose = prose

    def __call__(
        self, value: str, positions: bool = False, mode: str = "", **kwargs: object
    ) -> Iterator[Token]:
        asking = mode == "query"
        terms = [(word,) for word in words(value)] if asking else self._splitter.terms(value)
        token = Token(positions, False, removestops=False, mode=mode)
        for position, alternatives in enumerate(terms):
            if self._prose and not asking:
                roots = [self._splitter.stems[text] for text in alternatives]
                alternatives = (*alternatives, *filter(None, roots))
            for text in alternatives:
                token.text = text
                token.boost = 1.0
                token.stopped = False
                if positions:
                    token.pos = position
                yield token


def schema() -> Schema:
    """A whoosh schema with a field for each name that a query can use."""
    code, prose = CodeTokenizer(prose=False), CodeTokenizer(prose=True)
    fields = {
        name: TEXT(analyzer=prose if bits & PROSE else code, phrase=True)
        for name, bits in TEXT_FIELDS.items()
    }
    values = {name: TEXT(analyzer=code, phrase=False) for name in VALUE_FIELDS}
    return Schema(**fields, **values, text=TEXT(analyzer=code, phrase=True))
