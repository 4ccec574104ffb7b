"""The grammar of queries, on whoosh's parser: words, phrases, fields, AND, OR, NOT, brackets.

`query_parser.js` in the theme reads the same language; the tests compare the two.
"""

from __future__ import annotations

import re
from typing import Any

from whoosh import qparser, query
from whoosh.qparser import plugins, syntax

from generator.search.fields import NAMES
from generator.search.schema import ANYWHERE, schema

_FIELDS = "|".join(sorted(NAMES, key=len, reverse=True))
#: A word may hold one pair of brackets, as calls do: `free(ptr)`.
_WORD = r'[^\s"()]+(?:\([^\s"()]*\))?'


class _Words(plugins.TaggingPlugin):
    """Takes everything that is not blank, quote or bracket for a word, punctuation included."""

    expr = rf"(?P<text>{_WORD})"
    nodetype = syntax.WordNode
    priority = 10


class _Fields(plugins.FieldsPlugin):
    """Only known names, right before something: `net: fix` is two words."""

    def __init__(self) -> None:
        super().__init__(expr=rf"(?P<text>(?i:{_FIELDS})):(?=[^\s)])", remove_unknown=False)


class _Stray(plugins.TaggingPlugin):
    """A quote without a partner counts as a blank."""

    expr = r'(?P<text>")'
    priority = 11

    def create(self, parser: Any, match: re.Match[str]) -> Any:
        return syntax.Whitespace()


class _Operators(plugins.OperatorsPlugin):
    """AND, OR, NOT in capitals, and `-` before something; dangling ones are dropped.

    What ends a statement is code: `return -EINVAL;` leaves nothing out.
    """

    def __init__(self) -> None:
        before_code = r"(?![A-Za-z0-9_]{1,64}[;,](?:\s|$))"
        minus = self.OpTagger(
            rf"-(?=[^\s)]){before_code}", syntax.NotGroup, syntax.PrefixOperator, memo="minus"
        )
        after = r"(?=[\s()]|$)"
        super().__init__(
            ops=[(minus, -1)], Not=rf"NOT{after}", And=rf"AND{after}", Or=rf"OR{after}",
            AndNot=None, AndMaybe=None, Require=None,
        )  # fmt: skip

    def filters(self, parser: Any) -> list[tuple[Any, int]]:
        return [(self.do_dangling, 590), (self.do_operators, 600)]

    def do_dangling(self, parser: Any, group: Any) -> Any:
        """Leave out operators that have nothing to work on; NOT NOT is nothing."""
        kept: list[Any] = []
        for node in group:
            if isinstance(node, syntax.GroupNode):
                node = self.do_dangling(parser, node)
                if not len(node):
                    continue
            if isinstance(node, syntax.InfixOperator):
                if kept and not isinstance(kept[-1], syntax.Operator):
                    kept.append(node)
            elif isinstance(node, syntax.PrefixOperator):
                if kept and isinstance(kept[-1], syntax.PrefixOperator):
                    kept.pop()
                else:
                    kept.append(node)
            else:
                kept.append(node)
        while kept and isinstance(kept[-1], syntax.Operator):
            kept.pop()
        fresh = group.empty_copy()
        fresh.extend(kept)
        return fresh


class _Parser(qparser.QueryParser):
    """Leaves words as they were typed: what they mean depends on their form."""

    def term_query(self, fieldname: str, text: str, termclass: Any, *_: Any, **__: Any) -> Any:
        return termclass(fieldname, text)


class _Phrases(plugins.PhrasePlugin):
    """Keeps the text of a phrase whole."""

    class PhraseNode(plugins.PhrasePlugin.PhraseNode):
        def query(self, parser: Any) -> Any:
            return query.Phrase(self.fieldname or parser.fieldname, [self.text])

    class PhraseTagger(plugins.PhrasePlugin.PhraseTagger):
        def create(self, parser: Any, match: re.Match[str]) -> Any:
            return _Phrases.PhraseNode(match["text"], match.start("text"))

    def __init__(self) -> None:
        super().__init__(expr='"(?P<text>[^"]*)"')


PARSER = _Parser(
    ANYWHERE,
    schema(),
    plugins=[
        plugins.WhitespacePlugin(), plugins.GroupPlugin(), _Operators(), _Fields(), _Phrases(),
        _Words(), _Stray(),
    ],
)  # fmt: skip
