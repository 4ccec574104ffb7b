"""whoosh's schema and analyser: the rows of `fields` and the words of `tokenizer` as whoosh wants them."""

from __future__ import annotations

from collections.abc import Iterator

from whoosh.analysis import Token, Tokenizer
from whoosh.fields import TEXT, Schema

from generator.search.fields import PROSE, TEXT_FIELDS, VALUE_FIELDS
from generator.search.tokenizer import Splitter, words

#: The field of a word that stands without one.
ANYWHERE = "text"


class CodeTokenizer(Tokenizer):
    """whoosh's view of our words: parts of an identifier, and stems, stand at the position of the whole."""

    def __init__(self, *, prose: bool) -> None:
        self._splitter = Splitter()
        self._prose = prose

    def __call__(
        self, value: str, positions: bool = False, mode: str = "", **kwargs: object
    ) -> Iterator[Token]:
        is_query = mode == "query"
        terms = [(word,) for word in words(value)] if is_query else self._splitter.terms(value)
        token = Token(positions, False, removestops=False, mode=mode)
        for position, alternatives in enumerate(terms):
            if self._prose and not is_query:
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
    texts = {
        name: TEXT(analyzer=prose if bits & PROSE else code, phrase=True)
        for name, bits in TEXT_FIELDS.items()
    }
    values = {name: TEXT(analyzer=code, phrase=False) for name in VALUE_FIELDS}
    return Schema(**texts, **values, **{ANYWHERE: TEXT(analyzer=code, phrase=True)})
